// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// One table: name, size and kind of every element type.
#include "tools/cuda-sim/Types.h"

namespace dsc::sim {

namespace {
enum class Kind : uint8_t { other, bits, unsignedInteger, signedInteger, floating };
struct Row {
  std::string_view name;
  uint8_t bytes;
  Kind kind;
};
/// In the order of Type.
constexpr Row rows[] = {{"", 0, Kind::other},
                        {"pred", 0, Kind::other},
                        {"b8", 1, Kind::bits},
                        {"b16", 2, Kind::bits},
                        {"b32", 4, Kind::bits},
                        {"b64", 8, Kind::bits},
                        {"b128", 16, Kind::other},
                        {"u8", 1, Kind::unsignedInteger},
                        {"u16", 2, Kind::unsignedInteger},
                        {"u32", 4, Kind::unsignedInteger},
                        {"u64", 8, Kind::unsignedInteger},
                        {"s8", 1, Kind::signedInteger},
                        {"s16", 2, Kind::signedInteger},
                        {"s32", 4, Kind::signedInteger},
                        {"s64", 8, Kind::signedInteger},
                        {"f16", 2, Kind::floating},
                        {"bf16", 2, Kind::floating},
                        {"f16x2", 4, Kind::other},
                        {"bf16x2", 4, Kind::other},
                        {"u16x2", 4, Kind::other},
                        {"s16x2", 4, Kind::other},
                        {"tf32", 4, Kind::floating},
                        {"f32", 4, Kind::floating},
                        {"f64", 8, Kind::floating},
                        {"e4m3", 1, Kind::floating},
                        {"e5m2", 1, Kind::floating},
                        {"e4m3x2", 2, Kind::other},
                        {"e5m2x2", 2, Kind::other}};
constexpr uint32_t rowCount = sizeof rows / sizeof rows[0];
static_assert(rowCount == uint32_t(Type::e5m2x2) + 1, "one row per type");

const Row &rowOf(Type type) { return rows[uint32_t(type)]; }
} // namespace

Type typeOf(std::string_view name) {
  for (uint32_t i = 1; i < rowCount; ++i)
    if (rows[i].name == name)
      return Type(i);
  return Type::none;
}

std::string_view nameOf(Type type) { return rowOf(type).name; }
uint32_t bytesOf(Type type) { return rowOf(type).bytes; }
bool isSigned(Type type) { return rowOf(type).kind == Kind::signedInteger; }
bool isFloat(Type type) { return rowOf(type).kind == Kind::floating; }
bool isInteger(Type type) {
  return rowOf(type).kind == Kind::signedInteger || rowOf(type).kind == Kind::unsignedInteger ||
         rowOf(type).kind == Kind::bits;
}

} // namespace dsc::sim
