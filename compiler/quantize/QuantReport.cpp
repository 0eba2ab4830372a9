// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Prints a QuantReport.

#include "compiler/quantize/QuantReport.h"

#include "llvm/ADT/MapVector.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/Format.h"

using llvm::format;

namespace dsc {
namespace {

struct KindSums {
  size_t layers = 0, quantized = 0;
  int64_t before = 0, after = 0;
};

} // namespace

void printQuantSummary(const QuantReport &report, llvm::raw_ostream &os) {
  os << "  quantized by " << report.mode << ": weights " << format("%.1f", report.getSize() * 100)
     << " % of fp32 (" << report.getResultBytes() << " of " << report.fp32Bytes << " bytes)\n";
  llvm::MapVector<llvm::StringRef, KindSums> kinds;
  for (const QuantizedLayer &layer : report.layers) {
    KindSums &sums = kinds[layer.kind];
    ++sums.layers;
    sums.quantized += layer.storage == "i8";
    sums.before += layer.before;
    sums.after += layer.after;
  }
  for (auto &[kind, sums] : kinds)
    os << "  " << llvm::left_justify(kind, 13) << sums.quantized << " of " << sums.layers << " layers in int8, "
       << sums.before << " -> " << sums.after << " bytes\n";
}

} // namespace dsc
