// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Opcodes that exist for integers, floats and halves: sorts them by the type of the instruction.
#include "tools/cuda-sim/Lanes.h"

namespace dsc::sim {

bool finishAlu(InstructionReader &reader, Handler handler, Type type, uint32_t sources) {
  if (!handler)
    return reader.refuseType(type);
  reader.out.run = handler;
  reader.out.type = type;
  if (!reader.expectOperands(1 + sources) || !reader.write(0))
    return false;
  for (uint32_t i = 1; i <= sources; ++i)
    if (!reader.read(i, type))
      return false;
  return true;
}

namespace {
bool decodeArithmetic(InstructionReader &reader) {
  const Type type = reader.takeType();
  switch (type) {
  case Type::f32:
  case Type::f64:
    return decodeFloatArithmetic(reader, type);
  case Type::f16:
  case Type::f16x2:
  case Type::bf16:
  case Type::bf16x2:
    return decodeHalfArithmetic(reader, type);
  default:
    return decodeIntegerArithmetic(reader, type);
  }
}

constexpr DecodeRow rows[] = {
    {"add", decodeArithmetic},      {"sub", decodeArithmetic},  {"mul", decodeArithmetic},
    {"mad", decodeArithmetic},      {"fma", decodeArithmetic},  {"div", decodeArithmetic},
    {"rem", decodeArithmetic},      {"abs", decodeArithmetic},  {"neg", decodeArithmetic},
    {"min", decodeArithmetic},      {"max", decodeArithmetic},  {"addc", decodeArithmetic},
    {"subc", decodeArithmetic},     {"madc", decodeArithmetic}, {"mul24", decodeArithmetic},
    {"mad24", decodeArithmetic},    {"sad", decodeArithmetic},  {"sqrt", decodeArithmetic},
    {"copysign", decodeArithmetic}, {"rcp", decodeArithmetic}};
} // namespace

DecodeTable floatTable() { return {rows, std::size(rows)}; }

} // namespace dsc::sim
