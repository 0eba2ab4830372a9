// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Element types and the npy format.
#include "tools/TensorFile.h"

#include <dsc/dsc.h>

#include <cerrno>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <sys/stat.h>
#include <unistd.h>

namespace dsc::tools {

namespace {

struct TypeRow {
  int32_t dtype;
  uint32_t bits;
  const char *name;
  const char *npy; // what we write
};

constexpr TypeRow types[] = {
    {DSC_F32, 32, "f32", "<f4"},   {DSC_F16, 16, "f16", "<f2"},     {DSC_BF16, 16, "bf16", "<V2"},
    {DSC_I64, 64, "i64", "<i8"},   {DSC_I32, 32, "i32", "<i4"},     {DSC_I8, 8, "i8", "|i1"},
    {DSC_U8, 8, "u8", "|u1"},      {DSC_BOOL, 8, "bool", "|b1"},    {DSC_F8E4M3, 8, "f8e4m3", "|V1"},
    {DSC_F8E5M2, 8, "f8e5m2", "|V1"}, {DSC_F64, 64, "f64", "<f8"},  {DSC_I16, 16, "i16", "<i2"},
    {DSC_U16, 16, "u16", "<u2"},   {DSC_U32, 32, "u32", "<u4"},     {DSC_U64, 64, "u64", "<u8"},
    {DSC_I4, 4, "i4", "|V1"},      {DSC_U4, 4, "u4", "|V1"}};

const TypeRow *rowOf(int32_t dtype) {
  for (const TypeRow &row : types)
    if (row.dtype == dtype)
      return &row;
  return nullptr;
}

/// Value of a quoted entry of the header's dictionary; empty if there is none.
std::string field(const std::string &header, const std::string &key) {
  size_t at = header.find("'" + key + "'");
  if (at == std::string::npos || (at = header.find(':', at)) == std::string::npos)
    return "";
  size_t begin = header.find_first_not_of(" :", at), end;
  if (begin == std::string::npos)
    return "";
  if (header[begin] == '(')
    end = header.find(')', begin) + 1;
  else if (header[begin] == '\'')
    end = header.find('\'', begin + 1) + 1;
  else
    end = header.find_first_of(",}", begin);
  return end == 0 || end == std::string::npos ? "" : header.substr(begin, end - begin);
}

bool parseShape(const std::string &text, std::vector<int64_t> &shape) {
  const char *p = text.c_str() + 1;
  for (;;) {
    while (*p == ' ' || *p == ',')
      ++p;
    if (*p == ')')
      return shape.size() <= DSC_MAX_RANK;
    char *end;
    errno = 0;
    long long value = strtoll(p, &end, 10);
    if (end == p || errno || value < 0)
      return false;
    shape.push_back(value);
    p = end;
  }
}

bool parseType(const std::string &descr, int32_t &dtype) {
  if (descr.size() != 5 || (descr[1] != '<' && descr[1] != '|' && descr[1] != '='))
    return false;
  std::string kind = descr.substr(2, 2);
  if (kind == "V2" || kind == "V1") {
    dtype = kind == "V2" ? DSC_BF16 : DSC_F8E4M3;
    return true;
  }
  for (const TypeRow &row : types)
    if (kind == row.npy + 1) {
      dtype = row.dtype;
      return true;
    }
  return false;
}

/// Fortran order to row-major.
void reorder(Tensor &tensor) {
  size_t width = elementBits(tensor.dtype) / 8, rank = tensor.shape.size();
  std::vector<uint8_t> out(tensor.data.size());
  std::vector<int64_t> index(rank, 0);
  for (size_t to = 0; to < out.size(); to += width) {
    size_t from = 0;
    for (size_t d = rank; d-- > 0;)
      from = from * size_t(tensor.shape[d]) + size_t(index[d]);
    memcpy(&out[to], &tensor.data[from * width], width);
    for (size_t d = rank; d-- > 0 && ++index[d] == tensor.shape[d];)
      index[d] = 0;
  }
  tensor.data = std::move(out);
}

} // namespace

uint32_t elementBits(int32_t dtype) {
  const TypeRow *row = rowOf(dtype);
  return row ? row->bits : 0;
}

const char *dtypeName(int32_t dtype) {
  const TypeRow *row = rowOf(dtype);
  return row ? row->name : "unknown";
}

const char *npyType(int32_t dtype) { return rowOf(dtype)->npy; }

int64_t Tensor::elementCount() const {
  int64_t count = 1;
  for (int64_t size : shape)
    count *= size;
  return count;
}

bool replaceFile(const std::string &path, const std::function<bool(FILE *)> &write, std::string &error) {
  struct stat info;
  if (stat(path.c_str(), &info) == 0 && !S_ISREG(info.st_mode)) {
    error = path + ": cannot write: it is not a regular file";
    return false;
  }
  std::string temporary = path + ".tmp" + std::to_string(getpid());
  FILE *file = fopen(temporary.c_str(), "wb");
  bool ok = file && write(file);
  if (file)
    ok &= fclose(file) == 0;
  if (ok && rename(temporary.c_str(), path.c_str()) == 0)
    return true;
  error = path + ": cannot write: " + strerror(errno);
  unlink(temporary.c_str());
  return false;
}

bool readFile(const std::string &path, std::vector<uint8_t> &bytes, std::string &error) {
  FILE *file = fopen(path.c_str(), "rb");
  if (!file) {
    error = path + ": " + strerror(errno);
    return false;
  }
  bytes.clear();
  uint8_t buffer[1 << 16];
  while (size_t got = fread(buffer, 1, sizeof buffer, file))
    bytes.insert(bytes.end(), buffer, buffer + got);
  bool failed = ferror(file);
  fclose(file);
  if (failed)
    error = path + ": cannot read";
  return !failed;
}

bool parseNpy(const uint8_t *data, size_t bytes, Tensor &tensor, std::string &error) {
  error = "expected an npy array";
  if (bytes < 12 || memcmp(data, "\x93NUMPY", 6) != 0)
    return false;
  size_t begin = data[6] == 1 ? 10 : 12;
  size_t headerBytes = data[8] | size_t(data[9]) << 8;
  if (data[6] > 1)
    headerBytes |= size_t(data[10]) << 16 | size_t(data[11]) << 24;
  if (headerBytes > bytes - begin)
    return false;
  std::string header(reinterpret_cast<const char *>(data) + begin, headerBytes);
  std::string shape = field(header, "shape"), descr = field(header, "descr");
  if (!parseType(descr, tensor.dtype)) {
    error = "expected little-endian numbers or booleans, but got type " + descr;
    return false;
  }
  tensor.shape.clear();
  if (shape.empty() || shape[0] != '(' || !parseShape(shape, tensor.shape)) {
    error = "expected a shape of rank 8 or less, but got " + shape;
    return false;
  }
  size_t needed = elementBits(tensor.dtype) / 8, have = bytes - begin - headerBytes;
  for (int64_t size : tensor.shape)
    if (__builtin_mul_overflow(needed, size_t(size), &needed))
      return false;
  if (needed != have) {
    error = "expected " + std::to_string(needed) + " bytes of data, but got " + std::to_string(have);
    return false;
  }
  const uint8_t *payload = data + begin + headerBytes;
  tensor.data.assign(payload, payload + have);
  if (field(header, "fortran_order") == "True")
    reorder(tensor);
  error.clear();
  return true;
}

bool readNpy(const std::string &path, Tensor &tensor, std::string &error) {
  std::vector<uint8_t> bytes;
  if (!readFile(path, bytes, error))
    return false;
  if (parseNpy(bytes.data(), bytes.size(), tensor, error))
    return true;
  error = path + ": " + error;
  return false;
}

bool readTensor(const std::string &path, Tensor &tensor, std::string &error) {
  size_t dot = path.rfind('.');
  std::string extension = dot == std::string::npos ? "" : path.substr(dot);
  if (extension == ".npy")
    return readNpy(path, tensor, error);
  if (extension == ".pb")
    return readTensorProto(path, tensor, error);
  error = path + ": expected a .npy or .pb file";
  return false;
}

/// Small floating-point formats, by their bit fields.
static double decodeFloat(uint32_t bits, int exponentBits, int mantissaBits) {
  uint32_t mantissa = bits & ((1u << mantissaBits) - 1);
  int exponent = int(bits >> mantissaBits & ((1u << exponentBits) - 1)), bias = (1 << (exponentBits - 1)) - 1;
  double sign = bits >> (exponentBits + mantissaBits) ? -1.0 : 1.0;
  if (exponent == (1 << exponentBits) - 1)
    return mantissa ? NAN : sign * INFINITY;
  if (exponent == 0)
    return sign * std::ldexp(double(mantissa), 1 - bias - mantissaBits);
  return sign * std::ldexp(double(mantissa | 1u << mantissaBits), exponent - bias - mantissaBits);
}

template <class T>
static T load(const Tensor &tensor, int64_t index) {
  T value;
  memcpy(&value, tensor.data.data() + size_t(index) * sizeof(T), sizeof(T));
  return value;
}

/// E4M3 of ONNX ("FN"): no infinities, one NaN per sign.
static double decodeE4M3(uint8_t bits) {
  if ((bits & 0x7f) == 0x7f)
    return NAN;
  int exponent = bits >> 3 & 15;
  double magnitude = exponent ? std::ldexp(8 + (bits & 7), exponent - 10) : std::ldexp(bits & 7, -9);
  return bits & 0x80 ? -magnitude : magnitude;
}

double valueAt(const Tensor &tensor, int64_t i) {
  switch (tensor.dtype) {
  case DSC_F32:
    return double(load<float>(tensor, i));
  case DSC_F64:
    return load<double>(tensor, i);
  case DSC_F16:
    return decodeFloat(load<uint16_t>(tensor, i), 5, 10);
  case DSC_BF16:
    return decodeFloat(load<uint16_t>(tensor, i), 8, 7);
  case DSC_F8E5M2:
    return decodeFloat(load<uint8_t>(tensor, i), 5, 2);
  case DSC_F8E4M3:
    return decodeE4M3(load<uint8_t>(tensor, i));
  case DSC_I64:
    return double(load<int64_t>(tensor, i));
  case DSC_I32:
    return load<int32_t>(tensor, i);
  case DSC_I16:
    return load<int16_t>(tensor, i);
  case DSC_I8:
    return load<int8_t>(tensor, i);
  case DSC_U64:
    return double(load<uint64_t>(tensor, i));
  case DSC_U32:
    return load<uint32_t>(tensor, i);
  case DSC_U16:
    return load<uint16_t>(tensor, i);
  case DSC_I4:
  case DSC_U4: {
    int nibble = tensor.data[size_t(i) / 2] >> (i % 2 * 4) & 15;
    return tensor.dtype == DSC_I4 && nibble > 7 ? nibble - 16 : nibble;
  }
  default:
    return load<uint8_t>(tensor, i);
  }
}

} // namespace dsc::tools
