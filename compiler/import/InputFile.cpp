// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Opens and maps model files and their external data. External data never leaves the model's folder.

#include "compiler/import/InputFile.h"

#include "llvm/ADT/SmallVector.h"

#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <linux/openat2.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace dsc::onnx_import {
namespace {

// O_NONBLOCK: opening a pipe must not wait for a writer; it is refused right after.
constexpr int openFlags = O_RDONLY | O_CLOEXEC | O_NONBLOCK;

struct Descriptor {
  int fd = -1;
  explicit Descriptor(int fd) : fd(fd) {}
  Descriptor(Descriptor &&other) : fd(other.fd) { other.fd = -1; }
  Descriptor &operator=(Descriptor &&other) {
    std::swap(fd, other.fd);
    return *this;
  }
  ~Descriptor() {
    if (fd >= 0)
      close(fd);
  }
};

bool isRegular(int fd, struct stat &info, std::string &error) {
  if (fstat(fd, &info) != 0) {
    error = strerror(errno);
    return false;
  }
  if (!S_ISREG(info.st_mode))
    error = "expected a regular file";
  return S_ISREG(info.st_mode);
}

const char *const linkAdvice = "a symbolic link is in its path; copy the model to a folder of plain files";

/// Why a location is refused before anything is opened; empty if it is not.
std::string checkLocation(llvm::StringRef location) {
  if (location.empty() || location.contains('\0'))
    return "expected a file name";
  if (location.starts_with("/"))
    return "expected a path relative to the model's folder, but it is absolute";
  llvm::SmallVector<llvm::StringRef> parts;
  location.split(parts, '/');
  for (llvm::StringRef part : parts)
    if (part == "..")
      return "expected a path inside the model's folder, but it has a '..'";
  return "";
}

/// One component after the other, following no link: for kernels and filters without openat2.
int openByComponents(int folder, llvm::StringRef location) {
  llvm::SmallVector<llvm::StringRef> parts;
  location.split(parts, '/', -1, /*KeepEmpty=*/false);
  Descriptor current(dup(folder));
  for (size_t i = 0; i < parts.size(); ++i) {
    int flags = i + 1 == parts.size() ? openFlags : O_PATH | O_DIRECTORY | O_CLOEXEC;
    Descriptor next(openat(current.fd, parts[i].str().c_str(), flags | O_NOFOLLOW));
    if (next.fd < 0)
      return -1;
    current = std::move(next);
  }
  return dup(current.fd);
}

int openInside(int folder, llvm::StringRef location) {
  struct open_how how = {};
  how.flags = openFlags;
  how.resolve = RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS;
  int fd = int(syscall(SYS_openat2, folder, location.str().c_str(), &how, sizeof(how)));
  if (fd < 0 && (errno == ENOSYS || errno == EPERM))
    return openByComponents(folder, location);
  return fd;
}

} // namespace

std::unique_ptr<InputFile> InputFile::map(int descriptor, std::string &error) {
  struct stat info;
  if (!isRegular(descriptor, info, error))
    return nullptr;
  std::unique_ptr<InputFile> file(new InputFile);
  file->length = size_t(info.st_size);
  if (file->length == 0)
    return file;
  void *address = mmap(nullptr, file->length, PROT_READ, MAP_PRIVATE, descriptor, 0);
  if (address == MAP_FAILED) {
    error = strerror(errno);
    file->length = 0;
    return nullptr;
  }
  file->bytes = static_cast<char *>(address);
  return file;
}

std::unique_ptr<InputFile> InputFile::open(llvm::StringRef path, std::string &error) {
  Descriptor descriptor(::open(path.str().c_str(), openFlags));
  if (descriptor.fd < 0) {
    error = strerror(errno);
    return nullptr;
  }
  std::unique_ptr<InputFile> file = map(descriptor.fd, error);
  if (file && file->size() == 0) {
    error = "expected an ONNX model, but the file is empty";
    return nullptr;
  }
  return file;
}

std::unique_ptr<InputFile> InputFile::openBeneath(llvm::StringRef folder, llvm::StringRef location,
                                                  std::string &error) {
  error = checkLocation(location);
  if (!error.empty())
    return nullptr;
  Descriptor root(::open(folder.empty() ? "." : folder.str().c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC));
  Descriptor descriptor(root.fd < 0 ? -1 : openInside(root.fd, location));
  if (descriptor.fd < 0) {
    error = errno == ELOOP ? linkAdvice : strerror(errno);
    return nullptr;
  }
  struct stat info;
  if (!isRegular(descriptor.fd, info, error))
    return nullptr;
  if (info.st_nlink != 1) {
    error = "expected a file of one name, but it has " + std::to_string(info.st_nlink) +
            " hard links; copy the model to a folder of plain files";
    return nullptr;
  }
  return map(descriptor.fd, error);
}

InputFile::~InputFile() {
  if (bytes)
    munmap(bytes, length);
}

void InputFile::dropPages() const {
  if (bytes)
    madvise(bytes, length, MADV_DONTNEED);
}

} // namespace dsc::onnx_import
