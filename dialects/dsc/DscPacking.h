// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The layout of packed weights: written while a plan is emitted, read by the contraction kernels of every level.

#ifndef DSC_DIALECTS_DSC_DSCPACKING_H
#define DSC_DIALECTS_DSC_DSCPACKING_H

#include "mlir/IR/BuiltinTypes.h"
#include "llvm/ADT/ArrayRef.h"

namespace dsc {

class PanelsAttr;

/// A packed weight as numbers; see `#dsc.panels` for the meaning. A panel is `nr` output columns of one matrix (batch
/// element or group): `[taps][ceil(k/kp)][nr][kp]` elements, contiguous, and for bytes of `kp` = 4 the sums of its
/// columns as `nr` numbers of 32 bits. Panels follow each other, group by group.
struct PanelLayout {
  int64_t groups = 1;
  int64_t n = 0, k = 0;
  int64_t nr = 32, kp = 1;
  /// The product of the kernel's spatial sizes.
  int64_t taps = 1;
  bool isConv = false;
  bool transposed = false;
  int64_t elementBytes = 4;

  int64_t panelsPerGroup() const { return (n + nr - 1) / nr; }
  int64_t panels() const { return groups * panelsPerGroup(); }
  int64_t steps() const { return (k + kp - 1) / kp; }
  bool hasSums() const { return elementBytes == 1 && kp == 4; }
  /// Where the sums of a panel's columns are.
  int64_t sumsOffset() const { return taps * steps() * nr * kp * elementBytes; }
  int64_t panelBytes() const { return sumsOffset() + (hasSums() ? nr * 4 : 0); }
  int64_t sourceBytes() const { return groups * n * k * taps * elementBytes; }
  int64_t packedBytes() const { return panels() * panelBytes(); }
};

/// The layout of a weight whose unpacked elements have the given size in bytes (1, 2, 4 or 8).
PanelLayout getPanelLayout(PanelsAttr panels, int64_t elementBytes);

/// The type of the packed tensor.
mlir::RankedTensorType getPackedType(PanelsAttr panels, mlir::Type elementType);

/// The type of the unpacked source: `[k, n]` or `[n, k]` (transposed) for gemm, `[groups*n, k, taps...]` for conv.
mlir::RankedTensorType getUnpackedType(PanelsAttr panels, mlir::Type elementType);

/// Writes panels [first, first + count) of the packed image to `packed`, `count * panelBytes()` bytes. `source` is the
/// whole unpacked tensor, row-major; it may be unaligned. Padding columns and elements become zero.
void packPanels(const PanelLayout &layout, llvm::ArrayRef<char> source, int64_t first, int64_t count,
                llvm::MutableArrayRef<char> packed);

} // namespace dsc

#endif // DSC_DIALECTS_DSC_DSCPACKING_H
