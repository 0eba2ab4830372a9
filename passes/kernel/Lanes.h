// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Which dimensions of a group's tensors can be computed as runs of lanes, and which are rows with statistics.

#ifndef DSC_PASSES_KERNEL_LANES_H
#define DSC_PASSES_KERNEL_LANES_H

#include "dialects/dsc/Dsc.h"

namespace dsc {

/// Whether the elements of `tensor` along `dim` can be computed as runs: neighbours in memory, the same operations.
/// `dim` is -1 where all lanes read the same element.
bool canRunInLanes(mlir::Value tensor, int64_t dim);

/// The dimensions of `tensor` along which an op behind it needs statistics of the whole row.
llvm::SmallVector<int64_t> findRowAxes(mlir::Value tensor);

} // namespace dsc

#endif // DSC_PASSES_KERNEL_LANES_H
