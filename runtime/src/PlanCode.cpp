// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Digests of segments, and machine code mapped for execution: never writable, checked before it is mapped.
#include "runtime/src/Cpu.h"
#include "runtime/src/Handles.h"

#include <sys/mman.h>

namespace dsc::rt {

using namespace schema;

namespace {

dsc_status damaged(uint32_t segment, dsc_error *error) {
  return fail(error, DSC_E_CORRUPT_PLAN, segment, "segment %u: the digest does not match: the file is damaged", segment);
}

bool matchesCrc(const Segment &segment, const uint8_t *data) {
  const auto &crcs = *segment.crc32c();
  for (uint64_t begin = 0, i = 0; begin < segment.size(); begin += chunkBytes, ++i) {
    uint64_t bytes = segment.size() - begin < chunkBytes ? segment.size() - begin : chunkBytes;
    if (crc32c(0, data + begin, bytes) != crcs.Get(flatbuffers::uoffset_t(i)))
      return false;
  }
  return true;
}

bool matchesDigest(const Segment &segment, const uint8_t *data) {
  SegmentDigest hash;
  hash.update(data, segment.size());
  uint8_t digest[digestBytes];
  hash.finish(digest);
  return memcmp(digest, segment.digest()->Data(), digestBytes) == 0;
}

/// Anonymous memory instead of the file's pages: plans in memory, and file systems mounted noexec.
bool mapCopy(const uint8_t *data, uint64_t bytes, Mapping &mapping) {
  void *copy = mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (copy == MAP_FAILED)
    return false;
  memcpy(copy, data, bytes);
  mapping = {copy, bytes};
  if (mprotect(copy, bytes, PROT_READ | PROT_EXEC) == 0)
    return true;
  unmap(mapping);
  return false;
}

dsc_status mapCode(dsc_plan &plan, uint32_t index, dsc_error *error) {
  Mapping &mapping = plan.codeMappings[index];
  if (mapping.data)
    return DSC_OK;
  const Segment &segment = *plan.root->segments()->Get(index);
  if (plan.fd >= 0 && !(plan.flags & DSC_PLAN_COPY)) {
    void *data = mmap(nullptr, segment.size(), PROT_READ | PROT_EXEC, MAP_PRIVATE, plan.fd,
                      off_t(plan.segmentBase + segment.offset()));
    if (data != MAP_FAILED) {
      mapping = {data, segment.size()};
      return DSC_OK;
    }
  }
  if (mapCopy(plan.segments + segment.offset(), segment.size(), mapping))
    return DSC_OK;
  return fail(error, DSC_E_UNSUPPORTED_DEVICE, index,
              "this system refuses executable mappings");
}

/// The code of the highest level at or below `level`; null if there is none. `lowest` is the lowest level seen.
const schema::KernelCode *pickCode(const dsc_plan &plan, const Kernel &kernel, int32_t level, int32_t &lowest) {
  const schema::KernelCode *best = nullptr;
  int32_t bestLevel = 0;
  lowest = 0;
  for (const schema::KernelCode *code : *kernel.codes()) {
    const Segment &segment = *plan.root->segments()->Get(code->segment());
    if (segment.kind() != SegmentKind::CpuCode)
      continue;
    int32_t isa = int32_t(segment.isa());
    lowest = lowest && lowest < isa ? lowest : isa;
    if (isa <= level && isa > bestLevel) {
      best = code;
      bestLevel = isa;
    }
  }
  return best;
}

dsc_status prepareKernel(dsc_plan &plan, uint32_t index, dsc_error *error) {
  const Kernel &kernel = *plan.root->kernels()->Get(index);
  int32_t level = plan.runtime->cpuLevel, lowest;
  const schema::KernelCode *code = pickCode(plan, kernel, level, lowest);
  if (!code && !lowest)
    return DSC_OK;
  if (!code)
    return fail(error, DSC_E_UNSUPPORTED_DEVICE, index,
                "the plan needs CPU level %s or higher, but this machine offers %s (or the caller allows no more)",
                cpuLevelName(lowest), cpuLevelName(level));
  if (dsc_status s = mapCode(plan, code->segment(), error))
    return s;
  char *base = static_cast<char *>(plan.codeMappings[code->segment()].data);
  plan.kernels[index] = {reinterpret_cast<rt::KernelCode>(base + code->entry()), kernel.scratch()};
  return DSC_OK;
}

dsc_status prepareLocked(dsc_plan &plan, dsc_error *error) {
  if (!plan.weightsChecked) {
    if (dsc_status s = checkDigests(plan, true, false, plan.flags & DSC_PLAN_VERIFY, error))
      return s;
    plan.weightsChecked = true;
  }
  if (plan.codeMapped)
    return DSC_OK;
  if (!plan.codeMappings)
    plan.codeMappings = plan.memory.array<Mapping>(plan.root->segments()->size());
  if (!plan.kernels)
    plan.kernels = plan.memory.array<CpuKernel>(plan.root->kernels()->size());
  if (!plan.codeMappings || !plan.kernels)
    return fail(error, DSC_E_OUT_OF_MEMORY, nowhere, "no memory for the kernels of the plan");
  for (uint32_t i = 0; i < plan.root->kernels()->size(); ++i)
    if (dsc_status s = prepareKernel(plan, i, error))
      return s;
  plan.codeMapped = true;
  return DSC_OK;
}

} // namespace

dsc_status checkDigests(dsc_plan &plan, bool weights, bool others, bool thorough, dsc_error *error) {
  uint64_t begin = plan.runtime->isTracing() ? nowNanoseconds() : 0, bytes = 0;
  const auto &segments = *plan.root->segments();
  for (uint32_t i = 0; i < segments.size(); ++i) {
    const Segment &segment = *segments[i];
    const uint8_t *data = plan.segments + segment.offset();
    bool isWeights = segment.kind() == SegmentKind::Weights;
    if (!(isWeights ? weights : others))
      continue;
    if (isWeights && !matchesCrc(segment, data))
      return damaged(i, error);
    if ((!isWeights || thorough) && !matchesDigest(segment, data))
      return damaged(i, error);
    bytes += segment.size();
  }
  if (plan.runtime->isTracing())
    plan.runtime->trace(DSC_TRACE_VERIFY, plan.runtime->newTraceId(), 0, begin, bytes, 0, "digests");
  return DSC_OK;
}

dsc_status prepareCode(dsc_plan &plan, dsc_error *error) {
  pthread_mutex_lock(&plan.lock);
  dsc_status status = prepareLocked(plan, error);
  pthread_mutex_unlock(&plan.lock);
  return status;
}

} // namespace dsc::rt
