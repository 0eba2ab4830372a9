// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// dsc-translate: a plan file as text, or text as a plan file; which one follows from the input's first bytes.

#include "compiler/emit/PlanReader.h"
#include "compiler/emit/PlanWriter.h"
#include "dialects/dsc/Dsc.h"
#include "dialects/plan/Plan.h"
#include "runtime/schema/PlanFile.h"
#include "tools/Diagnostics.h"

#include "mlir/IR/BuiltinOps.h"
#include "mlir/Parser/Parser.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/ToolOutputFile.h"

using namespace dsc;

static int fail(const llvm::Twine &reason) {
  llvm::errs() << "dsc-translate: error: " << tools::toLine(reason.str()) << '\n';
  return 1;
}

static const char *const usage = R"(usage: dsc-translate FILE [-o FILE] [--elide]

Turns a plan file into the plan dialect's text, or the text into a plan file. Without -o, text goes to standard output.

  -o FILE   the file to write; needed for a plan
  --elide   leave the bytes of segments out of the text (it cannot be turned back then)
)";

static int printPlan(mlir::ModuleOp module, llvm::StringRef output, bool elide) {
  std::error_code code;
  llvm::ToolOutputFile file(output.empty() ? "-" : output, code, llvm::sys::fs::OF_None);
  if (code)
    return fail("cannot write '" + output + "': " + code.message());
  mlir::OpPrintingFlags flags;
  if (elide)
    flags.elideLargeResourceString(0);
  module.print(file.os(), flags);
  file.os() << '\n';
  file.os().flush();
  if (code = file.os().error(); code) {
    file.os().clear_error();
    return fail("cannot write '" + output + "': " + code.message());
  }
  file.keep();
  return 0;
}

static int writeText(llvm::StringRef input, llvm::StringRef output, mlir::MLIRContext &context) {
  auto module = mlir::parseSourceFile<mlir::ModuleOp>(input, mlir::ParserConfig(&context));
  if (!module)
    return 1;
  if (std::string reason = checkOutputPath(output, input); !reason.empty())
    return fail(reason);
  auto plans = llvm::to_vector(module->getOps<plan::PlanOp>());
  if (plans.size() != 1)
    return fail("expected one plan in '" + input + "', but got " + llvm::Twine(plans.size()));
  return succeeded(writePlan(plans.front(), output)) ? 0 : 1;
}

int main(int argc, char **argv) {
  std::string input, output;
  bool elide = false;
  for (int i = 1; i < argc; ++i) {
    llvm::StringRef argument = argv[i];
    if (argument == "--help" || argument == "-h") {
      llvm::outs() << usage;
      return 0;
    }
    if (argument == "-o" && i + 1 < argc)
      output = argv[++i];
    else if (argument == "--elide")
      elide = true;
    else if (input.empty() && !argument.starts_with("-"))
      input = argument.str();
    else
      return fail("unexpected argument " + argument + " (see --help)");
  }
  auto file = llvm::MemoryBuffer::getFileSlice(input, sizeof schema::headerMagic, 0);
  if (!file)
    return fail("cannot read '" + input + "': " + file.getError().message());
  mlir::DialectRegistry registry;
  registry.insert<DscDialect, plan::PlanDialect>();
  mlir::MLIRContext context(registry, mlir::MLIRContext::Threading::DISABLED);
  tools::DiagnosticPrinter printer(context, "dsc-translate", llvm::errs());
  llvm::StringRef magic(schema::headerMagic, sizeof schema::headerMagic);
  if ((*file)->getBuffer() != magic)
    return writeText(input, output, context);
  mlir::OwningOpRef<mlir::ModuleOp> module = readPlan(input, context);
  return module ? printPlan(*module, output, elide) : 1;
}
