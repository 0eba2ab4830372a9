// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Lays the weights of a plan out in one segment, equal ones once.

#ifndef DSC_PASSES_PLAN_WEIGHTIMAGE_H
#define DSC_PASSES_PLAN_WEIGHTIMAGE_H

#include "dialects/plan/Plan.h"

#include <map>
#include <vector>

namespace dsc {

/// Offsets of weights in the weights segment. Nothing is packed or copied here: the writer streams the bytes.
class WeightImage {
public:
  /// Every weight starts at a multiple of this.
  static constexpr int64_t align = 64;

  struct Entry {
    int64_t offset;
    int64_t bytes;
    mlir::ElementsAttr value;
    mlir::Attribute packing;
  };

  /// The entry of `bytes` bytes made of `value` by `packing` (null: as they are); an earlier one with the same contents
  /// if there is one. Offsets are 64-byte aligned.
  const Entry &add(mlir::ElementsAttr value, mlir::Attribute packing, int64_t bytes);

  /// By ascending offset.
  const std::vector<Entry> &getEntries() const { return entries; }
  int64_t getBytes() const { return end; }

private:
  std::vector<Entry> entries;
  std::multimap<uint64_t, size_t> bySample;
  int64_t end = 0;
};

} // namespace dsc

#endif // DSC_PASSES_PLAN_WEIGHTIMAGE_H
