// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The constants of a module, small ones in `dsc.constant` and large ones in `dsc.param`, read and made the same way.

#ifndef DSC_PASSES_CONSTANTPOOL_H
#define DSC_PASSES_CONSTANTPOOL_H

#include "dialects/dsc/Dsc.h"
#include "dialects/dsc/HostTensor.h"

namespace dsc {

/// On a module: its weights belong to another module, so their bytes are not freed with them.
inline constexpr llvm::StringLiteral borrowedMark = "dsc.borrowed";

/// Lives through one pass. Params must not be added or removed behind its back.
class ConstantPool {
public:
  /// Constants of more bytes than this are made as weights.
  static constexpr int64_t maxInlineBytes = 1024;

  explicit ConstantPool(mlir::ModuleOp module) : module(module), symbols(module) {}

  /// The contents of a constant or of a weight that is not packed; null for every other value, or if the op is null.
  mlir::ElementsAttr getValue(mlir::Value value) const;
  /// The same as numbers; nothing if the bytes are not there.
  std::optional<HostTensor> read(mlir::Value value) const;
  /// The one number of a constant whose elements are all equal, of any float or integer type.
  std::optional<double> getNumber(mlir::Value value) const;

  /// A tensor with these contents, made at the builder; a new weight is named after the hint.
  mlir::Value create(mlir::OpBuilder &builder, mlir::Location loc, mlir::ElementsAttr value, llvm::StringRef nameHint);
  mlir::Value create(mlir::OpBuilder &builder, mlir::Location loc, HostTensor tensor, llvm::StringRef nameHint);
  /// The same, as a weight whatever its size.
  mlir::Value createWeight(mlir::OpBuilder &builder, mlir::Location loc, mlir::ElementsAttr value,
                           llvm::StringRef nameHint);
  /// The name of the weight behind the value, else "constant".
  llvm::StringRef getNameHint(mlir::Value value) const;

  /// Erases weights and params that nothing reads, and frees the bytes that no other param holds.
  void eraseUnused();

private:
  ParamOp getParam(mlir::Value value) const;

  mlir::ModuleOp module;
  mlir::SymbolTable symbols;
};

/// The bytes of the contents in memory.
int64_t getByteSize(mlir::ElementsAttr value);

/// Whether a tensor is one number, of whatever rank.
inline bool hasOneElement(mlir::Value tensor) {
  auto type = llvm::cast<mlir::RankedTensorType>(tensor.getType());
  return type.hasStaticShape() && type.getNumElements() == 1;
}

/// The same bytes under a static type of as many elements; null if the contents are of another kind or number.
mlir::ElementsAttr withShape(mlir::ElementsAttr value, mlir::RankedTensorType type);

} // namespace dsc

#endif // DSC_PASSES_CONSTANTPOOL_H
