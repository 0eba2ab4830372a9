// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// What a compilation did, for people and as JSON.

#ifndef DSC_TOOLS_DSC_COMPILE_SUMMARY_H
#define DSC_TOOLS_DSC_COMPILE_SUMMARY_H

#include "compiler/Compiler.h"

namespace dsc::tools {

/// Ops in, kernels out, bytes, time and peak memory per phase; with `stats` the memory plan against its bound and
/// the ops that each phase left.
void printSummary(const CompileReport &report, llvm::StringRef output, bool stats, llvm::raw_ostream &os);

/// The same as one JSON object.
void printJson(const CompileReport &report, llvm::StringRef output, llvm::raw_ostream &os);

} // namespace dsc::tools

#endif // DSC_TOOLS_DSC_COMPILE_SUMMARY_H
