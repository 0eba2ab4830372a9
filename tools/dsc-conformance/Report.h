// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// What a run of the cases means: the funnel, the rates, and what differs from the status file.

#ifndef DSC_TOOLS_DSC_CONFORMANCE_REPORT_H
#define DSC_TOOLS_DSC_CONFORMANCE_REPORT_H

#include "tools/dsc-conformance/Cases.h"

namespace dsc::conformance {

/// Prints how many cases got past each stage of read, import, infer, compile, run, match.
void printFunnel(const std::vector<Case> &cases, const std::vector<Outcome> &outcomes, const std::string &title);

/// Prints each case that passes although the file does not say so, and the reverse; their number. A case that the file
/// does not know counts too.
size_t printDifferences(const std::vector<Case> &cases, const std::vector<Outcome> &outcomes, const StatusFile &expected);

/// Prints each expected key that is none of the cases; their number.
size_t printMissing(const std::vector<Case> &cases, const std::vector<std::string> &expected);

/// Writes every outcome as JSON.
bool writeJson(const std::vector<Case> &cases, const std::vector<Outcome> &outcomes, const std::string &path,
               std::string &error);

} // namespace dsc::conformance

#endif // DSC_TOOLS_DSC_CONFORMANCE_REPORT_H
