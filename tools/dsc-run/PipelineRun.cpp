// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Drives dsc_pipeline with copies of one item.
#include "tools/dsc-run/PipelineRun.h"

#include <algorithm>
#include <chrono>
#include <cstring>
#include <deque>

namespace dsc::tools {

namespace {

double nowUs() {
  return std::chrono::duration<double, std::micro>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

constexpr uint32_t defaultDepth = 2;

uint32_t compiledStages(const Session &session) {
  auto info = sized<dsc_variant_info>();
  return dsc_plan_variant(session.openPlan().raw(), 0, 0, &info, nullptr) == DSC_OK ? info.num_stages : 1;
}

} // namespace

uint32_t PipelineRun::stagesAsked(const Session &session, const RunOptions &options) {
  return options.stages ? options.stages : compiledStages(session);
}

uint32_t PipelineRun::numItems() const {
  uint32_t stages = report.stages.empty() ? report.asked : uint32_t(report.stages.size());
  return stages * (options.depth ? options.depth : defaultDepth);
}

bool PipelineRun::fail(const std::string &message) {
  error = message;
  return false;
}

bool PipelineRun::cut() {
  std::vector<dsc_stage> stages(report.asked, sized<dsc_stage>());
  report.partition = sized<dsc_partition_report>();
  Status status;
  status = dsc_plan_partition(session.openPlan().raw(), 0, 0, stages.data(), report.asked, &report.partition, status.raw());
  if (!status)
    return fail(status.message());
  for (const dsc_stage &stage : stages)
    if (stage.num_units)
      report.stages.push_back(stage);
  return true;
}

bool PipelineRun::create() {
  report.asked = stagesAsked(session, options);
  if (options.stages && !cut())
    return false;
  auto settings = sized<dsc_pipeline_options>();
  settings.stages = report.stages.data();
  settings.num_stages = uint32_t(report.stages.size());
  settings.depth = options.depth;
  settings.num_threads = options.threads;
  settings.max_dims = session.largestSizes().data();
  settings.num_max_dims = uint32_t(session.largestSizes().size());
  auto made = session.openPlan().pipeline(settings);
  if (!made)
    return fail(made.status().message());
  pipeline.emplace(std::move(*made));
  expected = session.outputs();
  return session.describeOutputs(outputViews) || fail(session.error);
}

bool PipelineRun::submit(Item &item) {
  item.out = outputViews;
  item.memory.resize(item.out.size());
  for (size_t i = 0; i < item.out.size(); ++i) {
    item.memory[i].assign(std::max<size_t>(item.out[i].data_bytes, 1), 0xa5);
    item.out[i].data = item.memory[i].data();
  }
  const std::vector<dsc_tensor> &in = session.inputViews();
  item.submittedUs = nowUs();
  Status status =
      pipeline->submit(in.data(), uint32_t(in.size()), item.out.data(), uint32_t(item.out.size()), item.ticket);
  return status ? true : fail(status.code() == DSC_E_LIMIT ? "" : status.message());
}

bool PipelineRun::isEqual(const Item &item) {
  for (size_t i = 0; i < expected.size(); ++i) {
    const dsc_tensor &got = item.out[i];
    bool isSameShape = std::vector<int64_t>(got.shape, got.shape + got.rank) == expected[i].shape;
    if (!isSameShape || memcmp(got.data, expected[i].data.data(), expected[i].data.size()) != 0)
      return fail("output '" + expected[i].name + "' of the pipeline differs from that of one stage");
  }
  return true;
}

bool PipelineRun::finish(Item &item) {
  Status status = pipeline->wait(item.ticket);
  latencies.push_back(nowUs() - item.submittedUs);
  return status ? isEqual(item) : fail(status.message());
}

bool PipelineRun::run(uint32_t runs, std::vector<double> &intervals) {
  std::deque<Item> inFlight;
  double before = nowUs();
  latencies.clear();
  for (uint32_t done = 0, submitted = 0; done < runs;) {
    if (submitted < runs) {
      inFlight.emplace_back();
      if (submit(inFlight.back())) {
        ++submitted;
        continue;
      }
      inFlight.pop_back();
      if (!error.empty())
        return false;
    }
    if (!finish(inFlight.front()))
      return false;
    inFlight.pop_front();
    double now = nowUs();
    intervals.push_back(now - before);
    before = now;
    ++done;
  }
  std::sort(latencies.begin(), latencies.end());
  report.latencyUs = latencies[latencies.size() / 2];
  return true;
}

} // namespace dsc::tools
