// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Checks a plan file's frame, verifies its flatbuffer and makes plan ops of it.

#include "compiler/emit/PlanReader.h"

#include "compiler/emit/PlanTables.h"
#include "runtime/schema/PlanFile.h"

#include "mlir/IR/AsmState.h"
#include "mlir/IR/DialectResourceBlobManager.h"
#include "mlir/IR/Verifier.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/MemoryBuffer.h"

#include <cstring>

using namespace mlir;

namespace dsc {
namespace {

/// Where the parts of the file lie, checked against its size.
FailureOr<schema::FileHeader> readHeader(StringRef file, Location loc) {
  schema::FileHeader header;
  if (file.size() < sizeof header || !file.starts_with(StringRef(schema::headerMagic, sizeof header.magic)))
    return emitError(loc) << "expected a plan file, but the header is cut or another format's";
  memcpy(&header, file.data(), sizeof header);
  if (header.formatMajor != schema::formatMajor)
    return emitError(loc) << "expected format " << schema::formatMajor << ", but got " << header.formatMajor;
  bool inside = header.metaOffset % 8 == 0 && header.metaOffset <= file.size() &&
                header.metaBytes <= file.size() - header.metaOffset && header.metaBytes < schema::maxMetadataBytes &&
                header.segmentBase <= file.size() && header.segmentBytes == file.size() - header.segmentBase;
  if (!inside)
    return emitError(loc) << "expected metadata and segments inside the file";
  return header;
}

/// Whether the seal behind the metadata is of this header and metadata.
bool isSealed(StringRef file, const schema::FileHeader &header, StringRef digest) {
  schema::Seal seal;
  if (header.sealOffset > file.size() || file.size() - header.sealOffset < sizeof seal)
    return false;
  memcpy(&seal, file.data() + header.sealOffset, sizeof seal);
  return memcmp(seal.magic, schema::sealMagic, sizeof seal.magic) == 0 &&
         memcmp(seal.digest, digest.data(), schema::digestBytes) == 0;
}

/// One file while it is read.
struct Reader {
  explicit Reader(Location loc) : loc(loc) {}

  Location loc;
  std::unique_ptr<llvm::MemoryBuffer> file;
  schema::FileHeader header = {};
  schema::PlanT tables;

  StringRef bytes() const { return file->getBuffer(); }
  StringRef metadata() const { return bytes().substr(header.metaOffset, header.metaBytes); }
  LogicalResult open(StringRef path);
  LogicalResult readTables();
  LogicalResult readFrame(PlanFrame &frame);
  void addContents(plan::SegmentOp segment, size_t index);
  OwningOpRef<ModuleOp> makePlan(bool withContents);
};

LogicalResult Reader::open(StringRef path) {
  auto buffer = llvm::MemoryBuffer::getFile(path, /*IsText=*/false, /*RequiresNullTerminator=*/false);
  if (!buffer)
    return emitError(loc) << "cannot read '" << path << "': " << buffer.getError().message();
  file = std::move(*buffer);
  FailureOr<schema::FileHeader> read = readHeader(bytes(), loc);
  if (failed(read))
    return failure();
  header = *read;
  return success();
}

LogicalResult Reader::readTables() {
  // A copy, because the verifier reads scalars at their natural alignment.
  std::vector<uint64_t> words((header.metaBytes + 7) / 8);
  memcpy(words.data(), metadata().data(), header.metaBytes);
  flatbuffers::Verifier verifier(reinterpret_cast<const uint8_t *>(words.data()), header.metaBytes, 16, 1000000);
  if (!schema::VerifyPlanBuffer(verifier))
    return emitError(loc) << "expected metadata that the schema's verifier accepts";
  schema::GetPlan(words.data())->UnPackTo(&tables);
  return success();
}

LogicalResult Reader::readFrame(PlanFrame &frame) {
  // The bytes that the seal covers: the whole header, whose tail this version ignores, and the metadata.
  uint64_t headerBytes = std::max<uint64_t>(sizeof header, std::min<uint64_t>(header.headerBytes, header.metaOffset));
  schema::Seal seal = schema::makeSeal(bytes().data(), headerBytes, metadata().data(), header.metaBytes);
  StringRef digest(reinterpret_cast<const char *>(seal.digest), schema::digestBytes);
  if (!isSealed(bytes(), header, digest))
    return emitError(loc) << "expected a seal that fits header and metadata, but the file was changed";
  frame.fileBytes = bytes().size();
  frame.metadataBytes = header.metaBytes;
  frame.formatMajor = header.formatMajor;
  frame.formatMinor = header.formatMinor;
  frame.digest = llvm::toHex(digest, /*LowerCase=*/true);
  for (const auto &segment : tables.segments)
    frame.segmentOffsets.push_back(header.segmentBase + segment->offset);
  return success();
}

/// Adds one blob with all bytes of the segment.
void Reader::addContents(plan::SegmentOp segment, size_t index) {
  const schema::SegmentT &table = *tables.segments[index];
  if (table.size == 0)
    return;
  OpBuilder builder = OpBuilder::atBlockEnd(&segment.getContents().front());
  auto type = RankedTensorType::get({int64_t(table.size)}, builder.getI8Type());
  AsmResourceBlob blob = HeapAsmResourceBlob::allocateAndCopyWithAlign(
      ArrayRef<char>(bytes().data() + header.segmentBase + table.offset, table.size), 64, /*dataIsMutable=*/false);
  auto value = DenseResourceElementsAttr::get(type, "segment_" + std::to_string(index), std::move(blob));
  plan::BlobOp::create(builder, segment.getLoc(), 0, int64_t(table.size), value, Attribute());
}

OwningOpRef<ModuleOp> Reader::makePlan(bool withContents) {
  OwningOpRef<ModuleOp> module = ModuleOp::create(loc);
  OpBuilder builder = OpBuilder::atBlockEnd(module->getBody());
  plan::PlanOp plan = fromTables(tables, builder, loc);
  for (auto [index, segment] : llvm::enumerate(plan.getSegments().getOps<plan::SegmentOp>())) {
    const schema::SegmentT &table = *tables.segments[index];
    if (table.offset > header.segmentBytes || table.size > header.segmentBytes - table.offset) {
      segment.emitOpError() << "expected a range inside the file";
      return {};
    }
    if (withContents)
      addContents(segment, index);
  }
  return succeeded(mlir::verify(*module)) ? std::move(module) : OwningOpRef<ModuleOp>();
}

} // namespace

OwningOpRef<ModuleOp> readPlan(StringRef path, MLIRContext &context) {
  context.loadDialect<plan::PlanDialect>();
  Reader reader(UnknownLoc::get(&context));
  if (failed(reader.open(path)) || failed(reader.readTables()))
    return {};
  return reader.makePlan(/*withContents=*/true);
}

OwningOpRef<ModuleOp> readPlanTables(StringRef path, MLIRContext &context, PlanFrame &frame) {
  context.loadDialect<plan::PlanDialect>();
  Reader reader(UnknownLoc::get(&context));
  if (failed(reader.open(path)) || failed(reader.readTables()) || failed(reader.readFrame(frame)))
    return {};
  return reader.makePlan(/*withContents=*/false);
}

} // namespace dsc
