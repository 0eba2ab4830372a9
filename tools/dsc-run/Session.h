// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// A plan ready to run with one set of inputs: contexts are created for the sizes at hand.
#ifndef DSC_TOOLS_DSC_RUN_SESSION_H
#define DSC_TOOLS_DSC_RUN_SESSION_H

#include "tools/TensorFile.h"
#include "tools/dsc-run/Options.h"

#include <dsc/dsc.hpp>

#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <thread>

namespace dsc::tools {

/// One finished span of the runtime.
struct TraceSpan {
  int32_t kind;
  uint64_t id, parent, beginNs, endNs, bytes, flops;
  std::string name;
  size_t thread; ///< numbered as they appear
};

struct Symbol {
  std::string name;
  bool isData;
  int64_t min, max, multipleOf;
};

/// Function 0 of a plan. Methods that return false leave one line in `error`.
class Session {
public:
  explicit Session(const RunOptions &options) : options(options) {}
  Session(const Session &) = delete;

  /// Opens runtime and plan and reads what the plan says about its tensors.
  bool open();
  /// Reads, checks or makes all inputs.
  bool loadInputs();
  /// Creates a context large enough for the inputs.
  bool createContext();
  /// One run, outputs staying in the context's memory.
  bool run();

  /// Copies of the outputs of the last run.
  std::vector<Tensor> outputs() const;
  const std::vector<Tensor> &inputs() const { return inputTensors; }
  const std::vector<dsc_tensor_info> &outputInfo() const { return outInfo; }
  const std::vector<dsc_tensor_info> &inputInfo() const { return inInfo; }
  std::string digest() const;
  /// Size of the batch dimension of the inputs; 0 if there is none.
  int64_t batch() const;
  uint64_t arenaBytes() const;
  uint64_t weightBytes() const;

  const Plan &openPlan() const { return *plan; }
  /// Largest size per symbol that the context was made for.
  const std::vector<int64_t> &largestSizes() const { return most; }
  /// The inputs as the runtime takes them.
  const std::vector<dsc_tensor> &inputViews() const { return in; }
  /// The outputs without memory, with their shape and bytes at most.
  bool describeOutputs(std::vector<dsc_tensor> &views);

  std::vector<TraceSpan> spans; ///< filled while `tracing`
  bool tracing = false;
  std::string error;

private:
  bool fail(const std::string &message);
  bool isGuessed(size_t symbol) const;
  bool addInput(Tensor tensor, bool mayBeUnknown);
  bool loadFolder(const std::string &folder);
  bool loadArchive();
  bool bindSizes();
  bool bindInput(size_t index);
  bool makeRandom();
  bool chooseSizes();
  static void onTrace(void *self, const dsc_trace_event *event);

  const RunOptions &options;
  std::optional<Runtime> runtime;
  std::optional<Plan> plan;
  std::optional<Context> context;
  std::vector<dsc_tensor_info> inInfo, outInfo;
  std::vector<Symbol> symbols;
  std::vector<int64_t> sizes; // per symbol; -1 = not known
  int64_t guess = 0;          // bound of open sizes that the model computes, unless --dim names one
  std::vector<int64_t> most;
  std::vector<Tensor> inputTensors;
  std::vector<bool> isLoaded;
  std::vector<dsc_tensor> in, out;
  std::mutex traceLock; // stages of a pipeline report from their own threads
  std::map<std::thread::id, size_t> traceThreads;
};

} // namespace dsc::tools
#endif
