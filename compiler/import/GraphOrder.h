// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The order in which the nodes of a graph can be read, whatever order the file has.

#ifndef DSC_COMPILER_IMPORT_GRAPHORDER_H
#define DSC_COMPILER_IMPORT_GRAPHORDER_H

#include "compiler/import/ModelView.h"

#include "llvm/ADT/ArrayRef.h"

namespace dsc::onnx_import {

/// The names of values that a node reads, the captures of its subgraphs included.
std::vector<std::string> getUses(const NodeView &node);

struct GraphOrder {
  /// Indices of nodes such that definitions come before uses; otherwise in the order of the file.
  std::vector<size_t> nodes;
  /// Nodes of a cycle or behind one, in the order of the file: they are not in `nodes`.
  std::vector<size_t> cyclic;
  /// Values that two nodes define: the name and the second node.
  std::vector<std::pair<std::string, size_t>> duplicates;
};

/// Sorts the nodes. A use that no node defines is taken for a value from outside.
GraphOrder sortNodes(llvm::ArrayRef<NodeView> nodes);

} // namespace dsc::onnx_import

#endif // DSC_COMPILER_IMPORT_GRAPHORDER_H
