// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Packs typed ONNX tensor data into bytes with checks of range and count.

#include "compiler/import/TensorBytes.h"

#include "llvm/ADT/StringExtras.h"

#include <cstring>
#include <limits>

namespace dsc::onnx_import {
namespace {

/// Appends every value as a `To`; false if one is out of its range.
template <class To, class From>
bool packAs(llvm::ArrayRef<From> values, std::string &bytes) {
  bytes.resize(values.size() * sizeof(To));
  for (size_t i = 0; i < values.size(); ++i) {
    To value = To(values[i]);
    if (From(value) != values[i])
      return false;
    memcpy(bytes.data() + i * sizeof(To), &value, sizeof(To));
  }
  return true;
}

template <class T>
bool packBits(llvm::ArrayRef<T> values, std::string &bytes) {
  bytes.assign(reinterpret_cast<const char *>(values.data()), values.size() * sizeof(T));
  return true;
}

bool packBools(llvm::ArrayRef<int32_t> values, std::string &bytes) {
  for (int32_t value : values)
    bytes.push_back(value != 0);
  return true;
}

/// The number of elements in the field of the type, and how to convert them.
bool packField(const TypedData &data, DataType type, size_t &count, std::string &bytes) {
  switch (type) {
  case DataType::Float: return count = data.floats.size(), packBits(data.floats, bytes);
  case DataType::Double: return count = data.doubles.size(), packBits(data.doubles, bytes);
  case DataType::Int64: return count = data.longs.size(), packBits(data.longs, bytes);
  case DataType::Uint64: return count = data.unsignedLongs.size(), packBits(data.unsignedLongs, bytes);
  case DataType::Uint32: return count = data.unsignedLongs.size(), packAs<uint32_t>(data.unsignedLongs, bytes);
  default: break;
  }
  count = data.ints.size();
  switch (type) {
  case DataType::Int32: return packBits(data.ints, bytes);
  case DataType::Int16: return packAs<int16_t>(data.ints, bytes);
  case DataType::Int8: return packAs<int8_t>(data.ints, bytes);
  case DataType::Uint16:
  case DataType::Float16:
  case DataType::Bfloat16: return packAs<uint16_t>(data.ints, bytes);
  case DataType::Uint8:
  case DataType::Float8E4M3FN:
  case DataType::Float8E5M2: return packAs<uint8_t>(data.ints, bytes);
  case DataType::Bool: return packBools(data.ints, bytes);
  default: return false;
  }
}

struct TypeFacts {
  const char *name;
  int bytes;
};

const TypeFacts typeFacts[] = {
    {"undefined", 0}, {"float", 4}, {"uint8", 1}, {"int8", 1}, {"uint16", 2}, {"int16", 2}, {"int32", 4},
    {"int64", 8}, {"string", 0}, {"bool", 1}, {"float16", 2}, {"double", 8}, {"uint32", 4}, {"uint64", 8},
    {"complex64", 0}, {"complex128", 0}, {"bfloat16", 2}, {"float8e4m3fn", 1}, {"float8e4m3fnuz", 0},
    {"float8e5m2", 1}, {"float8e5m2fnuz", 0}, {"uint4", 0}, {"int4", 0}, {"float4e2m1", 0}, {"float8e8m0", 0},
    {"uint2", 0}, {"int2", 0}};

const TypeFacts *findFacts(DataType type) {
  size_t index = size_t(int64_t(type));
  return index < std::size(typeFacts) ? &typeFacts[index] : nullptr;
}

} // namespace

std::string getTypeName(DataType type) {
  const TypeFacts *facts = findFacts(type);
  return facts ? facts->name : "type " + std::to_string(int(type));
}

int64_t getElementBytes(DataType type) {
  const TypeFacts *facts = findFacts(type);
  return facts ? facts->bytes : 0;
}

std::optional<int64_t> getElementCount(llvm::ArrayRef<int64_t> dims) {
  int64_t count = 1;
  bool empty = false;
  for (int64_t dim : dims) {
    if (dim < 0)
      return std::nullopt;
    empty |= dim == 0;
    // A zero elsewhere must not hide sizes that nobody can address.
    if (dim != 0 && __builtin_mul_overflow(count, dim, &count))
      return std::nullopt;
  }
  return empty ? 0 : count;
}

std::string printSizes(llvm::ArrayRef<int64_t> dims) {
  return "[" + llvm::join(llvm::map_range(dims, [](int64_t dim) { return std::to_string(dim); }), ", ") + "]";
}

std::string packTypedData(const TypedData &data, DataType type, int64_t count, std::string &bytes) {
  size_t got = 0;
  bool inRange = packField(data, type, got, bytes);
  if (int64_t(got) != count)
    return "expected " + std::to_string(count) + " elements of " + getTypeName(type) + ", but got " +
           std::to_string(got);
  return inRange ? "" : "an element is out of the range of " + getTypeName(type);
}

std::string normalizeDomain(const std::string &domain) { return domain == "ai.onnx" ? "" : domain; }

std::string escapeText(llvm::StringRef text) {
  constexpr size_t longest = 200;
  std::string out;
  for (unsigned char c : text.take_front(longest)) {
    if (c >= 0x20 && c != 0x7f)
      out.push_back(char(c));
    else
      out += "\\x" + llvm::toHex(llvm::StringRef(reinterpret_cast<const char *>(&c), 1), /*LowerCase=*/true);
  }
  if (text.size() > longest)
    out += "... (" + std::to_string(text.size()) + " bytes)";
  return out;
}

} // namespace dsc::onnx_import
