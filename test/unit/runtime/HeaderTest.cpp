// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Rows P1 to P4 of the table of bad plans: the file around the metadata, and broken flatbuffers.
#include "Refusals.h"

namespace dsc::test {

using namespace schema;

class HeaderTest : public RefusalTest {
protected:
  static FileHeader headerOf(const Bytes &file) {
    FileHeader header;
    memcpy(&header, file.data(), sizeof header);
    return header;
  }
  /// A new seal for a changed header and metadata.
  static void reseal(Bytes &file, const FileHeader &header) {
    memcpy(file.data(), &header, sizeof header);
    Seal seal = makeSeal(file.data(), header.headerBytes, file.data() + header.metaOffset, header.metaBytes);
    memcpy(file.data() + header.sealOffset, &seal, sizeof seal);
  }
  /// `change` works on a valid header; the seal stays correct where there is still room for it.
  dsc_status openWith(const std::function<void(FileHeader &)> &change) {
    Bytes file = addPlan(16).bytes();
    FileHeader header = headerOf(file), before = header;
    change(header);
    reseal(file, before);
    memcpy(file.data(), &header, sizeof header);
    if (header.headerBytes == before.headerBytes && header.metaOffset == before.metaOffset && header.metaBytes == before.metaBytes &&
        header.sealOffset == before.sealOffset)
      reseal(file, header);
    return open(file);
  }
  /// Opens a plan whose metadata `change` edits in place, under a correct seal.
  dsc_status openPatched(PlanBuilder builder, const std::function<void(uint8_t *, size_t)> &change) {
    Bytes file = builder.bytes();
    FileHeader header = headerOf(file);
    change(file.data() + header.metaOffset, header.metaBytes);
    reseal(file, header);
    return open(file);
  }
};

TEST_F(HeaderTest, everyTruncationAndFlip) {
  Bytes good = addPlan(16).bytes();
  size_t sealEnd = headerOf(good).sealOffset + sizeof(Seal);
  for (size_t size = 0; size < good.size(); size += size < sealEnd ? 1 : 97)
    ASSERT_EQ(open(Bytes(good.begin(), good.begin() + long(size))), DSC_E_CORRUPT_PLAN) << size;
  for (size_t bit = 0; bit < (headerOf(good).sealOffset + 48) * 8; ++bit) {
    Bytes bad = good;
    bad[bit / 8] ^= uint8_t(1 << bit % 8);
    dsc_status status = open(bad);
    ASSERT_TRUE(status == DSC_E_CORRUPT_PLAN || status == DSC_E_VERSION) << bit << " " << error.message;
  }
  Bytes longer = good;
  longer.push_back(0);
  EXPECT_EQ(open(longer), DSC_E_CORRUPT_PLAN);
  for (size_t at : {sealEnd, headerOf(good).segmentBase - 1, headerOf(good).segmentBase + 4095}) {
    Bytes bad = good;
    bad[at] = 1;
    EXPECT_EQ(open(bad), DSC_E_CORRUPT_PLAN) << "padding at " << at;
  }
}

TEST_F(HeaderTest, versions) {
  EXPECT_EQ(openWith([](auto &h) { h.formatMajor = 2; }), DSC_E_VERSION);
  EXPECT_NE(strstr(error.message, "2.0"), nullptr) << error.message;
  EXPECT_EQ(openWith([](auto &h) { h.formatMajor = 0; }), DSC_E_VERSION);
  EXPECT_EQ(openWith([](auto &h) { h.formatMinor = 9; }), DSC_OK) << error.message;
  EXPECT_EQ(openWith([](auto &h) { h.flags = 1; }), DSC_E_VERSION);
  EXPECT_EQ(openWith([](auto &h) { h.flags = uint64_t(1) << 32; }), DSC_OK) << "may be ignored";
  EXPECT_EQ(openWith([](auto &h) { h.headerBytes = __builtin_bswap32(64); }), DSC_E_CORRUPT_PLAN) << "big-endian";
  refuses([](auto &b) { b.file.plan.min_runtime = std::make_unique<Version>(1, 0, 1); }, "needs runtime 1.0.1", DSC_E_VERSION);
}

TEST_F(HeaderTest, longerHeadersLoad) {
  PlanBuilder b = addPlan(16);
  Bytes good = b.bytes();
  FileHeader header = headerOf(good);
  Bytes meta(good.begin() + long(header.metaOffset), good.begin() + long(header.metaOffset + header.metaBytes));
  Bytes segments(good.begin() + long(header.segmentBase), good.end());
  header.headerBytes = 128;
  header.metaOffset = 128;
  header.sealOffset = alignUp(128 + header.metaBytes, 8);
  header.segmentBase = alignUp(header.sealOffset + sizeof(Seal), pageBytes);
  Bytes file(header.segmentBase + segments.size());
  std::copy(meta.begin(), meta.end(), file.begin() + 128);
  std::copy(segments.begin(), segments.end(), file.begin() + long(header.segmentBase));
  file[100] = 42;
  reseal(file, header);
  EXPECT_EQ(open(file), DSC_OK) << error.message;
}

TEST_F(HeaderTest, ranges) {
  for (uint64_t value : {uint64_t(0), uint64_t(8), uint64_t(65), ~uint64_t(0), ~uint64_t(7)}) {
    EXPECT_EQ(openWith([&](auto &h) { h.metaOffset = value; }), DSC_E_CORRUPT_PLAN);
    EXPECT_EQ(openWith([&](auto &h) { h.metaBytes = value; }), DSC_E_CORRUPT_PLAN);
    EXPECT_EQ(openWith([&](auto &h) { h.segmentBase = value; }), DSC_E_CORRUPT_PLAN);
    EXPECT_EQ(openWith([&](auto &h) { h.segmentBytes = value; }), DSC_E_CORRUPT_PLAN);
    EXPECT_EQ(openWith([&](auto &h) { h.sealOffset = value; }), DSC_E_CORRUPT_PLAN);
  }
  EXPECT_EQ(openWith([](auto &h) { h.metaBytes = maxMetadataBytes; }), DSC_E_CORRUPT_PLAN);
  auto small = sized<dsc_plan_options>();
  small.max_plan_bytes = 100;
  EXPECT_EQ(open(addPlan(16).bytes(), small), DSC_E_LIMIT);
  small.max_plan_bytes = 0;
  small.max_steps = 1;
  EXPECT_EQ(open(addPlan(16).bytes(), small), DSC_E_LIMIT);
}

TEST_F(HeaderTest, brokenFlatbuffers) {
  EXPECT_EQ(openPatched(addPlan(16), [](uint8_t *m, size_t) { m[4] = 'X'; }), DSC_E_CORRUPT_PLAN) << "identifier";
  EXPECT_EQ(openPatched(addPlan(16), [](uint8_t *m, size_t) { m[3] = 0xff; }), DSC_E_CORRUPT_PLAN) << "root";
  EXPECT_EQ(openPatched(addPlan(16), [](uint8_t *m, size_t) { m[0] ^= 2; }), DSC_E_CORRUPT_PLAN) << "misaligned root";
  // The vtable of the root far away; a string without its NUL; a vector of 2^31 elements; a required field missing.
  auto root = [](uint8_t *m) { return m + flatbuffers::ReadScalar<uint32_t>(m); };
  EXPECT_EQ(openPatched(addPlan(16), [&](uint8_t *m, size_t) { flatbuffers::WriteScalar<int32_t>(root(m), -(1 << 28)); }),
            DSC_E_CORRUPT_PLAN);
  auto data = [](const void *p) { return const_cast<uint8_t *>(static_cast<const uint8_t *>(p)); };
  EXPECT_EQ(openPatched(addPlan(16), [&](uint8_t *m, size_t) { data(GetPlan(m)->producer()->c_str())[4] = 'x'; }),
            DSC_E_CORRUPT_PLAN);
  EXPECT_EQ(openPatched(addPlan(16), [&](uint8_t *m, size_t) {
              flatbuffers::WriteScalar<uint32_t>(data(GetPlan(m)->kernels()), 1u << 31);
            }),
            DSC_E_CORRUPT_PLAN);
  PlanBuilder missing = addPlan(16);
  missing.file.plan.min_runtime = nullptr;
  EXPECT_EQ(openPatched(std::move(missing), [](uint8_t *, size_t) {}), DSC_E_CORRUPT_PLAN);
}

TEST_F(HeaderTest, misalignedVectorOf64Bits) {
  PlanBuilder b = addPlan(16);
  b.function().constants = {1, 16};
  b.function().inputs[0]->shape = b.function().inputs[1]->shape = b.function().outputs[0]->shape = {1};
  for (auto &buffer : b.entry().buffers)
    buffer->shape = {1};
  for (auto &step : b.entry().programs[0]->steps)
    step->grid = {1};
  EXPECT_EQ(openPatched(std::move(b), [](uint8_t *m, size_t) {
              // Four bytes further the low half of the first element reads as the length 1.
              auto table = reinterpret_cast<const flatbuffers::Table *>(GetPlan(m)->functions()->Get(0));
              auto field = const_cast<uint8_t *>(table->GetAddressOf(Function::VT_CONSTANTS));
              flatbuffers::WriteScalar<uint32_t>(field, flatbuffers::ReadScalar<uint32_t>(field) + 4);
            }),
            DSC_E_CORRUPT_PLAN);
  EXPECT_NE(strstr(error.message, "aligned constants"), nullptr) << error.message;
}

TEST_F(HeaderTest, sharedTablesDoNotCostQuadraticWork) {
  flatbuffers::FlatBufferBuilder builder;
  std::vector<uint32_t> deps(100000, 0);
  auto step = CreateStepDirect(builder, StepKind::Fill, 0, 0, noIndex, nullptr, nullptr, nullptr, nullptr, &deps);
  std::vector<flatbuffers::Offset<Step>> steps(100000, step);
  std::vector<flatbuffers::Offset<Program>> programs = {CreateProgramDirect(builder, &steps)};
  PlanBuilder b = addPlan(16);
  PlanT &plan = b.finish().plan;
  std::vector<flatbuffers::Offset<Entry>> entries;
  std::vector<int64_t> bounds;
  std::vector<flatbuffers::Offset<Buffer>> buffers = {CreateBuffer(builder, b.entry().buffers[4].get())};
  std::vector<flatbuffers::Offset<Unit>> units = {CreateUnit(builder, b.entry().units[0].get())};
  entries.push_back(CreateEntryDirect(builder, &bounds, &b.entry().arenas, &buffers, nullptr, &programs, &units));
  std::vector<flatbuffers::Offset<Variant>> variants = {CreateVariantDirect(builder, "v", -1, nullptr, &entries)};
  std::vector<flatbuffers::Offset<TensorDesc>> outputs = {CreateTensorDesc(builder, plan.functions[0]->outputs[0].get())}, inputs;
  std::vector<flatbuffers::Offset<Symbol>> symbols;
  std::vector<ShapeOp> ops;
  std::vector<flatbuffers::Offset<Function>> functions = {CreateFunctionDirect(
      builder, "main", &inputs, &outputs, &symbols, &plan.functions[0]->constants, &ops, &variants)};
  std::vector<flatbuffers::Offset<DeviceSlot>> devices = {CreateDeviceSlot(builder, DeviceKind::Cpu)};
  std::vector<flatbuffers::Offset<Segment>> segments;
  std::vector<flatbuffers::Offset<Kernel>> kernels;
  FinishPlanBuffer(builder, CreatePlanDirect(builder, plan.min_runtime.get(), "test", 0, &devices, &segments, &kernels, &functions));
  EXPECT_EQ(open(assemble(builder.GetBufferPointer(), builder.GetSize(), {})), DSC_E_CORRUPT_PLAN);
}

TEST_F(HeaderTest, unalignedMemory) {
  Bytes file = addPlan(16).bytes(), shifted(file.size() + 1);
  std::copy(file.begin(), file.end(), shifted.begin() + 1);
  start();
  ASSERT_EQ(dsc_plan_open_memory(runtime, shifted.data() + 1, file.size(), nullptr, &plan, &error), DSC_OK) << error.message;
}

} // namespace dsc::test
