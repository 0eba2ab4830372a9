// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// A block's ops as a graph whose nodes can be joined to groups without making a cycle.

#ifndef DSC_PASSES_FUSE_GROUPGRAPH_H
#define DSC_PASSES_FUSE_GROUPGRAPH_H

#include "dialects/dsc/Dsc.h"

namespace dsc {

/// Every op of a block but the ones copied into groups is a node, in program order; edges are uses of results and of
/// symbols that a `dsc.read_dim` binds. A group is a set of nodes, at first one per node. Nothing here is in pointer order.
class GroupGraph {
public:
  explicit GroupGraph(mlir::Block &block);

  llvm::ArrayRef<mlir::Operation *> getNodes() const { return nodes; }
  /// The position of the op among the nodes, or nothing for a copied op or one outside the block.
  std::optional<unsigned> getPosition(mlir::Operation *op) const;
  bool isInSameGroup(mlir::Operation *lhs, mlir::Operation *rhs) const;
  /// The ops of the op's group in program order.
  llvm::SmallVector<mlir::Operation *> getMembers(mlir::Operation *op) const;
  /// The number of tensors that go in and out of one group of the ops: its kernel's buffers.
  static size_t countBuffers(llvm::ArrayRef<mlir::Operation *> ops);

  /// Whether the groups of all these ops can become one: no path leaves them and comes back.
  bool isConvex(llvm::ArrayRef<mlir::Operation *> ops) const;
  /// Makes the groups of both ops one. They must be convex together.
  void join(mlir::Operation *lhs, mlir::Operation *rhs);

  /// The groups in an order in which no group reads a later one; of several possible next ones, the one whose last op
  /// is first in the program.
  llvm::SmallVector<llvm::SmallVector<mlir::Operation *>> getGroupsInOrder() const;

private:
  void addSymbolEdges();
  void addUser(unsigned from, mlir::Operation *user);

  llvm::SmallVector<mlir::Operation *> nodes;
  llvm::DenseMap<mlir::Operation *, unsigned> positions;
  llvm::SmallVector<llvm::SmallVector<unsigned, 2>> successors;
  /// Per node the group, which is named by one of its nodes.
  llvm::SmallVector<unsigned> groups;
  /// Per group its nodes, sorted; empty where the node names no group.
  llvm::SmallVector<llvm::SmallVector<unsigned, 1>> members;
};

} // namespace dsc

#endif // DSC_PASSES_FUSE_GROUPGRAPH_H
