// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Walking the positions of a shape together with the flat index in operands of other strides.

#ifndef DSC_DIALECTS_DSC_INDEXWALK_H
#define DSC_DIALECTS_DSC_INDEXWALK_H

#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/SmallVector.h"

namespace dsc {

/// Visits the positions of a shape in row-major order.
class IndexWalk {
public:
  /// `strides` per dimension of `shape`, in elements of the operand; 0 repeats. `start` is the index of the first one.
  IndexWalk(llvm::ArrayRef<int64_t> shape, llvm::ArrayRef<int64_t> strides, int64_t start = 0)
      : shape(shape), strides(strides), position(shape.size(), 0), offset(start) {}

  int64_t getOffset() const { return offset; }
  llvm::ArrayRef<int64_t> getPosition() const { return position; }
  void next() {
    for (size_t d = shape.size(); d-- > 0;) {
      offset += strides[d];
      if (++position[d] < shape[d])
        return;
      offset -= strides[d] * shape[d];
      position[d] = 0;
    }
  }

private:
  llvm::SmallVector<int64_t> shape, strides, position;
  int64_t offset;
};

/// Row-major strides of a shape, in elements.
inline llvm::SmallVector<int64_t> rowMajorStrides(llvm::ArrayRef<int64_t> shape) {
  llvm::SmallVector<int64_t> strides(shape.size(), 1);
  for (size_t d = shape.size(); d-- > 1;)
    strides[d - 1] = strides[d] * shape[d];
  return strides;
}

/// Strides with which an operand of shape `from` is read when it broadcasts to `to`.
inline llvm::SmallVector<int64_t> broadcastStrides(llvm::ArrayRef<int64_t> from, llvm::ArrayRef<int64_t> to) {
  llvm::SmallVector<int64_t> own = rowMajorStrides(from), strides(to.size(), 0);
  const size_t missing = to.size() - from.size();
  for (size_t d = 0; d < from.size(); ++d)
    strides[missing + d] = from[d] == 1 ? 0 : own[d];
  return strides;
}

} // namespace dsc

#endif // DSC_DIALECTS_DSC_INDEXWALK_H
