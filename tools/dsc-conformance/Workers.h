// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Runs cases in forked workers: a crash or a hang costs one case.

#ifndef DSC_TOOLS_DSC_CONFORMANCE_WORKERS_H
#define DSC_TOOLS_DSC_CONFORMANCE_WORKERS_H

#include "tools/dsc-conformance/Cases.h"

#include <functional>

namespace dsc::conformance {

struct WorkerOptions {
  unsigned workers = 2;
  double timeoutSeconds = 60;
  /// Called as each case ends, in the order of ending.
  std::function<void(size_t index, const Outcome &outcome)> finished;
};

/// Runs `body` for every case in one of several child processes; `worker` is the child's position. A child that dies or
/// takes too long gives Status::Crash and is replaced. Outcomes are in the order of the cases.
std::vector<Outcome> runInWorkers(const std::vector<Case> &cases, const WorkerOptions &options,
                                  const std::function<Outcome(const Case &test, unsigned worker)> &body);

} // namespace dsc::conformance

#endif // DSC_TOOLS_DSC_CONFORMANCE_WORKERS_H
