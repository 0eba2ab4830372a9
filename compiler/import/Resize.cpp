// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Readers of Resize and its predecessor Upsample.

#include "compiler/import/OpTable.h"
#include "compiler/import/TensorBytes.h"

#include "llvm/ADT/StringSwitch.h"

using namespace mlir;

namespace dsc::onnx_import {
namespace {

/// The enumeration's case of that name, or a failure.
template <class Enum>
Enum parse(NodeReader &n, StringRef attribute, StringRef otherwise, ArrayRef<std::pair<StringRef, Enum>> cases) {
  std::string text = n.getString(attribute, otherwise);
  for (auto [name, value] : cases)
    if (name == text)
      return value;
  n.fail("unsupported '" + attribute + "' of '" + escapeText(text) + "'");
  return cases.front().second;
}

NamedAttribute modeAttr(NodeReader &n) {
  auto mode = parse<ResizeMode>(n, "mode", "nearest",
                                {{"nearest", ResizeMode::Nearest}, {"linear", ResizeMode::Linear},
                                 {"bilinear", ResizeMode::Linear}, {"cubic", ResizeMode::Cubic}});
  return n.attr("mode", ResizeModeAttr::get(n.builder.getContext(), mode));
}

SmallVector<NamedAttribute> readAttributes(NodeReader &n, CoordinateMode &coordinates) {
  MLIRContext *context = n.builder.getContext();
  coordinates = parse<CoordinateMode>(n, "coordinate_transformation_mode", "half_pixel",
                                      {{"half_pixel", CoordinateMode::HalfPixel},
                                       {"half_pixel_symmetric", CoordinateMode::HalfPixelSymmetric},
                                       {"pytorch_half_pixel", CoordinateMode::PytorchHalfPixel},
                                       {"align_corners", CoordinateMode::AlignCorners},
                                       {"asymmetric", CoordinateMode::Asymmetric},
                                       {"tf_half_pixel_for_nn", CoordinateMode::TfHalfPixelForNn},
                                       {"tf_crop_and_resize", CoordinateMode::TfCropAndResize}});
  auto nearest = parse<NearestMode>(n, "nearest_mode", "round_prefer_floor",
                                    {{"round_prefer_floor", NearestMode::RoundPreferFloor},
                                     {"round_prefer_ceil", NearestMode::RoundPreferCeil},
                                     {"floor", NearestMode::Floor}, {"ceil", NearestMode::Ceil}});
  auto policy = parse<AspectRatioPolicy>(n, "keep_aspect_ratio_policy", "stretch",
                                         {{"stretch", AspectRatioPolicy::Stretch},
                                          {"not_larger", AspectRatioPolicy::NotLarger},
                                          {"not_smaller", AspectRatioPolicy::NotSmaller}});
  return {modeAttr(n),
          n.attr("coordinate_mode", CoordinateModeAttr::get(context, coordinates)),
          n.attr("nearest_mode", NearestModeAttr::get(context, nearest)),
          n.attr("keep_aspect_ratio_policy", AspectRatioPolicyAttr::get(context, policy)),
          n.floatAttr("cubic_coeff_a", n.getFloat("cubic_coeff_a", -0.75f)),
          n.flagAttr("exclude_outside", n.getFlag("exclude_outside", false)),
          n.floatAttr("extrapolation_value", n.getFloat("extrapolation_value", 0)),
          n.flagAttr("antialias", n.getFlag("antialias", false))};
}

/// Before opset 11: output coordinates divided by the scale, rounded down.
void readByScales(NodeReader &n, Value scales) {
  MLIRContext *context = n.builder.getContext();
  n.declareResults({0});
  n.set(0, n.create<ResizeOp>(
               {n.require(0), Value(), scales, Value()},
               {modeAttr(n), n.attr("coordinate_mode", CoordinateModeAttr::get(context, CoordinateMode::Asymmetric)),
                n.attr("nearest_mode", NearestModeAttr::get(context, NearestMode::Floor))}));
}

/// An operand without elements is an absent one.
Value getFilled(NodeReader &n, size_t operand) {
  Value value = n.get(operand);
  bool empty = value && n.getType(value).hasStaticShape() && n.getType(value).getNumElements() == 0;
  return empty ? Value() : value;
}

void readResize(NodeReader &n) {
  if (n.opset < 11)
    return readByScales(n, n.require(1));
  CoordinateMode coordinates;
  SmallVector<NamedAttribute> attributes = readAttributes(n, coordinates);
  Value x = n.require(0), roi, scales = getFilled(n, 2), sizes = getFilled(n, 3);
  if (coordinates == CoordinateMode::TfCropAndResize)
    roi = n.require(1);
  if (bool(scales) == bool(sizes))
    return n.fail("expected either 'scales' or 'sizes'");
  if (std::optional<Ints> axes = n.getInts("axes")) {
    Ints normalized;
    for (int64_t axis : *axes)
      normalized.push_back(n.normalizeAxis(axis, n.getRank(x)));
    attributes.push_back(n.intsAttr("axes", normalized));
  }
  n.declareResults({0});
  n.set(0, n.create<ResizeOp>({x, roi, scales, sizes}, attributes));
}

void readUpsample(NodeReader &n) {
  if (n.opset >= 9)
    return readByScales(n, n.require(1));
  const AttributeView *scales = n.view.findAttribute("scales");
  if (!scales || scales->kind != AttributeKind::Floats)
    return n.fail("expected attribute 'scales', but it is absent");
  auto type = RankedTensorType::get({int64_t(scales->floats.size())}, n.builder.getF32Type());
  readByScales(n, n.makeConstant(DenseElementsAttr::get(type, ArrayRef<float>(scales->floats))));
}

const OpRow rows[] = {
    {"Resize", readResize, 10, maxOpset, "scales or sizes constant, or a static declared shape"},
    {"Upsample", readUpsample, 7},
};

} // namespace

OpFamily getResizeFamily() { return {"Resizing", rows}; }

} // namespace dsc::onnx_import
