// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Arithmetic on symbolic sizes: equal polynomials are one expression, values agree with 64-bit integers.

#include "dialects/dsc/DscShape.h"

#include "mlir/IR/MLIRContext.h"
#include "gtest/gtest.h"
#include <random>

using namespace mlir;
using namespace dsc;

namespace {

struct DimArithmetic : testing::Test {
  MLIRContext context;
  AffineExpr s0 = getAffineSymbolExpr(0, &context), s1 = getAffineSymbolExpr(1, &context);
  AffineExpr c(int64_t value) { return getAffineConstantExpr(value, &context); }
};

TEST_F(DimArithmetic, SumsAndProductsHaveOneForm) {
  EXPECT_EQ(addDims(s0, s1), addDims(s1, s0));
  EXPECT_EQ(mulDims(addDims(s0, s1), c(2)), addDims(addDims(s0, s1), addDims(s1, s0)));
  EXPECT_EQ(subDims(addDims(s0, c(4)), c(4)), s0);
  EXPECT_EQ(mulDims(mulDims(s0, s1), c(3)), mulDims(s1, mulDims(c(3), s0)));
  EXPECT_EQ(subDims(s0, s0), c(0));
}

TEST_F(DimArithmetic, DivisionCancelsFactors) {
  EXPECT_EQ(floorDivDims(mulDims(mulDims(s0, s1), c(768)), mulDims(s1, c(64))), mulDims(s0, c(12)));
  EXPECT_EQ(floorDivDims(mulDims(addDims(s0, s1), c(64)), addDims(s1, s0)), c(64));
  EXPECT_EQ(floorDivDims(addDims(mulDims(s0, c(4)), c(7)), c(4)), addDims(s0, c(1)));
  EXPECT_EQ(floorDivDims(floorDivDims(s0, c(2)), c(3)), floorDivDims(s0, c(6)));
  EXPECT_EQ(floorDivDims(mulDims(s0, c(4)), c(6)), floorDivDims(mulDims(s0, c(2)), c(3)));
  EXPECT_EQ(ceilDivDims(s0, c(4)), floorDivDims(addDims(s0, c(3)), c(4)));
}

TEST_F(DimArithmetic, NothingComesOfNothing) {
  EXPECT_FALSE(addDims(AffineExpr(), s0));
  EXPECT_FALSE(floorDivDims(s0, c(0)));
  EXPECT_FALSE(modDims(s0, subDims(s1, s1)));
  EXPECT_FALSE(mulDims(c(INT64_MAX), c(2)));
  EXPECT_FALSE(addDims(c(INT64_MIN), c(-1)));
  EXPECT_FALSE(floorDivDims(c(INT64_MIN), c(-1)));
  EXPECT_FALSE(areProvablyDifferent(s0, AffineExpr()));
}

TEST_F(DimArithmetic, DifferenceIsProvedByConstantsOnly) {
  EXPECT_TRUE(areProvablyDifferent(s0, addDims(s0, c(1))));
  EXPECT_FALSE(areProvablyDifferent(s0, s1));
  EXPECT_FALSE(areProvablyDifferent(s0, c(7)));
}

/// The value of an expression for given symbols, by MLIR's own folding.
int64_t evaluate(AffineExpr expr, ArrayRef<int64_t> symbols) {
  SmallVector<AffineExpr> values;
  for (int64_t symbol : symbols)
    values.push_back(getAffineConstantExpr(symbol, expr.getContext()));
  return cast<AffineConstantExpr>(expr.replaceSymbols(values)).getValue();
}

int64_t floorDivide(int64_t lhs, int64_t rhs) { return lhs / rhs - (lhs % rhs != 0 && (lhs < 0) != (rhs < 0)); }

/// Random expressions, built here and on plain integers at once, have the same values for all symbols in a grid.
TEST_F(DimArithmetic, RandomExpressionsKeepTheirValues) {
  std::mt19937 random(7);
  int64_t grid[][2] = {{1, 1}, {2, 5}, {7, 3}, {16, 9}, {100, 31}};
  for (int round = 0; round < 2000; ++round) {
    AffineExpr expr = s0;
    int64_t values[5];
    for (int g = 0; g < 5; ++g)
      values[g] = grid[g][0];
    for (int step = 0; step < 5; ++step) {
      int64_t constant = static_cast<int64_t>(random() % 9) + 1;
      switch (random() % 6) {
      case 0:
        expr = addDims(expr, mulDims(s1, c(constant)));
        for (int g = 0; g < 5; ++g)
          values[g] += grid[g][1] * constant;
        break;
      case 1:
        expr = subDims(expr, c(constant));
        for (int64_t &value : values)
          value -= constant;
        break;
      case 2:
        expr = mulDims(expr, c(constant));
        for (int64_t &value : values)
          value *= constant;
        break;
      case 3:
        expr = floorDivDims(expr, c(constant));
        for (int64_t &value : values)
          value = floorDivide(value, constant);
        break;
      case 4:
        expr = ceilDivDims(expr, c(constant));
        for (int64_t &value : values)
          value = -floorDivide(-value, constant);
        break;
      default:
        expr = modDims(expr, c(constant));
        for (int64_t &value : values)
          value -= constant * floorDivide(value, constant);
      }
    }
    ASSERT_TRUE(expr);
    for (int g = 0; g < 5; ++g)
      EXPECT_EQ(evaluate(expr, grid[g]), values[g]) << printDim(expr);
  }
}

} // namespace
