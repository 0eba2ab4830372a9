// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// What dsc-run prints and writes about a run.
#ifndef DSC_TOOLS_DSC_RUN_REPORT_H
#define DSC_TOOLS_DSC_RUN_REPORT_H

#include "tools/dsc-run/Compare.h"
#include "tools/dsc-run/PipelineRun.h"
#include "tools/dsc-run/Session.h"

namespace dsc::tools {

/// Times of the runs of --bench, in microseconds.
struct BenchResult {
  uint32_t runs = 0;
  double median = 0, minimum = 0, p95 = 0, mean = 0;
};

/// One step over all profiled runs.
struct StepProfile {
  std::string name;
  double medianUs = 0;
  uint64_t flops = 0, bytes = 0;
};

BenchResult summarise(std::vector<double> microseconds);

/// Steps in plan order from the spans of whole runs.
std::vector<StepProfile> profileSteps(const std::vector<TraceSpan> &spans);

/// Chrome trace (chrome://tracing, Perfetto).
bool writeTrace(const std::string &path, const std::vector<TraceSpan> &spans, std::string &error);

/// Everything known at the end, as text or as one JSON object.
struct Report {
  const RunOptions &options;
  const Session &session;
  std::vector<Tensor> outputs;
  std::vector<Comparison> comparisons;
  const PipelineReport &pipeline;
  BenchResult bench;
  std::vector<StepProfile> steps;

  void print() const;

private:
  void printText() const;
  void printJson() const;
  void printTensors() const;
  void printComparisons() const;
  void printPipeline() const;
  void printBench() const;
  void printProfile() const;
};

} // namespace dsc::tools
#endif
