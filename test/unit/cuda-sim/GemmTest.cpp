// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// A whole tensor-core GEMM, written as text: 128x128 per block of 4 warps, cp.async, swizzled shared memory,
// ldmatrix, m16n8k16. Also says how long it takes and that it has no bank conflicts.
#include "Formats.h"
#include "Harness.h"

#include <chrono>
#include <random>

using namespace dsc::sim;
using namespace dsc::sim::test;

namespace {
std::string number(int x) { return std::to_string(x); }

/// Copies 128 rows of 32 halves from matrix `pointer`, row 128 * `place`, to shared offset `at`; chunk ^ (row
/// / 2) & 3.
std::string copyTile(const std::string &pointer, const std::string &place, int at) {
  std::string text;
  for (int part = 0; part < 4; ++part) { // thread t: chunk t & 3 of rows t / 4 + 32 part
    text += "add.u32 %x0, %tr, " + number(32 * part) +
            "; shr.u32 %x1, %x0, 1; and.b32 %x1, %x1, 3; xor.b32 %x1, %x1, %tc; shl.b32 %x1, %x1, 4;\n"
            "mad.lo.u32 %x2, %x0, 64, %x1; add.u32 %x2, %x2, " +
            number(at) +
            "; add.u32 %x2, %x2, %smem;\n"
            "mad.lo.u32 %x3, " +
            place +
            ", 128, %x0; mad.lo.u32 %x3, %x3, %depth, %k; mad.lo.u32 %x3, %tc, 8, %x3; mul.wide.u32 %y0, "
            "%x3, 2; add.u64 %y0, %y0, " +
            pointer +
            ";\n"
            "cvt.u64.u32 %y1, %x2; cp.async.cg.shared.global [%y1], [%y0], 16;\n";
  }
  return text;
}

/// The address of a fragment row and chunk: lanes' row in %x0, chunk in %x1.
std::string fragmentAddress(int at) {
  return "shr.u32 %x2, %x0, 1; and.b32 %x2, %x2, 3; xor.b32 %x2, %x2, %x1; shl.b32 %x2, %x2, 4; mad.lo.u32 "
         "%x3, %x0, 64, %x2; add.u32 %x3, %x3, " +
         number(at) + "; add.u32 %x3, %x3, %smem; cvt.u64.u32 %y1, %x3;\n";
}

/// Warp (wm, wn) computes 64x64: 4 by 8 tiles of 16x8.
std::string multiplyTile() {
  std::string text;
  for (int kk = 0; kk < 2; ++kk) {
    for (int m = 0; m < 4; ++m) // A: row lane % 16, chunk lane / 16
      text += "and.b32 %x0, %lane, 15; mad.lo.u32 %x0, %wm, 64, %x0; add.u32 %x0, %x0, " + number(16 * m) +
              "; shr.u32 %x1, %lane, 4; add.u32 %x1, %x1, " + number(2 * kk) + ";\n" + fragmentAddress(0) +
              "ldmatrix.sync.aligned.m8n8.x4.shared.b16 {%a" + number(4 * m) + ", %a" + number(4 * m + 1) +
              ", %a" + number(4 * m + 2) + ", %a" + number(4 * m + 3) + "}, [%y1];\n";
    for (int n = 0; n < 8; n += 2) // B: row lane % 8 + 8 (lane / 16), chunk lane / 8 % 2
      text += "and.b32 %x0, %lane, 7; shr.u32 %x1, %lane, 4; mad.lo.u32 %x0, %x1, 8, %x0; mad.lo.u32 %x0, "
              "%wn, 64, %x0; add.u32 %x0, %x0, " +
              number(8 * n) + "; shr.u32 %x1, %lane, 3; and.b32 %x1, %x1, 1; add.u32 %x1, %x1, " +
              number(2 * kk) + ";\n" + fragmentAddress(8192) +
              "ldmatrix.sync.aligned.m8n8.x4.shared.b16 {%b" + number(2 * n) + ", %b" + number(2 * n + 1) +
              ", %b" + number(2 * n + 2) + ", %b" + number(2 * n + 3) + "}, [%y1];\n";
    for (int m = 0; m < 4; ++m)
      for (int n = 0; n < 8; ++n) {
        std::string c = "{";
        for (int i = 0; i < 4; ++i)
          c += (i ? ", %c" : "%c") + number(4 * (8 * m + n) + i);
        text += "mma.sync.aligned.m16n8k16.row.col.f32.f16.f16.f32 " + c + "}, {%a" + number(4 * m) + ", %a" +
                number(4 * m + 1) + ", %a" + number(4 * m + 2) + ", %a" + number(4 * m + 3) + "}, {%b" +
                number(2 * n) + ", %b" + number(2 * n + 1) + "}, " + c + "};\n";
      }
  }
  return text;
}

std::string storeTile() {
  std::string text =
      "shr.u32 %x0, %lane, 2; and.b32 %x1, %lane, 3; mad.lo.u32 %x0, %wm, 64, %x0; mad.lo.u32 %x0, %by, 128, "
      "%x0; shl.b32 %x1, %x1, 1; mad.lo.u32 %x1, %wn, 64, %x1; mad.lo.u32 %x1, %bx, 128, %x1;\n";
  for (int m = 0; m < 4; ++m)
    for (int n = 0; n < 8; ++n)
      for (int h = 0; h < 2; ++h)
        text += "add.u32 %x2, %x0, " + number(16 * m + 8 * h) +
                "; mad.lo.u32 %x2, %x2, %width, %x1; add.u32 %x2, %x2, " + number(8 * n) +
                "; mul.wide.u32 %y0, %x2, 4; add.u64 %y0, %y0, %out;\n"
                "st.global.v2.f32 [%y0], {%c" +
                number(4 * (8 * m + n) + 2 * h) + ", %c" + number(4 * (8 * m + n) + 2 * h + 1) + "};\n";
  return text;
}

std::string gemm() {
  std::string zeros;
  for (int i = 0; i < 128; ++i)
    zeros += "mov.b32 %c" + number(i) + ", 0;\n";
  return kernelOf(
      ".param .u64 a, .param .u64 b, .param .u64 c, .param .u32 n, .param .u32 k",
      ".reg .b32 %a<16>, %b<16>, %c<128>, %x<4>, %lane, %wm, %wn, %tr, %tc, %bx, %by, %k, %depth, %width, "
      "%smem; .reg .b64 %y<2>, %left, %right, %out; .shared .align 128 .b8 tile[16384];\n"
      "ld.param.u64 %left, [a]; ld.param.u64 %right, [b]; ld.param.u64 %out, [c]; ld.param.u32 %width, [n]; "
      "ld.param.u32 %depth, [k]; mov.u32 %bx, %ctaid.x; mov.u32 %by, %ctaid.y; mov.u64 %y0, tile; "
      "cvt.u32.u64 %smem, %y0;\n"
      "mov.u32 %x0, %tid.x; and.b32 %lane, %x0, 31; shr.u32 %x1, %x0, 5; and.b32 %wn, %x1, 1; shr.u32 %wm, "
      "%x1, 1; and.b32 %tc, %x0, 3; shr.u32 %tr, %x0, 2; mov.u32 %k, 0;\n" +
          zeros + "LOOP:\n" + copyTile("%left", "%by", 0) + copyTile("%right", "%bx", 8192) +
          "cp.async.commit_group; cp.async.wait_group 0; bar.sync 0;\n" + multiplyTile() +
          "bar.sync 0; add.u32 %k, %k, 32; setp.lt.u32 %p0, %k, %depth; @%p0 bra LOOP;\n" + storeTile());
}

TEST(SimGemm, TensorCores) {
  const int m = 128, n = 256, k = 64;
  std::mt19937 generator(1);
  std::normal_distribution<double> normal;
  std::vector<uint16_t> a(m * k), b(n * k);
  for (uint16_t &x : a)
    x = uint16_t(half.encode(normal(generator), "rn"));
  for (uint16_t &x : b)
    x = uint16_t(half.encode(normal(generator), "rn"));
  const std::string ptx = gemm();
  for (uint64_t seed = 0; seed < 3; ++seed) {
    std::vector<float> c(m * n);
    LaunchOptions options;
    options.seed = seed;
    options.copies = seed == 1 ? CopyArrival::early : CopyArrival::late;
    LaunchCounts counts;
    const auto begin = std::chrono::steady_clock::now();
    const Error error = launch(ptx, "test", {2, 1}, {128}, 0,
                               {Arg::input(a), Arg::input(b), Arg::output(c), Arg::value(n), Arg::value(k)},
                               options, &counts);
    const double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
    ASSERT_FALSE(error) << error.message;
    EXPECT_EQ(counts.sharedBankConflicts, 0u);
    RecordProperty("seconds", std::to_string(seconds));
    EXPECT_LT(seconds, 10); // 0.02 in a release build
    for (int i = 0; i < m; ++i)
      for (int j = 0; j < n; ++j) {
        double sum = 0, size = 0;
        for (int l = 0; l < k; ++l) {
          const double product = half.decode(a[i * k + l]) * half.decode(b[j * k + l]);
          sum += product;
          size += std::fabs(product);
        }
        ASSERT_NEAR(c[i * n + j], sum, size * k * 0x1p-24);
      }
  }
}

TEST(SimGemm, CountsBankConflicts) {
  // 32 rows of 128 bytes: all lanes in one bank; with 8 bytes half of the warp at a time; broadcast costs
  // nothing.
  auto conflicts = [](const std::string &access) {
    LaunchCounts counts;
    const Error error = launch(
        kernelOf(
            "",
            ".shared .align 128 .b8 tile[4096]; mov.u32 %r0, %tid.x; mul.wide.u32 %q0, %r0, 128; "
            "mul.wide.u32 %q2, %r0, 4; mov.u64 %q1, tile; add.u64 %q0, %q1, %q0; add.u64 %q2, %q1, %q2;\n" +
                access),
        "test", {1}, {32}, 0, {}, {}, &counts);
    EXPECT_FALSE(error) << error.message;
    return counts.sharedBankConflicts;
  };
  EXPECT_EQ(conflicts("st.shared.u32 [%q0], %r0;"), 31u);
  EXPECT_EQ(conflicts("st.shared.v2.u32 [%q0], {%r0, %r0};"), 2 * 15u);
  EXPECT_EQ(conflicts("st.shared.v4.u32 [%q0], {%r0, %r0, %r0, %r0};"), 4 * 7u);
  EXPECT_EQ(conflicts("st.shared.u32 [%q2], %r0;"), 0u);
  EXPECT_EQ(conflicts("st.shared.u32 [tile], 1; bar.warp.sync -1; ld.shared.u32 %r1, [tile];"), 0u);
}
} // namespace
