// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The elementwise tail of a contraction group, applied to register tiles before they are stored.

#ifndef DSC_PASSES_KERNEL_CPU_EPILOGUE_H
#define DSC_PASSES_KERNEL_CPU_EPILOGUE_H

#include "passes/kernel/cpu/KernelFamily.h"
#include "passes/kernel/cpu/RegisterTile.h"
#include <string>

namespace dsc {

/// The group's ops after its anchor. All are elementwise on the anchor's result, on operands that broadcast to it and
/// on splat constants; every result of the group has the anchor's shape.
struct EpilogueSpec {
  GroupOp group;
  mlir::Operation *anchor;
  /// Too long to be repeated for every register of a tile.
  bool isLong;

  /// The tail of `group` after `anchor`, or why it is none.
  static llvm::FailureOr<EpilogueSpec> match(GroupOp group, mlir::Operation *anchor, std::string &whyNot);
};

/// The result of `group`'s one op of type Op whose operands are all block arguments; null otherwise, with the reason.
template <class Op>
Op findAnchor(GroupOp group, std::string &whyNot) {
  Op anchor;
  for (mlir::Operation &op : group.getBlock()->getOperations())
    if (auto found = llvm::dyn_cast<Op>(op)) {
      if (anchor) {
        whyNot = "more than one anchor";
        return {};
      }
      anchor = found;
    }
  if (!anchor) {
    whyNot = "no anchor of this family";
    return {};
  }
  for (mlir::Value operand : anchor->getOperands())
    if (!llvm::isa<mlir::BlockArgument>(operand)) {
      whyNot = "an operand of the anchor is computed in the group";
      return {};
    }
  return anchor;
}

/// What an anchor does to its sums, as operand numbers of the group. All of them stretch to the anchor's result.
struct ResultParameters {
  std::optional<unsigned> lhsScale, rhsScale, bias;
};

/// Applies the tail and stores the results. Rows are numbered over all dimensions of the anchor's result but the last.
class EpilogueEmitter {
public:
  /// Sums become the anchor's result as `sum * lhsScale * rhsScale + bias`, as far as there are any. The builder stands
  /// in the entry block: operands of one element are read here.
  EpilogueEmitter(EpilogueSpec spec, KernelBody &body, const DotAtom &atom, ResultParameters parameters = {});

  /// Bytes of scratch that `storeTile` may use, at `scratchOffset` of the kernel's scratch.
  static constexpr int64_t scratchBytes = 14 * 32 * 4;
  void setScratchOffset(int64_t bytes) { scratchOffset = bytes; }

  /// Finishes and stores rows x fragments accumulators of consecutive rows from number `first` on.
  void storeTile(mlir::ValueRange accumulators, mlir::Value first, llvm::ArrayRef<Fragment> fragments);
  /// The same for accumulators in memory: `flat[offset + row*rowStep + fragment*lanes]`, for rows `first`, `first` + 1,
  /// ... `first` + count - 1.
  void storeFromMemory(mlir::Value flat, mlir::Value offset, int64_t rowStep, mlir::Value first, mlir::Value count,
                       llvm::ArrayRef<Fragment> fragments);

private:
  struct Place;
  /// How an operand is addressed from a row number and a column.
  struct Access {
    mlir::Value flat;
    mlir::Type element;
    bool hasColumn = false, usesRow = false, usesIndices = false;
    mlir::Value uniform;                        ///< the one element in all lanes, if there is just one
    mlir::Value rowStride;                      ///< usesRow
    llvm::SmallVector<mlir::Value> strides;     ///< usesIndices: per leading dimension, null where it broadcasts
  };

  bool isNeeded(unsigned number);
  void bindOperand(KernelBody &body, unsigned number);
  mlir::Value finish(mlir::Value sum, Place &place);
  /// Several places at once: their chains of operations alternate, so that none waits for its own last result.
  void storeFragments(mlir::ValueRange accumulators, llvm::MutableArrayRef<Place> places);
  void evaluate(mlir::Value value, llvm::MutableArrayRef<Place> places);
  mlir::Value evaluateOp(mlir::Operation *op, Place &place);
  mlir::Value load(const Access &access, Place &place);

  EpilogueSpec spec;
  IndexMath m;
  int lanes;
  mlir::Type sumType;
  ResultParameters parameters;
  mlir::Value scratch;
  int64_t scratchOffset = 0;
  llvm::SmallVector<mlir::Value> leading; ///< sizes of the anchor's result but the last
  mlir::Value columns;                    ///< its last size
  llvm::SmallVector<Access> operands;     ///< per block argument; without memory if not part of the tail
  llvm::SmallVector<mlir::Value> outputs;
};

} // namespace dsc

#endif // DSC_PASSES_KERNEL_CPU_EPILOGUE_H
