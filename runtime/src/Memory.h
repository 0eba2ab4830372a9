// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Host memory of one owner (runtime, plan, context), taken through the caller's allocator and freed all at once.
#ifndef DSC_RUNTIME_SRC_MEMORY_H
#define DSC_RUNTIME_SRC_MEMORY_H

#include "runtime/src/Status.h"

namespace dsc::rt {

/// A list of blocks. Not thread-safe; nothing frees itself, the owner calls releaseAll.
class Memory {
public:
  /// `hooks` may be null (the C library's memory) and is copied.
  void init(const dsc_allocator *hooks);
  const dsc_allocator &hooks() const { return allocator; }

  /// 64-byte aligned, contents undefined; null when there is no memory. Large blocks are advised to use huge pages.
  void *allocate(uint64_t bytes);

  /// `count` zeroed elements of a trivial type; null when there is no memory or the product overflows.
  template <class T>
  T *array(uint64_t count) {
    static_assert(alignof(T) <= 64, "blocks are 64-byte aligned");
    if (count > maxBytes / sizeof(T))
      return nullptr;
    return static_cast<T *>(allocateZeroed(count * sizeof(T)));
  }

  /// Frees every block.
  void releaseAll();

private:
  static constexpr uint64_t maxBytes = uint64_t(1) << 48;
  struct Block;
  void *allocateZeroed(uint64_t bytes);
  void freeBlock(Block *block);

  dsc_allocator allocator;
  Block *blocks;
};

} // namespace dsc::rt
#endif
