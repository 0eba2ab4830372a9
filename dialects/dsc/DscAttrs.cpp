// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Verifiers of the dsc dialect's attributes.

#include "dialects/dsc/Dsc.h"

using namespace mlir;

namespace dsc {

DimsAttr DimsAttr::get(MLIRContext *context, ArrayRef<AffineExpr> sizes) {
  unsigned numSymbols = 0;
  for (AffineExpr size : sizes)
    for (unsigned symbol : getSymbolsIn(size))
      numSymbols = std::max(numSymbols, symbol + 1);
  return get(context, AffineMap::get(0, numSymbols, sizes, context));
}

LogicalResult DimsAttr::verify(function_ref<InFlightDiagnostic()> emitError, AffineMap map) {
  if (map.getNumDims() != 0) // dims_c1
    return emitError() << "expected sizes without dimensions, but got " << AffineMapAttr::get(map);
  AffineExpr invalid;
  map.walkExprs([&](AffineExpr part) {
    bool divides = llvm::is_contained({AffineExprKind::Mod, AffineExprKind::FloorDiv, AffineExprKind::CeilDiv},
                                      part.getKind());
    if (divides && getConstantDim(cast<AffineBinaryOpExpr>(part).getRHS()).value_or(1) <= 0)
      invalid = part;
  });
  if (invalid) // dims_c6
    return emitError() << "expected sizes divided by positive constants, but got " << printDim(invalid);
  return success();
}

LogicalResult DimsAttr::verifyEncoding(ArrayRef<int64_t> shape, Type elementType,
                                       function_ref<InFlightDiagnostic()> emitError) const {
  if (getSizes().size() != shape.size()) // dims_c2
    return emitError() << "expected " << shape.size() << " sizes, but got " << getSizes().size();
  for (auto [i, pair] : llvm::enumerate(llvm::zip_equal(shape, getSizes()))) {
    auto [extent, size] = pair;
    auto constant = dyn_cast<AffineConstantExpr>(size);
    if (!ShapedType::isDynamic(extent)) {
      if (!constant || constant.getValue() != extent) // dims_c3
        return emitError() << "expected size " << extent << " of static dimension " << i << ", but got "
                           << printDim(size);
    } else if (constant) { // dims_c4
      return emitError() << "expected a symbolic size of dynamic dimension " << i << ", but got "
                         << printDim(size);
    }
  }
  if (!ShapedType::isDynamicShape(shape)) // dims_c5
    return emitError() << "expected no encoding of a static shape";
  return success();
}

FailureOr<SmallVector<int64_t>> detail::parseTaps(AsmParser &parser) {
  SmallVector<int64_t> taps;
  if (parser.parseCommaSeparatedList(AsmParser::Delimiter::Square,
                                     [&] { return parser.parseInteger(taps.emplace_back()); }))
    return failure();
  return taps;
}

void detail::printTaps(AsmPrinter &printer, ArrayRef<int64_t> taps) {
  printer << '[';
  llvm::interleaveComma(taps, printer);
  printer << ']';
}

LogicalResult PanelsAttr::verify(function_ref<InFlightDiagnostic()> emitError, PanelKind kind, int64_t n, int64_t k,
                                 int64_t nr, int64_t kp, ArrayRef<int64_t> taps, int64_t groups, bool transposed) {
  for (int64_t size : {n, k, nr, kp, groups})
    if (size <= 0) // panels_c1
      return emitError() << "expected positive sizes, but got " << size;
  for (int64_t tap : taps)
    if (tap <= 0) // panels_c1
      return emitError() << "expected positive taps, but got " << tap;
  if (kind == PanelKind::Gemm && (!taps.empty() || groups != 1)) // panels_c2
    return emitError() << "expected no taps and one group for 'gemm', but got " << taps.size() << " taps and "
                       << groups << " groups";
  if (kind == PanelKind::Conv && (taps.empty() || taps.size() > 3)) // panels_c3
    return emitError() << "expected one to three taps for 'conv', but got " << taps.size();
  if (kind == PanelKind::Conv && transposed) // panels_c3
    return emitError() << "expected a 'conv' that is not transposed";
  return success();
}

} // namespace dsc
