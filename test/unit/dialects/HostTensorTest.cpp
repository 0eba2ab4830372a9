// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Contents of constants, whatever attribute holds them.

#include "dialects/dsc/HostTensor.h"

#include "mlir/IR/AsmState.h"
#include "mlir/IR/Builders.h"
#include "mlir/IR/DialectResourceBlobManager.h"
#include "mlir/IR/MLIRContext.h"
#include "gtest/gtest.h"
#include <cmath>

using namespace mlir;
using namespace dsc;

namespace {

struct HostTensorTest : testing::Test {
  MLIRContext context;
  Builder builder{&context};

  /// Writes numbers, goes through an attribute and reads them back.
  void roundTrip(Type type, ArrayRef<double> numbers, int64_t copies) {
    int64_t count = numbers.size() * copies;
    HostTensor tensor = HostTensor::zeros({copies, static_cast<int64_t>(numbers.size())}, type);
    for (int64_t i = 0; i < count; ++i) {
      double number = numbers[i % numbers.size()];
      isa<FloatType>(type) ? tensor.setDouble(i, number) : tensor.setInt(i, static_cast<int64_t>(number));
    }
    ElementsAttr attribute = std::move(tensor).toAttribute("test");
    std::optional<HostTensor> read = HostTensor::read(attribute);
    ASSERT_TRUE(read);
    ASSERT_EQ(read->getCount(), count);
    for (int64_t i = 0; i < count; ++i)
      EXPECT_EQ(read->getNumber(i), numbers[i % numbers.size()]);
  }
};

TEST_F(HostTensorTest, EveryTypeInlineAndAsResource) {
  for (int64_t copies : {1, 600}) {
    for (Type type : {Type(builder.getF32Type()), Type(builder.getF64Type()), Type(builder.getF16Type()),
                      Type(builder.getBF16Type())})
      roundTrip(type, {0.0, -1.5, 3.25, 128.0}, copies);
    for (unsigned width : {8, 16, 32, 64}) {
      roundTrip(builder.getIntegerType(width), {0, -1, 127, -128}, copies);
      roundTrip(IntegerType::get(&context, width, IntegerType::Unsigned), {0, 1, 255}, copies);
    }
    roundTrip(builder.getI1Type(), {0, 1, 1}, copies);
  }
}

TEST_F(HostTensorTest, RoundsToNearestEven) {
  HostTensor tensor = HostTensor::zeros({2}, builder.getBF16Type());
  tensor.setDouble(0, 1.0 + 1.0 / 256);
  tensor.setDouble(1, 1.0 + 3.0 / 256);
  EXPECT_EQ(tensor.getDouble(0), 1.0);
  EXPECT_EQ(tensor.getDouble(1), 1.0 + 4.0 / 256);
}

TEST_F(HostTensorTest, SaturatesSmallFloatsOnRequest) {
  HostTensor tensor = HostTensor::zeros({2}, Float8E4M3FNType::get(&context));
  tensor.setDouble(0, 1000.0, /*saturate=*/true);
  tensor.setDouble(1, 1000.0, /*saturate=*/false);
  EXPECT_EQ(tensor.getDouble(0), 448.0);
  EXPECT_TRUE(std::isnan(tensor.getDouble(1)));
}

TEST_F(HostTensorTest, ReadsSplats) {
  auto type = RankedTensorType::get({1000}, builder.getI64Type());
  std::optional<HostTensor> tensor = HostTensor::read(DenseIntElementsAttr::get(type, int64_t(7)));
  ASSERT_TRUE(tensor);
  EXPECT_EQ(tensor->getInt(999), 7);
}

TEST_F(HostTensorTest, RefusesBlobOfWrongSize) {
  auto type = RankedTensorType::get({3}, builder.getF32Type());
  char bytes[8] = {};
  auto blob = HeapAsmResourceBlob::allocateAndCopyWithAlign(bytes, 8);
  EXPECT_FALSE(HostTensor::read(DenseResourceElementsAttr::get(type, "short", std::move(blob))));
}

} // namespace
