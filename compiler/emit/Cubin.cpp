// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Runs ptxas and reads what it says.

#include "compiler/emit/Ptx.h"

#include "mlir/IR/Diagnostics.h"
#include "llvm/ADT/ScopeExit.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/Process.h"
#include "llvm/Support/Program.h"
#include "llvm/Support/raw_ostream.h"

using namespace mlir;

namespace dsc {
namespace {

/// A temporary file that goes away with the object.
struct ScratchFile {
  SmallString<128> path;
  int fd = -1;
  std::error_code error;
  explicit ScratchFile(StringRef suffix) { error = llvm::sys::fs::createTemporaryFile("dsc-ptxas", suffix, fd, path); }
  bool write(StringRef bytes) {
    if (error)
      return false;
    llvm::raw_fd_ostream stream(fd, /*shouldClose=*/true);
    fd = -1;
    stream << bytes;
    stream.close();
    error = stream.error();
    stream.clear_error();
    return !error;
  }
  std::string read() {
    auto buffer = llvm::MemoryBuffer::getFile(path, /*IsText=*/false, /*RequiresNullTerminator=*/false);
    return buffer ? (*buffer)->getBuffer().str() : std::string();
  }
  ~ScratchFile() {
    if (fd >= 0)
      llvm::sys::Process::SafelyCloseFileDescriptor(fd);
    if (!path.empty())
      llvm::sys::fs::remove(path);
  }
};

/// The number in front of `words` in a line; 0 if they are not there.
int64_t numberBefore(StringRef line, StringRef words) {
  size_t at = line.find(words);
  if (at == StringRef::npos)
    return 0;
  StringRef before = line.take_front(at).rtrim();
  int64_t number = 0;
  before.substr(before.find_last_not_of("0123456789") + 1).getAsInteger(10, number);
  return number;
}

void readReport(StringRef text, PtxasReport &report) {
  while (!text.empty()) {
    auto [line, rest] = text.split('\n');
    text = rest;
    if (line.contains("warning"))
      report.warnings.push_back(line.trim().str());
    report.stackBytes += numberBefore(line, "bytes stack frame");
    report.spillBytes += numberBefore(line, "bytes spill stores") + numberBefore(line, "bytes spill loads");
    report.registers = std::max(report.registers, numberBefore(line, "registers"));
  }
}

} // namespace

std::string findPtxas(StringRef wanted) {
  if (!wanted.empty())
    return llvm::sys::fs::can_execute(wanted) ? wanted.str() : std::string();
  if (llvm::ErrorOr<std::string> found = llvm::sys::findProgramByName("ptxas"))
    return *found;
  SmallVector<std::string> homes;
  if (std::optional<std::string> home = llvm::sys::Process::GetEnv("CUDA_HOME"))
    homes.push_back(*home);
  homes.push_back("/usr/local/cuda");
  for (const std::string &home : homes)
    if (std::string path = home + "/bin/ptxas"; llvm::sys::fs::can_execute(path))
      return path;
  return "";
}

FailureOr<std::vector<char>> assembleCubin(Location loc, StringRef ptxas, StringRef ptx, const SmTarget &target,
                                           PtxasReport &report) {
  ScratchFile input("ptx"), output("cubin"), log("log");
  if (!input.write(ptx) || output.error || log.error)
    return emitError(loc) << "expected a folder for temporary files that can be written";
  std::string arch = ("-arch=" + target.name).str(), error;
  StringRef arguments[] = {ptxas, "-v", arch, "-o", output.path, input.path};
  std::optional<StringRef> redirects[] = {StringRef(""), StringRef(log.path), StringRef(log.path)};
  int status = llvm::sys::ExecuteAndWait(ptxas, arguments, std::nullopt, redirects, 0, 0, &error);
  std::string text = log.read();
  readReport(text, report);
  if (status != 0)
    return emitError(loc) << "ptxas refused the kernels for " << target.name << ": "
                          << (text.empty() ? StringRef(error) : StringRef(text).split('\n').first)
                          << "; --ptxas=none leaves its work to the driver";
  std::string bytes = output.read();
  return std::vector<char>(bytes.begin(), bytes.end());
}

} // namespace dsc
