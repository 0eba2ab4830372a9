// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Tensors in files: npy, npz and ONNX TensorProto. Every size in a file is checked before it is believed.
#ifndef DSC_TOOLS_TENSORFILE_H
#define DSC_TOOLS_TENSORFILE_H

#include <cstdint>
#include <cstdio>
#include <functional>
#include <string>
#include <vector>

namespace dsc::tools {

/// A dense row-major tensor. `dtype` is a DSC_* element type of dsc.h; 4-bit elements are packed two to a byte.
struct Tensor {
  std::string name;
  int32_t dtype = 0;
  std::vector<int64_t> shape;
  std::vector<uint8_t> data;

  int64_t elementCount() const;
};

/// Bits of an element; 0 for unknown types.
uint32_t elementBits(int32_t dtype);
/// "f32", "i64", ...
const char *dtypeName(int32_t dtype);

/// Each reads one file; false with one line of reason in `error`, which names the file.
bool readNpy(const std::string &path, Tensor &tensor, std::string &error);
/// Names of the tensors are the keys.
bool readNpz(const std::string &path, std::vector<Tensor> &tensors, std::string &error);
/// False with a reason where the tool was built without the ONNX library.
bool readTensorProto(const std::string &path, Tensor &tensor, std::string &error);
/// By extension: .npy or .pb.
bool readTensor(const std::string &path, Tensor &tensor, std::string &error);

/// Writes keys = tensor names, uncompressed. bf16 and fp8 become void types of the same width, as ml_dtypes does. The
/// file appears complete or not at all.
bool writeNpz(const std::string &path, const std::vector<Tensor> &tensors, std::string &error);

/// Parses the bytes of an npy file.
bool parseNpy(const uint8_t *data, size_t bytes, Tensor &tensor, std::string &error);
/// Writes a file through `write`, which says whether all went well. The file appears complete or not at all, and takes
/// the place of a regular file only.
bool replaceFile(const std::string &path, const std::function<bool(FILE *)> &write, std::string &error);
/// All bytes of a file.
bool readFile(const std::string &path, std::vector<uint8_t> &bytes, std::string &error);

/// Element `index` as a double: exact for every type but large 64-bit integers.
double valueAt(const Tensor &tensor, int64_t index);

} // namespace dsc::tools
#endif
