// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// LLVM's optimisations as every back end of ours runs them.

#ifndef DSC_COMPILER_EMIT_LLVMPIPELINE_H
#define DSC_COMPILER_EMIT_LLVMPIPELINE_H

namespace llvm {
class Module;
class TargetMachine;
} // namespace llvm

namespace dsc {

/// Runs O3 without loop vectorisation, for the machine that the module is for; `unroll` loops or leave it to whoever
/// knows the registers.
void optimizeModule(llvm::Module &module, llvm::TargetMachine &machine, bool unroll);

} // namespace dsc

#endif // DSC_COMPILER_EMIT_LLVMPIPELINE_H
