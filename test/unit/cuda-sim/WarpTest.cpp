// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Exchange between lanes, lane by lane from the ISA's text; matrices moved through shared memory.
#include "Harness.h"

#include <algorithm>

using namespace dsc::sim;
using namespace dsc::sim::test;

namespace {
/// %r2 is in[lane]; every lane writes %r1 and %r3.
std::vector<uint32_t> perLane(const std::string &body, const std::vector<uint32_t> &in,
                              const std::string &target = "sm_80") {
  std::vector<uint32_t> out(2 * in.size());
  mustRun(kernelOf(".param .u64 in, .param .u64 out",
                   "ld.param.u64 %q0, [in]; ld.param.u64 %q1, [out]; mov.u32 %r0, %tid.x; mov.u32 %r3, "
                   "0;\nmul.wide.u32 %q2, %r0, 4; add.u64 %q0, %q0, %q2;\n"
                   "ld.global.u32 %r2, [%q0]; mul.wide.u32 %q2, %r0, 8; add.u64 %q1, %q1, %q2;\n" +
                       body + "\nst.global.v2.u32 [%q1], {%r1, %r3};",
                   target),
          {1}, {uint32_t(in.size())}, {Arg::input(in), Arg::output(out)});
  return out;
}

std::vector<uint32_t> values(size_t n) {
  std::vector<uint32_t> v(n);
  for (size_t k = 0; k < n; ++k)
    v[k] = uint32_t(k * k * 2654435761u) >> 3;
  return v;
}

TEST(SimWarp, Shuffles) {
  const std::vector<uint32_t> in = values(32);
  for (const std::string mode : {"up", "down", "bfly", "idx"})
    for (uint32_t width : {32u, 8u, 4u})
      for (uint32_t b : {0u, 1u, 3u, 9u, 31u}) {
        const uint32_t segment = 32 - width, c = segment << 8 | (mode == "up" ? 0 : 31);
        const std::vector<uint32_t> out =
            perLane("shfl.sync." + mode + ".b32 %r1|%p0, %r2, " + std::to_string(b) + ", " +
                        std::to_string(c) + ", 0xffffffff; selp.u32 %r3, 1, 0, %p0;",
                    in);
        for (uint32_t l = 0; l < 32; ++l) {
          // Within a segment of `width` lanes.
          const int base = int(l / width * width), last = base + int(width) - 1;
          int j = mode == "up"     ? int(l) - int(b)
                  : mode == "down" ? int(l + b)
                  : mode == "bfly" ? int(l ^ b)
                                   : base + int(b % width);
          const bool isIn = mode == "up" ? j >= base : j <= last;
          j = isIn ? j : int(l);
          EXPECT_EQ(out[2 * l], in[j]) << mode << " " << width << " " << b << " lane " << l;
          EXPECT_EQ(out[2 * l + 1], uint32_t(isIn));
        }
      }
}

TEST(SimWarp, ShufflesOfAPartOfTheWarp) {
  const std::vector<uint32_t> in = values(32);
  const std::vector<uint32_t> out =
      perLane("mov.u32 %r1, 0; setp.lt.u32 %p1, %r0, 8; @%p1 shfl.sync.bfly.b32 %r1, %r2, 1, 31, 255;", in);
  for (uint32_t l = 0; l < 32; ++l)
    EXPECT_EQ(out[2 * l], l < 8 ? in[l ^ 1] : 0);
}

TEST(SimWarp, Votes) {
  const std::vector<uint32_t> out =
      perLane("setp.lt.u32 %p0, %r0, 5; vote.sync.ballot.b32 %r1, %p0, -1; vote.sync.any.pred %p1, %p0, -1; "
              "vote.sync.all.pred %p2, %p0, -1;\n"
              "vote.sync.uni.pred %p3, %p0, -1; vote.sync.all.pred %p4, !%p0, -1; selp.u32 %r3, 1, 0, %p1; "
              "selp.u32 %r4, 2, 0, %p2; selp.u32 %r5, 4, 0, %p3;\n"
              "selp.u32 %r6, 8, 0, %p4; add.u32 %r3, %r3, %r4; add.u32 %r3, %r3, %r5; add.u32 %r3, %r3, %r6;",
              values(32));
  EXPECT_EQ(out[0], 31u);
  EXPECT_EQ(out[1], 1u);
}

TEST(SimWarp, MatchesAndReduces) {
  std::vector<uint32_t> in(32);
  for (uint32_t l = 0; l < 32; ++l)
    in[l] = l % 5 == 0 ? 0x80000000u + l : l % 3;
  const std::vector<uint32_t> match =
      perLane("match.any.sync.b32 %r1, %r2, -1; match.all.sync.b32 %r3|%p0, %r2, -1;", in);
  const std::vector<uint32_t> all =
      perLane("mov.u64 %d0, 77; match.all.sync.b64 %r1|%p0, %d0, -1; selp.u32 %r3, 1, 0, %p0;", in);
  for (uint32_t l = 0; l < 32; ++l) {
    uint32_t equal = 0;
    for (uint32_t k = 0; k < 32; ++k)
      equal |= uint32_t(in[k] == in[l]) << k;
    EXPECT_EQ(match[2 * l], equal);
    EXPECT_EQ(match[2 * l + 1], 0u);
    EXPECT_EQ(all[2 * l], ~0u);
    EXPECT_EQ(all[2 * l + 1], 1u);
  }
  auto fold = [&](uint32_t (*f)(uint32_t, uint32_t)) {
    uint32_t x = in[0];
    for (uint32_t l = 1; l < 32; ++l)
      x = f(x, in[l]);
    return x;
  };
  using U = uint32_t;
  const std::pair<const char *, U> reductions[] = {
      {"add.u32", fold([](U a, U b) { return a + b; })},
      {"min.s32", fold([](U a, U b) { return U(std::min(int32_t(a), int32_t(b))); })},
      {"max.s32", fold([](U a, U b) { return U(std::max(int32_t(a), int32_t(b))); })},
      {"max.u32", fold([](U a, U b) { return std::max(a, b); })},
      {"and.b32", fold([](U a, U b) { return a & b; })},
      {"or.b32", fold([](U a, U b) { return a | b; })},
      {"xor.b32", fold([](U a, U b) { return a ^ b; })}};
  for (const auto &[name, expected] : reductions)
    EXPECT_EQ(perLane(std::string("redux.sync.") + name + " %r1, %r2, -1;", in)[7 * 2], expected) << name;
}

TEST(SimWarp, ElectsOneLane) {
  const std::vector<uint32_t> out =
      perLane("elect.sync %r1|%p0, -1; selp.u32 %r3, 1, 0, %p0;", values(32), "sm_90");
  for (uint32_t l = 0; l < 32; ++l) {
    EXPECT_EQ(out[2 * l], 0u);
    EXPECT_EQ(out[2 * l + 1], uint32_t(l == 0));
  }
}

/// Matrices q of 8x8 numbers 100 q + 8 row + column in shared memory, one row per lane; each lane writes 4
/// registers.
std::vector<uint32_t> matrices(const std::string &body, const std::string &target = "sm_80") {
  std::vector<uint32_t> out(32 * 4);
  mustRun(kernelOf(".param .u64 out",
                   ".shared .align 16 .b8 tile[1024];\nld.param.u64 %q0, [out]; mov.u32 %r0, %tid.x; mov.u64 "
                   "%d0, tile; mul.wide.u32 %q1, %r0, 16; add.u64 %d1, %d0, %q1;\n"
                   "mul.wide.u32 %q2, %r0, 16; add.u64 %q0, %q0, %q2; shr.u32 %r1, %r0, 3; mul.lo.u32 %r1, "
                   "%r1, 100; and.b32 %r2, %r0, 7; mad.lo.u32 %r1, %r2, 8, %r1;\n"
                   "mad.lo.u32 %r2, %r1, 0x10001, 0x10000; add.u32 %r3, %r2, 0x20002; add.u32 %r4, %r2, "
                   "0x40004; add.u32 %r5, %r2, 0x60006; st.shared.v4.b32 [%d1], {%r2, %r3, %r4, %r5};\n"
                   "mov.u32 %r10, 0; mov.u32 %r11, 0; mov.u32 %r12, 0; mov.u32 %r13, 0; bar.warp.sync -1;\n" +
                       body + "\nst.global.v4.b32 [%q0], {%r10, %r11, %r12, %r13};",
                   target),
          {1}, {32}, {Arg::output(out)});
  return out;
}

uint32_t pair(uint32_t q, uint32_t row, uint32_t column, bool isTransposed) {
  auto at = [&](uint32_t r, uint32_t c) { return 100 * q + (isTransposed ? 8 * c + r : 8 * r + c); };
  return at(row, column + 1) << 16 | at(row, column);
}

TEST(SimWarp, LoadsMatrices) {
  for (bool isTransposed : {false, true})
    for (uint32_t count : {1u, 2u, 4u}) {
      const std::string registers[] = {"", "{%r10}", "{%r10, %r11}", "", "{%r10, %r11, %r12, %r13}"};
      const std::vector<uint32_t> out =
          matrices("ldmatrix.sync.aligned.m8n8.x" + std::to_string(count) + (isTransposed ? ".trans" : "") +
                   ".shared.b16 " + registers[count] + ", [%d1];");
      for (uint32_t l = 0; l < 32; ++l)
        for (uint32_t q = 0; q < 4; ++q)
          EXPECT_EQ(out[4 * l + q], q < count ? pair(q, l / 4, 2 * (l % 4), isTransposed) : 0)
              << count << isTransposed << l << q;
    }
}

TEST(SimWarp, StoresAndTransposesMatrices) {
  // Stored transposed and loaded transposed is the matrix again; a transposing move is a transposed load.
  const std::vector<uint32_t> out =
      matrices("ldmatrix.sync.aligned.m8n8.x2.shared.b16 {%r20, %r21}, [%d1]; "
               "movmatrix.sync.aligned.m8n8.trans.b16 %r10, %r21;\nbar.warp.sync -1;\n"
               "cvta.shared.u64 %d2, %d1; stmatrix.sync.aligned.m8n8.x2.trans.b16 [%d2+512], {%r20, %r21}; "
               "bar.warp.sync -1;\n"
               "ldmatrix.sync.aligned.m8n8.x2.trans.shared.b16 {%r11, %r12}, [%d1+512];",
               "sm_90");
  for (uint32_t l = 0; l < 32; ++l) {
    EXPECT_EQ(out[4 * l], pair(1, l / 4, 2 * (l % 4), true));
    EXPECT_EQ(out[4 * l + 1], pair(0, l / 4, 2 * (l % 4), false));
    EXPECT_EQ(out[4 * l + 2], pair(1, l / 4, 2 * (l % 4), false));
  }
}
} // namespace
