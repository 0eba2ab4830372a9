// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Formats amounts, replaces files.

#include "tools/Text.h"

#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Format.h"
#include "llvm/Support/raw_ostream.h"

namespace dsc::tools {

std::string formatBytes(int64_t bytes) {
  std::string text;
  llvm::raw_string_ostream os(text);
  if (bytes < 1000)
    os << bytes << " B";
  else if (bytes < 1000000)
    os << llvm::format("%.1f KB", bytes / 1e3);
  else
    os << llvm::format("%.1f MB", bytes / 1e6);
  return text;
}

/// Everything `write` prints to `fd`; an unhandled error of the stream would end the program.
static std::error_code writeAll(int fd, llvm::function_ref<void(llvm::raw_ostream &)> write) {
  llvm::raw_fd_ostream os(fd, /*shouldClose=*/false);
  write(os);
  os.flush();
  std::error_code error = os.error();
  os.clear_error();
  return error;
}

std::string writeText(llvm::StringRef path, llvm::function_ref<void(llvm::raw_ostream &)> write) {
  if (path.empty()) {
    std::error_code error = writeAll(1, write);
    return error ? "cannot write to standard output: " + error.message() : std::string();
  }
  llvm::Expected<llvm::sys::fs::TempFile> file = llvm::sys::fs::TempFile::create(path + ".tmp-%%%%%%%%");
  if (!file)
    return ("cannot write '" + path + "': " + llvm::toString(file.takeError())).str();
  if (std::error_code error = writeAll(file->FD, write)) {
    llvm::consumeError(file->discard());
    return ("cannot write '" + path + "': " + error.message()).str();
  }
  if (llvm::Error error = file->keep(path))
    return ("cannot write '" + path + "': " + llvm::toString(std::move(error))).str();
  return "";
}

} // namespace dsc::tools
