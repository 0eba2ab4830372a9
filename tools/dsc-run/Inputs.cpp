// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Session, inputs: files by name or position, random values for the rest, sizes of symbolic dimensions.
#include "tools/dsc-run/Session.h"

#include <dsc/dsc.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <set>
#include <sys/stat.h>

namespace dsc::tools {

namespace {

bool isFolder(const std::string &path) {
  struct stat info;
  return stat(path.c_str(), &info) == 0 && S_ISDIR(info.st_mode);
}

bool exists(const std::string &path) {
  struct stat info;
  return stat(path.c_str(), &info) == 0;
}

std::string shapeText(const std::vector<int64_t> &shape) {
  std::string text = "[";
  for (size_t i = 0; i < shape.size(); ++i)
    text += (i ? ", " : "") + std::to_string(shape[i]);
  return text + "]";
}

/// SplitMix64: the same values everywhere for a seed.
struct Random {
  uint64_t state;
  uint64_t next() {
    uint64_t z = state += 0x9e3779b97f4a7c15u;
    z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9u;
    z = (z ^ z >> 27) * 0x94d049bb133111ebu;
    return z ^ z >> 31;
  }
  double uniform() { return (double(next() >> 11) + 0.5) * 0x1p-53; }
  double normal() { return std::sqrt(-2 * std::log(uniform())) * std::cos(6.283185307179586 * uniform()); }
};

/// Round to nearest even of a float in the normal range of the small formats.
uint32_t encodeSmall(double value, int exponentBits, int mantissaBits) {
  int bias = (1 << (exponentBits - 1)) - 1, exponent;
  double magnitude = std::fabs(value);
  std::frexp(magnitude, &exponent);
  exponent = std::max(exponent - 1, 1 - bias);
  double scaled = std::nearbyint(std::ldexp(magnitude, mantissaBits - exponent));
  uint32_t bits = scaled < (1 << mantissaBits)
                      ? uint32_t(scaled)
                      : uint32_t(scaled) + (uint32_t(exponent + bias - 1) << mantissaBits);
  return bits | (value < 0 ? 1u << (exponentBits + mantissaBits) : 0);
}

template <class T>
void append(std::vector<uint8_t> &data, T value) {
  auto bytes = reinterpret_cast<const uint8_t *>(&value);
  data.insert(data.end(), bytes, bytes + sizeof value);
}

void appendRandom(Tensor &tensor, Random &random) {
  switch (tensor.dtype) {
  case DSC_F32:
    return append(tensor.data, float(random.normal()));
  case DSC_F64:
    return append(tensor.data, random.normal());
  case DSC_F16:
    return append(tensor.data, uint16_t(encodeSmall(random.normal(), 5, 10)));
  case DSC_BF16:
    return append(tensor.data, uint16_t(encodeSmall(random.normal(), 8, 7)));
  case DSC_F8E4M3:
    return append(tensor.data, uint8_t(encodeSmall(random.normal(), 4, 3)));
  case DSC_F8E5M2:
    return append(tensor.data, uint8_t(encodeSmall(random.normal(), 5, 2)));
  default: {
    // Small enough to be an index, an id, a mask or a count; 4-bit elements get two zeros or ones to a byte.
    size_t width = std::max<size_t>(elementBits(tensor.dtype) / 8, 1);
    tensor.data.push_back(uint8_t(random.next() >> 63));
    tensor.data.insert(tensor.data.end(), width - 1, 0);
  }
  }
}

} // namespace

bool Session::addInput(Tensor tensor, bool mayBeUnknown) {
  for (size_t i = 0; i < inInfo.size(); ++i)
    if (tensor.name == inInfo[i].name) {
      // Void types of two bytes and one byte are whatever the model says they are.
      bool isRaw = elementBits(tensor.dtype) == elementBits(inInfo[i].dtype) &&
                   (tensor.dtype == DSC_BF16 || tensor.dtype == DSC_F8E4M3);
      if (isRaw)
        tensor.dtype = inInfo[i].dtype;
      inputTensors[i] = std::move(tensor);
      isLoaded[i] = true;
      return true;
    }
  if (mayBeUnknown)
    return true;
  std::string known;
  for (const dsc_tensor_info &info : inInfo)
    known += (known.empty() ? "" : ", ") + std::string(info.name);
  return fail("no input is named '" + tensor.name + "': expected one of " + (known.empty() ? "none" : known));
}

bool Session::loadFolder(const std::string &folder) {
  for (size_t i = 0; i < inInfo.size(); ++i) {
    std::string path = folder + "/input_" + std::to_string(i) + ".pb";
    if (!exists(path))
      continue;
    Tensor tensor;
    if (!readTensorProto(path, tensor, error))
      return false;
    tensor.name = inInfo[i].name;
    if (!addInput(std::move(tensor), false))
      return false;
  }
  return true;
}

bool Session::loadArchive() {
  std::vector<Tensor> tensors;
  if (!readNpz(options.inputs, tensors, error))
    return false;
  for (Tensor &tensor : tensors)
    if (!addInput(std::move(tensor), false))
      return false;
  return true;
}

bool Session::loadInputs() {
  inputTensors.resize(inInfo.size());
  isLoaded.assign(inInfo.size(), false);
  if (!options.inputs.empty()) {
    if (!(isFolder(options.inputs) ? loadFolder(options.inputs) : loadArchive()))
      return false;
  } else if (isFolder(options.compare) && !loadFolder(options.compare)) {
    return false;
  }
  std::set<std::string> given;
  for (const auto &[name, path] : options.input) {
    if (!given.insert(name).second)
      return fail("expected each input once, but got '" + name + "' again");
    Tensor tensor;
    if (!readTensor(path, tensor, error))
      return false;
    tensor.name = name;
    if (!addInput(std::move(tensor), false))
      return false;
  }
  for (const auto &dim : options.dims)
    if (std::none_of(symbols.begin(), symbols.end(), [&](const Symbol &s) { return s.name == dim.first; }))
      return fail("--dim " + dim.first + ": the plan has no such symbolic dimension");
  for (size_t i = 0; i < inInfo.size(); ++i)
    if (isLoaded[i] ? !bindInput(i)
                    : !options.random && !fail("input '" + std::string(inInfo[i].name) +
                                               "' is missing" + options.missingAdvice))
      return false;
  return chooseSizes() && makeRandom();
}

/// Sizes of symbols from a given tensor; everything else about it the runtime checks.
bool Session::bindInput(size_t index) {
  const dsc_tensor_info &info = inInfo[index];
  const Tensor &tensor = inputTensors[index];
  if (int32_t(tensor.shape.size()) != info.rank || tensor.dtype != info.dtype)
    return fail("input '" + tensor.name + "': expected " + dtypeName(info.dtype) + " of rank " +
                std::to_string(info.rank) + ", but got " + dtypeName(tensor.dtype) + " " + shapeText(tensor.shape));
  for (size_t d = 0; d < tensor.shape.size(); ++d)
    for (size_t s = 0; info.symbol[d] && s < symbols.size(); ++s)
      if (symbols[s].name == info.symbol[d])
        sizes[s] = std::max(sizes[s], tensor.shape[d]);
  return true;
}

/// Symbols that no given input binds: --dim, else the smallest size that is not empty.
bool Session::chooseSizes() {
  for (size_t s = 0; s < symbols.size(); ++s) {
    const Symbol &symbol = symbols[s];
    auto dim = options.dims.find(symbol.name);
    if (dim != options.dims.end() && (dim->second < symbol.min || dim->second > symbol.max))
      return fail("--dim " + symbol.name + ": expected " + std::to_string(symbol.min) + " to " +
                  (symbol.max == INT64_MAX ? "any size" : std::to_string(symbol.max)));
    if (sizes[s] >= 0 || symbol.isData)
      continue;
    int64_t least = std::min(std::max<int64_t>(symbol.min, 1), symbol.max);
    least = (least + symbol.multipleOf - 1) / symbol.multipleOf * symbol.multipleOf;
    sizes[s] = dim != options.dims.end() ? dim->second : least;
  }
  return true;
}

bool Session::makeRandom() {
  for (size_t i = 0; i < inInfo.size(); ++i) {
    if (isLoaded[i])
      continue;
    const dsc_tensor_info &info = inInfo[i];
    Tensor &tensor = inputTensors[i];
    tensor.name = info.name;
    tensor.dtype = info.dtype;
    for (int32_t d = 0; d < info.rank; ++d) {
      int64_t size = info.min_shape[d];
      bool isKnown = info.min_shape[d] == info.max_shape[d];
      for (size_t s = 0; info.symbol[d] && s < symbols.size(); ++s)
        if (symbols[s].name == info.symbol[d]) {
          size = sizes[s];
          isKnown = true;
        }
      if (!isKnown)
        return fail("input '" + tensor.name + "': dimension " + std::to_string(d) +
                    " is an expression: give this input in a file");
      tensor.shape.push_back(size);
    }
    uint64_t bytes = 1;
    for (int64_t size : tensor.shape)
      if (__builtin_mul_overflow(bytes, uint64_t(size), &bytes) || bytes > uint64_t(1) << 36)
        return fail("input '" + tensor.name + "' is too large: " + shapeText(tensor.shape));
    Random random{options.seed * 0x2545f4914f6cdd1du + i + 1};
    int64_t elements = tensor.elementCount();
    if (elementBits(tensor.dtype) < 8)
      elements = (elements + 1) / 2;
    tensor.data.reserve(size_t(elements) * std::max<size_t>(elementBits(tensor.dtype) / 8, 1));
    for (int64_t k = 0; k < elements; ++k)
      appendRandom(tensor, random);
  }
  return true;
}

} // namespace dsc::tools
