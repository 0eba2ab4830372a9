// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Loads and stores in every state space, vectors, extension, addresses, module data, atomics.
#include "Formats.h"
#include "Harness.h"

#include <algorithm>
#include <numeric>

using namespace dsc::sim;
using namespace dsc::sim::test;

namespace {
/// Runs one block over `in` and `out`; %q0 and %q1 are their addresses, %r0 the thread.
template <class T>
std::vector<T> run(const std::string &body, const std::vector<T> &in, size_t outCount, uint32_t threads,
                   const std::string &before = "") {
  std::vector<T> out(outCount);
  const std::string ptx = kernelOf(
      ".param .u64 in, .param .u64 out",
      "ld.param.u64 %q0, [in]; ld.param.u64 %q1, [out]; mov.u32 %r0, %tid.x;\n" + body, "sm_80", before);
  const Error error = launch(ptx, "test", {1}, {threads}, 0, {Arg::input(in), Arg::output(out)});
  EXPECT_FALSE(error) << error.message << ptx;
  return out;
}

std::vector<uint32_t> counting(size_t n) {
  std::vector<uint32_t> v(n);
  std::iota(v.begin(), v.end(), 0x01020380u);
  return v;
}

TEST(SimMemory, VectorsAndOffsets) {
  const std::vector<uint32_t> in = counting(16);
  const std::vector<uint32_t> out = run<uint32_t>(
      "ld.global.nc.L1::no_allocate.L2::128B.v4.b32 {%r1, %r2, %r3, %r4}, [%q0+32];\n"
      "ldu.global.v2.u32 {%r5, _}, [%q0]; ld.global.ca.b64 %d0, [%q0+8]; mov.b64 {%r6, %r7}, %d0;\n"
      "st.global.cs.v4.b32 [%q1], {%r4, %r3, %r2, %r1}; st.global.wb.v2.b32 [%q1+16], {%r5, %r6}; "
      "st.global.b32 [%q1+28], %r7;\n"
      "prefetch.global.L2 [%q0]; st.global.u32 [%q1+24], 77;",
      in, 8, 1);
  EXPECT_EQ(out, (std::vector<uint32_t>{in[11], in[10], in[9], in[8], in[0], in[2], 77, in[3]}));
}

TEST(SimMemory, NarrowLoadsExtend) {
  const std::vector<uint32_t> out =
      run<uint32_t>("ld.global.u8 %r1, [%q0]; ld.global.s8 %r2, [%q0]; ld.global.u16 %r3, [%q0]; "
                    "ld.global.s16 %r4, [%q0];\n"
                    "ld.global.s8 %h1, [%q0]; cvt.u32.u16 %r5, %h1; ld.global.s32 %d1, [%q0+4]; shr.u64 %d1, "
                    "%d1, 32; cvt.u32.u64 %r6, %d1;\n"
                    "st.global.v4.b32 [%q1], {%r1, %r2, %r3, %r4}; st.global.v2.b32 [%q1+16], {%r5, %r6};\n"
                    "st.global.u8 [%q1+24], %r4; st.global.u8 [%q1+25], %h1; st.global.u16 [%q1+26], %r4;",
                    {0x8180, 0x80000000}, 7, 1);
  EXPECT_EQ(out,
            (std::vector<uint32_t>{0x80, 0xffffff80, 0x8180, 0xffff8180, 0xff80, 0xffffffff, 0x81808080}));
}

TEST(SimMemory, GenericAddressesFindTheirSpace) {
  const std::vector<uint32_t> out = run<uint32_t>(
      ".shared .align 8 .b8 tile[64]; .local .align 8 .b8 stack[16];\n"
      "mov.u64 %d1, tile; cvta.shared.u64 %d2, %d1; mov.u64 %d3, stack; cvta.local.u64 %d4, %d3; "
      "cvta.global.u64 %d5, %q0;\n"
      "ld.u32 %r1, [%d5+4]; st.u32 [%d2+8], %r1; st.u32 [%d4+12], 5; ld.shared.u32 %r2, [tile+8]; "
      "ld.local.u32 %r3, [stack+12];\n"
      "ld.volatile.u32 %r4, [%d2+8]; cvta.to.shared.u64 %d6, %d2; sub.u64 %d6, %d6, %d1; cvt.u32.u64 %r5, "
      "%d6;\n"
      "isspacep.shared %p1, %d2; isspacep.local %p2, %d2; isspacep.global %p3, %d5; isspacep.local %p4, "
      "%d4;\n"
      "selp.u32 %r6, 1, 0, %p1; selp.u32 %r7, 2, 0, %p2; selp.u32 %r8, 4, 0, %p3; selp.u32 %r9, 8, 0, %p4;\n"
      "add.u32 %r6, %r6, %r7; add.u32 %r6, %r6, %r8; add.u32 %r6, %r6, %r9;\n"
      "st.global.v4.u32 [%q1], {%r2, %r3, %r4, %r5}; st.global.u32 [%q1+16], %r6;",
      {3, 9}, 5, 1);
  EXPECT_EQ(out, (std::vector<uint32_t>{9, 5, 9, 0, 13}));
}

TEST(SimMemory, ModuleDataIsPlacedAndInitialised) {
  const std::string data =
      ".global .align 4 .u32 counter = 7;\n.const .align 4 .b8 table[12] = {1, 0, 0, 0, 2, 0, 0, 0, 255};\n"
      ".global .align 8 .u64 link[2] = {counter, generic(counter)+4};\n.global .f32 half[2] = {0f3F000000, "
      "-0.25};\n"
      ".const .s16 grid[2][2] = {{-1, 2}, {3, -4}};\n";
  const std::vector<uint32_t> out = run<uint32_t>(
      "ld.global.u32 %r1, [counter]; ld.const.u32 %r2, [table+4]; ld.const.u32 %r3, [table+8];\n"
      "ld.global.u64 %d0, [link]; ld.global.u32 %r4, [%d0]; ld.global.u64 %d1, [link+8]; sub.u64 %d1, %d1, "
      "%d0; cvt.u32.u64 %r5, %d1;\n"
      "ld.global.u32 %r6, [half]; ld.const.s16 %r7, [grid+6]; add.u32 %r1, %r1, 1; st.global.u32 [counter], "
      "%r1;\n"
      "st.global.v4.u32 [%q1], {%r1, %r2, %r3, %r4}; st.global.v2.u32 [%q1+16], {%r5, %r6}; st.global.u32 "
      "[%q1+24], %r7;",
      {0}, 7, 1, data);
  EXPECT_EQ(out, (std::vector<uint32_t>{8, 2, 255, 7, 4, 0x3f000000, uint32_t(-4)}));
}

TEST(SimMemory, ParametersOfEveryKind) {
  struct Pair {
    int32_t first;
    int64_t second;
  };
  std::vector<int64_t> out(5);
  const std::string ptx = kernelOf(
      ".param .u64 .ptr .global .align 8 out, .param .s8 a, .param .f32 b, .param .align 8 .b8 c[16]",
      "ld.param.u64 %q1, [out]; ld.param.s8 %d1, [a]; ld.param.f32 %r1, [b]; cvt.rzi.s64.f32 %d2, %r1; "
      "ld.param.s32 %d3, [c];\n"
      "ld.param.u64 %d4, [c+8]; mov.b64 %d5, c; cvta.param.u64 %d5, %d5; ld.u64 %d6, [%d5+8];\n"
      "st.global.v2.b64 [%q1], {%d1, %d2}; st.global.b64 [%q1+16], %d3; st.global.b64 [%q1+24], %d4; "
      "st.global.b64 [%q1+32], %d6;");
  mustRun(ptx, {1}, {1},
          {Arg::output(out), Arg::value<int8_t>(-5), Arg::value(2.75f), Arg::value(Pair{-9, 1ll << 40})});
  EXPECT_EQ(out, (std::vector<int64_t>{-5, 2, -9, 1ll << 40, 1ll << 40}));
}

TEST(SimMemory, SharedStaticAndDynamicLieApart) {
  std::vector<uint32_t> out(33);
  const std::string ptx =
      kernelOf(".param .u64 out",
               ".shared .align 4 .u32 one[3];\nld.param.u64 %q1, [out]; mov.u32 %r0, %tid.x; mul.wide.u32 "
               "%q2, %r0, 4;\n"
               "mov.u64 %d1, pool; add.u64 %d2, %d1, %q2; st.shared.u32 [%d2], %r0; st.shared.u32 [one], 9;\n"
               "bar.sync 0; sub.u32 %r1, 32, %r0; mul.wide.u32 %q3, %r1, 4; add.u64 %d3, %d1, %q3; "
               "ld.shared.u32 %r2, [%d3];\n"
               "add.u64 %q1, %q1, %q2; st.global.u32 [%q1], %r2;\n and.b64 %d4, %d1, 127; setp.ne.u64 %p0, "
               "%d4, 0; @%p0 trap;",
               "sm_80", ".extern .shared .align 128 .b8 pool[];\n");
  mustRun(ptx, {1}, {33}, {Arg::output(out)}, 33 * 4);
  for (uint32_t k = 0; k < 33; ++k)
    EXPECT_EQ(out[k], 32 - k);
}

/// One atomic by 100 threads on a word that starts as `start`; what is left, and the old values in order.
std::pair<uint32_t, std::vector<uint32_t>> atomics(const std::string &op, const std::string &operands,
                                                   uint32_t start) {
  std::vector<uint32_t> word{start, 0}, old(100);
  mustRun(kernelOf(".param .u64 word, .param .u64 old",
                   "ld.param.u64 %q0, [word]; ld.param.u64 %q1, [old]; mov.u32 %r0, %tid.x; mov.u32 %r10, "
                   "0x3c003800;\n"
                   "atom." +
                       op + " %r1, [%q0], " + operands +
                       "; mul.wide.u32 %q2, %r0, 4; add.u64 %q1, %q1, %q2; st.global.u32 [%q1], %r1;"),
          {1}, {100}, {Arg::inout(word), Arg::output(old)});
  std::sort(old.begin(), old.end());
  return {word[0], old};
}

TEST(SimMemory, AtomicsReturnOldValues) {
  auto [sum, before] = atomics("global.add.u32", "3", 5);
  EXPECT_EQ(sum, 305u);
  for (uint32_t k = 0; k < 100; ++k)
    EXPECT_EQ(before[k], 5 + 3 * k);
  EXPECT_EQ(atomics("relaxed.gpu.global.max.s32", "%r0", 50).first, 99u);
  EXPECT_EQ(atomics("global.min.u32", "%r0", 50).first, 0u);
  EXPECT_EQ(atomics("min.s32", "-7", 50).first, uint32_t(-7));
  EXPECT_EQ(atomics("global.and.b32", "12", 10).first, 8u);
  EXPECT_EQ(atomics("global.or.b32", "%r0", 0).first, 127u);
  EXPECT_EQ(atomics("global.xor.b32", "1", 6).first, 6u);
  EXPECT_EQ(atomics("global.exch.b32", "4", 6).second[0], 4u);
  EXPECT_EQ(atomics("global.inc.u32", "9", 0).first, 0u); // 100 steps modulo 10
  EXPECT_EQ(atomics("global.dec.u32", "9", 0).first, 0u);
  EXPECT_EQ(atomics("acq_rel.sys.global.cas.b32", "6, 9", 6).first, 9u);
  EXPECT_EQ(atomics("global.add.f32", "0f3F000000", 0).first, bitsOf(50.0f));
  EXPECT_EQ(atomics("global.add.noftz.f16x2", "%r10", 0).first,
            half.encode(100, "rn") << 16 | half.encode(50, "rn"));
}

TEST(SimMemory, ReductionsAndSharedAtomics) {
  std::vector<uint64_t> out(2);
  mustRun(kernelOf(".param .u64 out",
                   ".shared .u32 count; .shared .f64 sum;\nld.param.u64 %q0, [out]; mov.u32 %r0, %tid.x; "
                   "setp.eq.u32 %p0, %r0, 0;\n"
                   "@%p0 st.shared.u32 [count], 0; @%p0 st.shared.b64 [sum], 0; bar.sync 0;\n"
                   "red.shared.add.u32 [count], 2; cvt.rn.f64.u32 %d0, %r0; atom.shared.add.f64 %d1, [sum], "
                   "%d0; bar.sync 0;\n"
                   "ld.shared.u32 %r1, [count]; cvt.u64.u32 %d2, %r1; ld.shared.f64 %d3, [sum]; @%p0 "
                   "st.global.v2.b64 [%q0], {%d2, %d3};"),
          {1}, {77}, {Arg::output(out)});
  EXPECT_EQ(out[0], 154u);
  EXPECT_EQ(asDouble(out[1]), 77 * 38.0);
}
} // namespace
