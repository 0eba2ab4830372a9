// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Prints and writes outcomes.

#include "tools/dsc-conformance/Report.h"

#include "llvm/ADT/StringSet.h"
#include "llvm/Support/Format.h"
#include "llvm/Support/JSON.h"
#include "llvm/Support/raw_ostream.h"

#include <algorithm>

namespace dsc::conformance {

void printFunnel(const std::vector<Case> &cases, const std::vector<Outcome> &outcomes, const std::string &title) {
  auto countFrom = [&](Status worst) {
    return std::count_if(outcomes.begin(), outcomes.end(), [&](const Outcome &o) { return o.status >= worst; });
  };
  size_t crashes = outcomes.size() - countFrom(Status::Unsupported);
  llvm::outs() << title << ": " << countFrom(Status::Pass) << " of " << cases.size() << " pass ("
               << llvm::format("%.1f", 100.0 * countFrom(Status::Pass) / std::max<size_t>(1, cases.size())) << " %)\n"
               << "  read " << cases.size() << " > supported " << countFrom(Status::Import) << " > imported "
               << countFrom(Status::Compile) << " > compiled " << countFrom(Status::Run) << " > run "
               << countFrom(Status::Numeric) << " > match " << countFrom(Status::Pass) << "; crashed " << crashes << '\n';
}

size_t printDifferences(const std::vector<Case> &cases, const std::vector<Outcome> &outcomes,
                        const StatusFile &expected) {
  size_t differences = 0;
  for (size_t i = 0; i < cases.size(); ++i) {
    const Outcome *known = expected.find(cases[i].key());
    bool passes = outcomes[i].status == Status::Pass;
    if (known && (known->status == Status::Pass) == passes)
      continue;
    ++differences;
    llvm::outs() << (!known ? "not listed: " : passes ? "improvement, run with --update: " : "regression: ")
                 << cases[i].key() << ": " << (known ? toString(known->status) : "nothing") << " expected, but got "
                 << toString(outcomes[i].status) << (outcomes[i].reason.empty() ? "" : ": ") << outcomes[i].reason << '\n';
  }
  return differences;
}

size_t printMissing(const std::vector<Case> &cases, const std::vector<std::string> &expected) {
  llvm::StringSet<> found;
  for (const Case &test : cases)
    found.insert(test.key());
  size_t missing = 0;
  for (const std::string &key : expected)
    if (!found.contains(key)) {
      ++missing;
      llvm::outs() << "missing: " << key << " is listed, but was not run\n";
    }
  return missing;
}

bool writeJson(const std::vector<Case> &cases, const std::vector<Outcome> &outcomes, const std::string &path,
               std::string &error) {
  std::error_code code;
  llvm::raw_fd_ostream os(path, code);
  if (code) {
    error = "cannot write '" + path + "': " + code.message();
    return false;
  }
  llvm::json::OStream json(os, 1);
  json.array([&] {
    for (size_t i = 0; i < cases.size(); ++i)
      json.object([&] {
        json.attribute("case", cases[i].key());
        json.attribute("status", toString(outcomes[i].status));
        json.attribute("reason", llvm::json::fixUTF8(outcomes[i].reason));
        json.attribute("seconds", outcomes[i].seconds);
      });
  });
  return true;
}

} // namespace dsc::conformance
