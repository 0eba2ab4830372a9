// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Divergence, loops, calls, switches, barriers, special registers.
#include "Harness.h"

#include <algorithm>

using namespace dsc::sim;
using namespace dsc::sim::test;

namespace {
/// Every thread of a grid writes %r1 at its number; %r0 is the number.
std::vector<uint32_t> perThread(const std::string &body, Dim3 grid, Dim3 block,
                                const std::string &before = "", uint64_t seed = 0) {
  std::vector<uint32_t> out(grid.count() * block.count());
  const std::string ptx = kernelOf(".param .u64 out",
                                   "mov.u32 %r40, %ctaid.x; mov.u32 %r41, %ntid.x; mov.u32 %r42, %tid.x; "
                                   "mad.lo.u32 %r0, %r40, %r41, %r42;\n" +
                                       body +
                                       "\nld.param.u64 %q0, [out]; mul.wide.u32 %q1, %r0, 4; add.u64 %q0, "
                                       "%q0, %q1; st.global.u32 [%q0], %r1;",
                                   "sm_80", before);
  LaunchOptions options;
  options.seed = seed;
  const Error error = launch(ptx, "test", grid, block, 0, {Arg::output(out)}, options);
  EXPECT_FALSE(error) << error.message << ptx;
  return out;
}

TEST(SimControl, LanesDivergeAndMeetAgain) {
  // Odd and even lanes take different ways, meet, and count who is there.
  const std::vector<uint32_t> out = perThread("and.b32 %r2, %r0, 1; setp.eq.u32 %p0, %r2, 1; @%p0 bra "
                                              "ODD;\nmov.u32 %r1, 100; activemask.b32 %r3; bra MEET;\n"
                                              "ODD: mov.u32 %r1, 200; activemask.b32 %r3;\nMEET: "
                                              "activemask.b32 %r4; popc.b32 %r3, %r3; popc.b32 %r4, %r4;\n"
                                              "add.u32 %r1, %r1, %r3; mad.lo.u32 %r1, %r4, 1000, %r1;",
                                              {1}, {45});
  for (uint32_t k = 0; k < 45; ++k) {
    const uint32_t lanes = k < 32 ? 32 : 13, mine = k < 32 ? 16 : k % 2 ? 6 : 7;
    EXPECT_EQ(out[k], 1000 * lanes + (k % 2 ? 200 : 100) + mine) << k;
  }
}

TEST(SimControl, LoopsOfDifferentLength) {
  // Collatz steps: nested divergence inside a loop that lanes leave one by one.
  const std::vector<uint32_t> out = perThread("add.u32 %r2, %r0, 1; mov.u32 %r1, 0;\nLOOP: setp.eq.u32 %p0, "
                                              "%r2, 1; @%p0 bra DONE; and.b32 %r3, %r2, 1;\n"
                                              "setp.ne.u32 %p1, %r3, 0; @!%p1 bra EVEN; mad.lo.u32 %r2, %r2, "
                                              "3, 1; bra NEXT;\nEVEN: shr.u32 %r2, %r2, 1;\n"
                                              "NEXT: add.u32 %r1, %r1, 1; bra.uni LOOP;\nDONE:",
                                              {3}, {65});
  for (uint32_t k = 0; k < out.size(); ++k) {
    uint32_t n = k + 1, steps = 0;
    for (; n != 1; ++steps)
      n = n % 2 ? 3 * n + 1 : n / 2;
    EXPECT_EQ(out[k], steps);
  }
}

TEST(SimControl, ScopesRepeatNamesAndLabels) {
  const std::vector<uint32_t> out =
      perThread("mov.u32 %r1, 0;\n{ .reg .u32 t; .reg .pred P; mov.u32 t, 3; setp.eq.u32 P, %r0, 0; @P bra "
                "SKIP; mov.u32 t, 4; SKIP: add.u32 %r1, %r1, t; }\n"
                "{ .reg .u32 t; .reg .pred P; mov.u32 t, 10; setp.eq.u32 P, %r0, 1; @P bra SKIP; mov.u32 t, "
                "20; SKIP: add.u32 %r1, %r1, t; }",
                {1}, {3});
  EXPECT_EQ(out, (std::vector<uint32_t>{23, 14, 24}));
}

TEST(SimControl, SwitchesByTable) {
  const std::vector<uint32_t> out =
      perThread("and.b32 %r2, %r0, 3;\nTABLE: .branchtargets L0, L1, L2, L1;\nbrx.idx %r2, TABLE;\n"
                "L0: mov.u32 %r1, 5; bra.uni END;\nL1: mov.u32 %r1, 6; bra.uni END;\nL2: mov.u32 %r1, "
                "7;\nEND: activemask.b32 %r3; popc.b32 %r3, %r3; add.u32 %r1, %r1, %r3;",
                {1}, {32});
  for (uint32_t k = 0; k < 32; ++k)
    EXPECT_EQ(out[k], 32 + (k % 4 == 0 ? 5u : k % 4 == 2 ? 7u : 6u));
}

TEST(SimControl, CallsPassParametersAndRecurse) {
  const std::string functions =
      ".func (.param .b32 result) factorial(.param .b32 n)\n{ .reg .b32 %a<4>; .reg .pred %p; .local .b32 "
      "keep; ld.param.b32 %a0, [n]; st.local.u32 [keep], %a0;\n"
      "setp.gt.u32 %p, %a0, 1; @%p bra MORE; st.param.b32 [result], 1; ret;\n"
      "MORE: sub.u32 %a1, %a0, 1; { .param .b32 p; .param .b32 r; st.param.b32 [p], %a1; call.uni (r), "
      "factorial, (p); ld.param.b32 %a2, [r]; }\n"
      "ld.local.u32 %a3, [keep]; mul.lo.u32 %a2, %a2, %a3; st.param.b32 [result], %a2; ret; }\n"
      ".func (.reg .u32 z) mix(.reg .u32 x, .reg .u32 y)\n{ mad.lo.u32 z, x, 1000, y; }\n";
  const std::vector<uint32_t> out =
      perThread("and.b32 %r2, %r0, 7; { .param .b32 p; .param .b32 r; st.param.b32 [p], %r2; call (r), "
                "factorial, (p); ld.param.b32 %r3, [r]; }\n"
                "setp.lt.u32 %p0, %r0, 20; mov.u32 %r1, 1; @%p0 call (%r1), mix, (%r3, 4);",
                {1}, {40}, functions);
  uint32_t factorial[8] = {1};
  for (uint32_t k = 1; k < 8; ++k)
    factorial[k] = factorial[k - 1] * k;
  for (uint32_t k = 0; k < 40; ++k)
    EXPECT_EQ(out[k], k < 20 ? factorial[k % 8] * 1000 + 4 : 1) << k;
}

TEST(SimControl, SpecialRegisters) {
  const Dim3 grid{2, 3, 2}, block{3, 4, 5};
  std::vector<uint32_t> out(grid.count() * block.count() * 4);
  mustRun(kernelOf(".param .u64 out",
                   "mov.u32 %r0, %tid.x; mov.u32 %r1, %tid.y; mov.u32 %r2, %tid.z; mov.u32 %r3, %ntid.x; "
                   "mov.u32 %r4, %ntid.y; mov.u32 %r5, %ntid.z;\n"
                   "mad.lo.u32 %r6, %r2, %r4, %r1; mad.lo.u32 %r6, %r6, %r3, %r0;\n"
                   "mov.u32 %r10, %ctaid.x; mov.u32 %r11, %ctaid.y; mov.u32 %r12, %ctaid.z; mov.u32 %r13, "
                   "%nctaid.x; mov.u32 %r14, %nctaid.y;\n"
                   "mad.lo.u32 %r15, %r12, %r14, %r11; mad.lo.u32 %r15, %r15, %r13, %r10; mad.lo.u32 %r16, "
                   "%r15, 60, %r6;\n"
                   "mov.u32 %r20, %laneid; mov.u32 %r21, %warpid; mad.lo.u32 %r22, %r21, 32, %r20; mov.u32 "
                   "%r23, %lanemask_lt; popc.b32 %r23, %r23;\n"
                   "mov.u32 %r24, %nctaid.z; mov.u32 %r25, %nwarpid; mad.lo.u32 %r24, %r24, 10, %r25; "
                   "mad.lo.u32 %r24, %r5, 100, %r24;\n"
                   "mov.u64 %d1, %clock64; mov.u64 %d2, %clock64; setp.le.u64 %p0, %d2, %d1; @%p0 trap; "
                   "mov.u32 %r26, WARP_SZ; mad.lo.u32 %r24, %r26, 1000, %r24;\n"
                   "ld.param.u64 %q0, [out]; mul.wide.u32 %q1, %r16, 16; add.u64 %q0, %q0, %q1; "
                   "st.global.v4.u32 [%q0], {%r16, %r22, %r23, %r24};"),
          grid, block, {Arg::output(out)});
  for (uint32_t k = 0; k < grid.count() * 60; ++k) {
    EXPECT_EQ(out[4 * k], k);
    EXPECT_EQ(out[4 * k + 1], k % 60);
    EXPECT_EQ(out[4 * k + 2], k % 60 % 32);
    EXPECT_EQ(out[4 * k + 3], 32522u);
  }
}

TEST(SimControl, BarriersOrderWarpsUnderEverySeed) {
  for (uint64_t seed = 0; seed < 8; ++seed) {
    const std::vector<uint32_t> out =
        perThread(".shared .u32 box[224];\nmov.u64 %d0, box; mul.wide.u32 %q3, %r42, 4; add.u64 %d1, %d0, "
                  "%q3; mov.u32 %r2, 0; mov.u32 %r1, 0;\n"
                  "LOOP: mad.lo.u32 %r3, %r2, 7, %r42; st.shared.u32 [%d1], %r3; bar.sync 0; add.u32 %r4, "
                  "%r42, 97; rem.u32 %r4, %r4, 224;\n"
                  "mul.wide.u32 %q4, %r4, 4; add.u64 %d2, %d0, %q4; ld.shared.u32 %r5, [%d2]; add.u32 %r1, "
                  "%r1, %r5; barrier.sync.aligned 1, 224;\n"
                  "add.u32 %r2, %r2, 1; setp.lt.u32 %p0, %r2, 5; @%p0 bra LOOP;",
                  {2}, {224}, "", seed);
    for (uint32_t k = 0; k < out.size(); ++k)
      EXPECT_EQ(out[k], 5 * ((k % 224 + 97) % 224) + 70);
  }
}

TEST(SimControl, NamedBarriersSplitProducersFromConsumers) {
  for (uint64_t seed = 0; seed < 8; ++seed) {
    const std::vector<uint32_t> out =
        perThread(".shared .u32 box[32];\nmov.u64 %d0, box; and.b32 %r2, %r42, 31; mul.wide.u32 %q3, %r2, 4; "
                  "add.u64 %d1, %d0, %q3; mov.u32 %r1, 0;\n"
                  "setp.lt.u32 %p0, %r42, 32; @!%p0 bra CONSUME;\nadd.u32 %r3, %r42, 5; st.shared.u32 [%d1], "
                  "%r3; membar.cta; bar.arrive 3, 64; bra DONE;\n"
                  "CONSUME: bar.sync 3, 64; ld.shared.u32 %r1, [%d1];\nDONE:",
                  {1}, {64}, "", seed);
    for (uint32_t k = 32; k < 64; ++k)
      EXPECT_EQ(out[k], k - 32 + 5);
  }
}

TEST(SimControl, BarrierReductions) {
  const std::vector<uint32_t> out = perThread(
      "setp.lt.u32 %p0, %r42, 50; bar.red.popc.u32 %r1, 0, %p0; bar.red.and.pred %p1, 1, 96, %p0; "
      "bar.red.or.pred %p2, 0, !%p0;\n"
      "selp.u32 %r2, 1000, 0, %p1; selp.u32 %r3, 2000, 0, %p2; add.u32 %r1, %r1, %r2; add.u32 %r1, %r1, %r3;",
      {1}, {96});
  for (uint32_t value : out)
    EXPECT_EQ(value, 2050u);
}

TEST(SimControl, ThreadsThatEndDoNotHoldABarrier) {
  // The last warp and half of the first leave before the barrier.
  const std::vector<uint32_t> out = perThread("mov.u32 %r1, 3; ld.param.u64 %q0, [out]; mul.wide.u32 %q1, "
                                              "%r0, 4; add.u64 %q0, %q0, %q1; st.global.u32 [%q0], %r1;\n"
                                              "setp.ge.u32 %p0, %r42, 64; @%p0 exit; setp.lt.u32 %p1, %r42, "
                                              "16; @%p1 ret; bar.sync 0; mov.u32 %r1, 4;",
                                              {1}, {96});
  for (uint32_t k = 0; k < 96; ++k)
    EXPECT_EQ(out[k], k >= 16 && k < 64 ? 4u : 3u);
}
TEST(SimControl, TheSideOfABranchThatEndsRunsFirst) {
  // The lanes that go on need only each other once the others have returned, whichever side is written first.
  const std::string store = "ld.param.u64 %q0, [out]; mul.wide.u32 %q1, %r0, 4; add.u64 %q0, %q0, %q1; "
                            "st.global.u32 [%q0], %r1; ret;\n";
  const std::string work = "bar.sync 0; shfl.sync.idx.b32 %r1, %r0, 9, 31, -1;\n";
  const std::string set = "setp.lt.u32 %p0, %r0, 8; mov.u32 %r1, 77;\n";
  const std::string ends[] = {set + "@!%p0 bra GO;\n" + store + "GO:" + work,
                              set + "@%p0 bra OUT;\n" + work + store + "OUT:"};
  for (const std::string &body : ends) {
    const std::vector<uint32_t> out = perThread(body, {1}, {32});
    for (uint32_t k = 0; k < 32; ++k)
      EXPECT_EQ(out[k], k < 8 ? 77u : 9u);
  }
}
} // namespace
