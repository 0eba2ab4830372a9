// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// dsc-inspect: what is in a plan file. Exit status 0, or 1 and one line of reason on standard error.

#include "compiler/emit/PlanReader.h"
#include "tools/Diagnostics.h"
#include "tools/Text.h"
#include "tools/dsc-inspect/Print.h"
#include "tools/dsc-inspect/Times.h"

#include "llvm/ADT/StringSwitch.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Path.h"

using namespace dsc;
using namespace dsc::inspect;

namespace {

const char *const usage = R"(usage: dsc-inspect PLAN [options]

Shows what is in a plan: segments, kernels, sizes, steps with their ONNX nodes, stages, buffers.

  --format=text|json|html  the form (default text); html: one page for a browser, with the graph
  --dim NAME=N             the size of a symbolic dimension (default: its bound, if it has one)
  --trace=FILE             add the times that dsc-run measured: of dsc-run --trace FILE, or the output of
                           dsc-run --profile --json
  -o FILE                  the file to write instead of standard output
)";

struct Flags {
  std::string plan, output, trace, dim, format = "text";
  llvm::StringMap<int64_t> dims;
  bool help = false;
};

int fail(const llvm::Twine &reason) {
  llvm::errs() << "dsc-inspect: error: " << tools::toLine(reason.str()) << '\n';
  return 1;
}

std::string parseDim(llvm::StringRef value, Flags &flags) {
  auto [name, number] = value.rsplit('=');
  int64_t size;
  if (name.empty() || number.getAsInteger(10, size) || size < 0 || size == INT64_MAX)
    return ("expected --dim NAME=N, but got '" + value + "'").str();
  flags.dims[name] = size;
  return "";
}

std::string parseValue(llvm::StringRef name, llvm::StringRef value, Flags &flags) {
  std::string *flag = llvm::StringSwitch<std::string *>(name)
                          .Case("-o", &flags.output)
                          .Case("--trace", &flags.trace)
                          .Case("--format", &flags.format)
                          .Case("--dim", &flags.dim)
                          .Default(nullptr);
  if (!flag)
    return ("unknown flag " + name + " (see --help)").str();
  if (value.empty())
    return ("expected a value for " + name + ", but got none").str();
  *flag = value.str();
  return name == "--dim" ? parseDim(value, flags) : "";
}

/// An empty string, or what is wrong.
std::string parseFlags(int argc, char **argv, Flags &flags) {
  for (int i = 1; i < argc; ++i) {
    llvm::StringRef argument = argv[i];
    if (argument == "--help" || argument == "-h") {
      flags.help = true;
      return "";
    }
    if (!argument.starts_with("-")) {
      if (!flags.plan.empty())
        return ("expected one plan, but got '" + argument + "' too").str();
      flags.plan = argument.str();
      continue;
    }
    auto [name, value] = argument.split('=');
    if (!argument.contains('=') && i + 1 < argc)
      value = argv[++i];
    if (std::string error = parseValue(name, value, flags); !error.empty())
      return error;
  }
  if (flags.plan.empty())
    return "expected a plan, but got none (see --help)";
  if (!llvm::is_contained({"text", "json", "html"}, flags.format))
    return "expected --format of text, json and html, but got '" + flags.format + "'";
  if (llvm::sys::fs::equivalent(flags.output, flags.plan))
    return "cannot write '" + flags.output + "': it is the plan";
  return "";
}

std::string addTimes(const Flags &flags, PlanView &view) {
  EntryView *only = nullptr;
  size_t entries = 0;
  for (FunctionView &function : view.functions)
    for (VariantView &variant : function.variants)
      for (EntryView &entry : variant.entries) {
        only = &entry;
        ++entries;
      }
  if (entries != 1)
    return "expected a plan of one entry for --trace, but got " + std::to_string(entries);
  return readTimes(flags.trace, view, *only);
}

/// A name that no function has is a mistake.
std::string checkDims(const Flags &flags, const PlanView &view) {
  llvm::StringMap<bool> known;
  for (const FunctionView &function : view.functions)
    for (const SymbolView &symbol : function.symbols)
      known[symbol.name] = true;
  for (const auto &dim : flags.dims)
    if (!known.contains(dim.getKey()))
      return ("expected --dim of a symbol of the plan, but got '" + dim.getKey() + "'").str();
  return "";
}

int inspectPlan(const Flags &flags) {
  mlir::DialectRegistry registry;
  registry.insert<plan::PlanDialect>();
  mlir::MLIRContext context(registry, mlir::MLIRContext::Threading::DISABLED);
  tools::DiagnosticPrinter printer(context, "dsc-inspect", llvm::errs());
  PlanFrame frame;
  mlir::OwningOpRef<mlir::ModuleOp> module = readPlanTables(flags.plan, context, frame);
  if (!module)
    return 1;
  PlanView view = makeView(*module->getOps<plan::PlanOp>().begin(), frame, llvm::sys::path::filename(flags.plan), flags.dims);
  if (std::string reason = checkDims(flags, view); !reason.empty())
    return fail(reason);
  if (!flags.trace.empty())
    if (std::string reason = addTimes(flags, view); !reason.empty())
      return fail(reason);
  std::string reason = tools::writeText(flags.output, [&](llvm::raw_ostream &os) {
    if (flags.format == "json")
      printJson(view, os);
    else if (flags.format == "html")
      printHtml(view, os);
    else
      printText(view, os);
  });
  return reason.empty() ? 0 : fail(reason);
}

} // namespace

int main(int argc, char **argv) {
  Flags flags;
  if (std::string error = parseFlags(argc, argv, flags); !error.empty())
    return fail(error);
  if (flags.help) {
    llvm::outs() << usage;
    return 0;
  }
  return inspectPlan(flags);
}
