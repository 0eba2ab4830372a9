// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Readers of convolutions.

#include "compiler/import/Convolution.h"
#include "compiler/import/OpTable.h"
#include "compiler/import/Windows.h"

using namespace mlir;

namespace dsc::onnx_import {
namespace {

/// The kernel's sizes from the weight, which `kernel_shape` must agree with.
std::optional<Ints> getKernel(NodeReader &n, Value weight) {
  Ints kernel;
  for (int64_t dim = 2; dim < n.getRank(weight); ++dim)
    kernel.push_back(n.requireStaticDim(weight, dim, "kernel size"));
  std::optional<Ints> declared = n.getInts("kernel_shape");
  if (declared && *declared != kernel)
    n.fail("expected 'kernel_shape' to be the weight's, but they differ");
  return kernel;
}

SmallVector<NamedAttribute> makeAttributes(NodeReader &n, const Windows &w) {
  return {n.intsAttr("strides", w.strides), n.intsAttr("pads", w.pads), n.intsAttr("dilations", w.dilations),
          n.intAttr("group", n.getInt("group", 1))};
}

void readConv(NodeReader &n) {
  Value input = n.require(0), weight = n.require(1);
  n.set(0, makeConvolution(n, input, weight, [&](ArrayRef<NamedAttribute> attributes) {
          return n.create<ConvOp>({input, weight, n.get(2)}, attributes);
        }));
}

/// `output_shape` and SAME pads fix the output's size and let the pads follow.
void resolveTransposedPads(NodeReader &n, Windows &w, Value input, Ints &outputPadding) {
  size_t count = w.kernel.size();
  std::optional<Ints> shape = n.getInts("output_shape");
  std::string autoPad = n.getString("auto_pad", "NOTSET");
  bool same = autoPad == "SAME_UPPER" || autoPad == "SAME_LOWER";
  if (!shape && !same)
    return;
  // Some exporters list batch and channels too.
  if (shape && shape->size() == count + 2)
    shape->erase(shape->begin(), shape->begin() + 2);
  if (shape && shape->size() != count)
    return n.fail("expected 'output_shape' to have " + Twine(count) + " values, but got " + Twine(shape->size()));
  for (size_t i = 0; i < count; ++i) {
    int64_t size = n.requireStaticDim(input, int64_t(i) + 2, "size for 'output_shape' or 'auto_pad'");
    int64_t full = w.strides[i] * (size - 1) + outputPadding[i] + w.dilations[i] * (w.kernel[i] - 1) + 1;
    int64_t wanted = shape ? (*shape)[i] : size * w.strides[i];
    int64_t total = full - wanted;
    // Pads cannot be negative in total: what is missing is padding of the output.
    if (total < 0) {
      outputPadding[i] -= total;
      total = 0;
    }
    bool moreAtEnd = autoPad == "SAME_UPPER";
    w.pads[i] = moreAtEnd ? total / 2 : total - total / 2;
    w.pads[count + i] = total - w.pads[i];
  }
}

void readConvTranspose(NodeReader &n) {
  Value input = n.require(0), weight = n.require(1);
  if (n.getRank(weight) != n.getRank(input))
    return n.fail("expected a weight of the input's rank, but got " + Twine(n.getRank(weight)) + " and " +
                  Twine(n.getRank(input)));
  Windows w = readWindows(n, input, getKernel(n, weight), false);
  Ints outputPadding = n.getInts("output_padding").value_or(Ints(w.kernel.size(), 0));
  if (outputPadding.size() != w.kernel.size())
    return n.fail("expected 'output_padding' to have " + Twine(w.kernel.size()) + " values, but got " +
                  Twine(outputPadding.size()));
  resolveTransposedPads(n, w, input, outputPadding);
  SmallVector<NamedAttribute> attributes = makeAttributes(n, w);
  attributes.push_back(n.intsAttr("output_padding", outputPadding));
  n.set(0, n.create<ConvTransposeOp>({input, weight, n.get(2)}, attributes));
}

const OpRow rows[] = {
    {"Conv", readConv, 1, maxOpset, "one to three spatial dimensions"},
    {"ConvTranspose", readConvTranspose, 1, maxOpset, "one to three spatial dimensions"},
};

} // namespace

Value makeConvolution(NodeReader &n, Value input, Value weight,
                      function_ref<Value(ArrayRef<NamedAttribute>)> create) {
  if (n.getRank(weight) != n.getRank(input)) {
    n.fail("expected a weight of the input's rank, but got " + Twine(n.getRank(weight)) + " and " +
           Twine(n.getRank(input)));
    return input;
  }
  Windows w = readWindows(n, input, getKernel(n, weight), false);
  return create(makeAttributes(n, w));
}

OpFamily getConvolutionFamily() { return {"Convolutions", rows}; }

} // namespace dsc::onnx_import
