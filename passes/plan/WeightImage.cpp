// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Finds equal weights by a sample of their bytes, then by all of them, and assigns offsets.

#include "passes/plan/WeightImage.h"

#include "llvm/ADT/Hashing.h"
#include "llvm/Support/MathExtras.h"
#include "llvm/Support/xxhash.h"

#include <cstring>

using namespace mlir;

namespace dsc {

/// A few windows of the bytes: hashing all of them would read every page of the model once more.
static uint64_t hashSample(ArrayRef<char> bytes) {
  constexpr size_t window = 1024;
  uint64_t hash = bytes.size();
  for (size_t at : {size_t(0), bytes.size() / 2, bytes.size() - std::min(window, bytes.size())}) {
    ArrayRef<char> part = bytes.slice(at, std::min(window, bytes.size() - at));
    hash = hash * 0x9E3779B97F4A7C15ull + llvm::xxh3_64bits(StringRef(part.data(), part.size()));
  }
  return hash;
}

static bool isSame(const WeightImage::Entry &entry, const plan::RawBytes &raw, Type elementType, Attribute packing,
                   int64_t bytes) {
  if (entry.bytes != bytes || entry.packing != packing)
    return false;
  // Without packing only bytes count; with it, the element's width and the source's shape do too.
  if (packing && entry.value.getShapedType().getElementType() != elementType)
    return false;
  std::optional<plan::RawBytes> other = plan::getRawBytes(entry.value);
  return other && other->isSplat == raw.isSplat && other->data.size() == raw.data.size() &&
         memcmp(other->data.data(), raw.data.data(), raw.data.size()) == 0;
}

const WeightImage::Entry &WeightImage::add(ElementsAttr value, Attribute packing, int64_t bytes) {
  std::optional<plan::RawBytes> raw = plan::getRawBytes(value);
  uint64_t sample = raw ? hashSample(raw->data) : 0;
  if (raw) {
    auto [begin, last] = bySample.equal_range(sample);
    for (auto it = begin; it != last; ++it)
      if (isSame(entries[it->second], *raw, value.getShapedType().getElementType(), packing, bytes))
        return entries[it->second];
    bySample.emplace(sample, entries.size());
  }
  entries.push_back({int64_t(llvm::alignTo(end, align)), bytes, value, packing});
  end = entries.back().offset + bytes;
  return entries.back();
}

} // namespace dsc
