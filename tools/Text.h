// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Amounts as people read them, and files that are written whole or not at all.

#ifndef DSC_TOOLS_TEXT_H
#define DSC_TOOLS_TEXT_H

#include "llvm/ADT/STLFunctionalExtras.h"
#include "llvm/ADT/StringRef.h"

#include <string>

namespace llvm {
class raw_ostream;
}

namespace dsc::tools {

/// "812 B", "84.1 KB", "91.2 MB".
std::string formatBytes(int64_t bytes);

/// Writes to a temporary file beside `path` and renames it, or to standard output if `path` is empty. An empty string, or
/// the reason why not.
std::string writeText(llvm::StringRef path, llvm::function_ref<void(llvm::raw_ostream &)> write);

} // namespace dsc::tools

#endif // DSC_TOOLS_TEXT_H
