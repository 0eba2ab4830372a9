// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// A regular file mapped read-only, opened by path or beneath a folder that it must not leave.

#ifndef DSC_COMPILER_IMPORT_INPUTFILE_H
#define DSC_COMPILER_IMPORT_INPUTFILE_H

#include "llvm/ADT/StringRef.h"

#include <memory>
#include <string>

namespace dsc::onnx_import {

/// The mapping lives as long as the object. A file that shrinks while it is mapped kills the process.
class InputFile {
public:
  /// Maps the file at `path`, which may be a link. Null, and the reason in `error`, if it is not a readable regular file
  /// with contents.
  static std::unique_ptr<InputFile> open(llvm::StringRef path, std::string &error);

  /// Maps the file `location` beneath the folder: a relative path without `..`, through no symbolic link, to a regular
  /// file with one name. The file may be empty.
  static std::unique_ptr<InputFile> openBeneath(llvm::StringRef folder, llvm::StringRef location, std::string &error);

  ~InputFile();
  InputFile(const InputFile &) = delete;
  InputFile &operator=(const InputFile &) = delete;

  const char *data() const { return bytes; }
  size_t size() const { return length; }

  /// Gives the memory of pages read so far back; they are read again on the next access.
  void dropPages() const;

private:
  InputFile() = default;
  static std::unique_ptr<InputFile> map(int descriptor, std::string &error);

  char *bytes = nullptr;
  size_t length = 0;
};

} // namespace dsc::onnx_import

#endif // DSC_COMPILER_IMPORT_INPUTFILE_H
