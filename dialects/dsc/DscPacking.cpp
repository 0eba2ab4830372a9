// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Packing of weights into panels, a range of panels at a time, so that no whole packed image is ever held in memory.

#include "dialects/dsc/DscPacking.h"
#include "dialects/dsc/Dsc.h"

#include <cstring>

using namespace mlir;
using namespace dsc;

PanelLayout dsc::getPanelLayout(PanelsAttr panels, int64_t elementBytes) {
  PanelLayout layout;
  layout.groups = panels.getGroups();
  layout.n = panels.getN();
  layout.k = panels.getK();
  layout.nr = panels.getNr();
  layout.kp = panels.getKp();
  for (int64_t tap : panels.getTaps())
    layout.taps *= tap;
  layout.isConv = panels.getKind() == PanelKind::Conv;
  layout.transposed = panels.getTransposed();
  layout.elementBytes = elementBytes;
  return layout;
}

RankedTensorType dsc::getPackedType(PanelsAttr panels, Type elementType) {
  PanelLayout layout = getPanelLayout(panels, elementType.getIntOrFloatBitWidth() / 8);
  SmallVector<int64_t> shape;
  if (layout.groups != 1)
    shape.push_back(layout.groups);
  shape.push_back(layout.panelsPerGroup());
  if (layout.hasSums()) {
    shape.push_back(layout.panelBytes());
    return RankedTensorType::get(shape, elementType);
  }
  shape.append(panels.getTaps().begin(), panels.getTaps().end());
  shape.push_back(layout.steps());
  shape.push_back(layout.nr);
  if (layout.kp != 1)
    shape.push_back(layout.kp);
  return RankedTensorType::get(shape, elementType);
}

RankedTensorType dsc::getUnpackedType(PanelsAttr panels, Type elementType) {
  if (panels.getKind() == PanelKind::Gemm) {
    if (panels.getTransposed())
      return RankedTensorType::get({panels.getN(), panels.getK()}, elementType);
    return RankedTensorType::get({panels.getK(), panels.getN()}, elementType);
  }
  SmallVector<int64_t> shape{panels.getGroups() * panels.getN(), panels.getK()};
  shape.append(panels.getTaps().begin(), panels.getTaps().end());
  return RankedTensorType::get(shape, elementType);
}

namespace {
/// Distances in the source, in elements, between neighbours in each packed dimension.
struct SourceStrides {
  int64_t column, tap, step;

  explicit SourceStrides(const PanelLayout &layout) {
    if (layout.isConv) { // [groups*n][k][taps]
      column = layout.k * layout.taps;
      step = layout.taps;
      tap = 1;
    } else {
      column = layout.transposed ? layout.k : 1;
      step = layout.transposed ? 1 : layout.n;
      tap = 0;
    }
  }
};
} // namespace

template <size_t Bytes>
static void packPanel(const PanelLayout &layout, const char *source, int64_t panel, char *packed) {
  const SourceStrides strides(layout);
  const int64_t group = panel / layout.panelsPerGroup();
  const int64_t firstColumn = panel % layout.panelsPerGroup() * layout.nr;
  const int64_t columns = std::min(layout.nr, layout.n - firstColumn);
  source += (group * layout.n * layout.k * layout.taps + firstColumn * strides.column) * int64_t(Bytes);
  std::memset(packed, 0, layout.panelBytes());
  for (int64_t tap = 0; tap < layout.taps; ++tap)
    for (int64_t k = 0; k < layout.k; ++k) {
      const char *from = source + (tap * strides.tap + k * strides.step) * int64_t(Bytes);
      char *to = packed + ((tap * layout.steps() + k / layout.kp) * layout.nr * layout.kp + k % layout.kp) * int64_t(Bytes);
      for (int64_t column = 0; column < columns; ++column)
        std::memcpy(to + column * layout.kp * int64_t(Bytes), from + column * strides.column * int64_t(Bytes), Bytes);
    }
}

/// The sums of a panel's columns of signed bytes, behind them.
static void addSums(const PanelLayout &layout, char *packed) {
  SmallVector<int32_t, 32> sums(layout.nr);
  for (int64_t at = 0; at < layout.sumsOffset(); ++at)
    sums[at / layout.kp % layout.nr] += static_cast<signed char>(packed[at]);
  std::memcpy(packed + layout.sumsOffset(), sums.data(), layout.nr * 4);
}

void dsc::packPanels(const PanelLayout &layout, ArrayRef<char> source, int64_t first, int64_t count,
                     MutableArrayRef<char> packed) {
  for (int64_t i = 0; i < count; ++i) {
    char *to = packed.data() + i * layout.panelBytes();
    switch (layout.elementBytes) {
    case 1:
      packPanel<1>(layout, source.data(), first + i, to);
      if (layout.hasSums())
        addSums(layout, to);
      break;
    case 2:
      packPanel<2>(layout, source.data(), first + i, to);
      break;
    case 4:
      packPanel<4>(layout, source.data(), first + i, to);
      break;
    default:
      packPanel<8>(layout, source.data(), first + i, to);
      break;
    }
  }
}
