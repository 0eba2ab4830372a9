// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Every knob of the compiler with its default: parsed and checked once, then carried as a value.

#ifndef DSC_COMPILER_OPTIONS_H
#define DSC_COMPILER_OPTIONS_H

#include "compiler/quantize/QuantizeOptions.h"

#include "llvm/ADT/SmallVector.h"
#include "llvm/ADT/StringRef.h"

#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace dsc {

/// The sizes a symbolic dimension may take: one value pins it.
struct DimRange {
  int64_t min = 1;
  int64_t max = 1;
};

struct CompileOptions {
  /// CPU levels to generate code for, ascending and distinct. A level that adds dot products to the one before gets code
  /// only if there are kernels that use them.
  std::vector<std::string> levels = {"v3", "v4", "v4vnni"};
  /// Threads of the compiler itself; 0 is one per core.
  unsigned threads = 0;
  /// 0: no rewrites, one op per group, plain loops (the oracle of tests); 1: graph phase too; 2: all.
  unsigned optLevel = 2;
  /// Pinned or bounded symbolic dimensions, by the model's name of them.
  std::map<std::string, DimRange> dims;
  /// Stop behind this phase and print its IR; empty runs all.
  std::string stopAfter;
  /// Print the IR behind this phase to stderr; empty prints none.
  std::string printAfter;
  /// Print why ops were or were not fused.
  bool explainFuse = false;
  /// Stages of the pipeline that the plan has by default; 0: as many as the cuts make.
  unsigned stages = 0;
  /// Nodes whose kernels begin a stage.
  std::vector<std::string> cuts;
  /// Print where the pipeline is cut, and why there.
  bool explainPartition = false;
  /// Print how every kernel was chosen and cut.
  bool explainKernel = false;
  /// Count the ops behind each phase.
  bool stats = false;
  /// Directory that external data may come from, beside the model's own; empty is none.
  std::string externalDataRoot;
  /// What becomes of weights and activations.
  QuantizeOptions quantize;
};

/// Adds one `name=value` or `name=low..high` to `options.dims`. False and a reason when it is malformed.
bool parseDim(llvm::StringRef text, CompileOptions &options, std::string &error);

/// Replaces the levels by a comma separated list of v3, v4, v4vnni and native (the best of this machine).
bool parseLevels(llvm::StringRef text, CompileOptions &options, std::string &error);

/// Checks what depends on the phase table: the names in stopAfter and printAfter, and optLevel's range.
bool checkOptions(const CompileOptions &options, std::string &error);

} // namespace dsc

#endif // DSC_COMPILER_OPTIONS_H
