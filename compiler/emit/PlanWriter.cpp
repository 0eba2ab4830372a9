// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Streams a plan to its file: segments first while they are digested, then header, metadata and seal in front of them.

#include "compiler/emit/PlanWriter.h"

#include "compiler/emit/PlanTables.h"
#include "dialects/dsc/Dsc.h"
#include "dialects/dsc/DscPacking.h"
#include "runtime/schema/PlanFile.h"

#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/raw_ostream.h"

using namespace mlir;

namespace dsc {
namespace {

/// How many bytes of a packed weight are in memory at a time, about.
constexpr int64_t pieceBytes = 4 << 20;

using Sink = llvm::function_ref<void(ArrayRef<char>)>;

/// `bytes` bytes that repeat `element`.
std::vector<char> repeat(ArrayRef<char> element, int64_t bytes) {
  std::vector<char> filled(bytes);
  for (int64_t i = 0; i < bytes; ++i)
    filled[i] = element[i % element.size()];
  return filled;
}

/// Gives the packed image of `source`, panel by panel.
void streamPanels(const PanelLayout &layout, ArrayRef<char> source, Sink sink) {
  int64_t atOnce = std::max<int64_t>(1, pieceBytes / layout.panelBytes());
  std::vector<char> packed(std::min(atOnce, layout.panels()) * layout.panelBytes());
  for (int64_t first = 0; first < layout.panels(); first += atOnce) {
    int64_t count = std::min(atOnce, layout.panels() - first);
    MutableArrayRef<char> part(packed.data(), count * layout.panelBytes());
    packPanels(layout, source, first, count, part);
    sink(part);
  }
}

/// Gives the bytes of a blob in pieces.
LogicalResult streamBlob(plan::BlobOp blob, Sink sink) {
  std::optional<plan::RawBytes> raw = plan::getRawBytes(blob.getValue());
  if (!raw || (raw->data.empty() && blob.getSize() != 0))
    return blob.emitOpError() << "expected a value with bytes";
  ShapedType type = blob.getValue().getShapedType();
  if (auto panels = dyn_cast_or_null<PanelsAttr>(blob.getPackingAttr())) {
    PanelLayout layout = getPanelLayout(panels, (type.getElementTypeBitWidth() + 7) / 8);
    if (layout.packedBytes() != blob.getSize())
      return blob.emitOpError() << "expected " << layout.packedBytes() << " packed bytes, but got " << blob.getSize();
    if (!raw->isSplat && int64_t(raw->data.size()) != layout.sourceBytes())
      return blob.emitOpError() << "expected " << layout.sourceBytes() << " bytes, but got " << raw->data.size();
    std::vector<char> expanded;
    if (raw->isSplat)
      expanded = repeat(raw->data, layout.sourceBytes());
    streamPanels(layout, raw->isSplat ? ArrayRef<char>(expanded) : raw->data, sink);
    return success();
  }
  if (!raw->isSplat) {
    if (int64_t(raw->data.size()) != blob.getSize())
      return blob.emitOpError() << "expected " << blob.getSize() << " bytes, but got " << raw->data.size();
    sink(raw->data);
    return success();
  }
  int64_t element = raw->data.size(), atOnce = std::max<int64_t>(1, pieceBytes / std::max<int64_t>(1, element)) * element;
  std::vector<char> piece = blob.getSize() ? repeat(raw->data, std::min(atOnce, blob.getSize())) : std::vector<char>();
  for (int64_t done = 0; done < blob.getSize(); done += piece.size())
    sink(ArrayRef<char>(piece).take_front(blob.getSize() - done));
  return success();
}

class Writer {
public:
  Writer(plan::PlanOp plan, int file) : plan(plan), stream(file, /*shouldClose=*/false), tables(toTables(plan)) {}
  ~Writer() { stream.clear_error(); }

  FailureOr<int64_t> write();

private:
  void placeSegments();
  flatbuffers::FlatBufferBuilder packMetadata();
  LogicalResult writeSegment(plan::SegmentOp segment, schema::SegmentT &table);
  void writeZeros(uint64_t bytes);
  LogicalResult checkStream();

  plan::PlanOp plan;
  llvm::raw_fd_ostream stream;
  schema::PlanT tables;
  uint64_t segmentBase = 0, segmentBytes = 0;
};

void Writer::placeSegments() {
  for (auto &segment : tables.segments) {
    segment->offset = schema::alignUp(segmentBytes, segment->align);
    segment->digest.assign(schema::digestBytes, 0);
    if (segment->kind == schema::SegmentKind::Weights)
      segment->crc32c.assign(schema::numChunks(segment->size), 0);
    segmentBytes = segment->offset + segment->size;
  }
}

flatbuffers::FlatBufferBuilder Writer::packMetadata() {
  flatbuffers::FlatBufferBuilder builder;
  builder.Finish(schema::Plan::Pack(builder, &tables), schema::PlanIdentifier());
  return builder;
}

void Writer::writeZeros(uint64_t bytes) { stream.write_zeros(bytes); }

LogicalResult Writer::checkStream() {
  stream.flush();
  if (std::error_code error = stream.error()) {
    stream.clear_error();
    return plan.emitError() << "cannot write the plan: " << error.message();
  }
  return success();
}

LogicalResult Writer::writeSegment(plan::SegmentOp segment, schema::SegmentT &table) {
  schema::SegmentDigest digest(table.crc32c.empty() ? nullptr : table.crc32c.data());
  static constexpr char zeros[4096] = {};
  int64_t done = 0;
  auto sink = [&](ArrayRef<char> bytes) {
    digest.update(bytes.data(), bytes.size());
    stream.write(bytes.data(), bytes.size());
    done += bytes.size();
  };
  auto padTo = [&](int64_t end) {
    while (done < end)
      sink(ArrayRef<char>(zeros, std::min<int64_t>(sizeof zeros, end - done)));
  };
  stream.seek(segmentBase + table.offset);
  for (auto blob : segment.getContents().getOps<plan::BlobOp>()) {
    padTo(blob.getOffset());
    if (failed(streamBlob(blob, sink)) || failed(checkStream()))
      return failure();
  }
  padTo(table.size);
  digest.finish(table.digest.data());
  return checkStream();
}

FailureOr<int64_t> Writer::write() {
  placeSegments();
  // Digests have a fixed size: the metadata of zeros is as large as the final one.
  uint64_t metaBytes = packMetadata().GetSize();
  if (metaBytes >= schema::maxMetadataBytes)
    return plan.emitError() << "expected metadata below " << schema::maxMetadataBytes << " bytes, but got " << metaBytes;
  schema::FileHeader header = schema::makeHeader(metaBytes, segmentBytes);
  segmentBase = header.segmentBase;
  for (auto [segment, table] : llvm::zip_equal(plan.getSegments().getOps<plan::SegmentOp>(), tables.segments))
    if (failed(writeSegment(segment, *table)))
      return failure();

  flatbuffers::FlatBufferBuilder metadata = packMetadata();
  schema::Seal seal = schema::makeSeal(&header, sizeof header, metadata.GetBufferPointer(), metadata.GetSize());
  stream.seek(0);
  stream.write(reinterpret_cast<const char *>(&header), sizeof header);
  stream.write(reinterpret_cast<const char *>(metadata.GetBufferPointer()), metadata.GetSize());
  writeZeros(header.sealOffset - stream.tell());
  stream.write(reinterpret_cast<const char *>(&seal), sizeof seal);
  writeZeros(header.segmentBase - stream.tell());
  if (failed(checkStream()))
    return failure();
  return int64_t(header.segmentBase + segmentBytes);
}

} // namespace

FailureOr<int64_t> writePlan(plan::PlanOp plan, StringRef path) {
  auto fail = [&](llvm::Error error) -> FailureOr<int64_t> {
    return plan.emitError() << "cannot write '" << path << "': " << llvm::toString(std::move(error));
  };
  llvm::Expected<llvm::sys::fs::TempFile> file = llvm::sys::fs::TempFile::create(path + ".tmp-%%%%%%%%");
  if (!file)
    return fail(file.takeError());
  FailureOr<int64_t> bytes = Writer(plan, file->FD).write();
  if (failed(bytes)) {
    llvm::consumeError(file->discard());
    return failure();
  }
  if (llvm::Error error = file->keep(path))
    return fail(std::move(error));
  return bytes;
}

std::string checkOutputPath(StringRef path, StringRef modelPath) {
  namespace fs = llvm::sys::fs;
  if (path.empty())
    return "expected a path for the plan, but got an empty one";
  fs::file_status status;
  bool exists = !fs::status(path, status) && fs::exists(status);
  if (exists && !fs::is_regular_file(status))
    return ("cannot write '" + path + "': it is not a regular file").str();
  if (exists && fs::equivalent(path, modelPath))
    return ("cannot write '" + path + "': it is the model").str();
  StringRef folder = llvm::sys::path::parent_path(path);
  if (std::error_code error = fs::access(folder.empty() ? "." : folder, fs::AccessMode::Write))
    return ("cannot write '" + path + "': " + error.message()).str();
  return "";
}

} // namespace dsc
