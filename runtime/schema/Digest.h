// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// SHA-256 and CRC-32C as plan files use them: header-only, no allocation, shared by the plan writer and the loader.
#ifndef DSC_RUNTIME_SCHEMA_DIGEST_H
#define DSC_RUNTIME_SCHEMA_DIGEST_H

#include <cstddef>
#include <cstdint>
#include <cstring>

#if defined(__x86_64__)
#include <immintrin.h>
#endif

namespace dsc::schema {

/// Bytes of a SHA-256 digest.
inline constexpr size_t digestBytes = 32;

namespace detail {

inline constexpr uint32_t sha256Round[64] = {
    0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5,
    0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174,
    0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
    0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967,
    0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85,
    0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
    0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
    0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2};

inline uint32_t rotateRight(uint32_t x, unsigned n) { return (x >> n) | (x << (32 - n)); }

inline void sha256BlocksPortable(uint32_t state[8], const uint8_t *data, size_t blocks) {
  for (; blocks; --blocks, data += 64) {
    uint32_t w[64];
    for (int i = 0; i < 16; ++i)
      w[i] = uint32_t(data[4 * i]) << 24 | uint32_t(data[4 * i + 1]) << 16 | uint32_t(data[4 * i + 2]) << 8 |
             uint32_t(data[4 * i + 3]);
    for (int i = 16; i < 64; ++i) {
      uint32_t s0 = rotateRight(w[i - 15], 7) ^ rotateRight(w[i - 15], 18) ^ (w[i - 15] >> 3);
      uint32_t s1 = rotateRight(w[i - 2], 17) ^ rotateRight(w[i - 2], 19) ^ (w[i - 2] >> 10);
      w[i] = w[i - 16] + s0 + w[i - 7] + s1;
    }
    uint32_t v[8];
    memcpy(v, state, sizeof v);
    for (int i = 0; i < 64; ++i) {
      uint32_t s1 = rotateRight(v[4], 6) ^ rotateRight(v[4], 11) ^ rotateRight(v[4], 25);
      uint32_t t1 = v[7] + s1 + ((v[4] & v[5]) ^ (~v[4] & v[6])) + sha256Round[i] + w[i];
      uint32_t s0 = rotateRight(v[0], 2) ^ rotateRight(v[0], 13) ^ rotateRight(v[0], 22);
      uint32_t t2 = s0 + ((v[0] & v[1]) ^ (v[0] & v[2]) ^ (v[1] & v[2]));
      memmove(v + 1, v, 7 * sizeof v[0]);
      v[4] += t1;
      v[0] = t1 + t2;
    }
    for (int i = 0; i < 8; ++i)
      state[i] += v[i];
  }
}

#if defined(__x86_64__)
/// The same with the SHA extensions: about five times the speed of the portable form.
__attribute__((target("sha,sse4.1"))) inline void sha256BlocksShaNi(uint32_t state[8], const uint8_t *data,
                                                                    size_t blocks) {
  const __m128i swap = _mm_set_epi64x(0x0c0d0e0f08090a0bLL, 0x0405060700010203LL);
  __m128i low = _mm_shuffle_epi32(_mm_loadu_si128(reinterpret_cast<const __m128i *>(state)), 0xB1);
  __m128i high = _mm_shuffle_epi32(_mm_loadu_si128(reinterpret_cast<const __m128i *>(state + 4)), 0x1B);
  __m128i abef = _mm_alignr_epi8(low, high, 8);
  __m128i cdgh = _mm_blend_epi16(high, low, 0xF0);
  for (; blocks; --blocks, data += 64) {
    const __m128i abefBefore = abef, cdghBefore = cdgh;
    __m128i m[4];
    for (int i = 0; i < 4; ++i)
      m[i] = _mm_shuffle_epi8(_mm_loadu_si128(reinterpret_cast<const __m128i *>(data + 16 * i)), swap);
    for (int i = 0; i < 16; ++i) {
      if (i >= 4) {
        __m128i sum = _mm_add_epi32(_mm_sha256msg1_epu32(m[i & 3], m[(i + 1) & 3]),
                                    _mm_alignr_epi8(m[(i + 3) & 3], m[(i + 2) & 3], 4));
        m[i & 3] = _mm_sha256msg2_epu32(sum, m[(i + 3) & 3]);
      }
      __m128i k = _mm_loadu_si128(reinterpret_cast<const __m128i *>(sha256Round + 4 * i));
      __m128i wk = _mm_add_epi32(m[i & 3], k);
      cdgh = _mm_sha256rnds2_epu32(cdgh, abef, wk);
      abef = _mm_sha256rnds2_epu32(abef, cdgh, _mm_shuffle_epi32(wk, 0x0E));
    }
    abef = _mm_add_epi32(abef, abefBefore);
    cdgh = _mm_add_epi32(cdgh, cdghBefore);
  }
  low = _mm_shuffle_epi32(abef, 0x1B);
  high = _mm_shuffle_epi32(cdgh, 0xB1);
  _mm_storeu_si128(reinterpret_cast<__m128i *>(state), _mm_blend_epi16(low, high, 0xF0));
  _mm_storeu_si128(reinterpret_cast<__m128i *>(state + 4), _mm_alignr_epi8(high, low, 8));
}

inline constexpr uint32_t featuresKnown = 1, featureSha = 2, featureCrc = 4;
inline uint32_t cpuFeatureCache = 0;

inline void cpuid(uint32_t leaf, uint32_t r[4]) {
  __asm__("cpuid" : "=a"(r[0]), "=b"(r[1]), "=c"(r[2]), "=d"(r[3]) : "a"(leaf), "c"(0));
}

/// Which of the two extensions the machine has; asked once, because CPUID traps in virtual machines.
inline uint32_t cpuFeatures() {
  uint32_t features = __atomic_load_n(&cpuFeatureCache, __ATOMIC_RELAXED);
  if (features)
    return features;
  uint32_t top[4], one[4], seven[4] = {};
  cpuid(0, top);
  cpuid(1, one);
  if (top[0] >= 7)
    cpuid(7, seven);
  features = featuresKnown;
  if ((seven[1] >> 29 & 1) && (one[2] >> 19 & 1))
    features |= featureSha;
  if (one[2] >> 20 & 1)
    features |= featureCrc;
  __atomic_store_n(&cpuFeatureCache, features, __ATOMIC_RELAXED);
  return features;
}
#endif

inline void sha256Blocks(uint32_t state[8], const uint8_t *data, size_t blocks) {
#if defined(__x86_64__)
  if (cpuFeatures() & featureSha)
    return sha256BlocksShaNi(state, data, blocks);
#endif
  sha256BlocksPortable(state, data, blocks);
}

} // namespace detail

/// Incremental SHA-256 (FIPS 180-4).
class Sha256 {
public:
  void update(const void *data, size_t bytes) {
    if (!bytes)
      return;
    const uint8_t *p = static_cast<const uint8_t *>(data);
    size_t used = size_t(total % 64);
    total += bytes;
    if (used) {
      size_t take = bytes < 64 - used ? bytes : 64 - used;
      memcpy(block + used, p, take);
      if (used + take < 64)
        return;
      detail::sha256Blocks(state, block, 1);
      p += take;
      bytes -= take;
    }
    detail::sha256Blocks(state, p, bytes / 64);
    memcpy(block, p + (bytes & ~size_t(63)), bytes % 64);
  }

  /// Writes the digest; the object must not be used afterwards.
  void finish(uint8_t out[digestBytes]) {
    uint64_t bits = total * 8;
    uint8_t tail[72] = {0x80};
    size_t pad = 1 + (119 - size_t(total % 64)) % 64;
    for (int i = 0; i < 8; ++i)
      tail[pad + size_t(i)] = uint8_t(bits >> (56 - 8 * i));
    update(tail, pad + 8);
    for (int i = 0; i < 32; ++i)
      out[i] = uint8_t(state[i / 4] >> (24 - 8 * (i % 4)));
  }

private:
  uint32_t state[8] = {0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a, 0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19};
  uint64_t total = 0;
  uint8_t block[64];
};

namespace detail {

struct Crc32cTable {
  uint32_t entry[256];
  constexpr Crc32cTable() : entry() {
    for (uint32_t i = 0; i < 256; ++i) {
      uint32_t c = i;
      for (int k = 0; k < 8; ++k)
        c = (c >> 1) ^ (c & 1 ? 0x82f63b78u : 0u);
      entry[i] = c;
    }
  }
};
inline constexpr Crc32cTable crc32cTable;

inline uint32_t crc32cPortable(uint32_t crc, const uint8_t *p, size_t bytes) {
  for (; bytes; --bytes)
    crc = (crc >> 8) ^ crc32cTable.entry[(crc ^ *p++) & 0xff];
  return crc;
}

#if defined(__x86_64__)
__attribute__((target("sse4.2"))) inline uint32_t crc32cInstruction(uint32_t crc, const uint8_t *p, size_t bytes) {
  uint64_t c = crc;
  for (; bytes >= 8; bytes -= 8, p += 8) {
    uint64_t word;
    memcpy(&word, p, 8);
    c = _mm_crc32_u64(c, word);
  }
  for (crc = uint32_t(c); bytes; --bytes)
    crc = _mm_crc32_u8(crc, *p++);
  return crc;
}
#endif

} // namespace detail

/// Extends `crc` (0 at the start) over `bytes` bytes: CRC-32C (Castagnoli), as iSCSI and ext4 use it.
inline uint32_t crc32c(uint32_t crc, const void *data, size_t bytes) {
  const uint8_t *p = static_cast<const uint8_t *>(data);
#if defined(__x86_64__)
  if (detail::cpuFeatures() & detail::featureCrc)
    return ~detail::crc32cInstruction(~crc, p, bytes);
#endif
  return ~detail::crc32cPortable(~crc, p, bytes);
}

} // namespace dsc::schema
#endif
