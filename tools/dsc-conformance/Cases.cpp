// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Finds cases; reads and writes the status file.

#include "tools/dsc-conformance/Cases.h"

#include "llvm/ADT/StringRef.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/raw_ostream.h"

#include <algorithm>

using llvm::StringRef;

namespace dsc::conformance {

static constexpr const char *statusNames[] = {"crash", "unsupported", "import", "compile", "run", "numeric", "pass"};

const char *toString(Status status) { return statusNames[size_t(status)]; }

bool parseStatus(const std::string &text, Status &status) {
  auto at = std::find(std::begin(statusNames), std::end(statusNames), text);
  status = Status(at - std::begin(statusNames));
  return at != std::end(statusNames);
}

std::vector<Case> findCases(const std::string &data, const std::string &suite, std::string &error) {
  std::vector<Case> cases;
  llvm::SmallString<256> folder(data);
  llvm::sys::path::append(folder, suite);
  std::error_code code;
  for (llvm::sys::fs::directory_iterator it(folder, code), end; !code && it != end; it.increment(code)) {
    std::string path = it->path();
    bool isCase = llvm::sys::fs::exists(path + "/model.onnx") && llvm::sys::fs::is_directory(path + "/test_data_set_0");
    if (isCase)
      cases.push_back({suite, llvm::sys::path::filename(path).str(), path});
  }
  std::sort(cases.begin(), cases.end(), [](const Case &a, const Case &b) { return a.name < b.name; });
  if (cases.empty())
    error = "expected cases under '" + folder.str().str() + "', but got " + (code ? code.message() : "none");
  return cases;
}

bool StatusFile::read(const std::string &path, std::string &error) {
  auto file = llvm::MemoryBuffer::getFile(path);
  if (!file) {
    error = "cannot read '" + path + "': " + file.getError().message();
    return false;
  }
  llvm::SmallVector<StringRef> lines;
  (*file)->getBuffer().split(lines, '\n', -1, /*KeepEmpty=*/false);
  for (StringRef line : lines) {
    if (line.starts_with("#"))
      continue;
    auto [key, rest] = line.split(' ');
    auto [name, reason] = rest.split(' ');
    Outcome outcome;
    if (!parseStatus(name.str(), outcome.status)) {
      error = path + ": expected 'suite/case status reason', but got '" + line.str() + "'";
      return false;
    }
    outcome.reason = reason.str();
    entries[key.str()] = outcome;
  }
  return true;
}

bool StatusFile::write(const std::string &path, std::string &error) const {
  std::error_code code;
  llvm::raw_fd_ostream os(path, code);
  if (!code) {
    os << "# What each ONNX conformance case is expected to do: suite/case status reason.\n"
          "# Written by dsc-conformance --update. A regression or an improvement that is not listed fails the test.\n";
    for (const auto &[key, outcome] : entries)
      os << key << ' ' << toString(outcome.status) << (outcome.reason.empty() ? "" : " ") << outcome.reason << '\n';
    os.flush();
    code = os.error();
    os.clear_error();
  }
  error = code ? "cannot write '" + path + "': " + code.message() : "";
  return !code;
}

const Outcome *StatusFile::find(const std::string &key) const {
  auto at = entries.find(key);
  return at == entries.end() ? nullptr : &at->second;
}

std::vector<std::string> StatusFile::keys(const std::string &suite) const {
  std::vector<std::string> keys;
  for (const auto &[key, outcome] : entries)
    if (StringRef(key).starts_with(suite + "/"))
      keys.push_back(key);
  return keys;
}

} // namespace dsc::conformance
