// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Readers of matrix products.

#include "compiler/import/OpTable.h"

using namespace mlir;

namespace dsc::onnx_import {
namespace {

void readMatMul(NodeReader &n) { n.set(0, n.create<MatmulOp>({n.require(0), n.require(1)})); }

Value scale(NodeReader &n, Value x, double factor) {
  return factor == 1 ? x : n.create<MulOp>({x, n.makeScalar(factor, n.getElementType(x))});
}

Value multiply(NodeReader &n, Value lhs, Value rhs, bool transposeLhs, bool transposeRhs) {
  SmallVector<NamedAttribute> attributes;
  if (transposeLhs)
    attributes.push_back(n.unitAttr("transpose_lhs"));
  if (transposeRhs)
    attributes.push_back(n.unitAttr("transpose_rhs"));
  return n.create<MatmulOp>({lhs, rhs}, attributes);
}

void readGemm(NodeReader &n) {
  Value lhs = n.require(0), rhs = n.require(1);
  if (n.getRank(lhs) != 2 || n.getRank(rhs) != 2)
    return n.fail("expected operands of rank 2, but got " + Twine(n.getRank(lhs)) + " and " + Twine(n.getRank(rhs)));
  double alpha = n.getFloat("alpha", 1), beta = n.getFloat("beta", 1);
  bool hasBias = n.has(2) && beta != 0;
  bool single = alpha == 1 && !hasBias;
  Type type = n.getElementType(lhs);
  if (!single)
    lhs = n.widen(lhs), rhs = n.widen(rhs);
  Value product = multiply(n, lhs, rhs, n.getFlag("transA", false), n.getFlag("transB", false));
  product = scale(n, product, alpha);
  if (hasBias)
    product = n.create<AddOp>({product, scale(n, n.widen(n.get(2)), beta)});
  n.set(0, n.castTo(product, type));
}

/// com.microsoft.FusedMatMul: alpha * op(A) * op(B) with batches.
void readFusedMatMul(NodeReader &n) {
  if (n.getFlag("transBatchA", false) || n.getFlag("transBatchB", false))
    return n.fail("expected 'transBatchA' and 'transBatchB' to be 0");
  Value lhs = n.require(0), rhs = n.require(1);
  Type type = n.getElementType(lhs);
  double alpha = n.getFloat("alpha", 1);
  if (alpha != 1)
    lhs = n.widen(lhs), rhs = n.widen(rhs);
  // A vector has nothing to transpose.
  Value product = multiply(n, lhs, rhs, n.getFlag("transA", false) && n.getRank(lhs) > 1,
                           n.getFlag("transB", false) && n.getRank(rhs) > 1);
  n.set(0, n.castTo(scale(n, product, alpha), type));
}

const OpRow rows[] = {
    {"MatMul", readMatMul}, {"Gemm", readGemm, 6},
    {"FusedMatMul", readFusedMatMul, 1, maxOpset, "no transBatchA, transBatchB", "com.microsoft"},
};

} // namespace

OpFamily getLinearFamily() { return {"Matrix products", rows}; }

} // namespace dsc::onnx_import
