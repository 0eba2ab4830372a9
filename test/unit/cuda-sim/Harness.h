// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Runs single PTX instructions on many operand values, and compares with a function of the operands.
#ifndef DSC_TEST_UNIT_CUDA_SIM_HARNESS_H
#define DSC_TEST_UNIT_CUDA_SIM_HARNESS_H

#include "tools/cuda-sim/CudaSim.h"

#include <functional>
#include <gtest/gtest.h>

namespace dsc::sim::test {

/// Bits of operands; 0: there is none.
struct Widths {
  uint32_t d, a, b = 0, c = 0;
};
using Values = std::vector<uint64_t>;
struct Operands {
  Values a, b, c;
};

/// The module of one kernel `test` with a body; registers %p0 to %p7, %h, %r, %d of 16, 32 and 64 bits, %q0..
/// of 64.
std::string kernelOf(const std::string &parameters, const std::string &body,
                     const std::string &target = "sm_80", const std::string &before = "");

/// `text` with $d, $a, $b, $c for the operands, executed for every element.
Values execute(const std::string &text, Widths widths, const Operands &operands);

using Expected = std::function<uint64_t(uint64_t, uint64_t, uint64_t)>;

/// Expects the low bits of every result to be those of `expected`.
void expectBits(const std::string &text, Widths widths, const Operands &operands, const Expected &expected);
/// Expects results, read as f32, f64 or f16 by their width, within `relative` of `expected` (which gets
/// bits).
void expectNear(const std::string &text, Widths widths, const Operands &operands, double relative,
                const std::function<double(uint64_t, uint64_t, uint64_t)> &expected);

/// An odd number of operands: the corners of integers or floats in all pairs, then random bits.
Operands integerOperands(uint32_t seed = 1);
Operands floatOperands(uint32_t seed = 2);
Operands doubleOperands(uint32_t seed = 3);
/// All 65,536 in a; random b and c.
Operands halfOperands(uint32_t seed = 4);

float asFloat(uint64_t bits);
double asDouble(uint64_t bits);
uint64_t bitsOf(float value);
uint64_t bitsOf(double value);

/// Parses and runs; the test fails with the message of an error.
void mustRun(const std::string &ptx, Dim3 grid, Dim3 block, const std::vector<Arg> &args,
             size_t sharedBytes = 0, const LaunchOptions &options = {});

/// Expects an error of the kind whose message contains `text`.
void expectError(const Error &error, ErrorKind kind, const std::string &text);

/// A file next to the tests.
std::string readInput(const std::string &name);

} // namespace dsc::sim::test
#endif
