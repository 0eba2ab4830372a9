// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Parses the command line of dsc-run.
#include "tools/dsc-run/Options.h"

#include <dsc/dsc.h>

#include <cerrno>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <getopt.h>

namespace dsc::tools {

namespace {

constexpr uint32_t defaultBenchRuns = 50, mostStages = 16, mostDepth = 64;

constexpr const char *usage = R"(usage: dsc-run PLAN [options]

inputs
  --inputs FILE.npz|DIR   tensors by name (npz keys), or DIR/input_K.pb by position
  --input NAME=FILE       one tensor: .npy or .pb
  --random[=SEED]         the rest: floats from a normal distribution, integers and booleans 0 or 1
  --dim NAME=N            size of a symbolic dimension that no input gives (default: its smallest, at least 1)
run
  --level=v3|v4|v4vnni    highest CPU level to use
  --threads=N             0 = one for each physical core; in a pipeline, threads of each stage
  --stages=N              run as a pipeline of at most N stages, cut where the plan's costs say; 1 = no pipeline
                          (default: as the plan was compiled)
  --depth=N               items in flight for each stage (default 2)
  --verify                check the SHA-256 of the weights too; alone: check and stop
results
  --outputs FILE.npz      write all outputs
  --compare FILE.npz|DIR  with expected outputs (DIR/output_K.pb; inputs are DIR/input_K.pb unless given)
  --rtol=X --atol=X       |got - expected| <= atol + rtol * |expected|; defaults 1e-3, 1e-4
  --bench[=N]             time N runs (default 50); of a pipeline, the time from one finished item to the next
  --profile               time per step, share, GFLOP/s, GB/s
  --trace FILE            Chrome trace of everything the runtime did
  --json                  one JSON object on standard output instead of text
  --version, --help
)";

void printVersion() {
  uint32_t major, minor, patch, oldest, newest;
  dsc_version(&major, &minor, &patch);
  dsc_plan_version_range(&oldest, &newest);
  printf("dsc-run %u.%u.%u, plan formats %u to %u, kernel ABI 1 to 1\n", major, minor, patch, oldest, newest);
}

bool parseNumber(const char *text, double &value) {
  char *end;
  value = strtod(text, &end);
  return end != text && !*end && std::isfinite(value) && value >= 0;
}

bool parseInteger(const std::string &text, uint64_t most, uint64_t &value) {
  char *end;
  errno = 0;
  value = strtoull(text.c_str(), &end, 10);
  return !text.empty() && text[0] >= '0' && text[0] <= '9' && !*end && !errno && value <= most;
}

bool parseCount(const std::string &text, uint32_t least, uint32_t most, uint32_t &count) {
  uint64_t value;
  if (!parseInteger(text, most, value) || value < least)
    return false;
  count = uint32_t(value);
  return true;
}

/// NAME=VALUE; names may hold '=' as long as the value does not.
bool splitPair(const std::string &text, std::string &name, std::string &value) {
  size_t at = text.rfind('=');
  if (at == std::string::npos || at == 0 || at + 1 == text.size())
    return false;
  name = text.substr(0, at);
  value = text.substr(at + 1);
  return true;
}

enum Flag { level = 1, inputs, input, random, dim, outputs, compare, rtol, atol, threads, stages, depth, verify, bench, profile, trace, json, version, help };

const option flags[] = {{"level", required_argument, nullptr, level},
                        {"inputs", required_argument, nullptr, inputs},
                        {"input", required_argument, nullptr, input},
                        {"random", optional_argument, nullptr, random},
                        {"dim", required_argument, nullptr, dim},
                        {"outputs", required_argument, nullptr, outputs},
                        {"compare", required_argument, nullptr, compare},
                        {"rtol", required_argument, nullptr, rtol},
                        {"atol", required_argument, nullptr, atol},
                        {"threads", required_argument, nullptr, threads},
                        {"stages", required_argument, nullptr, stages},
                        {"depth", required_argument, nullptr, depth},
                        {"verify", no_argument, nullptr, verify},
                        {"bench", optional_argument, nullptr, bench},
                        {"profile", no_argument, nullptr, profile},
                        {"trace", required_argument, nullptr, trace},
                        {"json", no_argument, nullptr, json},
                        {"version", no_argument, nullptr, version},
                        {"help", no_argument, nullptr, help},
                        {nullptr, 0, nullptr, 0}};

/// Options with a number or a word of a fixed set; false if the value is not one.
bool applyNumber(int flag, const char *value, RunOptions &options) {
  uint64_t number = 0;
  std::string text = value ? value : "";
  switch (flag) {
  case level:
    options.level = text == "v3"       ? DSC_CPU_X86_V3
                    : text == "v4"     ? DSC_CPU_X86_V4
                    : text == "v4vnni" ? DSC_CPU_X86_V4_VNNI_BF16
                                       : 0;
    return options.level;
  case random:
    options.random = true;
    return !value || parseInteger(text, UINT64_MAX, options.seed);
  case rtol:
    return parseNumber(value, options.rtol);
  case atol:
    return parseNumber(value, options.atol);
  case threads:
    return parseCount(text, 0, 1024, options.threads);
  case stages:
    return parseCount(text, 1, mostStages, options.stages);
  case depth:
    return parseCount(text, 1, mostDepth, options.depth);
  case bench:
    options.bench = defaultBenchRuns;
    if (value && (!parseInteger(text, 1000000000, number) || !number))
      return false;
    options.bench = value ? uint32_t(number) : options.bench;
    return true;
  default:
    return true;
  }
}

bool applyText(int flag, const char *value, RunOptions &options) {
  std::string name, text;
  uint64_t size;
  switch (flag) {
  case inputs:
    options.inputs = value;
    return true;
  case outputs:
    options.outputs = value;
    return true;
  case compare:
    options.compare = value;
    return true;
  case trace:
    options.trace = value;
    return true;
  case verify:
    return options.verify = true;
  case profile:
    return options.profile = true;
  case json:
    return options.json = true;
  case input:
    if (!splitPair(value, name, text))
      return false;
    options.input.emplace_back(name, text);
    return true;
  case dim:
    if (!splitPair(value, name, text) || !parseInteger(text, INT64_MAX - 1, size))
      return false;
    options.dims[name] = int64_t(size);
    return true;
  default:
    return true;
  }
}

} // namespace

ParseResult parseOptions(int argc, char **argv, RunOptions &options, std::string &error) {
  opterr = 0;
  optind = 1;
  int index = 0;
  for (int flag; (flag = getopt_long(argc, argv, "", flags, &index)) != -1;) {
    if (flag == version) {
      printVersion();
      return ParseResult::done;
    }
    if (flag == help) {
      fputs(usage, stdout);
      return ParseResult::done;
    }
    if (flag == '?') {
      error = std::string("unknown option or missing value: ") + argv[optind - 1];
      return ParseResult::failed;
    }
    if (!applyNumber(flag, optarg, options) || !applyText(flag, optarg, options)) {
      error = std::string("--") + flags[index].name + ": unexpected value '" + (optarg ? optarg : "") + "'";
      return ParseResult::failed;
    }
  }
  if (optind + 1 != argc) {
    error = optind < argc ? "expected one plan" : "expected a plan: dsc-run PLAN [options], or --help";
    return ParseResult::failed;
  }
  options.plan = argv[optind];
  return ParseResult::run;
}

} // namespace dsc::tools
