// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// One conformance case from model to comparison, in this process.

#ifndef DSC_TOOLS_DSC_CONFORMANCE_RUNCASE_H
#define DSC_TOOLS_DSC_CONFORMANCE_RUNCASE_H

#include "compiler/Options.h"
#include "tools/dsc-conformance/Cases.h"

namespace dsc::conformance {

/// Compiles the case's model into `planPath` (overwritten), runs every data set, compares. May crash with the compiler or
/// the kernel it tests: call it in a worker.
Outcome runCase(const Case &test, const std::string &planPath, const CompileOptions &options);

} // namespace dsc::conformance

#endif // DSC_TOOLS_DSC_CONFORMANCE_RUNCASE_H
