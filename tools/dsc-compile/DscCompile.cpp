// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// dsc-compile: the compiler's command line. Exit status 0, or 1 and lines of reason on standard error.

#include "compiler/Compiler.h"
#include "compiler/import/OpTable.h"
#include "tools/Diagnostics.h"
#include "tools/Register.h"
#include "tools/dsc-compile/Flags.h"
#include "tools/dsc-compile/RunPlan.h"
#include "tools/dsc-compile/Summary.h"

#include "llvm/Support/ThreadPool.h"
#include "llvm/Support/raw_ostream.h"

#include <unistd.h>

using namespace dsc;
using namespace dsc::tools;

namespace {

/// One line on a terminal that is overwritten as phases pass.
class ProgressLine {
public:
  void show(llvm::StringRef phase, size_t index, size_t count) {
    if (isatty(STDERR_FILENO))
      llvm::errs() << "\r\x1b[K[" << index + 1 << "/" << count << "] " << phase;
  }
  void clear() {
    if (isatty(STDERR_FILENO))
      llvm::errs() << "\r\x1b[K";
  }
};

int runCompiler(const CompileFlags &flags) {
  mlir::DialectRegistry registry;
  registerAllDialects(registry);
  mlir::MLIRContext context(registry, mlir::MLIRContext::Threading::DISABLED);
  llvm::DefaultThreadPool threads(llvm::hardware_concurrency(flags.options.threads));
  if (flags.options.threads != 1)
    context.setThreadPool(threads);
  ProgressLine progress;
  CompileHooks hooks;
  hooks.progress = [&](llvm::StringRef phase, size_t index, size_t count) { progress.show(phase, index, count); };
  hooks.stopOutput = &llvm::outs();
  hooks.printOutput = &llvm::errs();
  hooks.explainOutput = &llvm::outs();
  hooks.runPlan = runPlan;
  CompileReport report;
  // Errors wait until the progress line is gone.
  std::string messages;
  llvm::raw_string_ostream messageStream(messages);
  bool isDone;
  {
    DiagnosticPrinter printer(context, "dsc-compile", messageStream);
    isDone = succeeded(compile(flags.model, flags.output, flags.options, context, report, hooks));
  }
  progress.clear();
  llvm::errs() << messages;
  if (!isDone)
    return 1;
  if (flags.json)
    printJson(report, flags.output, llvm::outs());
  else if (flags.options.stopAfter.empty())
    printSummary(report, flags.output, flags.options.stats, llvm::outs());
  return 0;
}

} // namespace

int main(int argc, char **argv) {
  CompileFlags flags;
  std::string error;
  if (!parseFlags(argc, argv, flags, error)) {
    llvm::errs() << "dsc-compile: error: " << toLine(error) << '\n';
    return 1;
  }
  if (flags.help) {
    llvm::outs() << compileUsage;
    return 0;
  }
  if (flags.printSupportedOps) {
    printSupportedOps(llvm::outs());
    return 0;
  }
  return runCompiler(flags);
}
