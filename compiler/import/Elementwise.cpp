// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Readers of elementwise operators with several operands: arithmetic, comparisons, logic, casts.

#include "compiler/import/OpTable.h"
#include "compiler/import/TensorBytes.h"
#include "compiler/import/WeightStore.h"

using namespace mlir;

namespace dsc::onnx_import {
namespace {

/// Before opset 7 `broadcast` and `axis` placed the second operand's dimensions inside the first's.
Value alignOld(NodeReader &n, Value lhs, Value rhs) {
  if (n.opset >= 7 || !n.getFlag("broadcast", false) || !n.hasAttribute("axis"))
    return rhs;
  int64_t rank = n.getRank(lhs), rhsRank = n.getRank(rhs);
  int64_t axis = n.normalizeAxis(n.getInt("axis", 0), std::max<int64_t>(rank, 1));
  Ints trailing;
  for (int64_t dim = axis + rhsRank; dim < rank; ++dim)
    trailing.push_back(dim - axis);
  return n.unsqueeze(rhs, trailing);
}

template <class Op>
void readBinary(NodeReader &n) {
  Value lhs = n.require(0);
  n.set(0, n.create<Op>({lhs, alignOld(n, lhs, n.require(1))}));
}

void readMod(NodeReader &n) {
  bool fmod = n.getFlag("fmod", false);
  if (isa<FloatType>(n.getElementType(n.require(0))) && !fmod)
    n.fail("expected 'fmod' to be 1 for floats, but got 0");
  n.set(0, n.create<ModOp>({n.require(0), n.require(1)}, {n.flagAttr("fmod", fmod)}));
}

void readBitShift(NodeReader &n) {
  std::string direction = n.getString("direction", "");
  if (direction != "LEFT" && direction != "RIGHT")
    return n.fail("expected 'direction' to be LEFT or RIGHT, but got '" + escapeText(direction) + "'");
  n.set(0, direction == "LEFT" ? n.create<ShiftLeftOp>({n.require(0), n.require(1)})
                               : n.create<ShiftRightOp>({n.require(0), n.require(1)}));
}

template <class Op>
Value chain(NodeReader &n, bool widen) {
  Value result = n.require(0);
  if (widen)
    result = n.widen(result);
  for (size_t i = 1; i < n.getNumOperands(); ++i)
    result = n.create<Op>({result, widen ? n.widen(n.require(i)) : n.require(i)});
  return result;
}

template <class Op>
void readVariadic(NodeReader &n) {
  n.set(0, chain<Op>(n, false));
}

void readSum(NodeReader &n) {
  Type type = n.getElementType(n.require(0));
  n.set(0, n.castTo(chain<AddOp>(n, n.getNumOperands() > 2), type));
}

void readMean(NodeReader &n) {
  Type type = n.getElementType(n.require(0));
  Value sum = chain<AddOp>(n, true);
  Value count = n.makeScalar(double(n.getNumOperands()), n.getElementType(sum));
  n.set(0, n.castTo(n.create<DivOp>({sum, count}), type));
}

void readWhere(NodeReader &n) { n.set(0, n.create<WhereOp>({n.require(0), n.require(1), n.require(2)})); }

void readClip(NodeReader &n) {
  Value result = n.require(0);
  Type type = n.getElementType(result);
  auto bound = [&](size_t operand, StringRef name) -> Value {
    if (n.opset >= 11)
      return n.get(operand);
    return n.hasAttribute(name) ? n.makeScalar(n.getFloat(name, 0), type) : Value();
  };
  if (Value min = bound(1, "min"))
    result = n.create<MaxOp>({result, min});
  if (Value max = bound(2, "max"))
    result = n.create<MinOp>({result, max});
  n.set(0, result);
}

void readCast(NodeReader &n) {
  Type to = onnx_import::getElementType(DataType(n.requireInt("to")), n.builder.getContext());
  if (!to)
    return n.fail("unsupported element type " + getTypeName(DataType(n.getInt("to", 0))));
  if (n.getElementType(n.require(0)) == to)
    return n.set(0, n.get(0));
  n.set(0, n.create<CastOp>({n.require(0)}, {n.attr("to", TypeAttr::get(to)),
                                             n.flagAttr("saturate", n.getFlag("saturate", true))}));
}

void readCastLike(NodeReader &n) {
  Type to = n.getElementType(n.require(1));
  if (n.getElementType(n.require(0)) == to)
    return n.set(0, n.get(0));
  n.set(0, n.create<CastOp>({n.require(0)}, {n.attr("to", TypeAttr::get(to)),
                                             n.flagAttr("saturate", n.getFlag("saturate", true))}));
}

const OpRow rows[] = {
    {"Add", readBinary<AddOp>}, {"Sub", readBinary<SubOp>}, {"Mul", readBinary<MulOp>}, {"Div", readBinary<DivOp>},
    {"Pow", readBinary<PowOp>}, {"Mod", readMod, 10}, {"Min", readVariadic<MinOp>}, {"Max", readVariadic<MaxOp>},
    {"Sum", readSum}, {"Mean", readMean}, {"And", readBinary<AndOp>}, {"Or", readBinary<OrOp>},
    {"Xor", readBinary<XorOp>}, {"Equal", readBinary<EqualOp>}, {"Less", readBinary<LessOp>},
    {"Greater", readBinary<GreaterOp>}, {"LessOrEqual", readBinary<LessEqualOp>, 12},
    {"GreaterOrEqual", readBinary<GreaterEqualOp>, 12}, {"BitShift", readBitShift, 11},
    {"BitwiseAnd", readBinary<BitwiseAndOp>, 18}, {"BitwiseOr", readBinary<BitwiseOrOp>, 18},
    {"BitwiseXor", readBinary<BitwiseXorOp>, 18}, {"Where", readWhere, 9}, {"Clip", readClip, 6},
    {"Cast", readCast, 6, maxOpset, "no string, complex, 4-bit or 2-bit types"}, {"CastLike", readCastLike, 15},
};

} // namespace

OpFamily getElementwiseFamily() { return {"Elementwise", rows}; }

} // namespace dsc::onnx_import
