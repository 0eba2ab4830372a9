// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Imports every plain-tensor node case of ONNX and every PyTorch case: counts what is read, tells why the rest is not.

#include "compiler/import/Importer.h"

#include "mlir/IR/Diagnostics.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/MemoryBuffer.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <map>

namespace dsc {
namespace {

/// The first diagnostic of a failed import; empty if it succeeds.
std::string importCase(const std::string &path) {
  mlir::MLIRContext context(mlir::MLIRContext::Threading::DISABLED);
  std::string first;
  mlir::ScopedDiagnosticHandler handler(&context, [&](mlir::Diagnostic &diagnostic) {
    if (first.empty() && diagnostic.getSeverity() == mlir::DiagnosticSeverity::Error)
      first = diagnostic.str();
  });
  mlir::OwningOpRef<mlir::ModuleOp> module = importModel(path, {}, context);
  if (module)
    return "";
  return first.empty() ? "failed without a diagnostic" : first;
}

struct Count {
  size_t all = 0, imported = 0;
};

Count importCases(const std::vector<std::string> &models) {
  Count count;
  std::map<std::string, std::vector<std::string>> failures;
  for (const std::string &model : models) {
    ++count.all;
    std::string reason = importCase(model);
    count.imported += reason.empty();
    if (!reason.empty())
      failures[reason].push_back(llvm::StringRef(model).rsplit("/model.onnx").first.rsplit('/').second.str());
  }
  for (const auto &[reason, cases] : failures) {
    printf("%4zu  %s:", cases.size(), reason.c_str());
    for (const std::string &name : cases)
      printf(" %s", name.c_str());
    printf("\n");
  }
  printf("%zu of %zu imported\n", count.imported, count.all);
  return count;
}

TEST(ImportCases, PlainTensorNodeCases) {
  auto list = llvm::MemoryBuffer::getFile(DSC_PLAIN_TENSOR_CASES);
  ASSERT_TRUE(bool(list));
  llvm::SmallVector<llvm::StringRef> names;
  (*list)->getBuffer().split(names, '\n', -1, /*KeepEmpty=*/false);
  std::vector<std::string> models;
  for (llvm::StringRef name : names)
    models.push_back(std::string(DSC_ONNX_DATA) + "/node/" + name.str() + "/model.onnx");
  Count count = importCases(models);
  EXPECT_EQ(count.all, 1374u);
  EXPECT_GE(count.imported, 1210u);
}

TEST(ImportCases, PyTorchCases) {
  std::vector<std::string> models;
  for (const char *suite : {"/pytorch-converted", "/pytorch-operator"}) {
    std::error_code error;
    for (llvm::sys::fs::directory_iterator entry(std::string(DSC_ONNX_DATA) + suite, error), end;
         entry != end && !error; entry.increment(error))
      models.push_back(entry->path() + "/model.onnx");
  }
  std::sort(models.begin(), models.end());
  Count count = importCases(models);
  EXPECT_EQ(count.all, 117u);
  EXPECT_EQ(count.imported, 117u);
}

} // namespace
} // namespace dsc
