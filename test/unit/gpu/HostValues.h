// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Tensors of any element type as bytes, and as float64.

#ifndef DSC_TEST_UNIT_GPU_HOSTVALUES_H
#define DSC_TEST_UNIT_GPU_HOSTVALUES_H

#include "mlir/IR/Types.h"
#include <cstdint>
#include <string>
#include <vector>

namespace dsc::test {

using Bytes = std::vector<uint8_t>;

enum class HostType { F64, F32, F16, BF16, I64, I32, I8, U8, Bool };

struct TensorShape {
  HostType type;
  size_t count;
  size_t elementBytes() const;
  size_t bytes() const { return count * elementBytes(); }
  /// The same with floats as f64.
  TensorShape wide() const;
};

TensorShape describe(mlir::Type type, const std::vector<int64_t> &symbols);

/// Numbers that depend on the seed only: floats in [-scale, scale), integers in [low, high].
Bytes makeValues(const TensorShape &shape, uint32_t seed, double scale, int64_t low, int64_t high);
std::vector<double> toDoubles(const Bytes &bytes, const TensorShape &shape);
/// Floats as f64, the rest as it is.
Bytes widen(const Bytes &bytes, const TensorShape &shape);
/// A module's text for the CPU, with every tensor of floats in f64 if wanted.
std::string onTheCpu(std::string text, bool inDouble);

} // namespace dsc::test

#endif // DSC_TEST_UNIT_GPU_HOSTVALUES_H
