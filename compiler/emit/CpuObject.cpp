// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Kernels in the llvm dialect to relocatable objects: translation, LLVM O3, the X86 back end.

#include "compiler/emit/CpuBlob.h"
#include "compiler/emit/LlvmPipeline.h"

#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/IR/Builders.h"
#include "mlir/IR/SymbolTable.h"
#include "mlir/IR/Threading.h"
#include "mlir/Target/LLVMIR/Dialect/Builtin/BuiltinToLLVMIRTranslation.h"
#include "mlir/Target/LLVMIR/Dialect/LLVMIR/LLVMToLLVMIRTranslation.h"
#include "mlir/Target/LLVMIR/Export.h"
#include "llvm/ADT/SetVector.h"
#include "llvm/IR/LegacyPassManager.h"
#include "llvm/IR/Module.h"
#include "llvm/MC/TargetRegistry.h"
#include "llvm/Support/CodeGen.h"
#include "llvm/Support/TargetSelect.h"
#include "llvm/Support/raw_ostream.h"
#include "llvm/Target/TargetMachine.h"
#include "llvm/Target/TargetOptions.h"
#include <mutex>

using namespace mlir;

namespace dsc {
namespace {

/// Kernels in one object: small enough to keep all cores busy, large enough to amortise a module's cost.
constexpr size_t kernelsPerObject = 4;

constexpr const char *triple = "x86_64-unknown-linux-gnu";

std::unique_ptr<llvm::TargetMachine> createMachine(const CpuLevel &level) {
  static std::once_flag once;
  std::call_once(once, [] {
    LLVMInitializeX86TargetInfo();
    LLVMInitializeX86Target();
    LLVMInitializeX86TargetMC();
    LLVMInitializeX86AsmPrinter();
  });
  std::string error;
  llvm::Triple target(triple);
  const llvm::Target *x86 = llvm::TargetRegistry::lookupTarget(target, error);
  if (!x86)
    return nullptr;
  llvm::TargetOptions options;
  options.FunctionSections = false;
  return std::unique_ptr<llvm::TargetMachine>(
      x86->createTargetMachine(target, level.llvmCpu, level.features, options, llvm::Reloc::PIC_,
                               llvm::CodeModel::Small, llvm::CodeGenOptLevel::Aggressive));
}

/// What every kernel promises: no library behind it, no unwinding, entries marked for indirect branches.
void markKernels(llvm::Module &module, const CpuLevel &level) {
  module.setModuleFlag(llvm::Module::Override, "cf-protection-branch", uint32_t(1));
  module.setPICLevel(llvm::PICLevel::BigPIC);
  for (llvm::Function &function : module) {
    if (function.isDeclaration())
      continue;
    function.addFnAttr("no-builtins");
    function.addFnAttr("target-cpu", level.llvmCpu);
    if (!llvm::StringRef(level.features).empty())
      function.addFnAttr("target-features", level.features);
    function.setDoesNotThrow();
    function.setDSOLocal(true);
  }
}

LogicalResult compileObject(ModuleOp module, const CpuLevel &level, ObjectBytes &object) {
  llvm::LLVMContext context;
  std::unique_ptr<llvm::Module> llvmModule = translateModuleToLLVMIR(module, context, "kernels");
  if (!llvmModule)
    return failure(); // the translation said why
  std::unique_ptr<llvm::TargetMachine> machine = createMachine(level);
  assert(machine && "expected an LLVM with an X86 back end");
  llvmModule->setTargetTriple(llvm::Triple(triple));
  llvmModule->setDataLayout(machine->createDataLayout());
  markKernels(*llvmModule, level);
  optimizeModule(*llvmModule, *machine, /*unroll=*/true);
  llvm::raw_svector_ostream stream(object);
  llvm::legacy::PassManager codegen;
  bool cannotEmit = machine->addPassesToEmitFile(codegen, stream, nullptr, llvm::CodeGenFileType::ObjectFile);
  assert(!cannotEmit && "expected a back end that writes objects");
  (void)cannotEmit;
  codegen.run(*llvmModule);
  return success();
}

/// Registers the translations in the module's context; must not race with other users of the context.
void registerTranslations(MLIRContext &context) {
  static std::mutex mutex;
  std::lock_guard<std::mutex> guard(mutex);
  registerBuiltinDialectTranslation(context);
  registerLLVMDialectTranslation(context);
}

/// Copies a kernel and the constants that it reads.
void addKernel(ModuleOp part, LLVM::LLVMFuncOp kernel, SymbolTable &symbols) {
  llvm::SetVector<Operation *> globals;
  kernel.walk([&](LLVM::AddressOfOp address) { globals.insert(symbols.lookup(address.getGlobalName())); });
  for (Operation *global : globals)
    if (global && !part.lookupSymbol(SymbolTable::getSymbolName(global)))
      part.push_back(global->clone());
  part.push_back(kernel->clone());
}

} // namespace

FailureOr<std::vector<ObjectBytes>> compileCpuObjects(ModuleOp module, const CpuLevel &level) {
  registerTranslations(*module.getContext());
  std::vector<OwningOpRef<ModuleOp>> parts;
  SymbolTable symbols(module);
  size_t count = 0;
  for (auto kernel : module.getOps<LLVM::LLVMFuncOp>()) {
    if (count++ % kernelsPerObject == 0)
      parts.push_back(ModuleOp::create(module.getLoc()));
    addKernel(*parts.back(), kernel, symbols);
  }
  std::vector<ObjectBytes> objects(parts.size());
  if (failed(failableParallelForEachN(module.getContext(), 0, parts.size(), [&](size_t i) {
        return compileObject(*parts[i], level, objects[i]);
      })))
    return failure();
  return objects;
}

} // namespace dsc
