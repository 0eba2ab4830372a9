// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The contents of a constant tensor on the host, element by element, whatever attribute holds them.

#ifndef DSC_DIALECTS_DSC_HOSTTENSOR_H
#define DSC_DIALECTS_DSC_HOSTTENSOR_H

#include "mlir/IR/BuiltinAttributes.h"
#include "mlir/IR/BuiltinTypes.h"
#include "llvm/ADT/APFloat.h"
#include <vector>

namespace dsc {

/// Bytes of one element in memory: whole bytes, i1 takes one. 0 for a type that no tensor may have.
int64_t getElementBytes(mlir::Type elementType);

/// A static tensor in row-major order, little-endian. Either owns its bytes or refers to those of an attribute, which
/// must stay alive.
class HostTensor {
public:
  /// Reads a DenseElementsAttr or a DenseResourceElementsAttr. Nothing if the blob is missing or its size does not fit,
  /// or the element type is not stored in whole bytes.
  static std::optional<HostTensor> read(mlir::ElementsAttr elements);
  /// A tensor of zeros of a static type. The number of elements must not overflow.
  static HostTensor zeros(llvm::ArrayRef<int64_t> shape, mlir::Type elementType);

  llvm::ArrayRef<int64_t> getShape() const { return shape; }
  mlir::Type getElementType() const { return elementType; }
  int64_t getCount() const { return count; }
  int64_t getBytesPerElement() const { return width; }
  bool isFloat() const { return llvm::isa<mlir::FloatType>(elementType); }

  /// The bytes of element i.
  const char *at(int64_t i) const { return data() + (splat ? 0 : i * width); }
  /// The bytes of element i, to write; only on a tensor made by `zeros`.
  char *at(int64_t i) { return owned.data() + i * width; }

  /// Element i of an integer or i1 tensor, sign- or zero-extended by the type (ui64 wraps).
  int64_t getInt(int64_t i) const;
  /// Element i of a float tensor.
  double getDouble(int64_t i) const;
  /// Element i as a double, of any type.
  double getNumber(int64_t i) const { return isFloat() ? getDouble(i) : integerAsDouble(i); }

  /// Stores the low bits of an integer (i1: whether it is not zero).
  void setInt(int64_t i, int64_t value);
  /// Rounds to nearest even into the float type. `saturate`: too large a value for an 8-bit float becomes the largest.
  void setDouble(int64_t i, double value, bool saturate = false);

  /// The tensor as an attribute: a DenseElementsAttr up to 1 KiB, else a DenseResourceElementsAttr named after the hint.
  mlir::ElementsAttr toAttribute(llvm::StringRef nameHint) &&;

private:
  const char *data() const { return owned.empty() ? borrowed : owned.data(); }
  double integerAsDouble(int64_t i) const;

  llvm::SmallVector<int64_t> shape;
  mlir::Type elementType;
  int64_t count = 0;
  int64_t width = 0;
  bool splat = false;
  const char *borrowed = nullptr;
  std::vector<char> owned;
};

} // namespace dsc

#endif // DSC_DIALECTS_DSC_HOSTTENSOR_H
