// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Runs a plan as dsc-run does, on inputs without NaN.

#include "tools/dsc-compile/RunPlan.h"

#include "tools/dsc-run/Session.h"

#include <cmath>

namespace dsc::tools {
namespace {

bool isFloat(int32_t dtype) { return dtype == DSC_F32 || dtype == DSC_F64 || dtype == DSC_F16 || dtype == DSC_BF16; }

/// The name of an input that holds NaN; null if there is none.
const std::string *findNan(const Session &session) {
  for (const Tensor &tensor : session.inputs())
    for (int64_t i = 0, count = isFloat(tensor.dtype) ? tensor.elementCount() : 0; i < count; ++i)
      if (std::isnan(valueAt(tensor, i)))
        return &tensor.name;
  return nullptr;
}

RunOutput toNumbers(const Tensor &tensor) {
  RunOutput output{tensor.name, isFloat(tensor.dtype), {}};
  output.values.resize(size_t(tensor.elementCount()));
  if (tensor.dtype == DSC_F32)
    memcpy(output.values.data(), tensor.data.data(), tensor.data.size());
  else
    for (size_t i = 0; i < output.values.size(); ++i)
      output.values[i] = float(valueAt(tensor, int64_t(i)));
  return output;
}

} // namespace

bool runPlan(const std::string &plan, const std::string &inputs, std::vector<RunOutput> &outputs, std::string &error) {
  RunOptions options;
  options.plan = plan;
  options.inputs = inputs;
  options.missingAdvice.clear();
  Session session(options);
  bool isReady = session.open() && session.loadInputs();
  if (const std::string *name = isReady ? findNan(session) : nullptr) {
    error = "expected numbers in input '" + *name + "', but got NaN";
    return false;
  }
  if (!isReady || !session.createContext() || !session.run()) {
    error = session.error;
    return false;
  }
  for (const Tensor &tensor : session.outputs())
    outputs.push_back(toNumbers(tensor));
  return true;
}

} // namespace dsc::tools
