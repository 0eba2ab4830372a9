// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Opens a plan: file, header, seal, flatbuffers verifier, semantic validator, digests, in this order and always.
#include "runtime/src/Handles.h"
#include "runtime/src/Structs.h"
#include "runtime/src/Validate.h"

#include <cerrno>
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

namespace dsc::rt {

using namespace schema;

namespace {

constexpr uint32_t maxHeaderBytes = 4096;
constexpr uint32_t defaultMaxSteps = 1000000;
constexpr uint64_t defaultMaxBytes = uint64_t(1) << 40;
constexpr uint32_t verifierDepth = 16, verifierTables = 1000000;

/// Where the bytes of a plan come from.
struct Source {
  int fd; // -1: memory
  const uint8_t *memory;
  uint64_t bytes;

  /// Copies a range that lies inside; false on an I/O error or a file that shrank.
  bool read(uint64_t offset, void *to, uint64_t count) const {
    if (fd < 0) {
      memcpy(to, memory + offset, count);
      return true;
    }
    for (char *p = static_cast<char *>(to); count;) {
      ssize_t got = pread(fd, p, count < (1u << 30) ? count : 1u << 30, off_t(offset));
      if (got < 0 && errno == EINTR)
        continue;
      if (got <= 0)
        return false;
      p += got;
      offset += uint64_t(got);
      count -= uint64_t(got);
    }
    return true;
  }
};

/// Checks one plan while it is built up; the plan's release cleans up whatever exists.
class Opener {
public:
  Opener(dsc_plan &plan, const Source &source, const dsc_plan_options &options, dsc_error *error)
      : plan(plan), source(source), options(options), error(error) {}

  dsc_status open() {
    if (dsc_status s = readHeader())
      return s;
    if (dsc_status s = readMetadata())
      return s;
    if (dsc_status s = checkSeal())
      return s;
    if (dsc_status s = mapSegments())
      return s;
    if (dsc_status s = checkMeaning())
      return s;
    bool deferred = options.flags & DSC_PLAN_DEFER_WEIGHTS;
    plan.weightsChecked = !deferred;
    return checkDigests(plan, !deferred, true, options.flags & DSC_PLAN_VERIFY, error);
  }

private:
  dsc_status corrupt(uint64_t where, const char *message) {
    return fail(error, DSC_E_CORRUPT_PLAN, where, "%s", message);
  }
  dsc_status unreadable() { return fail(error, DSC_E_IO, nowhere, "cannot read the plan"); }
  dsc_status outOfMemory() { return fail(error, DSC_E_OUT_OF_MEMORY, nowhere, "no memory for the plan"); }

  dsc_status readHeader();
  dsc_status checkLayout();
  dsc_status readMetadata();
  dsc_status checkPadding(uint64_t begin, uint64_t end);
  dsc_status checkSeal();
  dsc_status mapSegments();
  dsc_status checkMeaning();

  dsc_plan &plan;
  const Source &source;
  const dsc_plan_options &options;
  dsc_error *error;
  FileHeader header;
  uint8_t *front; // header, metadata and seal: private, so that nobody changes them after the check
};

dsc_status Opener::readHeader() {
  if (source.bytes > (options.max_plan_bytes ? options.max_plan_bytes : defaultMaxBytes))
    return fail(error, DSC_E_LIMIT, nowhere, "the plan is larger than the limit");
  if (source.bytes < sizeof header)
    return corrupt(source.bytes, "the file is too short for a plan");
  if (!source.read(0, &header, sizeof header))
    return unreadable();
  if (memcmp(header.magic, headerMagic, sizeof headerMagic) != 0)
    return corrupt(0, "the file is not a plan");
  if (header.headerBytes < sizeof header || header.headerBytes > maxHeaderBytes || header.headerBytes % 8)
    return corrupt(8, "expected a header of 64 to 4096 bytes");
  if (header.formatMajor != formatMajor)
    return fail(error, DSC_E_VERSION, 12, "the plan has format %u.%u, but this runtime reads %u.x", header.formatMajor,
                header.formatMinor, formatMajor);
  if (uint32_t(header.flags))
    return fail(error, DSC_E_VERSION, 16, "the plan has flags this runtime does not know: 0x%x", uint32_t(header.flags));
  return checkLayout();
}

/// Every part begins where the one before ends, rounded up: no overlap, no room for anything else.
dsc_status Opener::checkLayout() {
  if (header.metaOffset != header.headerBytes || header.metaBytes == 0 || header.metaBytes >= maxMetadataBytes)
    return corrupt(24, "expected metadata of less than 64 MiB behind the header");
  if (header.sealOffset != alignUp(header.metaOffset + header.metaBytes, 8))
    return corrupt(56, "expected the seal behind the metadata");
  if (header.segmentBase != alignUp(header.sealOffset + sizeof(Seal), pageBytes))
    return corrupt(40, "expected the segments on the page behind the seal");
  if (header.segmentBase > source.bytes || header.segmentBytes != source.bytes - header.segmentBase)
    return corrupt(source.bytes, "expected the segments to end with the file");
  return DSC_OK;
}

dsc_status Opener::checkPadding(uint64_t begin, uint64_t end) {
  uint8_t bytes[pageBytes];
  if (!source.read(begin, bytes, end - begin))
    return unreadable();
  for (uint64_t i = 0; i < end - begin; ++i)
    if (bytes[i])
      return corrupt(begin + i, "expected zeros between the parts of the file");
  return DSC_OK;
}

dsc_status Opener::readMetadata() {
  uint64_t bytes = header.sealOffset + sizeof(Seal);
  front = static_cast<uint8_t *>(plan.memory.allocate(bytes));
  if (!front)
    return outOfMemory();
  if (!source.read(0, front, bytes))
    return unreadable();
  if (memcmp(front, &header, sizeof header) != 0)
    return corrupt(0, "the file changes while it is read");
  if (dsc_status s = checkPadding(header.metaOffset + header.metaBytes, header.sealOffset))
    return s;
  return checkPadding(bytes, header.segmentBase);
}

dsc_status Opener::checkSeal() {
  Seal seal;
  memcpy(&seal, front + header.sealOffset, sizeof seal);
  Seal expected = makeSeal(front, header.headerBytes, front + header.metaOffset, header.metaBytes);
  if (memcmp(seal.magic, expected.magic, sizeof seal.magic) != 0 || seal.bytes != sizeof seal ||
      seal.numSignatures > maxSignatures)
    return corrupt(header.sealOffset, "expected a seal");
  const uint8_t *begin = reinterpret_cast<const uint8_t *>(&seal.signatures[seal.numSignatures]);
  for (const uint8_t *p = begin; p < reinterpret_cast<const uint8_t *>(&seal + 1); ++p)
    if (*p)
      return corrupt(header.sealOffset, "expected zeros behind the signatures");
  for (uint32_t i = 0; i < seal.numSignatures; ++i)
    if (seal.signatures[i].zero || !seal.signatures[i].algorithm)
      return corrupt(header.sealOffset, "expected a signature");
  if (memcmp(seal.digest, expected.digest, digestBytes) != 0)
    return corrupt(header.sealOffset, "the digest of the metadata does not match: the file is damaged");
  memcpy(plan.digest, seal.digest, digestBytes);
  return DSC_OK;
}

dsc_status Opener::mapSegments() {
  plan.segmentBase = header.segmentBase;
  plan.segmentBytes = header.segmentBytes;
  if (!header.segmentBytes)
    return DSC_OK;
  bool mayBorrow = !(options.flags & DSC_PLAN_COPY);
  if (source.fd < 0 && mayBorrow && reinterpret_cast<uintptr_t>(source.memory + header.segmentBase) % bufferAlign == 0) {
    plan.segments = source.memory + header.segmentBase;
    return DSC_OK;
  }
  if (source.fd >= 0 && mayBorrow) {
    int populate = options.flags & DSC_PLAN_PREFAULT ? MAP_POPULATE : 0;
    void *data = mmap(nullptr, header.segmentBytes, PROT_READ, MAP_PRIVATE | populate, source.fd,
                      off_t(header.segmentBase));
    if (data == MAP_FAILED)
      return unreadable();
    madvise(data, header.segmentBytes, MADV_HUGEPAGE);
    plan.segmentMapping = {data, header.segmentBytes};
    plan.segments = static_cast<uint8_t *>(data);
    return DSC_OK;
  }
  void *copy = plan.memory.allocate(header.segmentBytes);
  if (!copy)
    return outOfMemory();
  if (!source.read(header.segmentBase, copy, header.segmentBytes))
    return unreadable();
  plan.segments = static_cast<uint8_t *>(copy);
  return DSC_OK;
}

dsc_status Opener::checkMeaning() {
  const uint8_t *meta = front + header.metaOffset;
  flatbuffers::Verifier::Options limits;
  limits.max_depth = verifierDepth;
  limits.max_tables = uint32_t(header.metaBytes / 8 < verifierTables ? header.metaBytes / 8 : verifierTables);
  flatbuffers::Verifier verifier(meta, header.metaBytes, limits);
  if (header.metaBytes < 2 * sizeof(flatbuffers::uoffset_t) || !PlanBufferHasIdentifier(meta) ||
      !VerifyPlanBuffer(verifier))
    return corrupt(header.metaOffset, "the metadata is not a valid flatbuffer");
  plan.root = GetPlan(meta);
  Memory scratch;
  scratch.init(&plan.memory.hooks());
  ValidateInput input = {plan.root,
                         header.metaBytes,
                         plan.segments,
                         plan.segmentBytes,
                         options.max_steps ? options.max_steps : defaultMaxSteps,
                         plan.maxArenaBytes};
  dsc_status status = Validator(input, scratch, error).validate();
  scratch.releaseAll();
  return status;
}

dsc_status readOptions(const dsc_plan_options *given, dsc_plan_options &options, dsc_error *error) {
  if (dsc_status s = readStruct(given, options, "dsc_plan_options", error))
    return s;
  const uint32_t known = DSC_PLAN_DEFER_WEIGHTS | DSC_PLAN_COPY | DSC_PLAN_PREFAULT | DSC_PLAN_VERIFY;
  if (options.flags & ~known)
    return fail(error, DSC_E_INVALID_ARGUMENT, nowhere, "expected known plan flags, but got 0x%x", options.flags);
  if (options.num_keys)
    return fail(error, DSC_E_UNTRUSTED_PLAN, nowhere,
                "keys are configured, but this runtime is built without signature support");
  return DSC_OK;
}

/// Takes over `source.fd`.
dsc_status openSource(dsc_runtime *runtime, const Source &source, const dsc_plan_options &options, dsc_plan **out,
                      dsc_error *error) {
  uint64_t begin = runtime->isTracing() ? nowNanoseconds() : 0;
  Memory memory;
  memory.init(&runtime->memory.hooks());
  auto plan = memory.array<dsc_plan>(1);
  if (!plan) {
    if (source.fd >= 0)
      close(source.fd);
    return fail(error, DSC_E_OUT_OF_MEMORY, nowhere, "no memory for the plan");
  }
  plan->memory = memory;
  plan->runtime = runtime;
  plan->references = 1;
  plan->flags = options.flags;
  plan->maxArenaBytes = options.max_arena_bytes ? options.max_arena_bytes : defaultMaxBytes;
  plan->fd = source.fd;
  pthread_mutex_init(&plan->lock, nullptr);
  retain(runtime);
  if (dsc_status s = Opener(*plan, source, options, error).open()) {
    dsc_plan_release(plan);
    return s;
  }
  if (runtime->isTracing())
    runtime->trace(DSC_TRACE_LOAD, runtime->newTraceId(), 0, begin, source.bytes, 0, "open");
  *out = plan;
  return succeed(error);
}

dsc_status checkOpenCall(const dsc_runtime *runtime, const void *from, dsc_plan **out, dsc_error *error) {
  if (out)
    *out = nullptr;
  if (!runtime || !from || !out)
    return fail(error, DSC_E_INVALID_ARGUMENT, nowhere, "expected a runtime, a plan to open and a place for it");
  if (!runtime->isAlive())
    return fail(error, DSC_E_INVALID_ARGUMENT, nowhere, "a runtime does not survive fork");
  return DSC_OK;
}

} // namespace

void retain(dsc_plan *plan) { __atomic_fetch_add(&plan->references, 1, __ATOMIC_RELAXED); }

} // namespace dsc::rt

using namespace dsc::rt;

extern "C" {

dsc_status dsc_plan_open_file(dsc_runtime *runtime, const char *path, const dsc_plan_options *given, dsc_plan **out,
                              dsc_error *error) {
  if (dsc_status s = checkOpenCall(runtime, path, out, error))
    return s;
  dsc_plan_options options;
  if (dsc_status s = readOptions(given, options, error))
    return s;
  // O_NONBLOCK: opening a FIFO must not wait for a writer.
  int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  if (fd < 0)
    return fail(error, errno == ENOENT ? DSC_E_NOT_FOUND : DSC_E_IO, nowhere, "cannot open the plan");
  struct stat info;
  if (fstat(fd, &info) != 0 || !S_ISREG(info.st_mode)) {
    close(fd);
    return fail(error, DSC_E_IO, nowhere, "expected a regular file");
  }
  return openSource(runtime, {fd, nullptr, uint64_t(info.st_size)}, options, out, error);
}

dsc_status dsc_plan_open_memory(dsc_runtime *runtime, const void *data, uint64_t bytes, const dsc_plan_options *given,
                                dsc_plan **out, dsc_error *error) {
  if (dsc_status s = checkOpenCall(runtime, data, out, error))
    return s;
  dsc_plan_options options;
  if (dsc_status s = readOptions(given, options, error))
    return s;
  return openSource(runtime, {-1, static_cast<const uint8_t *>(data), bytes}, options, out, error);
}

void dsc_plan_release(dsc_plan *plan) {
  if (!plan || __atomic_sub_fetch(&plan->references, 1, __ATOMIC_ACQ_REL))
    return;
  uint32_t numSegments = plan->codeMappings ? plan->root->segments()->size() : 0;
  for (uint32_t i = 0; i < numSegments; ++i)
    unmap(plan->codeMappings[i]);
  unmap(plan->segmentMapping);
  if (plan->fd >= 0)
    close(plan->fd);
  pthread_mutex_destroy(&plan->lock);
  dsc_runtime *runtime = plan->runtime;
  Memory memory = plan->memory;
  memory.releaseAll();
  dsc_runtime_release(runtime);
}

} // extern "C"
