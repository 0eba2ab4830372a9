// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Compiles, runs and compares a case with the compiler and the runtime that users have.

#include "tools/dsc-conformance/RunCase.h"

#include "compiler/Compiler.h"
#include "tools/Diagnostics.h"
#include "tools/Register.h"
#include "tools/dsc-run/Compare.h"
#include "tools/dsc-run/Session.h"

#include "llvm/Support/FileSystem.h"
#include "llvm/Support/JSON.h"
#include "llvm/Support/MemoryBuffer.h"

#include <chrono>

namespace dsc::conformance {
namespace {

struct Tolerance {
  double rtol = 1e-3, atol = 1e-7;
};

/// The case's own tolerances, where it has a data.json.
Tolerance readTolerance(const Case &test) {
  Tolerance tolerance;
  auto file = llvm::MemoryBuffer::getFile(test.path + "/data.json");
  if (!file)
    return tolerance;
  llvm::Expected<llvm::json::Value> json = llvm::json::parse((*file)->getBuffer());
  if (!json) {
    llvm::consumeError(json.takeError());
    return tolerance;
  }
  if (const llvm::json::Object *object = json->getAsObject()) {
    tolerance.rtol = object->getNumber("rtol").value_or(tolerance.rtol);
    tolerance.atol = object->getNumber("atol").value_or(tolerance.atol);
  }
  return tolerance;
}

std::string firstLine(const std::string &text) { return text.substr(0, text.find('\n')); }

/// Import says so where an operator or a form of it has no reader.
bool isUnsupported(const std::string &messages) { return messages.find("unsupported") != std::string::npos; }

bool compileCase(const Case &test, const std::string &planPath, const CompileOptions &options, Outcome &outcome) {
  mlir::DialectRegistry registry;
  registerAllDialects(registry);
  mlir::MLIRContext context(registry, mlir::MLIRContext::Threading::DISABLED);
  std::string messages;
  llvm::raw_string_ostream os(messages);
  tools::DiagnosticPrinter printer(context, "", os);
  CompileReport report;
  if (succeeded(compile(test.path + "/model.onnx", planPath, options, context, report)))
    return true;
  std::string phase = report.phases.empty() ? "import" : report.phases.back().name;
  bool isImport = phase == "import";
  outcome.status = !isImport ? Status::Compile : isUnsupported(messages) ? Status::Unsupported : Status::Import;
  llvm::StringRef reason = messages;
  reason.consume_front(": error: ");
  outcome.reason = (isImport ? "" : phase + ": ") + firstLine(reason.str());
  return false;
}

std::string describe(const tools::Comparison &difference) {
  if (!difference.problem.empty())
    return difference.name + ": " + difference.problem;
  char text[256];
  snprintf(text, sizeof text, "%lld of %lld elements differ, first at %lld: expected %g, but got %g",
           (long long)difference.mismatches, (long long)difference.elements, (long long)difference.firstMismatch,
           difference.expected, difference.got);
  return difference.name + ": " + text;
}

Outcome runDataSet(const std::string &planPath, const std::string &folder, Tolerance tolerance) {
  tools::RunOptions options;
  options.plan = planPath;
  options.inputs = folder;
  options.threads = 1;
  tools::Session session(options);
  bool hasRun = session.open() && session.loadInputs() && session.createContext() && session.run();
  if (!hasRun)
    return {Status::Run, tools::toLine(session.error), 0};
  std::vector<tools::Comparison> results;
  std::string error;
  if (!tools::compareOutputs(session.outputs(), folder, tolerance.rtol, tolerance.atol, results, error))
    return {Status::Run, tools::toLine(error), 0};
  for (const tools::Comparison &result : results)
    if (!result.isEqual())
      return {Status::Numeric, tools::toLine(describe(result)), 0};
  if (results.size() != session.outputInfo().size())
    return {Status::Numeric, "expected all outputs in the data", 0};
  return {Status::Pass, "", 0};
}

} // namespace

Outcome runCase(const Case &test, const std::string &planPath, const CompileOptions &options) {
  Outcome outcome;
  auto start = std::chrono::steady_clock::now();
  if (compileCase(test, planPath, options, outcome)) {
    Tolerance tolerance = readTolerance(test);
    for (int set = 0; set == 0 || outcome.status == Status::Pass; ++set) {
      std::string folder = test.path + "/test_data_set_" + std::to_string(set);
      if (!llvm::sys::fs::is_directory(folder))
        break;
      outcome = runDataSet(planPath, folder, tolerance);
    }
  }
  outcome.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  return outcome;
}

} // namespace dsc::conformance
