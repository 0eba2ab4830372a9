// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Every refusal of the fusion rules for a pair of ops, and the pairs that may share a kernel.

#include "passes/fuse/FusionRules.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Parser/Parser.h"
#include "gtest/gtest.h"

using namespace mlir;
using namespace dsc;

namespace {

struct Row {
  const char *name, *arguments, *producer, *consumer, *refusal;
};

constexpr const char *leading = "the reduction is not over trailing dimensions, so rows do not lie together";

const Row rows[] = {
    {"View", "%x: tensor<2x3xf32>", "dsc.reshape %x : (tensor<2x3xf32>) -> tensor<6xf32>",
     "dsc.relu %p : tensor<6xf32>", "a view, a weight or a size has no code"},
    {"Opaque", "%x: tensor<4xf32>", "dsc.cumsum %x {axis = 0 : i64} : tensor<4xf32>",
     "dsc.relu %p : tensor<4xf32>", "an opaque op is alone in its group"},
    {"Movement", "%x: tensor<2x3xf32>",
     "dsc.transpose %x {permutation = array<i64: 1, 0>} : (tensor<2x3xf32>) -> tensor<3x2xf32>",
     "dsc.relu %p : tensor<3x2xf32>", "data movement has an iteration space of its own"},
    {"BehindAttention", "%x: tensor<1x2x4x64xf32>",
     "dsc.attention %x, %x, %x {scale = 0.125 : f32} : (tensor<1x2x4x64xf32>, tensor<1x2x4x64xf32>, "
     "tensor<1x2x4x64xf32>) -> tensor<1x2x4x64xf32>",
     "dsc.relu %p : tensor<1x2x4x64xf32>", "attention keeps its result in registers of another shape"},
    {"BeforeContraction", "%x: tensor<4x4xf32>", "dsc.relu %x : tensor<4x4xf32>",
     "dsc.matmul %p, %x : (tensor<4x4xf32>, tensor<4x4xf32>) -> tensor<4x4xf32>",
     "a contraction reads its operands many times, so they are stored first"},
    {"EpilogueOfRows", "%x: tensor<4x4xf32>",
     "dsc.matmul %x, %x : (tensor<4x4xf32>, tensor<4x4xf32>) -> tensor<4x4xf32>",
     "dsc.softmax %p {axis = 1 : i64} : tensor<4x4xf32>",
     "the consumer is not elementwise, and an epilogue sees one tile only"},
    {"EpilogueOfLargerSpace", "%x: tensor<4x4xf32>, %y: tensor<2x4x4xf32>",
     "dsc.matmul %x, %x : (tensor<4x4xf32>, tensor<4x4xf32>) -> tensor<4x4xf32>",
     "dsc.add %p, %y : (tensor<4x4xf32>, tensor<2x4x4xf32>) -> tensor<2x4x4xf32>",
     "the consumer has another iteration space than the anchor's result"},
    {"EpilogueOfIntegers", "%x: tensor<4x4xi32>",
     "dsc.matmul %x, %x : (tensor<4x4xi32>, tensor<4x4xi32>) -> tensor<4x4xi32>",
     "dsc.relu %p : tensor<4x4xi32>", "an epilogue computes in floats"},
    {"BehindLeadingReduction", "%x: tensor<4x8xf32>", "dsc.softmax %x {axis = 0 : i64} : tensor<4x8xf32>",
     "dsc.relu %p : tensor<4x8xf32>", leading},
    {"TwoReductions", "%x: tensor<4x8xf32>", "dsc.softmax %x {axis = 1 : i64} : tensor<4x8xf32>",
     "dsc.softmax %p {axis = 1 : i64} : tensor<4x8xf32>",
     "a group holds one reduction, and the consumer is not elementwise"},
    {"RowEpilogueOfLargerSpace", "%x: tensor<4x8xf32>, %y: tensor<2x4x8xf32>",
     "dsc.softmax %x {axis = 1 : i64} : tensor<4x8xf32>",
     "dsc.add %p, %y : (tensor<4x8xf32>, tensor<2x4x8xf32>) -> tensor<2x4x8xf32>",
     "the consumer has another row space than the reduction"},
    {"BeforeLeadingReduction", "%x: tensor<4x8xf32>", "dsc.relu %x : tensor<4x8xf32>",
     "dsc.softmax %p {axis = 0 : i64} : tensor<4x8xf32>", leading},
    {"ParameterOfReduction", "%x: tensor<4x8xf32>, %s: tensor<8xf32>", "dsc.relu %s : tensor<8xf32>",
     "dsc.layer_norm %x, %p, %s {axis = 1 : i64, epsilon = 1.0e-05 : f32} : (tensor<4x8xf32>, tensor<8xf32>, "
     "tensor<8xf32>) -> tensor<4x8xf32>",
     "the producer makes a parameter of the reduction, which every row reads"},
    {"PerChannelBeforeReduction", "%x: tensor<1x4x8xf32>, %s: tensor<4xf32>",
     "dsc.batch_norm %x, %s, %s, %s, %s {epsilon = 1.0e-05 : f32} : (tensor<1x4x8xf32>, tensor<4xf32>, "
     "tensor<4xf32>, tensor<4xf32>, tensor<4xf32>) -> tensor<1x4x8xf32>",
     "dsc.softmax %p {axis = 2 : i64} : tensor<1x4x8xf32>", "the producer is not elementwise"},
    {"UnknownRowsBeforeReduction", "%x: tensor<?x8xf32>", "dsc.relu %x : tensor<?x8xf32>",
     "dsc.softmax %p {axis = 1 : i64} : tensor<?x8xf32>",
     "the producer has another row space than the reduction"},
    {"PerChannel", "%x: tensor<1x4x8xf32>, %s: tensor<4xf32>", "dsc.relu %x : tensor<1x4x8xf32>",
     "dsc.batch_norm %p, %s, %s, %s, %s {epsilon = 1.0e-05 : f32} : (tensor<1x4x8xf32>, tensor<4xf32>, "
     "tensor<4xf32>, tensor<4xf32>, tensor<4xf32>) -> tensor<1x4x8xf32>",
     "parameters of one value per channel do not broadcast like elements"},
    {"Recomputed", "%x: tensor<8xf32>, %y: tensor<4x8xf32>", "dsc.relu %x : tensor<8xf32>",
     "dsc.add %p, %y : (tensor<8xf32>, tensor<4x8xf32>) -> tensor<4x8xf32>",
     "the producer would be computed again for every element of a larger space"},
    {"EpilogueFuses", "%x: tensor<4x4xf32>",
     "dsc.matmul %x, %x : (tensor<4x4xf32>, tensor<4x4xf32>) -> tensor<4x4xf32>",
     "dsc.relu %p : tensor<4x4xf32>", ""},
    {"RowEpilogueFuses", "%x: tensor<4x8xf32>", "dsc.softmax %x {axis = 1 : i64} : tensor<4x8xf32>",
     "dsc.relu %p : tensor<4x8xf32>", ""},
    {"RowPrologueFuses", "%x: tensor<4x8xf32>", "dsc.relu %x : tensor<4x8xf32>",
     "dsc.softmax %p {axis = 1 : i64} : tensor<4x8xf32>", ""},
    {"PointwiseFuses", "%x: tensor<4x8xf32>", "dsc.relu %x : tensor<4x8xf32>",
     "dsc.add %p, %x : (tensor<4x8xf32>, tensor<4x8xf32>) -> tensor<4x8xf32>", ""},
};

struct FusionRules : testing::TestWithParam<Row> {};

TEST_P(FusionRules, Refusal) {
  const Row &row = GetParam();
  MLIRContext context;
  context.loadDialect<DscDialect, func::FuncDialect>();
  std::string text = std::string("func.func @main(") + row.arguments + ") {\n  %p = " + row.producer +
                     "\n  %c = " + row.consumer + "\n  return\n}";
  OwningOpRef<ModuleOp> module = parseSourceString<ModuleOp>(text, &context);
  ASSERT_TRUE(module) << text;
  Block &block = (*module->getOps<func::FuncOp>().begin()).getBody().front();
  EXPECT_EQ(refuseFusion(&block.front(), block.front().getNextNode()).str(), row.refusal);
}

INSTANTIATE_TEST_SUITE_P(Pairs, FusionRules, testing::ValuesIn(rows),
                         [](const auto &info) { return std::string(info.param.name); });

} // namespace
