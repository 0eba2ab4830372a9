// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The arithmetic of weight quantization: in double, so that every machine gets the same bytes.

#include "passes/quantize/WeightQuantizer.h"

#include "mlir/IR/Builders.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/SmallVector.h"

#include <cmath>
#include <cstring>

using namespace mlir;

namespace dsc {
namespace {

constexpr double mostSteps = 127;

/// A tensor as [outer, shared, inner]: the elements along the middle share a scale.
struct ScaleBlocks {
  int64_t outer = 1, shared = 1, inner = 1;

  ScaleBlocks(ArrayRef<int64_t> shape, int64_t first, int64_t last) {
    for (auto [d, size] : llvm::enumerate(shape))
      (int64_t(d) < first ? outer : int64_t(d) < last ? shared : inner) *= size;
  }

  /// Calls `visit(element, scale)` for the positions of all elements, in order.
  template <class Visit> void forEach(Visit visit) const {
    for (int64_t o = 0, element = 0; o < outer; ++o)
      for (int64_t s = 0; s < shared; ++s)
        for (int64_t i = 0; i < inner; ++i)
          visit(element++, o * inner + i);
  }
};

/// Elements as doubles; the common type without a detour.
class Reader {
public:
  explicit Reader(const HostTensor &tensor) : tensor(tensor), isF32(tensor.getElementType().isF32()) {}
  double operator()(int64_t i) const {
    if (!isF32)
      return tensor.getDouble(i);
    float value;
    std::memcpy(&value, tensor.at(i), sizeof value);
    return value;
  }

private:
  const HostTensor &tensor;
  bool isF32;
};

} // namespace

double toDecibels(double signal, double noise) {
  return noise == 0 ? std::numeric_limits<double>::infinity() : 10 * std::log10(signal / noise);
}

std::optional<QuantizedWeight> quantizeWeight(const HostTensor &weight, int64_t first, int64_t last) {
  ScaleBlocks blocks(weight.getShape(), first, last);
  Reader read(weight);
  std::vector<double> largest(blocks.outer * blocks.inner, 0);
  bool isFinite = true;
  blocks.forEach([&](int64_t element, int64_t channel) {
    double magnitude = std::fabs(read(element));
    isFinite &= std::isfinite(magnitude);
    largest[channel] = std::max(largest[channel], magnitude);
  });
  if (!isFinite)
    return std::nullopt;
  SmallVector<int64_t> scaleShape(weight.getShape());
  std::fill(scaleShape.begin() + first, scaleShape.begin() + last, 1);
  Builder b(weight.getElementType().getContext());
  QuantizedWeight result{HostTensor::zeros(weight.getShape(), b.getI8Type()),
                         HostTensor::zeros(scaleShape, weight.getElementType()), 0};
  for (auto [channel, magnitude] : llvm::enumerate(largest)) {
    result.scale.setDouble(channel, magnitude / mostSteps);
    // What the type of the scale makes of it; a channel of zeros, or of numbers too small for that type, is zeros.
    magnitude = result.scale.getDouble(channel);
    if (magnitude == 0)
      result.scale.setDouble(channel, magnitude = 1);
  }
  double signal = 0, noise = 0;
  blocks.forEach([&](int64_t element, int64_t channel) {
    double value = read(element), scale = largest[channel];
    double steps = std::max(-mostSteps, std::min(mostSteps, std::nearbyint(value / scale)));
    *result.steps.at(element) = static_cast<char>(static_cast<int8_t>(steps));
    signal += value * value;
    noise += (value - steps * scale) * (value - steps * scale);
  });
  result.sqnr = toDecibels(signal, noise);
  return result;
}

} // namespace dsc
