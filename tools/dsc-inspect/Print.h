// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// A PlanView for people and programs.

#ifndef DSC_TOOLS_DSC_INSPECT_PRINT_H
#define DSC_TOOLS_DSC_INSPECT_PRINT_H

#include "tools/dsc-inspect/PlanView.h"

#include "llvm/Support/raw_ostream.h"

namespace dsc::inspect {

/// Lines for a terminal; names of the model are made harmless.
void printText(const PlanView &plan, llvm::raw_ostream &os);

/// One object, on one line if `indent` is 0. docs/inspect.md describes it.
void printJson(const PlanView &plan, llvm::raw_ostream &os, unsigned indent = 2);

/// One page that needs nothing else, for a browser.
void printHtml(const PlanView &plan, llvm::raw_ostream &os);

} // namespace dsc::inspect

#endif // DSC_TOOLS_DSC_INSPECT_PRINT_H
