// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Opens plans, creates contexts, runs.
#include "tools/dsc-run/Session.h"

#include <algorithm>
#include <cstring>

namespace dsc::tools {

/// First and last bound tried for sizes that only a run can tell.
static constexpr int64_t firstGuess = 1024, lastGuess = int64_t(1) << 28;

bool Session::fail(const std::string &message) {
  error = message;
  return false;
}

void Session::onTrace(void *self, const dsc_trace_event *event) {
  auto &session = *static_cast<Session *>(self);
  std::lock_guard<std::mutex> guard(session.traceLock);
  if (!session.tracing)
    return;
  size_t thread = session.traceThreads.try_emplace(std::this_thread::get_id(), session.traceThreads.size()).first->second;
  session.spans.push_back({event->kind, event->id, event->parent, event->begin_ns, event->end_ns, event->bytes,
                           event->flops, event->name, thread});
}

bool Session::open() {
  if (options.level == DSC_CPU_X86_V4 && !__builtin_cpu_supports("avx512vl"))
    return fail("--level=v4: this machine offers CPU level v3 at most");
  if (options.level == DSC_CPU_X86_V4_VNNI_BF16 &&
      !(__builtin_cpu_supports("avx512vnni") && __builtin_cpu_supports("avx512bf16")))
    return fail("--level=v4vnni: this machine offers CPU level v4 at most");
  auto settings = sized<dsc_runtime_options>();
  settings.num_threads = options.threads;
  settings.max_cpu_level = options.level;
  if (options.profile || !options.trace.empty()) {
    settings.hook_self = this;
    settings.trace = onTrace;
    tracing = true;
  }
  auto made = Runtime::create(settings);
  if (!made)
    return fail(made.status().message());
  runtime.emplace(std::move(*made));
  auto flags = sized<dsc_plan_options>();
  flags.flags = options.verify ? DSC_PLAN_VERIFY : 0;
  auto opened = runtime->open(options.plan, flags);
  if (!opened)
    return fail(options.plan + ": " + opened.status().message());
  plan.emplace(std::move(*opened));
  for (uint32_t i = 0; i < dsc_plan_input_count(plan->raw(), 0); ++i) {
    auto info = plan->input(0, i);
    if (!info)
      return fail(info.status().message());
    inInfo.push_back(*info);
  }
  for (uint32_t i = 0; i < dsc_plan_output_count(plan->raw(), 0); ++i) {
    auto info = plan->output(0, i);
    if (!info)
      return fail(info.status().message());
    outInfo.push_back(*info);
  }
  for (uint32_t i = 0; i < dsc_plan_symbol_count(plan->raw(), 0); ++i) {
    auto info = sized<dsc_symbol_info>();
    Status status;
    if (!(status = dsc_plan_symbol(plan->raw(), 0, i, &info, status.raw())))
      return fail(status.message());
    symbols.push_back({info.name, (info.flags & DSC_SYMBOL_DATA) != 0, info.min, info.max, info.multiple_of});
  }
  sizes.assign(symbols.size(), -1);
  return true;
}

/// A size that depends on data and that neither the plan nor the command line bounds.
bool Session::isGuessed(size_t symbol) const {
  return symbols[symbol].isData && symbols[symbol].max == INT64_MAX && !options.dims.count(symbols[symbol].name);
}

bool Session::createContext() {
  for (const Tensor &tensor : inputTensors)
    guess = std::max({guess, tensor.elementCount(), firstGuess});
  auto settings = sized<dsc_context_options>();
  most.assign(symbols.size(), 0);
  for (size_t i = 0; i < symbols.size(); ++i) {
    auto dim = options.dims.find(symbols[i].name);
    if (dim != options.dims.end())
      most[i] = std::max(dim->second, sizes[i]);
    else if (isGuessed(i))
      most[i] = guess;
    else if (symbols[i].max == INT64_MAX)
      most[i] = std::max<int64_t>(sizes[i], 1); // 0 would ask for the plan's bound, and it has none
  }
  settings.max_dims = most.data();
  settings.num_max_dims = uint32_t(most.size());
  auto made = plan->context(settings);
  if (!made)
    return fail(made.status().message());
  context.emplace(std::move(*made));
  in.clear();
  for (Tensor &tensor : inputTensors) {
    auto t = sized<dsc_tensor>();
    t.dtype = tensor.dtype;
    t.device_kind = DSC_CPU;
    t.rank = int32_t(tensor.shape.size());
    std::copy(tensor.shape.begin(), tensor.shape.end(), t.shape);
    t.data = tensor.data.data();
    t.data_bytes = tensor.data.size();
    in.push_back(t);
  }
  return true;
}

bool Session::run() {
  out.assign(outInfo.size(), sized<dsc_tensor>());
  Status status = context->run(in.data(), uint32_t(in.size()), out.data(), uint32_t(out.size()));
  bool mayGrow = status.code() == DSC_E_BAD_DATA && guess < lastGuess;
  for (size_t i = 0; mayGrow && i < symbols.size(); ++i)
    if (isGuessed(i)) {
      guess *= 16;
      return createContext() && run();
    }
  return status ? true : fail(status.message());
}

bool Session::describeOutputs(std::vector<dsc_tensor> &views) {
  views.assign(outInfo.size(), sized<dsc_tensor>());
  Status status = context->output_shapes(in.data(), uint32_t(in.size()), views.data(), uint32_t(views.size()));
  return status ? true : fail(status.message());
}

std::vector<Tensor> Session::outputs() const {
  std::vector<Tensor> result;
  for (size_t i = 0; i < out.size(); ++i) {
    Tensor tensor;
    tensor.name = outInfo[i].name;
    tensor.dtype = out[i].dtype;
    tensor.shape.assign(out[i].shape, out[i].shape + out[i].rank);
    auto data = static_cast<const uint8_t *>(out[i].data);
    tensor.data.assign(data, data + out[i].data_bytes);
    result.push_back(std::move(tensor));
  }
  return result;
}

std::string Session::digest() const {
  uint8_t bytes[32];
  dsc_plan_digest(plan->raw(), bytes);
  std::string text;
  for (uint8_t byte : bytes) {
    text += "0123456789abcdef"[byte >> 4];
    text += "0123456789abcdef"[byte & 15];
  }
  return text;
}

int64_t Session::batch() const {
  for (size_t i = 0; i < inInfo.size(); ++i)
    if (inInfo[i].batch_dim >= 0)
      return inputTensors[i].shape[size_t(inInfo[i].batch_dim)];
  return 0;
}

uint64_t Session::arenaBytes() const {
  auto info = sized<dsc_variant_info>();
  return dsc_plan_variant(plan->raw(), 0, 0, &info, nullptr) == DSC_OK ? info.arena_bytes : 0;
}

uint64_t Session::weightBytes() const {
  auto info = sized<dsc_variant_info>();
  bool ok = dsc_plan_variant(plan->raw(), 0, 0, &info, nullptr) == DSC_OK;
  return ok ? info.own_weight_bytes + info.shared_weight_bytes : 0;
}

} // namespace dsc::tools
