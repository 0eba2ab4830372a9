// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// What follows from the figures of a QuantReport, and its summary.

#include "compiler/quantize/QuantReport.h"

#include "llvm/ADT/MapVector.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/Format.h"

#include <cmath>

using llvm::format;

namespace dsc {
namespace {

struct KindSums {
  size_t layers = 0, quantized = 0;
  int64_t before = 0, after = 0;
};

/// What a layer is ranked by; layers that stay are never the worst.
double getSqnr(const QuantizedLayer &layer) {
  return layer.localSqnr.value_or(layer.weightSqnr.value_or(std::numeric_limits<double>::infinity()));
}

} // namespace

std::optional<double> QuantReport::predictSqnr() const {
  double noise = 0;
  bool isKnown = false;
  for (const QuantizedLayer &layer : layers)
    if (layer.localSqnr) {
      noise += std::pow(10, -*layer.localSqnr / 10);
      isKnown = true;
    }
  return isKnown && noise > 0 ? std::optional<double>(-10 * std::log10(noise)) : std::nullopt;
}

std::vector<const QuantizedLayer *> QuantReport::findWorst(size_t count) const {
  std::vector<const QuantizedLayer *> worst;
  for (const QuantizedLayer &layer : layers)
    if (layer.isInt8())
      worst.push_back(&layer);
  // Layers that are alike stay in the order of the model.
  llvm::sort(worst, [](const QuantizedLayer *a, const QuantizedLayer *b) {
    return std::pair(getSqnr(*a), a) < std::pair(getSqnr(*b), b);
  });
  worst.resize(std::min(worst.size(), count));
  return worst;
}

void printQuantSummary(const QuantReport &report, llvm::raw_ostream &os) {
  os << "  quantized by " << report.mode << ": weights " << format("%.1f", report.getSize() * 100)
     << " % of fp32 (" << report.getResultBytes() << " of " << report.fp32Bytes << " bytes)\n";
  llvm::MapVector<llvm::StringRef, KindSums> kinds;
  for (const QuantizedLayer &layer : report.layers) {
    KindSums &sums = kinds[layer.kind];
    ++sums.layers;
    sums.quantized += layer.isInt8();
    sums.before += layer.before;
    sums.after += layer.after;
  }
  for (auto &[kind, sums] : kinds)
    os << "    " << llvm::left_justify(kind, 13) << sums.quantized << " of " << sums.layers << " layers in int8, "
       << sums.before << " -> " << sums.after << " bytes\n";
  if (report.quality)
    os << "    outputs against f32: " << format("%.1f", report.quality->sqnr) << " dB, least cosine "
       << format("%.5f", report.quality->leastCosine) << ", over " << report.calibration.size() << " runs\n";
  for (const QuantizedLayer *layer : report.findWorst(1))
    os << "    worst layer '" << layer->name << "': " << format("%.1f", getSqnr(*layer)) << " dB"
       << (layer->localSqnr ? "" : " of its weight") << '\n';
}

} // namespace dsc
