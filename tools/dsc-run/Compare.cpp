// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Element-wise comparison of outputs.
#include "tools/dsc-run/Compare.h"

#include <dsc/dsc.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <sys/stat.h>

namespace dsc::tools {

namespace {

bool isFloat(int32_t dtype) {
  return dtype == DSC_F32 || dtype == DSC_F64 || dtype == DSC_F16 || dtype == DSC_BF16 || dtype == DSC_F8E4M3 ||
         dtype == DSC_F8E5M2;
}

/// Bytes of one element, for exact types; elements of half a byte are compared by value.
bool isSameElement(const Tensor &a, const Tensor &b, int64_t i) {
  size_t width = elementBits(a.dtype) / 8;
  return width ? memcmp(&a.data[size_t(i) * width], &b.data[size_t(i) * width], width) == 0
               : valueAt(a, i) == valueAt(b, i);
}

} // namespace

Comparison compareTensors(const Tensor &got, const Tensor &expected, double rtol, double atol) {
  Comparison result;
  result.name = got.name;
  if (got.dtype != expected.dtype) {
    result.problem = std::string("expected ") + dtypeName(expected.dtype) + ", but got " + dtypeName(got.dtype);
    return result;
  }
  if (got.shape != expected.shape) {
    result.problem = "the shapes differ";
    return result;
  }
  result.elements = got.elementCount();
  bool exact = !isFloat(got.dtype);
  for (int64_t i = 0; i < result.elements; ++i) {
    double a = valueAt(got, i), b = valueAt(expected, i), difference = std::fabs(a - b);
    bool same = a == b || (std::isnan(a) && std::isnan(b));
    bool ok = exact ? isSameElement(got, expected, i) : same || difference <= atol + rtol * std::fabs(b);
    if (!same && !std::isnan(difference)) {
      result.maxAbsolute = std::max(result.maxAbsolute, difference);
      if (b != 0)
        result.maxRelative = std::max(result.maxRelative, difference / std::fabs(b));
    }
    if (ok)
      continue;
    if (result.mismatches++ == 0) {
      result.firstMismatch = i;
      result.got = a;
      result.expected = b;
    }
  }
  return result;
}

bool compareOutputs(const std::vector<Tensor> &got, const std::string &path, double rtol, double atol,
                    std::vector<Comparison> &results, std::string &error) {
  struct stat info;
  bool isFolder = stat(path.c_str(), &info) == 0 && S_ISDIR(info.st_mode);
  std::vector<Tensor> archive;
  if (!isFolder && !readNpz(path, archive, error))
    return false;
  size_t found = 0;
  for (size_t i = 0; i < got.size(); ++i) {
    Tensor expected;
    std::string file = path + "/output_" + std::to_string(i) + ".pb";
    auto at = std::find_if(archive.begin(), archive.end(), [&](const Tensor &t) { return t.name == got[i].name; });
    if (isFolder ? stat(file.c_str(), &info) != 0 : at == archive.end())
      continue;
    ++found;
    if (isFolder && !readTensorProto(file, expected, error))
      return false;
    if (!isFolder)
      expected = *at;
    bool isRaw = expected.dtype == DSC_BF16 || expected.dtype == DSC_F8E4M3;
    if (isRaw && elementBits(expected.dtype) == elementBits(got[i].dtype))
      expected.dtype = got[i].dtype;
    results.push_back(compareTensors(got[i], expected, rtol, atol));
  }
  if (!found)
    error = path + ": holds none of the outputs";
  return found;
}

} // namespace dsc::tools
