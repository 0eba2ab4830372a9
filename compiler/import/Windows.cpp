// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Resolves auto_pad and ceil_mode into explicit pads.

#include "compiler/import/Windows.h"
#include "compiler/import/TensorBytes.h"

using namespace mlir;

namespace dsc::onnx_import {
namespace {

Ints readPositive(NodeReader &n, StringRef name, size_t count) {
  Ints values = n.getInts(name).value_or(Ints(count, 1));
  if (values.size() != count)
    n.fail("expected '" + name + "' to have " + Twine(count) + " values, but got " + Twine(values.size()));
  values.resize(count, 1);
  for (int64_t &value : values) {
    // A bound far above any real model keeps the arithmetic of windows from overflowing.
    if (value < 1 || value > INT32_MAX)
      n.fail("expected '" + name + "' to be positive, but got " + Twine(value));
    value = std::clamp<int64_t>(value, 1, INT32_MAX);
  }
  return values;
}

Ints readPads(NodeReader &n, size_t count) {
  Ints pads = n.getInts("pads").value_or(Ints(2 * count, 0));
  if (pads.size() != 2 * count)
    n.fail("expected 'pads' to have " + Twine(2 * count) + " values, but got " + Twine(pads.size()));
  pads.resize(2 * count, 0);
  for (int64_t &pad : pads) {
    if (pad > INT32_MAX || pad < -INT32_MAX)
      n.fail("expected 'pads' that fit in 32 bits, but got " + Twine(pad));
    pad = std::clamp<int64_t>(pad, -INT32_MAX, INT32_MAX);
  }
  return pads;
}

int64_t getExtent(const Windows &w, size_t i) { return w.dilations[i] * (w.kernel[i] - 1) + 1; }

/// Pads such that the output has ceil(input / stride) elements; the odd one goes to the end if `upper`.
void padToSame(NodeReader &n, Windows &w, Value input, bool upper) {
  size_t count = w.kernel.size();
  for (size_t i = 0; i < count; ++i) {
    int64_t total = 0;
    // With stride 1 the sum does not depend on the size.
    if (w.strides[i] == 1) {
      total = getExtent(w, i) - 1;
    } else {
      int64_t size = n.requireStaticDim(input, int64_t(i) + 2, "size for 'auto_pad'");
      int64_t outputs = (size + w.strides[i] - 1) / w.strides[i];
      total = std::max<int64_t>((outputs - 1) * w.strides[i] + getExtent(w, i) - size, 0);
    }
    w.pads[i] = upper ? total / 2 : total - total / 2;
    w.pads[count + i] = total - w.pads[i];
  }
}

/// Extends the pads after the input so that the size rounds up, but not for a window that starts behind the input.
void padForCeil(NodeReader &n, Windows &w, Value input) {
  size_t count = w.kernel.size();
  for (size_t i = 0; i < count; ++i) {
    if (w.strides[i] == 1)
      continue;
    int64_t size = n.requireStaticDim(input, int64_t(i) + 2, "size for 'ceil_mode'");
    int64_t before = w.pads[i], after = w.pads[count + i];
    int64_t span = size + before + after - getExtent(w, i);
    int64_t last = span < 0 ? 0 : (span + w.strides[i] - 1) / w.strides[i] * w.strides[i];
    if (last >= size + before && last > 0)
      last -= w.strides[i];
    w.pads[count + i] = std::max(after, last + getExtent(w, i) - size - before);
  }
}

} // namespace

Windows readWindows(NodeReader &n, Value input, std::optional<Ints> kernel, bool ceilMode) {
  int64_t rank = n.getRank(input);
  if (rank < 3 || rank > 5)
    n.fail("expected an operand of rank 3 to 5, but got " + Twine(rank));
  size_t count = rank < 3 ? 0 : size_t(rank) - 2;
  Windows w;
  w.kernel = kernel ? *kernel : readPositive(n, "kernel_shape", count);
  w.kernel.resize(count, 1);
  w.strides = readPositive(n, "strides", count);
  w.dilations = readPositive(n, "dilations", count);
  std::string autoPad = n.getString("auto_pad", "NOTSET");
  w.pads = autoPad == "NOTSET" ? readPads(n, count) : Ints(2 * count, 0);
  w.askedPads = w.pads;
  if (n.hasFailed())
    return w;
  if (autoPad == "SAME_UPPER" || autoPad == "SAME_LOWER")
    padToSame(n, w, input, autoPad == "SAME_UPPER");
  else if (autoPad != "NOTSET" && autoPad != "VALID")
    n.fail("expected 'auto_pad' to be NOTSET, VALID, SAME_UPPER or SAME_LOWER, but got '" + escapeText(autoPad) + "'");
  w.askedPads = w.pads;
  if (ceilMode)
    padForCeil(n, w, input);
  return w;
}

} // namespace dsc::onnx_import
