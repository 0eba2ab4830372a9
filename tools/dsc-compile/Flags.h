// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The command line of dsc-compile as values.

#ifndef DSC_TOOLS_DSC_COMPILE_FLAGS_H
#define DSC_TOOLS_DSC_COMPILE_FLAGS_H

#include "compiler/Options.h"

namespace dsc::tools {

struct CompileFlags {
  std::string model;
  std::string output;
  CompileOptions options;
  bool json = false;
  bool help = false;
  bool printSupportedOps = false;
};

/// What --help prints.
extern const char *const compileUsage;

/// False and one line of reason when the command line is wrong.
bool parseFlags(int argc, char **argv, CompileFlags &flags, std::string &error);

} // namespace dsc::tools

#endif // DSC_TOOLS_DSC_COMPILE_FLAGS_H
