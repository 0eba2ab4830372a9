// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// What the linker of kernels refuses: calls, variables, relocations, symbols that are not there.

#include "compiler/emit/CpuBlob.h"
#include "dialects/dsc/DscTarget.h"
#include "gtest/gtest.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/IR/BuiltinOps.h"
#include "mlir/IR/Diagnostics.h"
#include "mlir/Parser/Parser.h"

using namespace mlir;

namespace dsc::test {
namespace {

/// Compiles and links LLVM functions for v3 and collects what is said about them.
class Blob : public testing::Test {
protected:
  Blob() : context(MLIRContext::Threading::DISABLED) {
    context.loadDialect<LLVM::LLVMDialect>();
    context.getDiagEngine().registerHandler([this](Diagnostic &diagnostic) { said += diagnostic.str() + "\n"; });
  }
  OwningOpRef<ModuleOp> parse(const char *text) { return parseSourceString<ModuleOp>(text, &context); }
  FailureOr<CpuBlob> compile(const char *text) { return compileCpuBlob(*parse(text), *findCpuLevel("v3")); }
  void expectSaid(const char *text) { EXPECT_NE(said.find(text), std::string::npos) << said; }

  MLIRContext context;
  std::string said;
};

TEST_F(Blob, HoldsEveryFunction) {
  FailureOr<CpuBlob> blob = compile("llvm.func @a() { llvm.return }\nllvm.func @b() { llvm.return }");
  ASSERT_TRUE(succeeded(blob)) << said;
  EXPECT_EQ(blob->entries.size(), 2u);
}

TEST_F(Blob, RefusesCalls) {
  EXPECT_TRUE(failed(compile("llvm.func @expf(f32) -> f32\n"
                             "llvm.func @k(%x: f32) -> f32 {\n"
                             "  %y = llvm.call @expf(%x) : (f32) -> f32\n  llvm.return %y : f32\n}")));
  expectSaid("kernel \"k\" calls \"expf\", but kernels are to call nothing");
}

TEST_F(Blob, RefusesVariables) {
  EXPECT_TRUE(failed(compile("llvm.mlir.global @state(1 : i32) : i32\n"
                             "llvm.func @k() -> i32 {\n  %p = llvm.mlir.addressof @state : !llvm.ptr\n"
                             "  %v = llvm.load volatile %p : !llvm.ptr -> i32\n  llvm.return %v : i32\n}")));
  expectSaid("the linker refused the kernels:");
}

TEST_F(Blob, RefusesRelocations) {
  EXPECT_TRUE(failed(compile("llvm.mlir.global constant @table() : !llvm.ptr {\n"
                             "  %p = llvm.mlir.addressof @k : !llvm.ptr\n  llvm.return %p : !llvm.ptr\n}\n"
                             "llvm.func @k() -> !llvm.ptr {\n  %p = llvm.mlir.addressof @table : !llvm.ptr\n"
                             "  %v = llvm.load volatile %p : !llvm.ptr -> !llvm.ptr\n  llvm.return %v : !llvm.ptr\n}")));
  expectSaid("kernel blob must be pure text and rodata");
}

TEST_F(Blob, RefusesMissingSymbols) {
  auto objects = compileCpuObjects(*parse("llvm.func @a() { llvm.return }"), *findCpuLevel("v3"));
  ASSERT_TRUE(succeeded(objects));
  EXPECT_TRUE(failed(linkCpuBlob(UnknownLoc::get(&context), *objects, {"b"})));
  expectSaid("kernel \"b\" is not in the linked blob");
}

} // namespace
} // namespace dsc::test
