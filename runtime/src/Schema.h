// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The generated schema, and what the runtime asks of its tables everywhere.
#ifndef DSC_RUNTIME_SRC_SCHEMA_H
#define DSC_RUNTIME_SRC_SCHEMA_H

#include "runtime/schema/PlanFile.h"
#include "runtime/schema/plan_generated.h"

namespace dsc::rt {

using schema::noIndex;

/// Elements of a vector that may be absent.
template <class T>
uint32_t sizeOf(const flatbuffers::Vector<T> *vector) {
  return vector ? vector->size() : 0;
}

/// The values of a scalar vector in memory order; null when it is absent. The runtime is little-endian only.
template <class T>
const T *dataOf(const flatbuffers::Vector<T> *vector) {
  return vector ? reinterpret_cast<const T *>(vector->Data()) : nullptr;
}

/// Bits of one element; 0 for values outside the enumeration.
inline uint32_t elementBits(schema::DType type) {
  constexpr uint8_t bits[] = {0, 32, 16, 16, 64, 32, 8, 8, 8, 8, 8, 64, 16, 16, 32, 64, 4, 4};
  return uint32_t(type) < sizeof bits ? bits[uint32_t(type)] : 0;
}

/// Bytes of a tensor; false when a dimension is negative or the product overflows.
inline bool tensorBytes(schema::DType type, const int64_t *shape, uint32_t rank, uint64_t &bytes) {
  // Dimensions behind a zero must not overflow either: they are checked without it.
  uint64_t count = elementBits(type);
  bool empty = false;
  for (uint32_t i = 0; i < rank; ++i) {
    if (shape[i] < 0)
      return false;
    empty |= shape[i] == 0;
    if (shape[i] && __builtin_mul_overflow(count, uint64_t(shape[i]), &count))
      return false;
  }
  bytes = empty ? 0 : count / 8 + (count % 8 != 0);
  return bytes < uint64_t(1) << 62;
}

} // namespace dsc::rt
#endif
