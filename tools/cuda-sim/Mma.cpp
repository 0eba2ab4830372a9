// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// mma.sync on dense fragments. Products are exact and are added to C in order of k with one f32 rounding
// each; f16 accumulators are rounded once at the end; integers are exact, and wrap or clamp at the end.
#include "tools/cuda-sim/Lanes.h"
#include "tools/cuda-sim/Numbers.h"

#include <algorithm>
#include <limits>

namespace dsc::sim {

namespace {
constexpr uint32_t columns = 8;

struct Shape {
  std::string_view name;
  uint32_t rows, depth;
};
constexpr Shape shapes[] = {{"m16n8k4", 16, 4},   {"m16n8k8", 16, 8}, {"m16n8k16", 16, 16},
                            {"m16n8k32", 16, 32}, {"m8n8k16", 8, 16}, {"m8n8k4", 8, 4}};

/// A register holds `packed` elements; lane l has row l / 4 and elements packed * (l % 4) onwards of each
/// block of 4 * packed. In A of 16 rows every second register is for the rows from 8 on.
struct Layout {
  uint32_t rows, depth, packed;
  uint32_t blocks() const { return depth / (4 * packed); }
  uint32_t aRegisters() const { return rows / 8 * blocks(); }
};

Layout layoutOf(const Instruction &i) {
  const Shape &shape = shapes[i.op];
  return {shape.rows, shape.depth, i.from == Type::f64 || i.from == Type::f32 ? 1 : 4 / bytesOf(i.from)};
}

/// What a type of operands is read as.
template <Type type> auto element(uint64_t bits) {
  if constexpr (type == Type::s8)
    return int64_t(int8_t(bits));
  else if constexpr (type == Type::u8)
    return int64_t(uint8_t(bits));
  else if constexpr (type == Type::f64)
    return bitCast<double>(bits);
  else if constexpr (type == Type::f16)
    return halfToFloat(uint16_t(bits));
  else if constexpr (type == Type::bf16)
    return bfloatToFloat(uint16_t(bits));
  else if constexpr (type == Type::tf32)
    return tf32ToFloat(uint32_t(bits));
  else
    return float(decode(type, uint8_t(bits)));
}

template <class T> struct Fragments { T a[16][32], b[32][columns], c[16][columns]; };

template <class T, Type type>
void loadA(Warp &warp, const Instruction &i, const Layout &layout, uint32_t first, Fragments<T> &f) {
  const uint32_t halves = layout.rows / 8, width = 32 / layout.packed;
  for (uint32_t r = 0; r < layout.aRegisters(); ++r) {
    const uint64_t *slot = warp.slot(i, first + r);
    const uint32_t row = 8 * (r % halves), block = r / halves * 4 * layout.packed;
    for (uint32_t l = 0; l < warpSize; ++l)
      for (uint32_t e = 0; e < layout.packed; ++e)
        f.a[l / 4 + row][block + layout.packed * (l % 4) + e] = element<type>(slot[l] >> (width % 32 * e));
  }
}

template <class T, Type type>
void loadB(Warp &warp, const Instruction &i, const Layout &layout, uint32_t first, Fragments<T> &f) {
  const uint32_t width = 32 / layout.packed;
  for (uint32_t r = 0; r < layout.blocks(); ++r) {
    const uint64_t *slot = warp.slot(i, first + r);
    for (uint32_t l = 0; l < warpSize; ++l)
      for (uint32_t e = 0; e < layout.packed; ++e)
        f.b[r * 4 * layout.packed + layout.packed * (l % 4) + e][l / 4] =
            element<type>(slot[l] >> (width % 32 * e));
  }
}

/// The loader of A (flag) or B for the operand types that T computes.
template <class T>
using Loader = void (*)(Warp &, const Instruction &, const Layout &, uint32_t, Fragments<T> &);
template <class T, Type type> Loader<T> loaderOf(bool isA) { return isA ? loadA<T, type> : loadB<T, type>; }
template <class T> Loader<T> pickLoader(Type type, bool isA) {
  if constexpr (std::is_same_v<T, int64_t>)
    return type == Type::s8 ? loaderOf<T, Type::s8>(isA) : loaderOf<T, Type::u8>(isA);
  else if constexpr (std::is_same_v<T, double>)
    return loaderOf<T, Type::f64>(isA);
  else
    return type == Type::f16    ? loaderOf<T, Type::f16>(isA)
           : type == Type::bf16 ? loaderOf<T, Type::bf16>(isA)
           : type == Type::tf32 ? loaderOf<T, Type::tf32>(isA)
           : type == Type::e4m3 ? loaderOf<T, Type::e4m3>(isA)
                                : loaderOf<T, Type::e5m2>(isA);
}

template <class T> void multiply(const Layout &layout, Fragments<T> &f) {
  for (uint32_t m = 0; m < layout.rows; ++m)
    for (uint32_t k = 0; k < layout.depth; ++k)
      for (uint32_t n = 0; n < columns; ++n)
        if constexpr (std::is_same_v<T, double>)
          f.c[m][n] = std::fma(f.a[m][k], f.b[k][n], f.c[m][n]);
        else
          f.c[m][n] += f.a[m][k] * f.b[k][n];
}

// Accumulators: register 2h + i of a lane is row l / 4 + 8h, column 2 * (l % 4) + i; in f16 a register holds
// both i.
template <class T> T loadResult(Type type, uint64_t bits) {
  if constexpr (std::is_same_v<T, int64_t>)
    return int32_t(bits);
  else if constexpr (std::is_same_v<T, double>)
    return bitCast<double>(bits);
  else
    return type == Type::f16 ? halfToFloat(uint16_t(bits)) : bitCast<float>(uint32_t(bits));
}

template <class T> uint64_t storeResult(const Instruction &i, T value) {
  if constexpr (std::is_same_v<T, int64_t>)
    return uint32_t(i.sat ? std::clamp<int64_t>(value, std::numeric_limits<int32_t>::min(),
                                                std::numeric_limits<int32_t>::max())
                          : value);
  else if constexpr (std::is_same_v<T, double>)
    return bitCast<uint64_t>(value);
  else
    return i.type == Type::f16 ? floatToHalf(value)
           : std::isnan(value) ? canonicalNan32
                               : bitCast<uint32_t>(value);
}

/// Slots: D, A, B, C.
template <class T> void runMma(Warp &warp, const Instruction &i, Mask lanes) {
  if (!warp.isConverged(lanes, "mma.sync"))
    return;
  if (lanes != ~Mask(0))
    return warp.fail(ErrorKind::divergence, 0,
                     "expected all 32 lanes at mma.sync, but got the lanes " + hex(lanes));
  const Layout layout = layoutOf(i);
  const uint32_t packed = i.type == Type::f16 ? 2 : 1, perHalf = 2 / packed;
  const uint32_t results = layout.rows / 8 * perHalf, width = 32 / packed;
  const uint32_t c = results + layout.aRegisters() + layout.blocks();
  Fragments<T> f;
  for (uint32_t r = 0; r < results; ++r)
    for (uint32_t l = 0; l < warpSize; ++l)
      for (uint32_t e = 0; e < packed; ++e)
        f.c[l / 4 + 8 * (r / perHalf)][2 * (l % 4) + (packed == 2 ? e : r % 2)] =
            loadResult<T>(i.type, warp.slot(i, c + r)[l] >> (width % 32 * e));
  // The type of B is kept in Instruction::offset, since it may differ.
  pickLoader<T>(i.from, true)(warp, i, layout, results, f);
  pickLoader<T>(Type(i.offset), false)(warp, i, layout, results + layout.aRegisters(), f);
  multiply(layout, f);
  for (uint32_t r = 0; r < results; ++r)
    for (uint32_t l = 0; l < warpSize; ++l) {
      uint64_t out = 0;
      for (uint32_t e = 0; e < packed; ++e)
        out |= storeResult<T>(i, f.c[l / 4 + 8 * (r / perHalf)][2 * (l % 4) + (packed == 2 ? e : r % 2)])
               << (width % 32 * e);
      warp.slot(i, r)[l] = out;
    }
}

bool isByte(Type type) { return type == Type::u8 || type == Type::s8; }
bool isFp8(Type type) { return type == Type::e4m3 || type == Type::e5m2; }

/// The combinations of shape, operand and accumulator types that PTX has.
bool isKnown(const Shape &shape, Type d, Type a, Type b) {
  const uint32_t k = shape.depth;
  if (shape.rows == 8)
    return (k == 16 && isByte(a) && isByte(b) && d == Type::s32) ||
           (k == 4 && a == Type::f64 && b == a && d == a);
  if (isByte(a))
    return isByte(b) && d == Type::s32 && (k == 16 || k == 32);
  if (isFp8(a))
    return isFp8(b) && (d == Type::f32 || d == Type::f16) && (k == 16 || k == 32);
  if (a == Type::tf32)
    return b == a && d == Type::f32 && (k == 4 || k == 8);
  return b == a && (k == 8 || k == 16) &&
         ((a == Type::f16 && (d == Type::f16 || d == Type::f32)) || (a == Type::bf16 && d == Type::f32));
}

bool decodeMma(InstructionReader &r) {
  Instruction &i = r.out;
  if (!r.take("sync") || !r.take("aligned"))
    return r.refuse(".sync.aligned");
  const int shape = r.takeOneOf(
      {shapes[0].name, shapes[1].name, shapes[2].name, shapes[3].name, shapes[4].name, shapes[5].name});
  if (shape < 0 || !r.take("row") || !r.take("col"))
    return r.refuse("a dense shape that the simulator knows, .row and .col");
  i.op = uint8_t(shape);
  i.sat = r.take("satfinite");
  i.type = r.takeType();
  i.from = r.takeType();
  const Type b = r.takeType(), c = r.takeType();
  i.offset = int64_t(b);
  if (c != i.type || !isKnown(shapes[shape], i.type, i.from, b))
    return r.refuse("operand types of mma.sync that the simulator knows");
  const Layout layout = layoutOf(i);
  const uint32_t results = layout.rows / 8 * (i.type == Type::f16 ? 1 : 2);
  i.run = i.type == Type::s32 ? runMma<int64_t> : i.type == Type::f64 ? runMma<double> : runMma<float>;
  const uint32_t expected[] = {results, layout.aRegisters(), layout.blocks(), results};
  if (!r.expectOperands(4) || !r.writeAll(0))
    return false;
  for (size_t k = 0, all = 0; k < 4; ++k) {
    all += expected[k];
    if ((k && !r.readAll(k, Type::b32)) || i.slotCount != all)
      return r.refuse(std::to_string(expected[k]) + " registers as operand " + std::to_string(k + 1));
  }
  return true;
}

constexpr DecodeRow rows[] = {{"mma", decodeMma}};
} // namespace

DecodeTable mmaTable() { return {rows, std::size(rows)}; }

} // namespace dsc::sim
