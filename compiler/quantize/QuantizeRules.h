// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// A file of quantization rules in YAML.

#ifndef DSC_COMPILER_QUANTIZE_QUANTIZERULES_H
#define DSC_COMPILER_QUANTIZE_QUANTIZERULES_H

#include "compiler/quantize/QuantizeOptions.h"

namespace dsc {

/// Reads `rules` and `budget` of a file into the options; a budget of the command line goes before the file's. False and
/// a reason with file and line.
bool readQuantizeRules(llvm::StringRef path, QuantizeOptions &options, std::string &error);

} // namespace dsc

#endif // DSC_COMPILER_QUANTIZE_QUANTIZERULES_H
