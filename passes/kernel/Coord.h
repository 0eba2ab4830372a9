// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Coordinates of one element, or of a run of neighbouring elements, of a tensor.

#ifndef DSC_PASSES_KERNEL_COORD_H
#define DSC_PASSES_KERNEL_COORD_H

#include "mlir/IR/Builders.h"
#include "mlir/IR/Value.h"

namespace dsc {

/// One coordinate. Either `value` is an index and lane l is at `value + l * step` (a step of 0: the same in every
/// lane), or `value` is a vector with an index per lane.
struct Coord {
  mlir::Value value;
  int64_t step = 0;

  bool isVector() const { return llvm::isa<mlir::VectorType>(value.getType()); }
  bool isUniform() const { return step == 0 && !isVector(); }
};

/// One coordinate per dimension.
using Point = llvm::SmallVector<Coord>;

/// Arithmetic on coordinates; keeps a constant step where it can. Constants fold.
struct CoordMath {
  mlir::OpBuilder &b;
  mlir::Location loc;
  /// Elements of a run, for coordinates that need a vector.
  int64_t lanes;

  mlir::Value index(int64_t value);
  Coord constant(int64_t value) { return {index(value)}; }
  Coord add(Coord x, Coord y);
  Coord sub(Coord x, Coord y);
  Coord mul(Coord x, Coord y);
  /// Quotient and remainder of coordinates that are not negative by a positive one.
  Coord div(Coord x, Coord y);
  Coord rem(Coord x, Coord y);
  /// Remainder in [0, y) of any coordinate by a positive one.
  Coord floorMod(Coord x, Coord y);
  Coord min(Coord x, Coord y);
  Coord max(Coord x, Coord y);
  /// Into [0, size - 1]; 0 for a size of 0, where there is nothing to read.
  Coord clamp(Coord x, Coord size);
  /// i1 or a vector of i1.
  mlir::Value less(Coord x, Coord y);
  mlir::Value equal(Coord x, Coord y);
  Coord select(mlir::Value condition, Coord x, Coord y);
  mlir::Value both(mlir::Value p, mlir::Value q);
  /// The coordinate as an index (uniform) or a vector of `lanes` indices.
  mlir::Value materialize(Coord x);
  mlir::Value vector(Coord x);
  /// The coordinate of one lane.
  mlir::Value lane(Coord x, int64_t lane);

private:
  template <class Op> Coord elementwise(Coord x, Coord y);
};

} // namespace dsc

#endif // DSC_PASSES_KERNEL_COORD_H
