// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// npz: npy files in a zip archive, stored or deflated.
#include "tools/TensorFile.h"

#include <algorithm>
#include <cstdio>
#include <cstring>
#include <zlib.h>

namespace dsc::tools {

const char *npyType(int32_t dtype);

namespace {

constexpr uint32_t localMagic = 0x04034b50, centralMagic = 0x02014b50, endMagic = 0x06054b50;
constexpr uint32_t end64Magic = 0x06064b50, locator64Magic = 0x07064b50;
constexpr size_t localBytes = 30, centralBytes = 46, endBytes = 22, locator64Bytes = 20, end64Bytes = 56;
/// A deflated member may not grow beyond this: about deflate's own largest ratio.
constexpr uint64_t maxRatio = 1100;

class Archive {
public:
  explicit Archive(const std::vector<uint8_t> &bytes) : bytes(bytes) {}

  uint64_t get(size_t at, size_t width) const {
    uint64_t value = 0;
    for (size_t i = 0; i < width; ++i)
      value |= uint64_t(bytes[at + i]) << (8 * i);
    return value;
  }
  bool holds(uint64_t at, uint64_t count) const { return at <= bytes.size() && count <= bytes.size() - at; }

  /// Position of the first central record and the number of records.
  bool findDirectory(uint64_t &at, uint64_t &count) const {
    if (bytes.size() < endBytes)
      return false;
    size_t end = bytes.size() - endBytes, stop = end > 0xffff ? end - 0xffff : 0;
    while (get(end, 4) != endMagic)
      if (end-- == stop)
        return false;
    count = get(end + 10, 2);
    at = get(end + 16, 4);
    if (count != 0xffff && at != 0xffffffff)
      return true;
    if (end < locator64Bytes || get(end - locator64Bytes, 4) != locator64Magic)
      return false;
    uint64_t end64 = get(end - locator64Bytes + 8, 8);
    if (!holds(end64, end64Bytes) || get(end64, 4) != end64Magic)
      return false;
    count = get(end64 + 32, 8);
    at = get(end64 + 48, 8);
    return true;
  }

  const std::vector<uint8_t> &bytes;
};

struct Member {
  std::string name;
  uint64_t method, compressed, size, local;
};

/// Reads the central record at `at` and moves it to the next.
bool readMember(const Archive &zip, uint64_t &at, Member &member) {
  if (!zip.holds(at, centralBytes) || zip.get(at, 4) != centralMagic)
    return false;
  member.method = zip.get(at + 10, 2);
  member.compressed = zip.get(at + 20, 4);
  member.size = zip.get(at + 24, 4);
  member.local = zip.get(at + 42, 4);
  uint64_t nameBytes = zip.get(at + 28, 2), extraBytes = zip.get(at + 30, 2), commentBytes = zip.get(at + 32, 2);
  if (!zip.holds(at + centralBytes, nameBytes + extraBytes + commentBytes))
    return false;
  member.name.assign(reinterpret_cast<const char *>(&zip.bytes[at + centralBytes]), nameBytes);
  uint64_t extra = at + centralBytes + nameBytes, extraEnd = extra + extraBytes;
  while (extra + 4 <= extraEnd) {
    uint64_t id = zip.get(extra, 2), size = zip.get(extra + 2, 2), value = extra + 4;
    extra = value + size;
    if (extra > extraEnd)
      return false;
    for (uint64_t *wide : {&member.size, &member.compressed, &member.local})
      if (id == 1 && *wide == 0xffffffff && value + 8 <= extra) {
        *wide = zip.get(value, 8);
        value += 8;
      }
  }
  at += centralBytes + nameBytes + extraBytes + commentBytes;
  return true;
}

bool unpack(const Archive &zip, const Member &member, std::vector<uint8_t> &out) {
  if (!zip.holds(member.local, localBytes) || zip.get(member.local, 4) != localMagic)
    return false;
  uint64_t begin = member.local + localBytes + zip.get(member.local + 26, 2) + zip.get(member.local + 28, 2);
  if (!zip.holds(begin, member.compressed) || member.size > member.compressed * maxRatio + maxRatio)
    return false;
  const uint8_t *data = zip.bytes.data() + begin;
  if (member.method == 0) {
    out.assign(data, data + member.compressed);
    return member.size == member.compressed;
  }
  if (member.method != 8)
    return false;
  out.resize(member.size);
  z_stream stream = {};
  if (inflateInit2(&stream, -MAX_WBITS) != Z_OK)
    return false;
  int status = Z_OK;
  size_t in = 0, done = 0;
  constexpr size_t most = 1u << 30; // zlib counts in 32 bits
  while (status == Z_OK) {
    stream.next_in = const_cast<uint8_t *>(data) + in;
    stream.avail_in = uInt(std::min<size_t>(member.compressed - in, most));
    stream.next_out = out.data() + done;
    stream.avail_out = uInt(std::min<size_t>(out.size() - done, most));
    uInt givenIn = stream.avail_in, givenOut = stream.avail_out;
    status = inflate(&stream, Z_NO_FLUSH);
    in += givenIn - stream.avail_in;
    done += givenOut - stream.avail_out;
  }
  inflateEnd(&stream);
  return status == Z_STREAM_END && done == out.size();
}

void put(std::string &out, uint64_t value, int width) {
  for (int i = 0; i < width; ++i)
    out.push_back(char(value >> (8 * i)));
}

/// The npy header, padded so that the data is 64-byte aligned in the npy file.
std::string npyHeader(const Tensor &tensor) {
  std::string dict = std::string("{'descr': '") + npyType(tensor.dtype) + "', 'fortran_order': False, 'shape': (";
  std::vector<int64_t> shape = tensor.shape;
  if (elementBits(tensor.dtype) < 8)
    shape = {int64_t(tensor.data.size())};
  for (int64_t size : shape)
    dict += std::to_string(size) + ",";
  dict += "), }";
  while ((10 + dict.size() + 1) % 64)
    dict += ' ';
  dict += '\n';
  std::string out("\x93NUMPY\x01\x00", 8);
  put(out, dict.size(), 2);
  return out + dict;
}

/// What a local and a central record have in common.
void putCommon(std::string &out, uint32_t crc, uint64_t size, const std::string &name) {
  put(out, 20, 2);        // version needed
  put(out, 0, 2);         // flags
  put(out, 0, 2);         // stored
  put(out, 0x00210000, 4); // 1980-01-01: files do not depend on the clock
  put(out, crc, 4);
  put(out, size, 4);
  put(out, size, 4);
  put(out, name.size(), 2);
  put(out, 0, 2);
}

bool writeArchive(FILE *file, const std::vector<Tensor> &tensors) {
  std::string directory;
  uint64_t offset = 0;
  for (const Tensor &tensor : tensors) {
    std::string header = npyHeader(tensor), name = tensor.name + ".npy", local;
    uint64_t size = header.size() + tensor.data.size();
    uint32_t crc = uint32_t(crc32(0, reinterpret_cast<const Bytef *>(header.data()), uInt(header.size())));
    if (!tensor.data.empty()) // without bytes to read, crc32_z starts anew
      crc = uint32_t(crc32_z(crc, tensor.data.data(), tensor.data.size()));
    put(local, localMagic, 4);
    putCommon(local, crc, size, name);
    local += name + header;
    put(directory, centralMagic, 4);
    put(directory, 20, 2);
    putCommon(directory, crc, size, name);
    put(directory, 0, 6); // comment, disk, internal attributes
    put(directory, 0, 4); // external attributes
    put(directory, offset, 4);
    directory += name;
    offset += local.size() + tensor.data.size();
    if (offset + directory.size() > 0xfffffffe || fwrite(local.data(), 1, local.size(), file) != local.size() ||
        fwrite(tensor.data.data(), 1, tensor.data.size(), file) != tensor.data.size())
      return false;
  }
  std::string end = directory;
  put(end, endMagic, 4);
  put(end, 0, 4);
  put(end, tensors.size(), 2);
  put(end, tensors.size(), 2);
  put(end, directory.size(), 4);
  put(end, offset, 4);
  put(end, 0, 2);
  return fwrite(end.data(), 1, end.size(), file) == end.size();
}

} // namespace

bool readNpz(const std::string &path, std::vector<Tensor> &tensors, std::string &error) {
  std::vector<uint8_t> bytes, npy;
  if (!readFile(path, bytes, error))
    return false;
  Archive zip(bytes);
  uint64_t at, count;
  if (!zip.findDirectory(at, count)) {
    error = path + ": expected an npz archive";
    return false;
  }
  for (uint64_t i = 0; i < count; ++i) {
    Member member;
    if (!readMember(zip, at, member) || !unpack(zip, member, npy)) {
      error = path + ": the archive is damaged at member " + std::to_string(i);
      return false;
    }
    Tensor tensor;
    if (!parseNpy(npy.data(), npy.size(), tensor, error)) {
      error = path + ": '" + member.name + "': " + error;
      return false;
    }
    bool hasSuffix = member.name.size() > 4 && member.name.compare(member.name.size() - 4, 4, ".npy") == 0;
    tensor.name = hasSuffix ? member.name.substr(0, member.name.size() - 4) : member.name;
    tensors.push_back(std::move(tensor));
  }
  return true;
}

bool writeNpz(const std::string &path, const std::vector<Tensor> &tensors, std::string &error) {
  return replaceFile(path, [&](FILE *file) { return writeArchive(file, tensors); }, error);
}

} // namespace dsc::tools
