// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Validator, top level: version, devices, segments, texts; and the helpers of the other Validate*.cpp files.
#include "runtime/schema/Sort.h"
#include "runtime/src/Validate.h"

#include <algorithm>

namespace dsc::rt {

using namespace schema;

namespace {

constexpr uint32_t maxDevices = 16, maxSegments = 4096;
constexpr uint32_t maxSegmentAlign = 1u << 16;
constexpr uint64_t maxCodeBytes = 64u << 20;
constexpr uint32_t maxNameBytes = 1024, maxLocationBytes = 1u << 16, maxValueBytes = 1u << 20;

/// The stored byte of a bool field: flatbuffers reads any non-zero byte as true.
template <class Table>
uint8_t rawByte(const Table *table, flatbuffers::voffset_t field) {
  return reinterpret_cast<const flatbuffers::Table *>(table)->GetField<uint8_t>(field, 0);
}

bool textLess(const flatbuffers::String *a, const flatbuffers::String *b) {
  int order = memcmp(a->Data(), b->Data(), std::min(a->size(), b->size()));
  return order ? order < 0 : a->size() < b->size();
}

} // namespace

dsc_status Validator::corrupt(const char *table, uint64_t index, const char *expected) {
  return fail(error, DSC_E_CORRUPT_PLAN, index, "%s %llu: expected %s", table, static_cast<unsigned long long>(index),
              expected);
}

dsc_status Validator::outOfMemory() {
  return fail(error, DSC_E_OUT_OF_MEMORY, nowhere, "no memory to validate the plan");
}

/// Counts elements about to be visited. Tables may be shared, so without a budget a small file could ask for
/// quadratic work; an honest plan visits no byte twice.
bool Validator::spend(uint64_t elements) {
  if (elements > budget)
    return false;
  budget -= elements;
  return true;
}

bool Validator::isName(const flatbuffers::String *text, uint32_t maxBytes) {
  return text && text->size() && text->size() <= maxBytes && spend(text->size()) &&
         !memchr(text->Data(), 0, text->size());
}

bool Validator::isUnique(const flatbuffers::String **names, uint32_t count) {
  sortRange(names, count, textLess);
  for (uint32_t i = 1; i < count; ++i)
    if (!textLess(names[i - 1], names[i]))
      return false;
  return true;
}

dsc_status Validator::validate() {
  if (dsc_status s = checkVersion())
    return s;
  if (dsc_status s = checkDevices())
    return s;
  if (dsc_status s = checkSegments())
    return s;
  if (dsc_status s = checkTexts())
    return s;
  if (dsc_status s = checkKernels())
    return s;
  return checkFunctions();
}

dsc_status Validator::checkVersion() {
  const Version &needed = *plan.min_runtime();
  uint64_t want = uint64_t(needed.major()) << 32 | uint64_t(needed.minor()) << 16 | needed.patch();
  uint64_t have = uint64_t(DSC_API_MAJOR) << 32 | uint64_t(DSC_API_MINOR) << 16 | DSC_API_PATCH;
  if (want > have)
    return fail(error, DSC_E_VERSION, nowhere, "the plan needs runtime %u.%u.%u or newer, but this is %u.%u.%u",
                needed.major(), needed.minor(), needed.patch(), DSC_API_MAJOR, DSC_API_MINOR, DSC_API_PATCH);
  if (plan.requirements())
    return fail(error, DSC_E_VERSION, nowhere, "the plan requires features this runtime does not know: 0x%llx",
                static_cast<unsigned long long>(plan.requirements()));
  return DSC_OK;
}

dsc_status Validator::checkDevices() {
  const auto &devices = *plan.devices();
  if (devices.size() == 0 || devices.size() > maxDevices || !spend(devices.size()))
    return corrupt("devices", devices.size(), "1 to 16 device slots");
  for (uint32_t i = 0; i < devices.size(); ++i)
    if (devices[i]->kind() == DeviceKind::Invalid || devices[i]->kind() > DeviceKind::MAX)
      return corrupt("device", i, "a known kind");
  return DSC_OK;
}

dsc_status Validator::checkSegments() {
  const auto &segments = *plan.segments();
  if (segments.size() > maxSegments || !spend(segments.size()))
    return corrupt("segments", segments.size(), "at most 4096");
  uint64_t end = 0;
  for (uint32_t i = 0; i < segments.size(); ++i)
    if (dsc_status s = checkSegment(i, end))
      return s;
  if (end != input.segmentBytes)
    return corrupt("segments", segments.size(), "no bytes after the last segment");
  return DSC_OK;
}

dsc_status Validator::checkSegment(uint32_t index, uint64_t &end) {
  const Segment &segment = *plan.segments()->Get(index);
  SegmentKind kind = segment.kind();
  uint64_t align = segment.align();
  bool isMapped = kind == SegmentKind::CpuCode || kind == SegmentKind::Weights;
  if (kind == SegmentKind::Invalid || kind > SegmentKind::MAX)
    return corrupt("segment", index, "a known kind");
  if (align == 0 || (align & (align - 1)) || align > maxSegmentAlign || (isMapped && align < pageBytes))
    return corrupt("segment", index, "a power-of-two alignment up to 65536, of pages for code and weights");
  if (segment.size() == 0 || segment.size() > input.segmentBytes ||
      (kind != SegmentKind::Weights && kind != SegmentKind::Debug && segment.size() > maxCodeBytes))
    return corrupt("segment", index, "a size inside the file, at most 64 MiB of code");
  uint64_t begin = alignUp(end, align);
  if (segment.offset() != begin || begin > input.segmentBytes || segment.size() > input.segmentBytes - begin)
    return corrupt("segment", index, "to begin where the one before ends");
  for (uint64_t i = end; i < begin; ++i)
    if (input.segments[i])
      return corrupt("segment", index, "zeros in front");
  end = begin + segment.size();
  if (segment.digest()->size() != digestBytes || !spend(digestBytes))
    return corrupt("segment", index, "a digest of 32 bytes");
  uint64_t crcs = kind == SegmentKind::Weights ? numChunks(segment.size()) : 0;
  if (sizeOf(segment.crc32c()) != crcs || !spend(crcs))
    return corrupt("segment", index, "one CRC for each MiB of weights");
  bool isCpu = kind == SegmentKind::CpuCode;
  bool isCuda = kind == SegmentKind::CudaCubin || kind == SegmentKind::CudaPtx;
  if (segment.isa() > CpuIsa::MAX || (segment.isa() != CpuIsa::None) != isCpu)
    return corrupt("segment", index, "a known CPU level for CPU code, and for nothing else");
  if (isCuda != (segment.sm() != 0) || rawByte(&segment, Segment::VT_SM_A) > isCuda)
    return corrupt("segment", index, "an SM for CUDA code, and for nothing else");
  return DSC_OK;
}

dsc_status Validator::checkTexts() {
  if (!isName(plan.producer(), maxNameBytes))
    return corrupt("producer", 0, "a text of 1 to 1024 bytes");
  for (uint32_t i = 0, n = sizeOf(plan.locations()); i < n; ++i)
    if (!isName(plan.locations()->Get(i), maxLocationBytes))
      return corrupt("location", i, "a text of 1 to 65536 bytes");
  uint32_t count = sizeOf(plan.metadata());
  auto keys = scratch.array<const flatbuffers::String *>(count);
  if (!keys)
    return outOfMemory();
  for (uint32_t i = 0; i < count; ++i) {
    const KeyValue &pair = *plan.metadata()->Get(i);
    keys[i] = pair.key();
    if (!isName(pair.key(), maxNameBytes) || pair.value()->size() > maxValueBytes || !spend(pair.value()->size()) ||
        memchr(pair.value()->Data(), 0, pair.value()->size()))
      return corrupt("metadata", i, "a key of 1 to 1024 bytes and a value without NUL");
  }
  return isUnique(keys, count) ? DSC_OK : corrupt("metadata", count, "unique keys");
}

} // namespace dsc::rt
