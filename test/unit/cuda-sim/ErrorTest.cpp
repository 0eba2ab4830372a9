// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// What a launch and a run refuse, and what the message says. One test per kind of error.
#include "Harness.h"

using namespace dsc::sim;
using namespace dsc::sim::test;

namespace {
/// A kernel of one buffer of 16 words and one number, %q0 and %r0; %r1 is the thread.
Error run(const std::string &body, uint32_t threads = 1, const LaunchOptions &options = {},
          Arg::Access access = Arg::Access::inout) {
  std::vector<uint32_t> buffer(16, 1);
  Arg arg = access == Arg::Access::input    ? Arg::input(buffer)
            : access == Arg::Access::output ? Arg::output(buffer)
                                            : Arg::inout(buffer);
  return launch(kernelOf(".param .u64 buffer, .param .u32 n",
                         "ld.param.u64 %q0, [buffer]; ld.param.u32 %r0, [n]; mov.u32 %r1, %tid.x;\n" + body),
                "test", {1}, {threads}, 0, {arg, Arg::value(5)}, options);
}

TEST(SimError, BoundsOfEverySpace) {
  expectError(run("ld.global.u32 %r2, [%q0+64];"), ErrorKind::bounds,
              "line 12: expected an access inside argument 0 of 64 bytes, but got 4 bytes at offset 64 "
              "(thread 0,0,0 of block 0,0,0)");
  expectError(run("ld.global.v4.u32 {%r2, %r3, %r4, %r5}, [%q0+56];"), ErrorKind::bounds,
              "16 bytes at offset 56");
  expectError(run("st.global.u32 [%q0+-4], %r0;"), ErrorKind::bounds,
              "expected an address inside a buffer, but got 0x6fff");
  expectError(run("mov.u64 %q1, 0; ld.u32 %r2, [%q1];"), ErrorKind::bounds,
              "expected an address inside a buffer, but got 0x0");
  expectError(run(".shared .b8 tile[8]; mov.u64 %d0, tile; ld.shared.u32 %r2, [%d0+8];"), ErrorKind::bounds,
              "expected an access inside shared memory of 8 bytes, but got 4 bytes at offset 8");
  expectError(run("mov.u64 %d0, 0; st.shared.u32 [%d0], 1;"), ErrorKind::bounds,
              "expected an access inside shared memory of 0 bytes, but got 4 bytes at offset -1024");
  expectError(run(".local .b8 stack[16]; mov.u64 %d0, stack; st.local.u32 [%d0+16], 1;"), ErrorKind::bounds,
              "expected an access inside local memory of 16 bytes, but got 4 bytes at offset 16");
  expectError(run("ld.param.u64 %d0, [buffer+8];"), ErrorKind::bounds,
              "expected an access inside 12 bytes of parameters, but got 8 bytes at offset 8");
  expectError(run("atom.global.add.u32 %r2, [%q0+100], 1;"), ErrorKind::bounds,
              "expected an access inside argument 0");
  expectError(run(".local .b32 x; mov.u64 %d0, x; cvta.local.u64 %d0, %d0; atom.add.u32 %r2, [%d0], 1;"),
              ErrorKind::bounds,
              "expected a global or shared address of an atomic operation, but got 0x20000000100");
  expectError(run("bar.sync 16;", 32), ErrorKind::bounds, "expected a barrier from 0 to 15, but got 16");
  expectError(run("mov.u32 %r2, 2;\nT: .branchtargets A, A;\nbrx.idx %r2, T;\nA:"), ErrorKind::bounds,
              "expected an index below 2 of brx.idx, but got 2");
  expectError(run(".shared .align 16 .b8 tile[16]; cp.async.ca.shared.global [tile], [%q0], 4, 5;"),
              ErrorKind::bounds, "expected at most 4 source bytes of cp.async, but got 5");
}

TEST(SimError, Alignment) {
  expectError(run("ld.global.u32 %r2, [%q0+2];"), ErrorKind::alignment,
              "expected an address that is a multiple of 4, but got offset 2 of argument 0");
  expectError(run("st.global.v2.u32 [%q0+4], {%r0, %r0};"), ErrorKind::alignment,
              "expected an address that is a multiple of 8");
  expectError(run(".shared .align 16 .b8 tile[16]; st.shared.u32 [tile+1], 1;"), ErrorKind::alignment,
              "expected a shared address that is a multiple of 4, but got offset 1");
  expectError(run(".local .align 16 .b8 stack[16]; st.local.u16 [stack+3], 1;"), ErrorKind::alignment,
              "expected a local address that is a multiple of 2, but got offset 3");
  expectError(run("ld.param.u32 %r2, [buffer+2];"), ErrorKind::alignment,
              "expected a parameter address that is a multiple of 4, but got offset 2");
  expectError(run(".shared .align 16 .b8 tile[16]; cp.async.ca.shared.global [tile], [%q0+4], 8;"),
              ErrorKind::alignment,
              "expected a source of cp.async that is a multiple of 8, but got 0x700000000004");
}

TEST(SimError, WritesToWhatIsReadOnly) {
  expectError(run("st.global.u32 [%q0], 1;", 1, {}, Arg::Access::input), ErrorKind::readOnly,
              "expected a writable buffer, but got a write to argument 0");
  expectError(run("mov.u64 %d0, n; cvta.param.u64 %d0, %d0; st.u32 [%d0], 1;"), ErrorKind::readOnly,
              "expected a writable address, but got a write to a parameter of the kernel");
  const std::string constant =
      kernelOf("", "mov.u64 %d0, table; st.u32 [%d0], 1;", "sm_80", ".const .u32 table[2];\n");
  expectError(launch(constant, "test", {1}, {1}, 0, {}), ErrorKind::readOnly,
              "but got a write to variable 'table'");
}

TEST(SimError, ReadsOfUnwrittenBytes) {
  expectError(run("st.global.u32 [%q0], 1; ld.global.v2.u32 {%r2, %r3}, [%q0];", 1, {}, Arg::Access::output),
              ErrorKind::uninitialized, "expected a written byte, but got offset 4 of argument 0");
  expectError(run(".shared .b32 x; ld.shared.u32 %r2, [x];"), ErrorKind::uninitialized,
              "expected a written byte, but got shared offset 0");
  LaunchOptions lenient;
  lenient.checkUninitialized = false;
  EXPECT_FALSE(run("ld.global.u32 %r2, [%q0]; .shared .b32 x; ld.shared.u32 %r3, [x]; setp.ne.u32 %p0, %r2, "
                   "-1; @%p0 trap; setp.ne.u32 %p0, %r3, -1; @%p0 trap;",
                   1, lenient, Arg::Access::output));
}

TEST(SimError, Divergence) {
  expectError(run("setp.lt.u32 %p0, %r1, 3; @%p0 bra A; bar.sync 0; bra B;\nA: bar.sync 1;\nB:", 32),
              ErrorKind::divergence, "expected all running lanes of the warp at a barrier");
  expectError(
      run("setp.lt.u32 %p0, %r1, 3; @%p0 bar.sync 0;", 32), ErrorKind::divergence,
      "line 12: expected all running lanes of the warp at a barrier, but got the lanes 0x7 of 0xffffffff");
  expectError(run("setp.lt.u32 %p0, %r1, 3; @%p0 bra A; bar.warp.sync -1;\nA:", 32), ErrorKind::divergence,
              "expected the running lanes of the member mask 0xffffffff at bar.warp.sync, but got the lanes "
              "0xfffffff8");
  expectError(run("shfl.sync.idx.b32 %r2, %r1, 1, 31, 1;", 32), ErrorKind::divergence,
              "expected the running lanes of the member mask 0x1 at shfl.sync");
  expectError(run("shfl.sync.idx.b32 %r2, %r1, 9, 31, -1;", 8), ErrorKind::divergence,
              "expected a source lane that takes part in shfl.sync, but got lane 9");
  expectError(run("bar.sync %r1;", 32), ErrorKind::divergence,
              "expected one barrier for all lanes of a warp, but got two");
  expectError(run("bar.sync 1, 33;", 32), ErrorKind::divergence,
              "expected a multiple of 32 threads at a barrier, but got 33");
  expectError(run("setp.lt.u32 %p0, %r1, 32; selp.u32 %r2, 64, 96, %p0; bar.sync 1, %r2;", 64),
              ErrorKind::divergence, "expected 64 threads at barrier 1 as the warps before, but got 96");
  expectError(run("mma.sync.aligned.m8n8k4.row.col.f64.f64.f64.f64 {%d0, %d1}, {%d2}, {%d3}, {%d4, %d5};", 8),
              ErrorKind::divergence, "expected all 32 lanes at mma.sync, but got the lanes 0xff");
}

TEST(SimError, Hangs) {
  expectError(
      run("setp.lt.u32 %p0, %r1, 32; @%p0 bra A; bar.sync 1; A: bar.sync 0;", 64), ErrorKind::hang,
      "expected a warp that can go on, but got all at barriers: warp 0 in line 12, warp 1 in line 12");
  expectError(run("bar.sync 1, 64;", 32), ErrorKind::hang, "warp 0 in line 12");
  LaunchOptions options;
  options.instructionLimit = 100000;
  expectError(run("A: bra A;", 32, options), ErrorKind::hang,
              "expected at most 100000 warp instructions, but got more");
}

TEST(SimError, TrapAndDeepRecursion) {
  expectError(run("setp.eq.u32 %p0, %r1, 7; @%p0 trap;", 32), ErrorKind::trap,
              "line 12: expected no trap, but got one (thread 7,0,0");
  const std::string recursion = kernelOf("", "call f;", "sm_80", ".func f()\n{ call f; ret; }\n");
  expectError(launch(recursion, "test", {1}, {1}, 0, {}), ErrorKind::unsupported,
              "expected at most 64 nested calls, but got one more");
}

TEST(SimError, Launches) {
  std::vector<uint32_t> data(16);
  const Arg buffer = Arg::inout(data), number = Arg::value(1);
  const std::string ptx = kernelOf(".param .u64 p, .param .u32 n", "");
  auto refuse = [&](const std::string &source, const char *name, Dim3 grid, Dim3 block, size_t shared,
                    const std::vector<Arg> &args, const std::string &text) {
    expectError(launch(source, name, grid, block, shared, args), ErrorKind::launch, text);
  };
  refuse(ptx, "other", {1}, {1}, 0, {buffer, number}, "expected a kernel of the module, but got 'other'");
  refuse(ptx, "test", {1}, {1}, 0, {buffer}, "expected 2 arguments for 'test', but got 1");
  refuse(ptx, "test", {1}, {1}, 0, {buffer, Arg::value(1.0)}, "expected 4 bytes as argument 1, but got 8");
  refuse(ptx, "test", {1}, {1}, 0, {number, number}, "expected 8 bytes as argument 0, but got 4");
  refuse(ptx, "test", {1}, {1025}, 0, {buffer, number},
         "expected 1 to 1024 threads in 1 or more blocks, but got 1025x1x1 in 1x1x1");
  refuse(ptx, "test", {0}, {32}, 0, {buffer, number}, "but got 32x1x1 in 0x1x1");
  refuse(ptx, "test", {1}, {1}, 163 * 1024 + 1, {buffer, number},
         "expected at most 166912 bytes of shared memory, but got 166913");
  EXPECT_FALSE(launch(kernelOf(".param .u64 p, .param .u32 n", "", "sm_90a"), "test", {1}, {1}, 227 * 1024,
                      {buffer, number}));
  std::string bounded = ptx;
  bounded.replace(bounded.find(")\n{"), 1, ") .maxntid 64, 2, 1");
  refuse(bounded, "test", {1}, {129}, 0, {buffer, number},
         "expected at most 128 threads for 'test', but got 129");
  std::string required = ptx;
  required.replace(required.find(")\n{"), 1, ") .reqntid 64");
  refuse(required, "test", {1}, {32}, 0, {buffer, number},
         "expected 64x1x1 threads for 'test', but got 32x1x1");
  const std::string two = kernelOf(".param .u64 a, .param .u64 b", "");
  refuse(two, "test", {1}, {1}, 0, {buffer, Arg::input(data.data() + 1, 8)},
         "expected buffers that are the same or apart, but got argument 1 across argument 0");
  EXPECT_FALSE(launch(two, "test", {1}, {1}, 0, {buffer, Arg::input(data)}));
  expectError(Program().launch("test", {1}, {1}, 0, {}), ErrorKind::launch,
              "expected a parsed program, but got an empty one");
}

TEST(SimError, OneBufferMayBePassedTwice) {
  std::vector<uint32_t> data{1, 2, 3, 4};
  mustRun(kernelOf(".param .u64 x, .param .u64 y",
                   "ld.param.u64 %q0, [x]; ld.param.u64 %q1, [y]; ld.global.u32 "
                   "%r0, [%q0]; add.u32 %r0, %r0, 10; st.global.u32 [%q1], %r0;"),
          {1}, {1}, {Arg::input(data).at(4), Arg::output(data)});
  EXPECT_EQ(data, (std::vector<uint32_t>{12, 2, 3, 4}));
}
} // namespace
