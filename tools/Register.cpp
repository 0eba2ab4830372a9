// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Registers dialects, the interfaces that bufferization and translation ask for, and passes.

#include "tools/Register.h"

#include "dialects/dsc/Dsc.h"
#include "dialects/plan/Plan.h"
#include "passes/Passes.h"

#include "mlir/InitAllDialects.h"
#include "mlir/InitAllExtensions.h"
#include "mlir/Target/LLVMIR/Dialect/All.h"
#include "mlir/Transforms/Passes.h"

namespace dsc {

void registerAllDialects(mlir::DialectRegistry &registry) {
  registry.insert<DscDialect, plan::PlanDialect>();
  mlir::registerAllDialects(registry);
  mlir::registerAllExtensions(registry);
  mlir::registerAllToLLVMIRTranslations(registry);
}

void registerAllPasses() {
  mlir::registerTransformsPasses();
  registerDscPasses();
}

} // namespace dsc
