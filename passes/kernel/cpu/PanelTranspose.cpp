// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Transposes 8 x 8 blocks with shuffles and the rest element by element.

#include "passes/kernel/cpu/PanelTranspose.h"
#include "dialects/dsc/Schedule.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"

using namespace mlir;

namespace dsc {

namespace {
constexpr int block = 8;

/// Interleaves pairs of rows at growing distances: three rounds transpose 8 x 8.
SmallVector<Value> transposeBlock(IndexMath m, SmallVector<Value> rows) {
  auto shuffle = [&](Value x, Value y, ArrayRef<int64_t> lanes) -> Value {
    return vector::ShuffleOp::create(m.b, m.loc, x, y, lanes);
  };
  // Halves of 128 bits are what AVX exchanges cheaply, so the first two rounds stay inside them.
  SmallVector<Value> pairs(block), quads(block), result(block);
  for (int i = 0; i < block; i += 2) {
    pairs[i] = shuffle(rows[i], rows[i + 1], {0, 8, 1, 9, 4, 12, 5, 13});
    pairs[i + 1] = shuffle(rows[i], rows[i + 1], {2, 10, 3, 11, 6, 14, 7, 15});
  }
  for (int i = 0; i < block; i += 4)
    for (int j = 0; j < 2; ++j) {
      quads[i + 2 * j] = shuffle(pairs[i + j], pairs[i + j + 2], {0, 1, 8, 9, 4, 5, 12, 13});
      quads[i + 2 * j + 1] = shuffle(pairs[i + j], pairs[i + j + 2], {2, 3, 10, 11, 6, 7, 14, 15});
    }
  for (int i = 0; i < 4; ++i) {
    result[i] = shuffle(quads[i], quads[i + 4], {0, 1, 2, 3, 8, 9, 10, 11});
    result[i + 4] = shuffle(quads[i], quads[i + 4], {4, 5, 6, 7, 12, 13, 14, 15});
  }
  return result;
}
} // namespace

void transposeIntoPanel(IndexMath m, Value source, Value from, Value rowStride, Value columns, Value depth,
                        Value panel, Value to) {
  Value wholeColumns = m.mul(m.div(columns, m.constant(block)), block);
  Value wholeDepth = m.mul(m.div(depth, m.constant(block)), block);
  auto sourceAt = [&](Value c, Value k) { return m.add(m.add(from, m.mul(c, rowStride)), k); };
  auto panelAt = [&](Value c, Value k) { return m.add(m.add(to, m.mul(k, panelColumns)), c); };
  auto copyOne = [&](Value c, Value k) {
    memref::StoreOp::create(m.b, m.loc, m.loadScalar(source, sourceAt(c, k)), panel, panelAt(c, k));
  };
  m.loop(m.constant(0), wholeColumns, block, [&](Value c) {
    m.loop(m.constant(0), wholeDepth, block, [&](Value k) {
      SmallVector<Value> rows;
      for (int i = 0; i < block; ++i)
        rows.push_back(m.loadVector(source, sourceAt(m.add(c, i), k), block));
      for (auto [i, row] : llvm::enumerate(transposeBlock(m, rows)))
        m.storeVector(row, panel, panelAt(c, m.add(k, i)));
    });
    m.loop(wholeDepth, depth, 1, [&](Value k) {
      for (int i = 0; i < block; ++i)
        copyOne(m.add(c, i), k);
    });
  });
  m.loop(wholeColumns, columns, 1,
         [&](Value c) { m.loop(m.constant(0), depth, 1, [&](Value k) { copyOne(c, k); }); });
  Value zero = m.b.createOrFold<arith::ConstantOp>(m.loc, m.b.getF32FloatAttr(0));
  m.loop(m.constant(0), depth, 1, [&](Value k) {
    m.loop(columns, m.constant(panelColumns), 1,
           [&](Value c) { memref::StoreOp::create(m.b, m.loc, zero, panel, panelAt(c, k)); });
  });
}

} // namespace dsc
