// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// What a reader of one ONNX operator sees: the node with its operands as values, and the means to build dsc ops.

#ifndef DSC_COMPILER_IMPORT_NODEREADER_H
#define DSC_COMPILER_IMPORT_NODEREADER_H

#include "compiler/import/ModelView.h"

#include "dialects/dsc/Dsc.h"

#include "mlir/IR/Builders.h"
#include "llvm/ADT/STLFunctionalExtras.h"

namespace dsc::onnx_import {

class WeightStore;

using Ints = llvm::SmallVector<int64_t>;

/// One node being read. Failure is sticky: after the first one a diagnostic was emitted at the node, and every op asked
/// for is a placeholder scalar, so that readers need no checks of their own. The importer drops what they built.
class NodeReader {
public:
  NodeReader(const NodeView &view, int64_t opset, mlir::Location loc, mlir::OpBuilder &builder, ShapeContext &shapes,
             WeightStore &weights, llvm::ArrayRef<mlir::Value> operands, llvm::ArrayRef<Dims> declared)
      : view(view), opset(opset), loc(loc), builder(builder), shapes(shapes), weights(weights), operands(operands),
        results(view.outputs.size()), declared(declared) {}

  const NodeView &view;
  /// The version of the node's domain.
  const int64_t opset;
  const mlir::Location loc;
  mlir::OpBuilder &builder;
  ShapeContext &shapes;
  WeightStore &weights;

  // Operands and results.
  size_t getNumOperands() const { return operands.size(); }
  bool has(size_t operand) const { return operand < operands.size() && operands[operand]; }
  /// The operand; null if it is absent.
  mlir::Value get(size_t operand) const { return operand < operands.size() ? operands[operand] : mlir::Value(); }
  /// The operand, which must be there.
  mlir::Value require(size_t operand);
  /// Whether anybody can use the result.
  bool wants(size_t result) const { return result < view.outputs.size() && !view.outputs[result].empty(); }
  void set(size_t result, mlir::Value value) {
    if (result < results.size())
      results[result] = value;
  }
  llvm::ArrayRef<mlir::Value> getResults() const { return results; }
  /// Tells the next op created the sizes that the model declares for these results of the node.
  void declareResults(llvm::ArrayRef<size_t> which);
  /// The declared sizes of a result, if all are static.
  std::optional<Dims> getDeclaredShape(size_t result);
  /// Has the run check that the element of the tensor has this value; `what` names it in the run's message.
  void checkElement(mlir::Value tensor, int64_t index, int64_t value, llvm::StringRef what = "check");

  // Failure.
  void fail(const llvm::Twine &why);
  /// Fails for a reason that was already emitted.
  void failReported() { failed = true; }
  bool hasFailed() const { return failed; }

  // Attributes. One of another kind than asked for is a failure.
  bool hasAttribute(llvm::StringRef name) const { return view.findAttribute(name) != nullptr; }
  int64_t getInt(llvm::StringRef name, int64_t otherwise);
  int64_t requireInt(llvm::StringRef name);
  bool getFlag(llvm::StringRef name, bool otherwise) { return getInt(name, otherwise) != 0; }
  double getFloat(llvm::StringRef name, float otherwise);
  std::string getString(llvm::StringRef name, llvm::StringRef otherwise);
  /// Nothing if the attribute is absent.
  std::optional<Ints> getInts(llvm::StringRef name);
  /// Empty if the attribute is absent.
  llvm::ArrayRef<std::string> getStrings(llvm::StringRef name);

  // Types and shapes.
  static mlir::RankedTensorType getType(mlir::Value value);
  static mlir::Type getElementType(mlir::Value value) { return getType(value).getElementType(); }
  static int64_t getRank(mlir::Value value) { return getType(value).getRank(); }
  /// The size of a dimension; a failure, and 1, if there is no such dimension.
  mlir::AffineExpr getDim(mlir::Value value, int64_t dim);
  /// The size if it is static.
  std::optional<int64_t> getStaticDim(mlir::Value value, int64_t dim);
  /// The size, which must be static; `what` names it in the message.
  int64_t requireStaticDim(mlir::Value value, int64_t dim, llvm::StringRef what);
  /// The axis from 0 on; a failure, and 0, if it is not in [-rank, rank).
  int64_t normalizeAxis(int64_t axis, int64_t rank);
  /// The same for several, which must differ; sorted.
  Ints normalizeAxes(llvm::ArrayRef<int64_t> axes, int64_t rank);
  /// The contents of an integer operand that must be constant; `what` names it in the message.
  Ints requireInts(mlir::Value value, llvm::StringRef what);
  /// The contents if they are known constants.
  std::optional<Ints> findInts(mlir::Value value);
  /// What was an attribute before an opset, and an operand since then: nothing if it is absent.
  std::optional<Ints> getIntsAttributeOrOperand(llvm::StringRef name, size_t operand);

  // Building.
  template <class Op>
  mlir::Value create(mlir::ValueRange values, llvm::ArrayRef<mlir::NamedAttribute> attributes = {}) {
    return createResults<Op>(values, attributes, 1).front();
  }
  template <class Op>
  llvm::SmallVector<mlir::Value> createResults(mlir::ValueRange values,
                                               llvm::ArrayRef<mlir::NamedAttribute> attributes, unsigned numResults) {
    return createNamed(Op::getOperationName(), values, attributes, numResults);
  }
  llvm::SmallVector<mlir::Value> createNamed(llvm::StringRef name, mlir::ValueRange values,
                                             llvm::ArrayRef<mlir::NamedAttribute> attributes, unsigned numResults);
  mlir::NamedAttribute intAttr(llvm::StringRef name, int64_t value);
  mlir::NamedAttribute flagAttr(llvm::StringRef name, bool value);
  mlir::NamedAttribute floatAttr(llvm::StringRef name, double value);
  mlir::NamedAttribute intsAttr(llvm::StringRef name, llvm::ArrayRef<int64_t> values);
  mlir::NamedAttribute attr(llvm::StringRef name, mlir::Attribute value);
  mlir::NamedAttribute unitAttr(llvm::StringRef name) { return attr(name, builder.getUnitAttr()); }

  /// A vector of i64.
  mlir::Value makeInts(llvm::ArrayRef<int64_t> values);
  /// A vector of i64 of sizes: a constant, or computed from symbols.
  mlir::Value makeDims(llvm::ArrayRef<mlir::AffineExpr> dims);
  /// A scalar of that element type.
  mlir::Value makeScalar(double value, mlir::Type elementType);
  mlir::Value makeConstant(mlir::ElementsAttr elements);
  /// The value with another element type.
  mlir::Value castTo(mlir::Value value, mlir::Type elementType);
  /// f16 and bf16 as f32, so that several ops round once: undo it with `castTo`.
  mlir::Value widen(mlir::Value value);
  mlir::Value transpose(mlir::Value value, llvm::ArrayRef<int64_t> permutation);
  /// Reshapes to these sizes.
  mlir::Value reshape(mlir::Value value, llvm::ArrayRef<mlir::AffineExpr> dims);
  mlir::Value reshape(mlir::Value value, llvm::ArrayRef<int64_t> dims);
  mlir::Value unsqueeze(mlir::Value value, llvm::ArrayRef<int64_t> axes);
  mlir::Value squeeze(mlir::Value value, llvm::ArrayRef<int64_t> axes);
  mlir::Value reduce(mlir::Value value, ReduceKind kind, llvm::ArrayRef<int64_t> axes, bool keepDims);
  /// The elements [begin, end) along the axis.
  mlir::Value slice(mlir::Value value, int64_t axis, mlir::AffineExpr begin, mlir::AffineExpr end);
  mlir::AffineExpr constantDim(int64_t value) { return mlir::getAffineConstantExpr(value, builder.getContext()); }

private:
  const AttributeView *find(llvm::StringRef name, AttributeKind kind, llvm::StringRef kindName);

  llvm::ArrayRef<mlir::Value> operands;
  llvm::SmallVector<mlir::Value> results;
  llvm::ArrayRef<Dims> declared;
  bool failed = false;
};

/// Reads one node: sets its results or fails.
using Reader = void (*)(NodeReader &);

} // namespace dsc::onnx_import

#endif // DSC_COMPILER_IMPORT_NODEREADER_H
