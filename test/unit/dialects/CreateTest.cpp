// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Building ops with inferred types: absent operands, declared sizes, and nothing left behind by a failure.

#include "dialects/dsc/Dsc.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "gtest/gtest.h"

using namespace mlir;
using namespace dsc;

namespace {

struct CreateTest : testing::Test {
  CreateTest() {
    context.loadDialect<DscDialect, func::FuncDialect>();
    module = ModuleOp::create(UnknownLoc::get(&context));
    builder.setInsertionPointToEnd(module->getBody());
    auto function = func::FuncOp::create(builder, loc, "main", builder.getFunctionType({}, {}));
    builder.setInsertionPointToEnd(function.addEntryBlock());
    block = builder.getInsertionBlock();
    shapes = std::make_unique<ShapeContext>(*module);
  }

  /// A new argument of the function.
  Value argument(ArrayRef<int64_t> shape, Type element) {
    return block->addArgument(RankedTensorType::get(shape, element), loc);
  }
  Value constant(ArrayRef<int64_t> values) {
    auto type = RankedTensorType::get({static_cast<int64_t>(values.size())}, builder.getI64Type());
    return ConstantOp::create(builder, loc, DenseElementsAttr::get(type, values));
  }
  AffineExpr c(int64_t value) { return getAffineConstantExpr(value, &context); }

  MLIRContext context;
  OpBuilder builder{&context};
  Location loc = UnknownLoc::get(&context);
  OwningOpRef<ModuleOp> module;
  Block *block = nullptr;
  std::unique_ptr<ShapeContext> shapes;
  std::string message;
  ScopedDiagnosticHandler handler{&context, [this](Diagnostic &diagnostic) {
                                    message = diagnostic.str();
                                    return success();
                                  }};
};

TEST_F(CreateTest, InfersTypes) {
  Value x = argument({4, 1}, builder.getF32Type()), y = argument({8}, builder.getF32Type());
  auto add = createInferred<AddOp>(builder, loc, *shapes, {x, y});
  ASSERT_TRUE(add);
  EXPECT_EQ(add.getOutput().getType(), RankedTensorType::get({4, 8}, builder.getF32Type()));
}

TEST_F(CreateTest, FailureLeavesNoOp) {
  Value x = argument({4}, builder.getF32Type()), y = argument({3}, builder.getF32Type());
  EXPECT_FALSE(createInferred<AddOp>(builder, loc, *shapes, {x, y}));
  EXPECT_EQ(message, "'dsc.add' op expected sizes that broadcast, but got [4] and [3]");
  EXPECT_TRUE(block->empty());
}

TEST_F(CreateTest, NeedsShapeOrType) {
  Value x = argument({4}, builder.getF32Type());
  EXPECT_FALSE(createInferred<ReshapeOp>(builder, loc, *shapes, {x}));
  EXPECT_EQ(message, "'dsc.reshape' op expected a 'shape' or a result type, but got neither");
  EXPECT_FALSE(createInferred<ExpandOp>(builder, loc, *shapes, {x}));
  EXPECT_EQ(message, "'dsc.expand' op expected a 'shape' or a result type, but got neither");
}

TEST_F(CreateTest, NullOperandsAreAbsent) {
  Value x = argument({1, 2, 4, 4}, builder.getF32Type());
  NamedAttribute axes(builder.getStringAttr("axes"), builder.getDenseI64ArrayAttr({2, 3}));
  auto resize = createInferred<ResizeOp>(builder, loc, *shapes, {x, Value(), Value(), constant({8, 6})}, axes);
  ASSERT_TRUE(resize);
  EXPECT_FALSE(resize.getRoi());
  EXPECT_EQ(getDims(resize.getOutput()), (Dims{c(1), c(2), c(8), c(6)}));
}

TEST_F(CreateTest, DeclaredSizeIsTakenAndChecked) {
  Value shape = argument({2}, builder.getI64Type());
  NamedAttribute value(builder.getStringAttr("value"),
                       DenseElementsAttr::get(RankedTensorType::get({1}, builder.getF32Type()), 0.0f));
  shapes->declareResults(Dims{c(3), AffineExpr()});
  auto op = createInferred<ConstantOfShapeOp>(builder, loc, *shapes, {shape}, value);
  ASSERT_TRUE(op);
  Dims dims = getDims(op.getOutput());
  EXPECT_EQ(dims[0], c(3));
  EXPECT_EQ(dims[1], shapes->getSymbol("shape_0"));
  EXPECT_EQ(shapes->getSymbolOp(0).getMin(), 3u);
  EXPECT_EQ(shapes->getSymbolOp(0).getMax(), 3u);
  EXPECT_FALSE(shapes->getDeclaredRank(0));
}

TEST_F(CreateTest, OptionalResultsAreInferred) {
  Value x = argument({1, 2, 8}, builder.getF32Type());
  auto array = [&](StringRef name, ArrayRef<int64_t> values) {
    return NamedAttribute(builder.getStringAttr(name), builder.getDenseI64ArrayAttr(values));
  };
  NamedAttribute attributes[] = {array("kernel", 2), array("strides", 2), array("pads", {0, 0}), array("dilations", 1)};
  auto pool = createInferred<MaxPoolOp>(builder, loc, *shapes, {x}, attributes, /*numResults=*/2);
  ASSERT_TRUE(pool);
  EXPECT_EQ(pool.getIndices().getType(), RankedTensorType::get({1, 2, 4}, builder.getI64Type()));
}

TEST_F(CreateTest, RangeOfExpressions) {
  AffineExpr n = shapes->addSymbol("n", SymbolKind::Caller, 2, 9), m = shapes->addSymbol("n", SymbolKind::Caller, 1, 4);
  EXPECT_EQ(shapes->getSymbolOp(1).getSymName(), "n_0");
  EXPECT_EQ(shapes->getRange(subDims(n, m)), std::make_pair(int64_t(-2), int64_t(8)));
  EXPECT_EQ(shapes->getRange(floorDivDims(n, c(4))), std::make_pair(int64_t(0), int64_t(2)));
  EXPECT_EQ(shapes->getRange(mulDims(mulDims(n, m), c(INT64_MAX / 2))).second, INT64_MAX);
}

} // namespace
