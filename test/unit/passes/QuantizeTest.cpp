// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The arithmetic of weight quantization, and words in names.

#include "passes/quantize/LayerKinds.h"
#include "passes/quantize/WeightQuantizer.h"

#include "mlir/IR/Builders.h"
#include "gtest/gtest.h"
#include <cmath>

using namespace mlir;
using namespace dsc;

namespace {

struct WeightQuantizerTest : testing::Test {
  MLIRContext context;
  Builder builder{&context};

  HostTensor make(ArrayRef<int64_t> shape, Type type, ArrayRef<double> values) {
    HostTensor tensor = HostTensor::zeros(shape, type);
    for (auto [i, value] : llvm::enumerate(values))
      tensor.setDouble(i, value);
    return tensor;
  }
};

TEST_F(WeightQuantizerTest, EveryChannelHasItsScale) {
  HostTensor weight = make({2, 2, 2}, builder.getF32Type(), {1, 127, -63.5, 4, 0, 0, -254, 0});
  std::optional<QuantizedWeight> quantized = quantizeWeight(weight, 1, 2);
  ASSERT_TRUE(quantized);
  EXPECT_EQ(quantized->scale.getShape(), ArrayRef<int64_t>({2, 1, 2}));
  const double scales[] = {0.5, 1, 2, 1};
  const int steps[] = {2, 127, -127, 4, 0, 0, -127, 0};
  for (int i = 0; i < 4; ++i)
    EXPECT_EQ(quantized->scale.getDouble(i), scales[i]);
  for (int i = 0; i < 8; ++i)
    EXPECT_EQ(quantized->steps.getInt(i), steps[i]);
  EXPECT_TRUE(std::isinf(quantized->sqnr));
}

TEST_F(WeightQuantizerTest, ScalesAreWhatTheTypeOfTheWeightHolds) {
  // The largest magnitude over 127 is no f16; a subnormal scale would be zero.
  HostTensor weight = make({3, 1}, builder.getF16Type(), {1, 0.3, 1e-7});
  std::optional<QuantizedWeight> quantized = quantizeWeight(weight, 1, 2);
  ASSERT_TRUE(quantized);
  for (int i = 0; i < 2; ++i)
    EXPECT_NEAR(double(quantized->steps.getInt(i)) * quantized->scale.getDouble(i), weight.getDouble(i), 1e-3);
  EXPECT_EQ(quantized->steps.getInt(2), 0);
  EXPECT_EQ(quantized->scale.getDouble(2), 1);
}

TEST_F(WeightQuantizerTest, NumbersThatAreNotFiniteHaveNoSteps) {
  EXPECT_FALSE(quantizeWeight(make({1, 2}, builder.getF32Type(), {1, NAN}), 1, 2));
  EXPECT_FALSE(quantizeWeight(make({1, 2}, builder.getF32Type(), {INFINITY, 1}), 1, 2));
}

TEST(LayerNames, TheLastWordCounts) {
  auto kindOf = [](StringRef name) {
    std::optional<KindFinding> finding = findKindInName(name);
    return finding ? stringifyLayerKind(finding->kind).str() : "";
  };
  EXPECT_EQ(kindOf("/encoder/layer.0/attention/output/dense/MatMul"), "attention");
  EXPECT_EQ(kindOf("/attention_model/block.1/mlp/fc2/MatMul"), "feed_forward");
  EXPECT_EQ(kindOf("model.layers.3.self_attn.q_proj.weight"), "attention");
  EXPECT_EQ(kindOf("model.layers.3.mlp.down_proj.weight"), "feed_forward");
  EXPECT_EQ(kindOf("bert.encoder.layer.5.intermediate.dense"), "feed_forward");
  EXPECT_EQ(kindOf("lm_head"), "head");
  EXPECT_EQ(kindOf("monkey.values"), "");
  EXPECT_EQ(kindOf(""), "");
}

} // namespace
