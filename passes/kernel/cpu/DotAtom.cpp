// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The multiply-add step of f32 contractions.

#include "passes/kernel/cpu/DotAtom.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"

using namespace mlir;

namespace dsc {

Type F32Atom::accumulatorType(MLIRContext *context) const { return Float32Type::get(context); }

Value F32Atom::loadWeights(IndexMath m, Value flat, Value offset, Value mask) const {
  return m.loadVector(flat, offset, lanes, mask);
}

Value F32Atom::broadcastRow(IndexMath m, Value flat, Value offset) const {
  return m.broadcast(m.loadScalar(flat, offset), lanes);
}

Value F32Atom::multiplyAdd(IndexMath m, Value accumulator, Value row, Value weights) const {
  return vector::FMAOp::create(m.b, m.loc, row, weights, accumulator);
}

} // namespace dsc
