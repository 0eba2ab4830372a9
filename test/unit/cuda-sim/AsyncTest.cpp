// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// cp.async: sizes, zero fill, groups; a missing wait or barrier is found; races in shared memory.
#include "Harness.h"

using namespace dsc::sim;
using namespace dsc::sim::test;

namespace {
std::vector<uint32_t> counting(size_t n) {
  std::vector<uint32_t> v(n);
  for (size_t k = 0; k < n; ++k)
    v[k] = uint32_t(1000 + k);
  return v;
}

/// 32 threads; %d0 is a tile of 2 KB, %d1 the thread's 16 bytes in it, %q2 the thread's 16 bytes of the
/// input.
std::string tileKernel(const std::string &body) {
  return kernelOf(".param .u64 in, .param .u64 out",
                  ".shared .align 16 .b8 tile[2048];\nld.param.u64 %q0, [in]; ld.param.u64 %q1, [out]; "
                  "mov.u32 %r0, %tid.x; mul.wide.u32 %q4, %r0, 16; mov.u64 %d0, tile;\n"
                  "add.u64 %d1, %d0, %q4; add.u64 %q2, %q0, %q4; mul.wide.u32 %q5, %r0, 4; add.u64 %q3, %q1, "
                  "%q5; add.u64 %d2, %d0, %q5;\n" +
                      body);
}

Error runTile(const std::string &body, std::vector<uint32_t> &out, const LaunchOptions &options = {},
              uint32_t threads = 32) {
  const std::vector<uint32_t> in = counting(512);
  out.assign(512, 0);
  return launch(tileKernel(body), "test", {1}, {threads}, 0, {Arg::input(in), Arg::inout(out)}, options);
}

LaunchOptions withCopies(CopyArrival arrival, bool checks = true) {
  LaunchOptions options;
  options.copies = arrival;
  options.checkRaces = options.checkUninitialized = checks;
  return options;
}

TEST(SimAsync, CopiesEverySizeWithZeroFill) {
  for (CopyArrival arrival : {CopyArrival::late, CopyArrival::early})
    for (const std::string copy :
         {"ca.shared.global [%d1], [%q2], 16", "cg.shared.global.L2::128B [%d1], [%q2], 16",
          "ca.shared.global [%d1], [%q2], 8", "ca.shared.global [%d1], [%q2], 4",
          "cg.shared.global [%d1], [%q2], 16, %r0", "ca.shared.global [%d1+8], [%q2+8], 8, 3",
          "cg.shared.global [%d1], [%q2], 16, %p0"}) {
      std::vector<uint32_t> out;
      const Error error = runTile(
          "st.shared.v4.u32 [%d1], {7, 7, 7, 7}; min.u32 %r0, %r0, 16; setp.gt.u32 %p0, %r0, 4; cp.async." +
              copy +
              "; cp.async.commit_group; cp.async.wait_group 0;\n"
              "ld.shared.v4.u32 {%r1, %r2, %r3, %r4}, [%d1]; add.u64 %q1, %q1, %q4; st.global.v4.u32 [%q1], "
              "{%r1, %r2, %r3, %r4};",
          out, withCopies(arrival));
      ASSERT_FALSE(error) << error.message;
      const uint32_t first = copy.find("+8") != std::string::npos ? 8 : 0,
                     bytes = first || copy.find(", 8") != std::string::npos ? 8
                             : copy.find(", 4") != std::string::npos        ? 4
                                                                            : 16;
      for (uint32_t k = 0; k < 512; ++k) {
        const uint32_t lane = k / 4, byte = k % 4 * 4;
        uint32_t valid = copy.find("%r0") != std::string::npos               ? std::min(lane, 16u)
                         : copy.find(", 3") != std::string::npos             ? 3
                         : copy.find("%p0") != std::string::npos && lane > 4 ? 0
                                                                             : bytes;
        const uint32_t whole = 1000 + k;
        uint32_t expected = 7;
        if (byte >= first && byte < first + bytes) {
          valid = std::min(std::max(int(first + valid) - int(byte), 0), 4);
          expected = valid == 4 ? whole : whole & ((1u << 8 * valid) - 1);
        }
        ASSERT_EQ(out[k], lane < 32 ? expected : 0) << copy << " word " << k;
      }
    }
}

TEST(SimAsync, GroupsArriveInOrder) {
  // Two groups; after wait_group 1 the first is there and the second is not yet.
  const std::string copies = "cp.async.ca.shared.global [%d2], [%q0], 4; cp.async.commit_group; "
                             "cp.async.ca.shared.global [%d2+512], [%q0+4], 4; cp.async.commit_group;\n";
  std::vector<uint32_t> out;
  Error error = runTile(copies + "cp.async.wait_group 1; ld.shared.u32 %r1, [%d2]; ld.shared.u32 %r2, "
                                 "[%d2+512]; st.global.u32 [%q3], %r1; st.global.u32 [%q3+128], %r2;",
                        out, withCopies(CopyArrival::late, false));
  ASSERT_FALSE(error) << error.message;
  EXPECT_EQ(out[5], 1000u);
  EXPECT_EQ(out[32 + 5], ~0u);
  error = runTile(copies + "cp.async.wait_all; ld.shared.u32 %r2, [%d2+512]; st.global.u32 [%q3], %r2;", out);
  ASSERT_FALSE(error) << error.message;
  EXPECT_EQ(out[5], 1001u);
}

TEST(SimAsync, MissingWaitIsAnError) {
  std::vector<uint32_t> out;
  for (CopyArrival arrival : {CopyArrival::late, CopyArrival::early})
    expectError(
        runTile("cp.async.ca.shared.global [%d2], [%q0], 4; cp.async.commit_group; ld.shared.u32 %r1, [%d2];",
                out, withCopies(arrival)),
        ErrorKind::race,
        "expected cp.async.wait_group before the access, but got a copy under way to shared offset 0");
  // An uncommitted copy belongs to no group.
  expectError(
      runTile("cp.async.ca.shared.global [%d2], [%q0], 4; cp.async.wait_group 0; st.shared.u32 [%d2], 1;",
              out),
      ErrorKind::race, "expected cp.async.wait_group before the access");
}

TEST(SimAsync, WaitIsForTheOwnLaneOnly) {
  std::vector<uint32_t> out;
  const std::string copy =
      "cp.async.ca.shared.global [%d2], [%q0], 4; cp.async.commit_group; cp.async.wait_group 0;";
  const std::string readOther = "xor.b32 %r1, %r0, 1; mul.wide.u32 %q5, %r1, 4; add.u64 %d3, %d0, %q5; "
                                "ld.shared.u32 %r2, [%d3]; st.global.u32 [%q3], %r2;";
  expectError(runTile(copy + readOther, out), ErrorKind::race,
              "expected a barrier before the access to shared offset 4, but got a write by warp 0 lane 1");
  const Error error = runTile(copy + "bar.sync 0;" + readOther, out);
  ASSERT_FALSE(error) << error.message;
  EXPECT_EQ(out[9], 1000u);
}

TEST(SimAsync, WritesTooEarlyOverwriteReads) {
  // Warp 1 refills what warp 0 may still read: late copies alone would hide it. The order of the two does not
  // matter.
  std::vector<uint32_t> out;
  const std::string body =
      "st.shared.u32 [%d2], 5; bar.sync 0; setp.lt.u32 %p0, %r0, 32; @%p0 ld.shared.u32 %r1, [%d2];\n";
  const std::string refill =
      "sub.u64 %d3, %d2, 128; @!%p0 cp.async.ca.shared.global [%d3], [%q0], 4; cp.async.wait_all;";
  expectError(runTile(body + refill, out, {}, 64), ErrorKind::race,
              "expected a barrier before the access to shared offset 0, but got a write by warp 1 lane 0");
  EXPECT_FALSE(runTile(body + "bar.sync 0;" + refill, out, {}, 64));
  bool isReadFirst = false;
  for (uint64_t seed = 1; seed < 20; ++seed) {
    LaunchOptions options;
    options.seed = seed;
    const Error error = runTile(body + refill, out, options, 64);
    EXPECT_EQ(int(error.kind), int(ErrorKind::race));
    isReadFirst |= error.message.find("but got a read by warp 0") != std::string::npos;
  }
  EXPECT_TRUE(isReadFirst);
}

TEST(SimRace, BetweenWarpsAndBetweenLanes) {
  std::vector<uint32_t> out;
  const std::string readNext = "add.u64 %d3, %d2, 4; ld.shared.u32 %r1, [%d3];";
  // The last lane reads what the next warp writes.
  expectError(runTile("st.shared.u32 [tile+256], 0; st.shared.u32 [%d2], %r0;" + readNext, out, {}, 64),
              ErrorKind::race, "expected a barrier before the access to shared offset");
  expectError(runTile("st.shared.u32 [tile+128], 0; st.shared.u32 [%d2], %r0;" + readNext, out),
              ErrorKind::race, "but got a write by warp 0 lane 1 in line 14 since the last one");
  EXPECT_FALSE(
      runTile("st.shared.u32 [tile+128], 0; st.shared.u32 [%d2], %r0; bar.warp.sync -1;" + readNext, out));
  expectError(runTile("st.shared.u32 [tile], %r0;", out), ErrorKind::race,
              "but got a write by warp 0 lane 0");
  EXPECT_FALSE(runTile("st.shared.u32 [tile], 3;", out, {}, 64)); // all write the same
  EXPECT_FALSE(
      runTile("st.volatile.shared.u32 [tile], %r0; ld.relaxed.cta.shared.u32 %r1, [tile];", out, {}, 64));
  EXPECT_FALSE(runTile("st.shared.u32 [tile], %r0;", out, withCopies(CopyArrival::late, false)));
}

TEST(SimRace, ConsumersOfANamedBarrierAreOrderedProducersAreNot) {
  std::vector<uint32_t> out;
  const std::string split = "setp.lt.u32 %p0, %r0, 32; and.b32 %r1, %r0, 31; mul.wide.u32 %q5, %r1, 4; "
                            "add.u64 %d2, %d0, %q5; @!%p0 bra CONSUME;\n";
  const std::string consume = "bra DONE;\nCONSUME: bar.sync 1, 64; ld.shared.u32 %r2, [%d2];\nDONE:";
  EXPECT_FALSE(runTile(split + "st.shared.u32 [%d2], %r1; bar.arrive 1, 64;" + consume, out, {}, 64));
  // A producer that goes on after its arrival overwrites what the consumer reads.
  expectError(runTile(split + "st.shared.u32 [%d2], %r1; bar.arrive 1, 64; st.shared.u32 [%d2], 9;" + consume,
                      out, {}, 64),
              ErrorKind::race, "expected a barrier");
}
/// Blocks of one thread; %q0 is a buffer of one word per block and one more, %q1 the own word.
Error runBlocks(const std::string &body, uint32_t blocks, const LaunchOptions &options = {},
                LaunchCounts *counts = nullptr) {
  std::vector<uint32_t> words(blocks + 1);
  const std::string ptx = kernelOf(
      ".param .u64 words",
      "ld.param.u64 %q0, [words]; mov.u32 %r0, %ctaid.x; mul.wide.u32 %q2, %r0, 4; add.u64 %q1, %q0, %q2;\n" +
          body);
  const Arg buffer = counts ? Arg::output(words) : Arg::inout(words);
  return launch(ptx, "test", {blocks}, {1}, 0, {buffer}, options, counts);
}

TEST(SimRace, BetweenBlocks) {
  EXPECT_FALSE(runBlocks("st.global.u32 [%q1], %r0; ld.global.u32 %r1, [%q1];", 3));
  expectError(
      runBlocks("st.global.u32 [%q0], %r0;", 3), ErrorKind::race,
      "expected no block to depend on another, but got a write of block 0 before at offset 0 of argument 0");
  expectError(runBlocks("st.global.u32 [%q1+4], %r0; ld.global.u32 %r1, [%q1];", 3), ErrorKind::race,
              "but got a write of block 0 before at offset 4");
  expectError(runBlocks("ld.global.u32 %r1, [%q1+4]; st.global.u32 [%q1], 1;", 3), ErrorKind::race,
              "but got a read of block 0 before at offset 4");
  expectError(runBlocks("ld.global.u32 %r1, [%q0]; setp.eq.u32 %p0, %r0, 2; @%p0 st.global.u32 [%q0], 1;", 3),
              ErrorKind::race, "but got a read of several blocks before at offset 0");
  EXPECT_FALSE(runBlocks("st.global.u32 [%q0], 7;", 3)); // all write the same
  EXPECT_FALSE(runBlocks("red.global.add.u32 [%q0], %r0; ld.volatile.global.u32 %r1, [%q0];", 3));
  EXPECT_FALSE(
      runBlocks("st.global.u32 [%q0], %r0; membar.gl;", 3)); // blocks that order themselves are not checked
  EXPECT_FALSE(runBlocks("st.global.u32 [%q0], %r0;", 3, withCopies(CopyArrival::late, false)));
}

TEST(SimRace, NonCoherentLoadsOfWhatTheLaunchWrites) {
  const std::string text = "expected bytes that do not change where ld.global.nc reads, but got a ";
  expectError(runBlocks("ld.global.nc.u32 %r1, [%q1]; st.global.u32 [%q1], %r1;", 1), ErrorKind::race,
              text + "write of offset 0 of argument 0");
  expectError(runBlocks("st.global.u32 [%q1], 1; ld.global.nc.u32 %r1, [%q1];", 1), ErrorKind::race,
              text + "read after a write of offset 0");
  expectError(runBlocks("ld.global.nc.u32 %r1, [%q1]; red.global.add.u32 [%q1], 1;", 1), ErrorKind::race,
              text + "write of offset 0");
  EXPECT_FALSE(runBlocks("ld.global.nc.u32 %r1, [%q1]; st.global.u32 [%q1+4], %r1;", 1));
  EXPECT_FALSE(runBlocks("ld.global.u32 %r1, [%q1]; st.global.u32 [%q1], %r1;", 1));
}

TEST(SimRace, UnwrittenBytesAreCounted) {
  LaunchCounts counts;
  EXPECT_FALSE(runBlocks("st.global.u32 [%q1], 0;", 3, {}, &counts));
  EXPECT_EQ(counts.unwrittenBytes, 4u);
}
} // namespace
