// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Readers of onnxruntime's fused residual normalisations, which it writes into exported and optimised models.

#include "compiler/import/OpTable.h"

using namespace mlir;

namespace dsc::onnx_import {
namespace {

/// The sum of input, skip and bias, which is the last result too.
Value addSkip(NodeReader &n, Value bias, size_t sumResult) {
  Value sum = n.create<AddOp>({n.widen(n.require(0)), n.widen(n.require(1))});
  if (bias)
    sum = n.create<AddOp>({sum, n.widen(bias)});
  if (n.wants(sumResult))
    n.set(sumResult, n.castTo(sum, n.getElementType(n.require(0))));
  return sum;
}

/// Mean and deviation are results of training.
bool wantsStatistics(NodeReader &n) {
  if (n.wants(1) || n.wants(2))
    n.fail("expected no use of the results 'mean' and 'inv_std_var'");
  return n.hasFailed();
}

/// Operands: input, skip, gamma, beta, bias.
void readSkipLayerNormalization(NodeReader &n) {
  if (wantsStatistics(n))
    return;
  Value sum = addSkip(n, n.get(4), 3);
  Value beta = n.has(3) ? n.widen(n.get(3)) : Value();
  Value y = n.create<LayerNormOp>({sum, n.widen(n.require(2)), beta},
                                  {n.intAttr("axis", n.getRank(sum) - 1),
                                   n.floatAttr("epsilon", n.getFloat("epsilon", 1e-12f))});
  n.set(0, n.castTo(y, n.getElementType(n.require(0))));
}

/// Operands: input, skip, gamma, bias.
void readSkipSimplified(NodeReader &n) {
  if (wantsStatistics(n))
    return;
  Value sum = addSkip(n, n.get(3), 3);
  Value y = n.create<RmsNormOp>({sum, n.widen(n.require(2))}, {n.intAttr("axis", n.getRank(sum) - 1),
                                                               n.floatAttr("epsilon", n.getFloat("epsilon", 1e-6f))});
  n.set(0, n.castTo(y, n.getElementType(n.require(0))));
}

const OpRow rows[] = {
    {"SkipLayerNormalization", readSkipLayerNormalization, 1, maxOpset, "inference only", "com.microsoft"},
    {"SkipSimplifiedLayerNormalization", readSkipSimplified, 1, maxOpset, "inference only", "com.microsoft"},
};

} // namespace

OpFamily getContribFamily() { return {"Residual normalisations of onnxruntime", rows}; }

} // namespace dsc::onnx_import
