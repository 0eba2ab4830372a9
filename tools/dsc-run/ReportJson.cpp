// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// JSON for programs: the report, and traces for the Chrome viewer.
#include "tools/dsc-run/Report.h"

#include <cmath>
#include <cstdio>

namespace dsc::tools {

namespace {

std::string quote(const std::string &text) {
  std::string out = "\"";
  for (char c : text) {
    if (c == '"' || c == '\\') {
      out += '\\';
      out += c;
    } else if (static_cast<unsigned char>(c) < 0x20) {
      char code[8];
      snprintf(code, sizeof code, "\\u%04x", static_cast<unsigned>(c));
      out += code;
    } else {
      out += c;
    }
  }
  return out + "\"";
}

/// JSON has no NaN or infinity.
std::string number(double value) {
  if (!std::isfinite(value))
    return "null";
  char text[40];
  snprintf(text, sizeof text, "%.9g", value);
  return text;
}

std::string describe(const Tensor &tensor) {
  std::string out = "{\"name\": " + quote(tensor.name) + ", \"dtype\": " + quote(dtypeName(tensor.dtype)) + ", \"shape\": [";
  for (size_t i = 0; i < tensor.shape.size(); ++i)
    out += (i ? ", " : "") + std::to_string(tensor.shape[i]);
  return out + "]}";
}

/// "a": [each item's text]
template <class Items, class Text>
std::string list(const char *key, const Items &items, Text text) {
  std::string out = std::string("\"") + key + "\": [";
  bool first = true;
  for (const auto &item : items) {
    out += first ? "" : ", ";
    out += text(item);
    first = false;
  }
  return out + "]";
}

const char *categoryOf(int32_t kind) {
  static const char *const names[] = {"other", "load", "verify", "jit", "run", "step", "copy", "send", "receive"};
  return kind >= 0 && kind <= DSC_TRACE_RECV ? names[kind] : names[0];
}

} // namespace

void Report::printJson() const {
  std::string out = "{\"plan_digest\": " + quote(session.digest());
  out += ", \"arena_bytes\": " + std::to_string(session.arenaBytes());
  out += ", \"weight_bytes\": " + std::to_string(session.weightBytes());
  out += ", " + list("inputs", session.inputs(), describe) + ", " + list("outputs", outputs, describe);
  if (!options.compare.empty())
    out += ", " + list("compare", comparisons, [](const Comparison &c) {
             return "{\"name\": " + quote(c.name) + ", \"ok\": " + (c.isEqual() ? "true" : "false") +
                    ", \"problem\": " + quote(c.problem) + ", \"elements\": " + std::to_string(c.elements) +
                    ", \"mismatches\": " + std::to_string(c.mismatches) + ", \"max_abs\": " + number(c.maxAbsolute) +
                    ", \"max_rel\": " + number(c.maxRelative) + "}";
           });
  if (pipeline.asked)
    out += ", \"pipeline\": {\"stages_asked\": " + std::to_string(pipeline.asked) +
           ", \"predicted_us\": " + number(pipeline.partition.bottleneck_us) +
           ", \"latency_us\": " + number(pipeline.latencyUs) + ", " +
           list("stages", pipeline.stages, [](const dsc_stage &stage) {
             return "{\"first_unit\": " + std::to_string(stage.first_unit) + ", \"units\": " + std::to_string(stage.num_units) +
                    ", \"us\": " + number(stage.compute_us) + ", \"receive_bytes\": " + std::to_string(stage.receive_bytes) + "}";
           }) + "}";
  if (bench.runs)
    out += ", \"bench\": {\"runs\": " + std::to_string(bench.runs) + ", \"median_us\": " + number(bench.median) +
           ", \"min_us\": " + number(bench.minimum) + ", \"p95_us\": " + number(bench.p95) +
           ", \"mean_us\": " + number(bench.mean) + ", \"runs_per_s\": " + number(1e6 / bench.mean) +
           ", \"batch\": " + std::to_string(session.batch()) + "}";
  if (options.profile)
    out += ", " + list("steps", steps, [](const StepProfile &step) {
             return "{\"name\": " + quote(step.name) + ", \"us\": " + number(step.medianUs) +
                    ", \"flops\": " + std::to_string(step.flops) + ", \"bytes\": " + std::to_string(step.bytes) + "}";
           });
  printf("%s}\n", out.c_str());
}

static bool printTrace(FILE *file, const std::vector<TraceSpan> &spans) {
  uint64_t begin = UINT64_MAX;
  for (const TraceSpan &span : spans)
    begin = span.beginNs < begin ? span.beginNs : begin;
  fputs("{\"displayTimeUnit\": \"ns\", \"traceEvents\": [\n", file);
  for (size_t i = 0; i < spans.size(); ++i) {
    const TraceSpan &span = spans[i];
    fprintf(file, "{\"name\": %s, \"cat\": \"%s\", \"ph\": \"X\", \"pid\": 1, \"tid\": %zu, \"ts\": %.3f, \"dur\": %.3f, "
                  "\"args\": {\"bytes\": %llu, \"flops\": %llu}}%s\n",
            quote(span.name).c_str(), categoryOf(span.kind), span.thread + 1, double(span.beginNs - begin) * 1e-3,
            double(span.endNs - span.beginNs) * 1e-3, static_cast<unsigned long long>(span.bytes),
            static_cast<unsigned long long>(span.flops), i + 1 < spans.size() ? "," : "");
  }
  fputs("]}\n", file);
  return !ferror(file);
}

bool writeTrace(const std::string &path, const std::vector<TraceSpan> &spans, std::string &error) {
  return replaceFile(path, [&](FILE *file) { return printTrace(file, spans); }, error);
}

} // namespace dsc::tools
