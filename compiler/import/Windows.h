// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Attributes that convolutions and pools share: kernel, strides, dilations and pads, made explicit.

#ifndef DSC_COMPILER_IMPORT_WINDOWS_H
#define DSC_COMPILER_IMPORT_WINDOWS_H

#include "compiler/import/NodeReader.h"

namespace dsc::onnx_import {

/// Everything has one value per spatial dimension; pads have the ones before, then the ones after.
struct Windows {
  Ints kernel, strides, dilations, pads;
  /// The pads that the model asks for, without what `ceil_mode` adds.
  Ints askedPads;
};

/// Reads the attributes; the kernel's sizes are given, else read from `kernel_shape`. `auto_pad` and `ceil_mode` need
/// static sizes, except where they do not matter. Fails on values out of range.
Windows readWindows(NodeReader &n, mlir::Value input, std::optional<Ints> kernel, bool ceilMode);

} // namespace dsc::onnx_import

#endif // DSC_COMPILER_IMPORT_WINDOWS_H
