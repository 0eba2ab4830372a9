// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// dsc-conformance: runs ONNX's conformance cases through compiler and runtime and compares with the status file. Exit
// status 0 when every case does what the file says.

#include "tools/dsc-conformance/Report.h"
#include "tools/dsc-conformance/RunCase.h"
#include "tools/dsc-conformance/Workers.h"

#include "llvm/ADT/StringExtras.h"
#include "llvm/ADT/StringSet.h"
#include "llvm/ADT/StringSwitch.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/Regex.h"
#include "llvm/Support/raw_ostream.h"

#include <unistd.h>

using namespace dsc;
using namespace dsc::conformance;
using llvm::StringRef;

namespace {

const char *const usage = R"(usage: dsc-conformance --data DIR --suite NAME [options]

  --data DIR       ONNX's backend test data (onnx/backend/test/data)
  --suite NAME     node, simple, pytorch-operator, pytorch-converted, light
  --target cpu     where to run (default cpu)
  --cases FILE     only the cases named in the file, one per line
  --filter RE      only cases whose name matches
  --status FILE    the expected outcomes; any difference in what passes is a failure
  --update         write the outcomes into the status file instead
  --list           print the cases and what is expected, run nothing
  --json FILE      write every outcome
  --opt=0|1|2      optimization level of the compiler (default 2)
  --workers N      processes (default 2)
  --timeout S      seconds per case (default 60)
)";

struct Flags {
  std::string data, suite, target = "cpu", cases, filter, status, json;
  bool update = false, list = false, help = false;
  unsigned optLevel = 2, workers = 2, timeout = 60;
};

int fail(const llvm::Twine &reason) {
  llvm::errs() << "dsc-conformance: error: " << reason << '\n';
  return 1;
}

/// Empty, or what is wrong.
std::string parseFlags(int argc, char **argv, Flags &flags) {
  for (int i = 1; i < argc; ++i) {
    auto [name, value] = StringRef(argv[i]).split('=');
    bool *flag = llvm::StringSwitch<bool *>(name)
                     .Case("--update", &flags.update)
                     .Case("--list", &flags.list)
                     .Cases({"-h", "--help"}, &flags.help)
                     .Default(nullptr);
    if (flag) {
      *flag = true;
      continue;
    }
    if (!StringRef(argv[i]).contains('=') && i + 1 < argc)
      value = argv[++i];
    std::string *text = llvm::StringSwitch<std::string *>(name)
                            .Case("--data", &flags.data)
                            .Case("--suite", &flags.suite)
                            .Case("--target", &flags.target)
                            .Case("--cases", &flags.cases)
                            .Case("--filter", &flags.filter)
                            .Case("--status", &flags.status)
                            .Case("--json", &flags.json)
                            .Default(nullptr);
    unsigned *number = llvm::StringSwitch<unsigned *>(name)
                           .Case("--opt", &flags.optLevel)
                           .Case("--workers", &flags.workers)
                           .Case("--timeout", &flags.timeout)
                           .Default(nullptr);
    if (text)
      *text = value.str();
    else if (!number || value.getAsInteger(10, *number))
      return ("unknown flag or value: " + StringRef(argv[i])).str();
  }
  if (!flags.help && (flags.data.empty() || flags.suite.empty()))
    return "expected --data DIR and --suite NAME (see --help)";
  if (flags.target != "cpu")
    return "expected --target cpu, but got '" + flags.target + "'";
  return "";
}

/// Keeps the cases that --cases and --filter name.
std::string selectCases(const Flags &flags, std::vector<Case> &cases) {
  llvm::StringSet<> names;
  if (!flags.cases.empty()) {
    auto file = llvm::MemoryBuffer::getFile(flags.cases);
    if (!file)
      return "cannot read '" + flags.cases + "': " + file.getError().message();
    for (StringRef line : llvm::split((*file)->getBuffer(), '\n'))
      names.insert(line.trim());
  }
  llvm::Regex filter(flags.filter.empty() ? "." : flags.filter);
  std::string error;
  if (!filter.isValid(error))
    return "expected a regular expression for --filter: " + error;
  llvm::erase_if(cases, [&](const Case &test) {
    return (!flags.cases.empty() && !names.contains(test.name)) || !filter.match(test.name);
  });
  return cases.empty() ? "expected cases to run, but got none" : "";
}

std::vector<Outcome> runCases(const Flags &flags, const std::vector<Case> &cases, StringRef folder) {
  CompileOptions options;
  options.threads = 1;
  options.optLevel = flags.optLevel;
  std::string error;
  if (!parseLevels("native", options, error))
    parseLevels("v3", options, error);
  WorkerOptions pool;
  pool.workers = flags.workers;
  pool.timeoutSeconds = flags.timeout;
  size_t done = 0;
  if (isatty(STDERR_FILENO))
    pool.finished = [&](size_t index, const Outcome &) {
      llvm::errs() << "\r\x1b[K" << ++done << "/" << cases.size() << " " << cases[index].name;
    };
  std::vector<Outcome> outcomes = runInWorkers(cases, pool, [&](const Case &test, unsigned worker) {
    return runCase(test, (folder + "/worker-" + llvm::Twine(worker) + ".dsc").str(), options);
  });
  if (isatty(STDERR_FILENO))
    llvm::errs() << "\r\x1b[K";
  return outcomes;
}

int report(const Flags &flags, const std::vector<Case> &cases, const std::vector<Outcome> &outcomes,
           StatusFile &expected) {
  std::string error;
  printFunnel(cases, outcomes, flags.suite);
  if (!flags.json.empty() && !writeJson(cases, outcomes, flags.json, error))
    return fail(error);
  if (flags.status.empty())
    return 0;
  size_t differences = printDifferences(cases, outcomes, expected);
  if (flags.filter.empty())
    differences += printMissing(cases, expected.keys(flags.suite));
  if (!flags.update)
    return differences ? fail(llvm::Twine(differences) + " cases differ from '" + flags.status + "'") : 0;
  for (size_t i = 0; i < cases.size(); ++i)
    expected.set(cases[i].key(), outcomes[i]);
  return expected.write(flags.status, error) ? 0 : fail(error);
}

} // namespace

int main(int argc, char **argv) {
  Flags flags;
  if (std::string error = parseFlags(argc, argv, flags); !error.empty())
    return fail(error);
  if (flags.help) {
    llvm::outs() << usage;
    return 0;
  }
  std::string error;
  std::vector<Case> cases = findCases(flags.data, flags.suite, error);
  if (cases.empty())
    return fail(error);
  if (error = selectCases(flags, cases); !error.empty())
    return fail(error);
  StatusFile expected;
  bool hasFile = !flags.status.empty() && (!flags.update || llvm::sys::fs::exists(flags.status));
  if (hasFile && !expected.read(flags.status, error))
    return fail(error);
  if (flags.list) {
    for (const Case &test : cases) {
      const Outcome *known = expected.find(test.key());
      llvm::outs() << test.key() << ' ' << (known ? toString(known->status) : "-") << '\n';
    }
    return 0;
  }
  llvm::SmallString<128> folder;
  if (std::error_code code = llvm::sys::fs::createUniqueDirectory("dsc-conformance", folder))
    return fail("cannot make a temporary folder: " + code.message());
  std::vector<Outcome> outcomes = runCases(flags, cases, folder);
  llvm::sys::fs::remove_directories(folder);
  return report(flags, cases, outcomes, expected);
}
