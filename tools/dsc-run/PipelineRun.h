// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// A session's plan as a pipeline: cut, run, compared with one context, timed.
#ifndef DSC_TOOLS_DSC_RUN_PIPELINERUN_H
#define DSC_TOOLS_DSC_RUN_PIPELINERUN_H

#include "tools/dsc-run/Session.h"

namespace dsc::tools {

/// What is printed about a pipeline.
struct PipelineReport {
  std::vector<dsc_stage> stages; ///< those in use; empty: cut as compiled
  dsc_partition_report partition = {};
  uint32_t asked = 0; ///< stages; 0: no pipeline
  double latencyUs = 0; ///< of --bench: median time from submission to result
};

/// Expects a session whose context ran once. Methods that return false leave one line in `error`.
class PipelineRun {
public:
  PipelineRun(Session &session, const RunOptions &options) : session(session), options(options) {}
  PipelineRun(const PipelineRun &) = delete;

  /// Number of stages that --stages or the plan asks for.
  static uint32_t stagesAsked(const Session &session, const RunOptions &options);

  /// Cuts the plan and starts the stages.
  bool create();
  /// Keeps the pipeline full until `runs` items are done, each with the bytes of the session's last run; the times
  /// between them, in microseconds.
  bool run(uint32_t runs, std::vector<double> &intervals);

  bool isCreated() const { return pipeline.has_value(); }
  /// How many items may be in flight.
  uint32_t numItems() const;

  PipelineReport report;
  std::string error;

private:
  struct Item {
    std::vector<dsc_tensor> out;
    std::vector<std::vector<uint8_t>> memory;
    uint64_t ticket;
    double submittedUs;
  };
  bool fail(const std::string &message);
  bool cut();
  bool submit(Item &item);
  bool finish(Item &item);
  bool isEqual(const Item &item);

  Session &session;
  const RunOptions &options;
  std::optional<Pipeline> pipeline;
  std::vector<dsc_tensor> outputViews;
  std::vector<Tensor> expected;
  std::vector<double> latencies;
};

} // namespace dsc::tools
#endif
