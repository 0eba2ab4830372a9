// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// dsc-run: executes a plan on inputs from files or random ones; compares, times, profiles and traces.
#include "tools/dsc-run/Report.h"

#include <chrono>
#include <cstdio>

using namespace dsc::tools;

namespace {

constexpr uint32_t warmUpRuns = 3, profileRuns = 20;

int fail(const std::string &message) {
  // One line, whatever a name in a file holds.
  std::string line = message;
  for (char &c : line)
    if (static_cast<unsigned char>(c) < 0x20)
      c = '?';
  fflush(stdout);
  fprintf(stderr, "dsc-run: error: %s\n", line.c_str());
  return 1;
}

bool timeRuns(Session &session, uint32_t runs, BenchResult &result) {
  std::vector<double> times;
  for (uint32_t i = 0; i < runs + warmUpRuns; ++i) {
    auto begin = std::chrono::steady_clock::now();
    if (!session.run())
      return false;
    std::chrono::duration<double, std::micro> spent = std::chrono::steady_clock::now() - begin;
    if (i >= warmUpRuns)
      times.push_back(spent.count());
  }
  result = summarise(std::move(times));
  return true;
}

/// Items in flight reach their rhythm before the first one counts.
bool timePipeline(PipelineRun &pipeline, uint32_t runs, BenchResult &result) {
  std::vector<double> intervals;
  if (!pipeline.run(runs + warmUpRuns * pipeline.numItems(), intervals))
    return false;
  intervals.erase(intervals.begin(), intervals.end() - runs);
  result = summarise(std::move(intervals));
  return true;
}

bool bench(Session &session, PipelineRun &pipeline, uint32_t runs, BenchResult &result) {
  bool wasTracing = session.tracing;
  session.tracing = false;
  bool isDone = pipeline.isCreated() ? timePipeline(pipeline, runs, result) : timeRuns(session, runs, result);
  session.tracing = wasTracing;
  return isDone;
}

bool profile(Session &session, std::vector<StepProfile> &steps) {
  std::vector<TraceSpan> before;
  before.swap(session.spans);
  for (uint32_t i = 0; i < profileRuns; ++i)
    if (!session.run())
      return false;
  steps = profileSteps(session.spans);
  session.spans.swap(before);
  return true;
}

bool isVerifyOnly(const RunOptions &options) {
  return options.verify && options.inputs.empty() && options.input.empty() && !options.random && options.compare.empty();
}

int execute(const RunOptions &options) {
  Session session(options);
  if (!session.open())
    return fail(session.error);
  if (isVerifyOnly(options) && !session.inputInfo().empty()) {
    printf("%s: ok, sha256 %s\n", options.plan.c_str(), session.digest().c_str());
    return 0;
  }
  if (!session.loadInputs() || !session.createContext() || !session.run())
    return fail(session.error);
  PipelineRun pipeline(session, options);
  std::vector<double> intervals;
  if (PipelineRun::stagesAsked(session, options) > 1)
    if (!pipeline.create() || !pipeline.run(pipeline.numItems(), intervals))
      return fail(pipeline.error);
  Report report{options, session, session.outputs(), {}, pipeline.report, {}, {}};
  std::string error;
  if (!options.compare.empty() &&
      !compareOutputs(report.outputs, options.compare, options.rtol, options.atol, report.comparisons, error))
    return fail(error);
  if (!options.outputs.empty() && !writeNpz(options.outputs, report.outputs, error))
    return fail(error);
  if (options.bench && !bench(session, pipeline, options.bench, report.bench))
    return fail(pipeline.isCreated() ? pipeline.error : session.error);
  if (options.profile && !profile(session, report.steps))
    return fail(session.error);
  if (!options.trace.empty() && !writeTrace(options.trace, session.spans, error))
    return fail(error);
  report.print();
  for (const Comparison &comparison : report.comparisons)
    if (!comparison.isEqual())
      return fail("output '" + comparison.name + "' differs from what was expected");
  return 0;
}

} // namespace

int main(int argc, char **argv) {
  RunOptions options;
  std::string error;
  switch (parseOptions(argc, argv, options, error)) {
  case ParseResult::done:
    return 0;
  case ParseResult::failed:
    return fail(error);
  case ParseResult::run:
    break;
  }
  return execute(options);
}
