// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Layout of a plan file around its flatbuffer: header, seal, segments and their digests, for the writer and the loader.
//
//   header (64) | metadata, 8-aligned | seal (512), 8-aligned | zeros to 4096 | segments, each aligned, zeros between
//
// Padding is as short as the alignment allows and always zero, segments lie in the order of Plan.segments, and nothing
// follows the last one: a plan has no room for a second file inside. Everything is little-endian.
#ifndef DSC_RUNTIME_SCHEMA_PLANFILE_H
#define DSC_RUNTIME_SCHEMA_PLANFILE_H

#include "runtime/schema/Digest.h"

namespace dsc::schema {

inline constexpr char headerMagic[8] = {'D', 'S', 'C', 'P', 'L', 'A', 'N', '\0'};
inline constexpr char sealMagic[8] = {'D', 'S', 'C', 'S', 'E', 'A', 'L', '\0'};
inline constexpr uint16_t formatMajor = 1;
inline constexpr uint16_t formatMinor = 0;
/// Segments start at multiples of this, so that they can be mapped.
inline constexpr uint64_t pageBytes = 4096;
/// Largest metadata: the flatbuffers verifier works with 32-bit offsets.
inline constexpr uint64_t maxMetadataBytes = 64u << 20;
/// Segments are digested in chunks of this size, so that several threads can share the work.
inline constexpr uint64_t chunkBytes = 1u << 20;
/// Arena and weight roots, and the scratch memory of kernels, start at multiples of this.
inline constexpr uint64_t bufferAlign = 64;
/// Entry offsets of CPU kernels are multiples of this and start with endbr64.
inline constexpr uint64_t kernelAlign = 16;
inline constexpr uint8_t kernelPrologue[4] = {0xF3, 0x0F, 0x1E, 0xFA};
/// Size of a Place::Fault buffer; a kernel stores a non-zero 32-bit code at its start.
inline constexpr uint64_t faultBytes = 64;
inline constexpr uint32_t noIndex = 0xFFFFFFFFu;
/// Most dimensions of a tensor; the C interface has room for as many.
inline constexpr uint32_t maxRank = 8;

/// First 64 bytes of the file.
struct FileHeader {
  char magic[8];
  uint32_t headerBytes; // 64; a longer header loads, its tail is ignored
  uint16_t formatMajor, formatMinor;
  uint64_t flags; // low 32 bits must be understood, high 32 may be ignored
  uint64_t metaOffset, metaBytes;
  uint64_t segmentBase, segmentBytes;
  uint64_t sealOffset;
};
static_assert(sizeof(FileHeader) == 64, "the header has no padding");

/// A signature of the seal's digest; the signed message is "dsc plan v1\0" followed by the digest.
struct SealSignature {
  uint32_t algorithm; // 1 = Ed25519
  uint32_t zero;
  uint8_t keyId[8]; // start of SHA-256(public key)
  uint8_t signature[64];
};
inline constexpr uint32_t maxSignatures = 4;

/// Always present; the digest, SHA-256 of header and metadata, is the plan's identity.
struct Seal {
  char magic[8];
  uint32_t bytes; // 512
  uint32_t numSignatures;
  uint8_t digest[digestBytes];
  SealSignature signatures[maxSignatures];
  uint8_t zero[512 - 48 - maxSignatures * sizeof(SealSignature)];
};
static_assert(sizeof(Seal) == 512, "the seal has a fixed size");

/// Rounds up to a power of two; the caller makes sure that the sum does not overflow.
inline constexpr uint64_t alignUp(uint64_t value, uint64_t align) { return (value + align - 1) & ~(align - 1); }

inline constexpr uint64_t numChunks(uint64_t bytes) { return bytes / chunkBytes + (bytes % chunkBytes != 0); }

/// The header of a plan with `metaBytes` of metadata and `segmentBytes` of segments, end to end from the first.
inline FileHeader makeHeader(uint64_t metaBytes, uint64_t segmentBytes) {
  FileHeader header = {};
  memcpy(header.magic, headerMagic, sizeof headerMagic);
  header.headerBytes = sizeof(FileHeader);
  header.formatMajor = formatMajor;
  header.formatMinor = formatMinor;
  header.metaOffset = sizeof(FileHeader);
  header.metaBytes = metaBytes;
  header.sealOffset = alignUp(header.metaOffset + metaBytes, 8);
  header.segmentBase = alignUp(header.sealOffset + sizeof(Seal), pageBytes);
  header.segmentBytes = segmentBytes;
  return header;
}

/// The unsigned seal of a header (`headerBytes` of it) and its metadata.
inline Seal makeSeal(const void *header, size_t headerBytes, const void *metadata, size_t metaBytes) {
  Seal seal = {};
  memcpy(seal.magic, sealMagic, sizeof sealMagic);
  seal.bytes = sizeof(Seal);
  Sha256 hash;
  hash.update(header, headerBytes);
  hash.update(metadata, metaBytes);
  hash.finish(seal.digest);
  return seal;
}

/// Digest of a segment fed in pieces of any size: SHA-256 over the SHA-256 of each chunk and, where `crcs` is given (room
/// for numChunks(size) values), CRC-32C per chunk.
class SegmentDigest {
public:
  explicit SegmentDigest(uint32_t *crcs = nullptr) : crcs(crcs) {}

  void update(const void *data, size_t bytes) {
    const uint8_t *p = static_cast<const uint8_t *>(data);
    while (bytes) {
      size_t take = bytes < chunkBytes - used ? bytes : size_t(chunkBytes - used);
      chunk.update(p, take);
      if (crcs)
        crc = crc32c(crc, p, take);
      used += take;
      p += take;
      bytes -= take;
      if (used == chunkBytes)
        closeChunk();
    }
  }

  /// Writes the digest; the object must not be used afterwards.
  void finish(uint8_t out[digestBytes]) {
    if (used)
      closeChunk();
    segment.finish(out);
  }

private:
  void closeChunk() {
    uint8_t digest[digestBytes];
    chunk.finish(digest);
    segment.update(digest, digestBytes);
    chunk = Sha256();
    used = 0;
    if (crcs)
      *crcs++ = crc;
    crc = 0;
  }

  Sha256 segment, chunk;
  uint64_t used = 0;
  uint32_t *crcs;
  uint32_t crc = 0;
};

} // namespace dsc::schema
#endif
