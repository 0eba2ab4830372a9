// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Checks a plan file's frame, verifies its flatbuffer and makes plan ops of it.

#include "compiler/emit/PlanReader.h"

#include "compiler/emit/PlanTables.h"
#include "runtime/schema/PlanFile.h"

#include "mlir/IR/AsmState.h"
#include "mlir/IR/DialectResourceBlobManager.h"
#include "mlir/IR/Verifier.h"
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

/// One blob with all bytes of the segment.
LogicalResult addContents(plan::SegmentOp segment, const schema::SegmentT &table, StringRef segments, size_t index) {
  if (table.offset > segments.size() || table.size > segments.size() - table.offset)
    return segment.emitOpError() << "expected a range inside the file";
  if (table.size == 0)
    return success();
  OpBuilder builder = OpBuilder::atBlockEnd(&segment.getContents().front());
  auto type = RankedTensorType::get({int64_t(table.size)}, builder.getI8Type());
  AsmResourceBlob bytes = HeapAsmResourceBlob::allocateAndCopyWithAlign(
      ArrayRef<char>(segments.data() + table.offset, table.size), 64, /*dataIsMutable=*/false);
  auto value = DenseResourceElementsAttr::get(type, "segment_" + std::to_string(index), std::move(bytes));
  plan::BlobOp::create(builder, segment.getLoc(), 0, int64_t(table.size), value, Attribute());
  return success();
}

} // namespace

OwningOpRef<ModuleOp> readPlan(StringRef path, MLIRContext &context) {
  context.loadDialect<plan::PlanDialect>();
  Location loc = UnknownLoc::get(&context);
  auto file = llvm::MemoryBuffer::getFile(path, /*IsText=*/false, /*RequiresNullTerminator=*/false);
  if (!file) {
    emitError(loc) << "cannot read '" << path << "': " << file.getError().message();
    return {};
  }
  StringRef bytes = (*file)->getBuffer();
  FailureOr<schema::FileHeader> header = readHeader(bytes, loc);
  if (failed(header))
    return {};
  // A copy, because the verifier reads scalars at their natural alignment.
  std::vector<uint64_t> metadata((header->metaBytes + 7) / 8);
  memcpy(metadata.data(), bytes.data() + header->metaOffset, header->metaBytes);
  flatbuffers::Verifier verifier(reinterpret_cast<const uint8_t *>(metadata.data()), header->metaBytes, 16, 1000000);
  if (!schema::VerifyPlanBuffer(verifier)) {
    emitError(loc) << "expected metadata that the schema's verifier accepts";
    return {};
  }
  schema::PlanT tables;
  schema::GetPlan(metadata.data())->UnPackTo(&tables);
  OwningOpRef<ModuleOp> module = ModuleOp::create(loc);
  OpBuilder builder = OpBuilder::atBlockEnd(module->getBody());
  plan::PlanOp plan = fromTables(tables, builder, loc);
  size_t index = 0;
  for (auto segment : plan.getSegments().getOps<plan::SegmentOp>()) {
    if (failed(addContents(segment, *tables.segments[index], bytes.substr(header->segmentBase), index)))
      return {};
    ++index;
  }
  return succeeded(mlir::verify(*module)) ? std::move(module) : OwningOpRef<ModuleOp>();
}

} // namespace dsc
