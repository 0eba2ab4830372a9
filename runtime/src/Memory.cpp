// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Blocks with a header in front; the default allocator is the C library's aligned_alloc.
#include "runtime/src/Memory.h"

#include <cstdlib>
#include <cstring>
#include <sys/mman.h>

namespace dsc::rt {

struct alignas(64) Memory::Block {
  Block *next;
  uint64_t bytes; // with this header
};

static constexpr uint64_t hugePage = 2u << 20;

static void *defaultAlloc(void *, uint64_t bytes, uint64_t align, dsc_device_kind, int32_t) {
  return aligned_alloc(align, (bytes + align - 1) & ~(align - 1));
}

static void defaultFree(void *, void *p, uint64_t, dsc_device_kind, int32_t) { free(p); }

void Memory::init(const dsc_allocator *hooks) {
  blocks = nullptr;
  memset(&allocator, 0, sizeof allocator);
  if (hooks)
    allocator = *hooks;
  if (!hooks || !hooks->alloc) {
    allocator.alloc = defaultAlloc;
    allocator.free = defaultFree;
  }
}

void *Memory::allocate(uint64_t bytes) {
  if (bytes > maxBytes)
    return nullptr;
  bytes += sizeof(Block);
  Block *block = static_cast<Block *>(allocator.alloc(allocator.self, bytes, alignof(Block), DSC_CPU, 0));
  if (!block)
    return nullptr;
  if (bytes >= 2 * hugePage) {
    uintptr_t begin = (reinterpret_cast<uintptr_t>(block) + hugePage - 1) & ~(hugePage - 1);
    uintptr_t end = (reinterpret_cast<uintptr_t>(block) + bytes) & ~(hugePage - 1);
    madvise(reinterpret_cast<void *>(begin), end - begin, MADV_HUGEPAGE);
  }
  block->next = blocks;
  block->bytes = bytes;
  blocks = block;
  return block + 1;
}

void *Memory::allocateZeroed(uint64_t bytes) {
  void *p = allocate(bytes);
  if (p)
    memset(p, 0, bytes);
  return p;
}

void Memory::freeBlock(Block *block) {
  if (allocator.free)
    allocator.free(allocator.self, block, block->bytes, DSC_CPU, 0);
}

void Memory::releaseAll() {
  while (Block *block = blocks) {
    blocks = block->next;
    freeBlock(block);
  }
}

} // namespace dsc::rt
