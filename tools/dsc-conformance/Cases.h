// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Conformance cases on disk, what became of them, and the checked-in file of what is expected.

#ifndef DSC_TOOLS_DSC_CONFORMANCE_CASES_H
#define DSC_TOOLS_DSC_CONFORMANCE_CASES_H

#include <map>
#include <string>
#include <vector>

namespace dsc::conformance {

/// How far a case came, worst first. `unsupported`: an operator or a form of it has no reader; `import`: any other refusal
/// of the model; `run`: the runtime refused plan or inputs; `numeric`: type, shape or values differ.
enum class Status { Crash, Unsupported, Import, Compile, Run, Numeric, Pass };

const char *toString(Status status);
/// False if `text` is no status.
bool parseStatus(const std::string &text, Status &status);

struct Case {
  std::string suite; ///< folder under the data, "node"
  std::string name;  ///< folder under the suite, "test_abs"
  std::string path;

  std::string key() const { return suite + "/" + name; }
};

struct Outcome {
  Status status = Status::Crash;
  std::string reason; ///< one line; empty for a pass
  double seconds = 0;
};

/// The cases of a suite that hold a model and data, by name. An empty list and a reason if there are none.
std::vector<Case> findCases(const std::string &data, const std::string &suite, std::string &error);

/// Expected outcomes by key, in the file `status.txt`: `suite/case status reason` per line, `#` starts a comment.
class StatusFile {
public:
  bool read(const std::string &path, std::string &error);
  bool write(const std::string &path, std::string &error) const;
  const Outcome *find(const std::string &key) const;
  void set(const std::string &key, const Outcome &outcome) { entries[key] = outcome; }
  /// The keys of a suite, in order.
  std::vector<std::string> keys(const std::string &suite) const;

private:
  std::map<std::string, Outcome> entries;
};

} // namespace dsc::conformance

#endif // DSC_TOOLS_DSC_CONFORMANCE_CASES_H
