// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The command line of dsc-run.
#ifndef DSC_TOOLS_DSC_RUN_OPTIONS_H
#define DSC_TOOLS_DSC_RUN_OPTIONS_H

#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <vector>

namespace dsc::tools {

struct RunOptions {
  std::string plan;
  int32_t level = 0; ///< highest CPU level; 0 = what the machine has
  std::string inputs; ///< npz file or folder with input_K.pb
  std::vector<std::pair<std::string, std::string>> input; ///< name, file
  /// What to do about an input that is missing: the end of a sentence.
  std::string missingAdvice = ": use --inputs, --input or --random";
  bool random = false;
  uint64_t seed = 0;
  std::map<std::string, int64_t> dims; ///< sizes of symbols
  std::string outputs, compare, trace;
  double rtol = 1e-3, atol = 1e-4;
  uint32_t threads = 0;
  bool verify = false, profile = false, json = false;
  uint32_t bench = 0; ///< runs; 0 = off
  uint32_t stages = 0, depth = 0; ///< of a pipeline; 0 = as the plan was compiled, the runtime's default
};

enum class ParseResult { run, done, failed };

/// Fills `options`. `done`: help or version were printed. `failed`: `error` is one line.
ParseResult parseOptions(int argc, char **argv, RunOptions &options, std::string &error);

} // namespace dsc::tools
#endif
