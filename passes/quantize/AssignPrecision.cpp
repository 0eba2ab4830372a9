// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// dsc-assign-precision: keeps the model's own precision, and refuses contractions that would need quantized kernels.

#include "dialects/dsc/DscRoles.h"
#include "passes/Passes.h"

#include "mlir/IR/TypeUtilities.h"

using namespace mlir;

namespace dsc {
#define GEN_PASS_DEF_ASSIGNPRECISIONPASS
#include "passes/Passes.h.inc"

namespace {

struct AssignPrecisionPass : impl::AssignPrecisionPassBase<AssignPrecisionPass> {
  using AssignPrecisionPassBase::AssignPrecisionPassBase;

  void runOnOperation() override {
    if (precision != "model") {
      getOperation().emitError() << "expected precision 'model', but got '" << precision << "'";
      return signalPassFailure();
    }
    bool failedAny = false;
    getOperation().walk([&](Operation *op) {
      if (!isAnchor(op) || isa<QMatmulOp, QConvOp>(op))
        return;
      ++numContractions;
      Type type = getElementTypeOrSelf(op->getOperand(0).getType());
      if (type.getIntOrFloatBitWidth() >= 16)
        return;
      op->emitOpError() << "expected operands of 16 bits or more, but got " << type
                        << ": quantized contractions are not supported";
      failedAny = true;
    });
    if (failedAny)
      signalPassFailure();
  }
};

} // namespace
} // namespace dsc
