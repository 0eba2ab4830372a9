// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Element types and rounding modes of PTX.
#ifndef DSC_TOOLS_CUDA_SIM_TYPES_H
#define DSC_TOOLS_CUDA_SIM_TYPES_H

#include <cstdint>
#include <string_view>

namespace dsc::sim {

enum class Type : uint8_t {
  none,
  pred,
  b8,
  b16,
  b32,
  b64,
  b128,
  u8,
  u16,
  u32,
  u64,
  s8,
  s16,
  s32,
  s64,
  f16,
  bf16,
  f16x2,
  bf16x2,
  u16x2,
  s16x2,
  tf32,
  f32,
  f64,
  e4m3,
  e5m2,
  e4m3x2,
  e5m2x2
};

enum class Round : uint8_t { none, rn, rz, rm, rp, rna, rni, rzi, rmi, rpi };

/// Type::none if `name` is no type.
Type typeOf(std::string_view name);
std::string_view nameOf(Type type);

/// Bytes of one element; 0 for predicates.
uint32_t bytesOf(Type type);

bool isSigned(Type type);
/// A floating-point type of one element.
bool isFloat(Type type);
/// u*, s* or b* of up to 64 bits.
bool isInteger(Type type);

} // namespace dsc::sim
#endif
