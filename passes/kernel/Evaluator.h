// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Emits the value of any element of any tensor of a group, on demand, as scalars or as runs of lanes.

#ifndef DSC_PASSES_KERNEL_EVALUATOR_H
#define DSC_PASSES_KERNEL_EVALUATOR_H

#include "passes/kernel/Coord.h"
#include "passes/kernel/KernelBuffers.h"
#include "mlir/IR/TypeUtilities.h"
#include "llvm/ADT/STLFunctionalExtras.h"
#include <map>
#include <set>

namespace dsc {

/// Defines every dsc op by the value of one element of its result: `element` walks from a tensor of the group to the
/// buffers and emits what the element needs, loops included. Nothing is stored in between; what one place of the code
/// computed already is reused there and in regions below it. With `lanes` set, a coordinate may step from lane to lane
/// and values are vectors; the same operations run in the same order as for a scalar, so both give the same bits.
class Evaluator {
public:
  /// The builder of `body` stands in the entry block; sizes are emitted there.
  Evaluator(GroupOp group, KernelBuffers &body);

  /// The element of `tensor` at `point`: of compute type, a vector of `runLength` while `vectorized`.
  mlir::Value element(mlir::Value tensor, llvm::ArrayRef<Coord> point);
  /// The same for a point whose coordinates along `axes` were moved into the tensor: 0 if an axis is empty, because
  /// then nothing is there to read.
  mlir::Value elementIfAny(mlir::Value tensor, llvm::ArrayRef<Coord> point, llvm::ArrayRef<int64_t> axes);
  /// Whether none of these dimensions is empty, an i1; null if that is known without a test.
  mlir::Value hasElements(mlir::Value tensor, llvm::ArrayRef<int64_t> axes);
  /// Stores `value` (what `element` gives) to a result's buffer.
  void store(unsigned result, llvm::ArrayRef<Coord> point, mlir::Value value);
  /// Loads from any buffer by flat position.
  mlir::Value load(mlir::Value flat, Coord position, mlir::Type elementType);
  void storeFlat(mlir::Value flat, Coord position, mlir::Value value, mlir::Type elementType);
  /// The flat position of a point in a row-major tensor.
  Coord linearize(mlir::Value tensor, llvm::ArrayRef<Coord> point);
  /// Splits a position into coordinates of these sizes.
  Point delinearize(Coord position, llvm::ArrayRef<mlir::Value> sizes);

  /// An integer element used as a coordinate; stays uniform where the point is.
  Coord indexAt(mlir::Value tensor, llvm::ArrayRef<Coord> point);
  /// Element `i` of a small integer tensor as an index, read once in the entry block.
  mlir::Value shapeOperand(mlir::Value tensor, int64_t i);
  /// A float element of a small tensor as f32, read once in the entry block.
  mlir::Value floatOperand(mlir::Value tensor, int64_t i);
  /// Sizes as index values, emitted once in the entry block.
  mlir::Value size(mlir::Value tensor, int64_t dim);
  Coord extent(mlir::Value tensor, int64_t dim) { return {size(tensor, dim)}; }
  llvm::SmallVector<mlir::Value> sizes(mlir::Value tensor);
  /// The point of an operand that broadcasts to a tensor of `rank` dimensions.
  Point broadcastPoint(mlir::Value operand, mlir::Value result, llvm::ArrayRef<Coord> point);

  /// A loop with carried values; `step` 1.
  using LoopBody =
      llvm::function_ref<llvm::SmallVector<mlir::Value>(mlir::Value index, mlir::ValueRange carried)>;
  llvm::SmallVector<mlir::Value> loop(mlir::Value lower, mlir::Value upper, mlir::ValueRange initial, LoopBody body,
                                      int64_t step = 1);
  /// Nested loops over [0, extents[i]).
  using NestBody =
      llvm::function_ref<llvm::SmallVector<mlir::Value>(mlir::ValueRange indices, mlir::ValueRange carried)>;
  llvm::SmallVector<mlir::Value> nest(llvm::ArrayRef<mlir::Value> extents, mlir::ValueRange initial, NestBody body);
  /// One value that a reduction carries: its element type, where it starts, how two partial results meet.
  struct Accumulator {
    mlir::Type type;
    double initial;
    std::function<mlir::Value(mlir::Value, mlir::Value)> merge;
  };
  using FoldBody = llvm::function_ref<llvm::SmallVector<mlir::Value>(llvm::ArrayRef<Coord> indices,
                                                                      mlir::ValueRange carried)>;
  /// Reduces over [0, extents[i]). With `inLanes` the last loop runs over runs of `runLength` neighbours, whose partial
  /// results meet in a fixed tree, and then over the rest one by one: the order depends on the extents alone.
  llvm::SmallVector<mlir::Value> fold(llvm::ArrayRef<mlir::Value> extents, llvm::ArrayRef<Accumulator> accumulators,
                                      bool inLanes, FoldBody body);
  /// Where the accumulators start, as vectors while `vectorized`.
  llvm::SmallVector<mlir::Value> initialValues(llvm::ArrayRef<Accumulator> accumulators);
  /// What the lanes of a run give together, in a fixed tree.
  mlir::Value mergeLanes(mlir::Value run, const Accumulator &accumulator);
  /// Whether a reduction of these axes of a tensor may run in lanes here.
  bool canFoldInLanes(mlir::Value tensor, llvm::ArrayRef<int64_t> axes);
  /// Emits here what the elements of `tensor` need of everything but the dimensions whose coordinate is null, so that
  /// loops over those find it.
  void hoist(mlir::Value tensor, llvm::ArrayRef<Coord> point);
  /// Evaluates one of two values; a condition that differs between lanes selects instead of branching.
  mlir::Value choose(mlir::Value condition, llvm::function_ref<mlir::Value()> whenTrue,
                     llvm::function_ref<mlir::Value()> whenFalse);
  /// if (condition) then() else otherwise(); the latter may be null. For stores.
  void branch(mlir::Value condition, llvm::function_ref<void()> then,
              llvm::function_ref<void()> otherwise = nullptr);
  /// Runs `emit` in the entry block, once per key.
  mlir::Value atEntry(mlir::Value tensor, int64_t key, llvm::function_ref<mlir::Value()> emit);
  /// Evaluates scalars inside while the surroundings are vectorized.
  mlir::Value asScalar(llvm::function_ref<mlir::Value()> emit);

  /// Values of a row, or of any other place, keyed by an op and a point: computed once, found again by the regions
  /// below. Two of them for statistics with more than one part.
  llvm::SmallVector<mlir::Value>
  remember(mlir::Operation *op, llvm::ArrayRef<Coord> point,
           llvm::function_ref<llvm::SmallVector<mlir::Value>()> compute);
  /// Replaces what `element` does for a tensor: its elements lie somewhere already.
  void provide(mlir::Value tensor, std::function<mlir::Value(llvm::ArrayRef<Coord>)> source) {
    provided[tensor] = std::move(source);
  }

  CoordMath math() { return {b, loc, runLength}; }
  /// A constant of a compute type, as a vector while vectorized. Floats round; integers saturate.
  mlir::Value constant(mlir::Type elementType, double value);
  /// The type of values now: `elementType`'s compute type, or a vector of it.
  mlir::Type valueType(mlir::Type elementType);
  /// f64 for f64, f32 for other floats, integers as they are: what sums are kept in.
  mlir::Type accumulatorType(mlir::Type elementType);
  mlir::Value convert(mlir::Value value, mlir::Type from, mlir::Type to);
  mlir::Value splat(mlir::Value scalar);
  /// Reports an op that no rule knows; returns some value of its type.
  mlir::Value unsupported(mlir::Operation *op);

  mlir::OpBuilder &b;
  mlir::Location loc;
  GroupOp group;
  KernelBuffers &body;
  /// Elements of a run.
  const int64_t runLength;
  /// Whether values are vectors now.
  bool vectorized = false;
  /// Whether sums along the last dimension may run in lanes.
  bool rowsInLanes = false;
  bool failed = false;
  /// If set, reduces in place of `fold` while `vectorized` is false; clears itself while it runs `body`.
  using FoldHook = std::function<llvm::SmallVector<mlir::Value>(
      llvm::ArrayRef<mlir::Value> extents, llvm::ArrayRef<Accumulator> accumulators, bool inLanes, FoldBody body)>;
  FoldHook foldHook;

private:
  using Key = std::tuple<void *, bool, llvm::SmallVector<std::pair<void *, int64_t>>>;
  Key makeKey(void *what, llvm::ArrayRef<Coord> point);
  mlir::Value compute(mlir::Value tensor, llvm::ArrayRef<Coord> point);
  void hoist(mlir::Value tensor, llvm::ArrayRef<Coord> point, std::set<Key> &seen);
  mlir::Value loadConstant(ConstantOp op, llvm::ArrayRef<Coord> point);
  struct Scope;

  llvm::SmallVector<std::map<Key, llvm::SmallVector<mlir::Value>>> scopes;
  std::map<std::pair<void *, int64_t>, mlir::Value> entryValues;
  llvm::DenseMap<mlir::Value, std::function<mlir::Value(llvm::ArrayRef<Coord>)>> provided;
  mlir::Operation *entryAnchor;
  /// The ranges of the module's symbols, once something asks for one.
  std::optional<ShapeContext> shapes;
};

inline mlir::RankedTensorType typeOf(mlir::Value tensor) { return llvm::cast<mlir::RankedTensorType>(tensor.getType()); }
inline mlir::Type elementTypeOf(mlir::Value tensor) { return typeOf(tensor).getElementType(); }
inline int64_t rankOf(mlir::Value tensor) { return typeOf(tensor).getRank(); }

// The rules, by op family: the element of an op's result at a point; null if the op is of another family.
mlir::Value movementElement(Evaluator &e, mlir::Operation *op, llvm::ArrayRef<Coord> point);
mlir::Value indexingElement(Evaluator &e, mlir::Operation *op, llvm::ArrayRef<Coord> point);
mlir::Value reductionElement(Evaluator &e, mlir::OpResult result, llvm::ArrayRef<Coord> point);
/// What an op needs once per row, in the form that `normElement` and `reductionElement` use it; coordinates along the
/// row may be null. False for ops that need nothing.
bool hoistRow(Evaluator &e, mlir::Operation *op, llvm::ArrayRef<Coord> point);
mlir::Value normElement(Evaluator &e, mlir::Operation *op, llvm::ArrayRef<Coord> point);
mlir::Value attentionElement(Evaluator &e, mlir::Operation *op, llvm::ArrayRef<Coord> point);
bool hoistAttention(Evaluator &e, mlir::Operation *op, llvm::ArrayRef<Coord> point);
mlir::Value contractionElement(Evaluator &e, mlir::Operation *op, llvm::ArrayRef<Coord> point);
/// The result's element of a contraction from the sum of its products, whose zero points are taken out: scales and bias.
/// Columns are the last dimension. Null if the op is of another family.
mlir::Value finishContraction(Evaluator &e, mlir::Operation *op, mlir::Value sum, llvm::ArrayRef<Coord> point);
/// A parameter of a contraction whose sizes are those of `point` or 1.
mlir::Value contractionParameter(Evaluator &e, mlir::Value parameter, llvm::ArrayRef<Coord> point, mlir::Type type);
mlir::Value poolElement(Evaluator &e, mlir::OpResult result, llvm::ArrayRef<Coord> point);
mlir::Value resizeElement(Evaluator &e, mlir::Operation *op, llvm::ArrayRef<Coord> point);

} // namespace dsc

#endif // DSC_PASSES_KERNEL_EVALUATOR_H
