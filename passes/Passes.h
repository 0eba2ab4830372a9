// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The generated declarations of every pass; Passes.td says what each one does.

#ifndef DSC_PASSES_PASSES_H
#define DSC_PASSES_PASSES_H

#include "dialects/dsc/Dsc.h"
#include "dialects/plan/Plan.h"
#include "mlir/Pass/Pass.h"

namespace dsc {

#define GEN_PASS_DECL
#define GEN_PASS_REGISTRATION
#include "passes/Passes.h.inc"

} // namespace dsc

#endif // DSC_PASSES_PASSES_H
