// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Rows P3 (segments), P9 and P10 of the table of bad plans: segments, code, digests, trust.
#include "Refusals.h"

namespace dsc::test {

using namespace schema;

using CodeTest = RefusalTest;

TEST_F(CodeTest, segmentsLieEndToEnd) {
  auto &&segment = [](PlanBuilder &b, size_t i) -> SegmentT & { return *b.file.plan.segments[i]; };
  const char *begin = "segment 1: expected to begin where the one before ends";
  refuses([&](auto &b) { segment(b, 1).offset = 0; }, begin);
  refuses([&](auto &b) { segment(b, 1).offset = 8192; }, begin);
  refuses([&](auto &b) { segment(b, 1).offset = ~uint64_t(4095); }, begin);
  refuses([&](auto &b) { segment(b, 1).offset += 8; }, begin);
  refuses([&](auto &b) { segment(b, 1).size = ~uint64_t(0); }, "segment 1: expected a size inside the file");
  refuses([&](auto &b) { segment(b, 1).size = 0; segment(b, 1).crc32c.clear(); }, "segment 1: expected a size inside");
  refuses([&](auto &b) { segment(b, 1).size -= 4; }, "expected no bytes after the last segment");
  for (uint32_t align : {0u, 3u, 64u, 1u << 31})
    refuses([&](auto &b) { segment(b, 1).align = align; }, "segment 1: expected a power-of-two alignment");
  refuses([&](auto &b) { segment(b, 0).digest.resize(31); }, "segment 0: expected a digest of 32 bytes");
  refuses([&](auto &b) { segment(b, 1).crc32c.clear(); }, "segment 1: expected one CRC for each MiB");
  refuses([&](auto &b) { segment(b, 0).crc32c = {1}; }, "segment 0: expected one CRC for each MiB");
  refuses([&](auto &b) { segment(b, 1).isa = CpuIsa::X86V3; }, "segment 1: expected a known CPU level");
  refuses([&](auto &b) { segment(b, 1).sm = 80; }, "segment 1: expected an SM for CUDA code");
  refuses([&](auto &b) { b.file.plan.segments.pop_back(); }, "expected no bytes after the last segment");
}

TEST_F(CodeTest, entriesOfKernels) {
  const char *inside = "kernel 0: expected an aligned entry inside its segment";
  refuses([](auto &b) { kernel(b).codes[0]->entry = 1u << 20; }, inside);
  refuses([](auto &b) { kernel(b).codes[0]->entry = 0xFFFFFFF0u; }, inside);
  refuses([](auto &b) { kernel(b).codes[0]->entry = 8; }, inside);
  refuses([](auto &b) { kernel(b).codes[0]->entry = 16; }, "kernel 0: expected an entry that starts with endbr64");
  refuses([](auto &b) { b.file.segments[0].resize(2); b.file.updateSegments(); }, inside);
  refuses([](auto &b) { b.file.segments[0].assign((64u << 20) + 1, 0x90); b.file.updateSegments(); },
          "segment 0: expected a size inside the file, at most 64 MiB of code");
  refuses([](auto &b) { kernel(b).codes[0]->block = {1, 1, 1}; }, "kernel 0: expected no CUDA launch facts for CPU code");
}

TEST_F(CodeTest, cudaLaunchFacts) {
  auto cuda = [](PlanBuilder &b, std::vector<uint32_t> block, uint32_t shared, const char *symbol) {
    b.file.plan.segments[0]->kind = SegmentKind::CudaPtx;
    b.file.plan.segments[0]->isa = CpuIsa::None;
    b.file.plan.segments[0]->sm = 80;
    b.file.plan.devices[0]->kind = DeviceKind::Cuda;
    kernel(b).codes[0]->block = block;
    kernel(b).codes[0]->shared_mem = shared;
    kernel(b).codes[0]->symbol = symbol;
    for (size_t i = 0; i < 2; ++i)
      step(b, i).grid = {0, 0, 0};
  };
  const char *limits = "kernel 0: expected a block, cluster and shared memory inside the limits of CUDA";
  refuses([&](auto &b) { cuda(b, {0, 1, 1}, 0, "k"); }, limits);
  refuses([&](auto &b) { cuda(b, {2048, 1, 1}, 0, "k"); }, limits);
  refuses([&](auto &b) { cuda(b, {64, 64, 1}, 0, "k"); }, limits);
  refuses([&](auto &b) { cuda(b, {64}, 0, "k"); }, limits);
  refuses([&](auto &b) { cuda(b, {64, 1, 1}, 1u << 20, "k"); }, limits);
  refuses([&](auto &b) { cuda(b, {64, 1, 1}, 0, ""); }, "kernel 0: expected the name of a CUDA entry");
  accepts(addPlan(16), [&](auto &b) { cuda(b, {64, 1, 1}, 0, "k"); });
  EXPECT_EQ(create(), DSC_E_UNSUPPORTED_DEVICE) << "no CUDA in this runtime";
}

TEST_F(CodeTest, levelsTheMachineLacks) {
  auto options = sized<dsc_runtime_options>();
  options.num_threads = 1;
  options.max_cpu_level = DSC_CPU_X86_V3;
  start(options);
  PlanBuilder b = addPlan(16);
  b.file.plan.segments[0]->isa = CpuIsa::X86V4;
  ASSERT_EQ(open(b.bytes()), DSC_OK) << "refused when a context needs the code";
  EXPECT_EQ(create(), DSC_E_UNSUPPORTED_DEVICE);
  EXPECT_NE(strstr(error.message, "needs CPU level v4"), nullptr) << error.message;
}

TEST_F(CodeTest, damagedSegments) {
  Bytes good = addPlan(300000).bytes(); // weights of more than one chunk
  FileHeader header;
  memcpy(&header, good.data(), sizeof header);
  for (size_t offset : {size_t(4), size_t(4096), size_t(4096 + 600000), size_t(header.segmentBytes - 1)}) {
    Bytes bad = good;
    bad[header.segmentBase + offset] ^= 1;
    EXPECT_EQ(open(bad), DSC_E_CORRUPT_PLAN) << offset;
    auto defer = sized<dsc_plan_options>();
    defer.flags = DSC_PLAN_DEFER_WEIGHTS;
    if (offset < 4096)
      continue;
    ASSERT_EQ(open(bad, defer), DSC_OK) << error.message;
    EXPECT_EQ(create(), DSC_E_CORRUPT_PLAN) << "checked when the first context maps the weights";
    EXPECT_EQ(create(), DSC_E_CORRUPT_PLAN) << "and by each one after it";
  }
  PlanBuilder b = addPlan(16);
  b.finish();
  b.file.plan.segments[1]->digest[0] ^= 1; // a right CRC beside a wrong SHA-256
  EXPECT_EQ(open(b.file.write()), DSC_OK);
  auto verify = sized<dsc_plan_options>();
  verify.flags = DSC_PLAN_VERIFY;
  EXPECT_EQ(open(b.file.write(), verify), DSC_E_CORRUPT_PLAN);
}

TEST_F(CodeTest, signaturesAreForLater) {
  Bytes file = addPlan(16).bytes();
  FileHeader header;
  memcpy(&header, file.data(), sizeof header);
  const uint8_t key[1][32] = {};
  auto options = sized<dsc_plan_options>();
  options.keys = key;
  options.num_keys = 1;
  EXPECT_EQ(open(file, options), DSC_E_UNTRUSTED_PLAN) << "refused, not ignored";
  Seal seal;
  memcpy(&seal, file.data() + header.sealOffset, sizeof seal);
  seal.numSignatures = 1;
  seal.signatures[0].algorithm = 1;
  memset(seal.signatures[0].signature, 0xab, sizeof seal.signatures[0].signature);
  memcpy(file.data() + header.sealOffset, &seal, sizeof seal);
  EXPECT_EQ(open(file), DSC_OK) << "a foreign signature is no obstacle without keys: " << error.message;
  seal.numSignatures = 5;
  memcpy(file.data() + header.sealOffset, &seal, sizeof seal);
  EXPECT_EQ(open(file), DSC_E_CORRUPT_PLAN);
}

} // namespace dsc::test
