// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The single list of dialects and passes that the compiler and its tools know.

#ifndef DSC_TOOLS_REGISTER_H
#define DSC_TOOLS_REGISTER_H

#include "mlir/IR/DialectRegistry.h"

namespace dsc {

/// Adds the own dialects, the upstream ones that kernels are made of, and the interfaces that lowering them needs.
void registerAllDialects(mlir::DialectRegistry &registry);

/// Makes every own pass, and the upstream ones that tests use, known by its flag.
void registerAllPasses();

} // namespace dsc

#endif // DSC_TOOLS_REGISTER_H
