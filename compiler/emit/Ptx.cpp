// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Translation, LLVM O3, the NVPTX back end.

#include "compiler/emit/Ptx.h"
#include "compiler/emit/LlvmPipeline.h"

#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/Target/LLVMIR/Dialect/Builtin/BuiltinToLLVMIRTranslation.h"
#include "mlir/Target/LLVMIR/Dialect/LLVMIR/LLVMToLLVMIRTranslation.h"
#include "mlir/Target/LLVMIR/Dialect/NVVM/NVVMToLLVMIRTranslation.h"
#include "mlir/Target/LLVMIR/Export.h"
#include "llvm/IR/LegacyPassManager.h"
#include "llvm/IR/Module.h"
#include "llvm/MC/TargetRegistry.h"
#include "llvm/Support/TargetSelect.h"
#include "llvm/Target/TargetMachine.h"
#include "llvm/Target/TargetOptions.h"
#include <mutex>

using namespace mlir;

namespace dsc {
namespace {

constexpr const char *triple = "nvptx64-nvidia-cuda";
/// The lowest PTX version that has every instruction of the families: drivers from CUDA 11.0 on take it.
constexpr const char *ptxVersion = "+ptx70";

std::unique_ptr<llvm::TargetMachine> createMachine(const SmTarget &sm) {
  static std::once_flag once;
  std::call_once(once, [] {
    LLVMInitializeNVPTXTargetInfo();
    LLVMInitializeNVPTXTarget();
    LLVMInitializeNVPTXTargetMC();
    LLVMInitializeNVPTXAsmPrinter();
  });
  std::string error;
  llvm::Triple target(triple);
  const llvm::Target *nvptx = llvm::TargetRegistry::lookupTarget(target, error);
  if (!nvptx)
    return nullptr;
  return std::unique_ptr<llvm::TargetMachine>(nvptx->createTargetMachine(
      target, sm.name, ptxVersion, llvm::TargetOptions(), std::nullopt, std::nullopt,
      llvm::CodeGenOptLevel::Aggressive));
}

PtxEntry describeEntry(LLVM::LLVMFuncOp kernel) {
  PtxEntry entry{kernel.getSymName().str(), {}, 0};
  if (auto block = kernel->getAttrOfType<DenseI32ArrayAttr>("nvvm.reqntid"))
    entry.block.assign(block.asArrayRef().begin(), block.asArrayRef().end());
  if (auto bytes = kernel->getAttrOfType<IntegerAttr>("dsc.shared"))
    entry.sharedBytes = bytes.getInt();
  return entry;
}

} // namespace

FailureOr<PtxCode> compilePtx(ModuleOp module) {
  registerBuiltinDialectTranslation(*module.getContext());
  registerLLVMDialectTranslation(*module.getContext());
  registerNVVMDialectTranslation(*module.getContext());
  PtxCode code;
  for (auto kernel : module.getOps<LLVM::LLVMFuncOp>())
    code.entries.push_back(describeEntry(kernel));
  llvm::LLVMContext context;
  std::unique_ptr<llvm::Module> llvmModule = translateModuleToLLVMIR(module, context, "kernels");
  if (!llvmModule)
    return failure(); // the translation said why
  std::unique_ptr<llvm::TargetMachine> machine = createMachine(getSmTargets().front());
  assert(machine && "expected an LLVM with an NVPTX back end");
  llvmModule->setTargetTriple(llvm::Triple(triple));
  llvmModule->setDataLayout(machine->createDataLayout());
  // ptxas unrolls with the registers in view.
  optimizeModule(*llvmModule, *machine, /*unroll=*/false);
  SmallString<0> text;
  llvm::raw_svector_ostream stream(text);
  llvm::legacy::PassManager codegen;
  bool cannotEmit = machine->addPassesToEmitFile(codegen, stream, nullptr, llvm::CodeGenFileType::AssemblyFile);
  assert(!cannotEmit && "expected a back end that writes PTX");
  (void)cannotEmit;
  codegen.run(*llvmModule);
  code.text = std::string(text);
  return code;
}

} // namespace dsc
