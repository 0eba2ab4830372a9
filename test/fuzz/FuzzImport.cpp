// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// libFuzzer target for the importer: a module that verifies, or errors and no module. Inputs are model files; three of four
// mutations change fields of the parsed model, the others bytes.
#include "ModelMutator.h"

#include "compiler/import/Importer.h"

#include "mlir/IR/Diagnostics.h"
#include "mlir/IR/Verifier.h"

#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <sys/mman.h>
#include <unistd.h>

extern "C" size_t LLVMFuzzerMutate(uint8_t *data, size_t size, size_t maxSize);

namespace {

/// A file in memory, by the name under which the importer can open it.
class MemoryFile {
public:
  MemoryFile(const uint8_t *data, size_t size) : descriptor(memfd_create("model", 0)) {
    if (descriptor < 0 || write(descriptor, data, size) != ssize_t(size))
      abort();
  }
  ~MemoryFile() { close(descriptor); }
  std::string getPath() const { return "/proc/self/fd/" + std::to_string(descriptor); }

private:
  int descriptor;
};

[[noreturn]] void report(const char *what) {
  fprintf(stderr, "%s\n", what);
  abort();
}

void importBytes(const uint8_t *data, size_t size) {
  // Types and locations stay in a context for good.
  constexpr int runsPerContext = 512;
  static std::unique_ptr<mlir::MLIRContext> context;
  static int runs = 0;
  if (runs++ % runsPerContext == 0)
    context = std::make_unique<mlir::MLIRContext>(mlir::MLIRContext::Threading::DISABLED);
  MemoryFile file(data, size);
  size_t errors = 0;
  mlir::ScopedDiagnosticHandler handler(context.get(), [&](mlir::Diagnostic &diagnostic) {
    std::string text = diagnostic.str();
    if (text.empty() || text.find('\n') != std::string::npos)
      report("expected one line of text per diagnostic");
    errors += diagnostic.getSeverity() == mlir::DiagnosticSeverity::Error;
  });
  mlir::OwningOpRef<mlir::ModuleOp> module = dsc::importModel(file.getPath(), {}, *context);
  if (!module && errors == 0)
    report("expected an error where there is no module");
  if (module && (errors != 0 || failed(mlir::verify(*module))))
    report("expected no errors and a valid module");
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  importBytes(data, size);
  return 0;
}

extern "C" size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t maxSize, unsigned seed) {
  std::string bytes(reinterpret_cast<const char *>(data), size);
  if (seed % 4 == 0 || !dsc::test::mutateModel(bytes, seed) || bytes.size() > maxSize)
    return LLVMFuzzerMutate(data, size, maxSize);
  memcpy(data, bytes.data(), bytes.size());
  return bytes.size();
}
