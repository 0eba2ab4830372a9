// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Text for people.
#include "tools/dsc-run/Report.h"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <map>

namespace dsc::tools {

namespace {

constexpr int64_t shownValues = 6;
constexpr int maxNameWidth = 48;

std::string shapeText(const std::vector<int64_t> &shape) {
  std::string text;
  for (int64_t size : shape)
    text += (text.empty() ? "" : "x") + std::to_string(size);
  return text.empty() ? "scalar" : text;
}

std::string shorten(const std::string &name, size_t width) {
  return name.size() <= width ? name : "..." + name.substr(name.size() - width + 3);
}

} // namespace

BenchResult summarise(std::vector<double> times) {
  BenchResult result;
  result.runs = uint32_t(times.size());
  if (times.empty())
    return result;
  std::sort(times.begin(), times.end());
  size_t n = times.size();
  result.median = n % 2 ? times[n / 2] : (times[n / 2 - 1] + times[n / 2]) / 2;
  result.minimum = times[0];
  result.p95 = times[std::min(n - 1, n * 95 / 100)];
  for (double time : times)
    result.mean += time / double(n);
  return result;
}

std::vector<StepProfile> profileSteps(const std::vector<TraceSpan> &spans) {
  std::map<uint64_t, size_t> position; // run -> its next step
  std::vector<StepProfile> steps;
  std::vector<std::vector<double>> times;
  for (const TraceSpan &span : spans) {
    if (span.kind != DSC_TRACE_STEP && span.kind != DSC_TRACE_COPY)
      continue;
    size_t at = position[span.parent]++;
    if (at == steps.size()) {
      steps.push_back({span.name, 0, span.flops, span.bytes});
      times.emplace_back();
    }
    times[at].push_back(double(span.endNs - span.beginNs) * 1e-3);
  }
  for (size_t i = 0; i < steps.size(); ++i)
    steps[i].medianUs = summarise(times[i]).median;
  return steps;
}

void Report::print() const { options.json ? printJson() : printText(); }

void Report::printText() const {
  printTensors();
  printComparisons();
  printPipeline();
  printBench();
  printProfile();
}

void Report::printTensors() const {
  for (const Tensor &tensor : outputs) {
    int64_t count = tensor.elementCount(), numFinite = 0;
    double sum = 0, squares = 0, low = INFINITY, high = -INFINITY;
    for (int64_t i = 0; i < count; ++i) {
      double value = valueAt(tensor, i);
      if (!std::isfinite(value))
        continue;
      ++numFinite;
      sum += value;
      squares += value * value;
      low = std::min(low, value);
      high = std::max(high, value);
    }
    double mean = numFinite ? sum / double(numFinite) : 0;
    double deviation = numFinite ? std::sqrt(std::max(0.0, squares / double(numFinite) - mean * mean)) : 0;
    printf("%s: %s %s", tensor.name.c_str(), dtypeName(tensor.dtype), shapeText(tensor.shape).c_str());
    if (numFinite)
      printf(", min %.6g, max %.6g, mean %.6g, std %.6g", low, high, mean, deviation);
    if (numFinite < count)
      printf(", %lld not finite", static_cast<long long>(count - numFinite));
    printf("\n  [");
    for (int64_t i = 0; i < std::min(count, shownValues); ++i)
      printf("%s%.7g", i ? ", " : "", valueAt(tensor, i));
    printf("%s]\n", count > shownValues ? ", ..." : "");
  }
}

void Report::printComparisons() const {
  for (const Comparison &c : comparisons) {
    if (!c.problem.empty())
      printf("compare %s: FAIL, %s\n", c.name.c_str(), c.problem.c_str());
    else if (c.mismatches)
      printf("compare %s: FAIL, %lld of %lld elements differ, first at %lld: expected %.9g, but got %.9g; max abs %.3g, "
             "max rel %.3g\n",
             c.name.c_str(), static_cast<long long>(c.mismatches), static_cast<long long>(c.elements),
             static_cast<long long>(c.firstMismatch), c.expected, c.got, c.maxAbsolute, c.maxRelative);
    else
      printf("compare %s: ok, max abs %.3g, max rel %.3g\n", c.name.c_str(), c.maxAbsolute, c.maxRelative);
  }
}

void Report::printPipeline() const {
  if (!pipeline.asked)
    return;
  if (pipeline.stages.empty()) {
    printf("pipeline: %u stages as compiled, the same bytes as one stage\n", pipeline.asked);
    return;
  }
  const dsc_partition_report &p = pipeline.partition;
  printf("pipeline: %zu of %u stages, the same bytes as one stage; predicted %.1f us an item, bound %.1f us, balance %.2f\n",
         pipeline.stages.size(), pipeline.asked, p.bottleneck_us, p.lower_bound_us, p.balance);
  for (size_t i = 0; i < pipeline.stages.size(); ++i) {
    const dsc_stage &stage = pipeline.stages[i];
    printf("  stage %zu: units %u to %u, %.1f us, receives %llu bytes, weights %llu, arena %llu\n", i, stage.first_unit,
           stage.first_unit + stage.num_units - 1, stage.compute_us, static_cast<unsigned long long>(stage.receive_bytes),
           static_cast<unsigned long long>(stage.weight_bytes), static_cast<unsigned long long>(stage.arena_bytes));
  }
}

void Report::printBench() const {
  if (!bench.runs)
    return;
  printf("bench: %u runs, median %.1f us, min %.1f us, p95 %.1f us, %.1f runs/s", bench.runs, bench.median,
         bench.minimum, bench.p95, 1e6 / bench.mean);
  if (int64_t batch = session.batch())
    printf(", %.1f rows/s at batch %lld", 1e6 * double(batch) / bench.mean, static_cast<long long>(batch));
  if (pipeline.asked)
    printf(", latency %.1f us", pipeline.latencyUs);
  printf("\n");
}

void Report::printProfile() const {
  if (steps.empty())
    return;
  double total = 0, flops = 0, bytes = 0;
  int width = 4;
  for (const StepProfile &step : steps) {
    total += step.medianUs;
    flops += double(step.flops);
    bytes += double(step.bytes);
    width = std::max(width, std::min(maxNameWidth, int(step.name.size())));
  }
  printf("%5s  %-*s %12s %7s %9s %9s\n", "step", width, "name", "us", "share", "GFLOP/s", "GB/s");
  auto line = [&](const char *label, const std::string &name, double us, double f, double b) {
    printf("%5s  %-*s %12.1f %6.1f%%", label, width, shorten(name, size_t(width)).c_str(), us, 100 * us / std::max(total, 1e-9));
    auto rate = [&](double amount) { amount > 0 && us > 0 ? printf(" %9.2f", amount / us * 1e-3) : printf(" %9s", "-"); };
    rate(f);
    rate(b);
    printf("\n");
  };
  for (size_t i = 0; i < steps.size(); ++i)
    line(std::to_string(i).c_str(), steps[i].name, steps[i].medianUs, double(steps[i].flops), double(steps[i].bytes));
  line("total", "", total, flops, bytes);
}

} // namespace dsc::tools
