// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Conversions between element types on the host.

#include "test/unit/gpu/HostValues.h"

#include "dialects/dsc/Dsc.h"
#include "test/unit/kernels/KernelHarness.h"
#include "llvm/ADT/APFloat.h"
#include <cstring>

using namespace mlir;

namespace dsc::test {
namespace {

template <class T> double read(const uint8_t *at) {
  T value;
  std::memcpy(&value, at, sizeof value);
  return double(value);
}

template <class T> void write(uint8_t *at, double number) {
  T value = T(number);
  std::memcpy(at, &value, sizeof value);
}

double readHalf(const uint8_t *at, const llvm::fltSemantics &semantics) {
  uint16_t bits;
  std::memcpy(&bits, at, sizeof bits);
  llvm::APFloat value(semantics, llvm::APInt(16, bits));
  bool lost;
  value.convert(llvm::APFloat::IEEEdouble(), llvm::APFloat::rmNearestTiesToEven, &lost);
  return value.convertToDouble();
}

void writeHalf(uint8_t *at, double number, const llvm::fltSemantics &semantics) {
  llvm::APFloat value(number);
  bool lost;
  value.convert(semantics, llvm::APFloat::rmNearestTiesToEven, &lost);
  uint16_t bits = uint16_t(value.bitcastToAPInt().getZExtValue());
  std::memcpy(at, &bits, sizeof bits);
}

double readAs(HostType type, const uint8_t *at) {
  switch (type) {
  case HostType::F64: return read<double>(at);
  case HostType::F32: return read<float>(at);
  case HostType::F16: return readHalf(at, llvm::APFloat::IEEEhalf());
  case HostType::BF16: return readHalf(at, llvm::APFloat::BFloat());
  case HostType::I64: return read<int64_t>(at);
  case HostType::I32: return read<int32_t>(at);
  case HostType::I8: return read<int8_t>(at);
  default: return read<uint8_t>(at);
  }
}

void writeAs(HostType type, uint8_t *at, double number) {
  switch (type) {
  case HostType::F64: return write<double>(at, number);
  case HostType::F32: return write<float>(at, number);
  case HostType::F16: return writeHalf(at, number, llvm::APFloat::IEEEhalf());
  case HostType::BF16: return writeHalf(at, number, llvm::APFloat::BFloat());
  case HostType::I64: return write<int64_t>(at, number);
  case HostType::I32: return write<int32_t>(at, number);
  case HostType::I8: return write<int8_t>(at, number);
  default: return write<uint8_t>(at, number);
  }
}

bool isFloat(HostType type) { return type <= HostType::BF16; }

HostType typeOf(Type element) {
  if (element.isF64())
    return HostType::F64;
  if (element.isF32())
    return HostType::F32;
  if (element.isF16())
    return HostType::F16;
  if (element.isBF16())
    return HostType::BF16;
  if (element.isInteger(1))
    return HostType::Bool;
  if (element.isUnsignedInteger(8))
    return HostType::U8;
  unsigned width = element.getIntOrFloatBitWidth();
  return width == 64 ? HostType::I64 : width == 32 ? HostType::I32 : HostType::I8;
}

} // namespace

size_t TensorShape::elementBytes() const {
  switch (type) {
  case HostType::F64:
  case HostType::I64: return 8;
  case HostType::F32:
  case HostType::I32: return 4;
  case HostType::F16:
  case HostType::BF16: return 2;
  default: return 1;
  }
}

TensorShape TensorShape::wide() const { return {isFloat(type) ? HostType::F64 : type, count}; }

TensorShape describe(Type type, const std::vector<int64_t> &symbols) {
  auto tensor = cast<RankedTensorType>(type);
  Dims dims = getDims(tensor);
  size_t count = 1;
  for (int64_t size : evaluate(AffineMap::get(0, symbols.size(), dims, type.getContext()), symbols))
    count *= size_t(size);
  return {typeOf(tensor.getElementType()), count};
}

Bytes makeValues(const TensorShape &shape, uint32_t seed, double scale, int64_t low, int64_t high) {
  Bytes bytes(shape.bytes());
  uint32_t state = seed * 2654435761u + 12345;
  for (size_t i = 0; i < shape.count; ++i) {
    state = state * 1664525u + 1013904223u;
    double unit = double(state) / 4294967296.0;
    double number = isFloat(shape.type)            ? (2 * unit - 1) * scale
                    : shape.type == HostType::Bool ? double(unit < 0.5)
                                                   : double(low + int64_t(unit * double(high - low + 1)));
    writeAs(shape.type, &bytes[i * shape.elementBytes()], number);
  }
  return bytes;
}

std::vector<double> toDoubles(const Bytes &bytes, const TensorShape &shape) {
  std::vector<double> values(shape.count);
  for (size_t i = 0; i < shape.count; ++i)
    values[i] = readAs(shape.type, &bytes[i * shape.elementBytes()]);
  return values;
}

Bytes widen(const Bytes &bytes, const TensorShape &shape) {
  TensorShape wide = shape.wide();
  Bytes result(wide.bytes());
  std::vector<double> values = toDoubles(bytes, shape);
  for (size_t i = 0; i < shape.count; ++i)
    writeAs(wide.type, &result[i * wide.elementBytes()], values[i]);
  return isFloat(shape.type) ? result : bytes;
}

std::string onTheCpu(std::string text, bool inDouble) {
  auto replace = [&](const std::string &from, const std::string &to) {
    for (size_t at = 0; (at = text.find(from, at)) != std::string::npos; at += to.size())
      text.replace(at, from.size(), to);
  };
  for (std::string type : {"bf16", "f16", "f32"}) {
    if (!inDouble)
      break;
    replace("x" + type, "xf64");
    replace("tensor<" + type, "tensor<f64");
  }
  replace("\"cuda\"", "\"cpu\"");
  return text;
}

} // namespace dsc::test
