// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The runtime for the compiler's own measurements.

#ifndef DSC_TOOLS_DSC_COMPILE_RUNPLAN_H
#define DSC_TOOLS_DSC_COMPILE_RUNPLAN_H

#include "compiler/quantize/ScratchPlan.h"

namespace dsc::tools {

/// As the hook of the same name asks for it.
bool runPlan(const std::string &plan, const std::string &inputs, std::vector<RunOutput> &outputs, std::string &error);

} // namespace dsc::tools

#endif // DSC_TOOLS_DSC_COMPILE_RUNPLAN_H
