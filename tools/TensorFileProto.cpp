// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// TensorProto files, as ONNX ships the inputs and outputs of its tests.
#include "tools/TensorFile.h"

#ifdef DSC_HAS_ONNX

#include <dsc/dsc.h>
#include <onnx/onnx_pb.h>

#include <cstring>

namespace dsc::tools {

namespace {

int32_t dtypeOf(int32_t type) {
  switch (type) {
  case onnx::TensorProto::FLOAT:
    return DSC_F32;
  case onnx::TensorProto::FLOAT16:
    return DSC_F16;
  case onnx::TensorProto::BFLOAT16:
    return DSC_BF16;
  case onnx::TensorProto::DOUBLE:
    return DSC_F64;
  case onnx::TensorProto::INT64:
    return DSC_I64;
  case onnx::TensorProto::INT32:
    return DSC_I32;
  case onnx::TensorProto::INT16:
    return DSC_I16;
  case onnx::TensorProto::INT8:
    return DSC_I8;
  case onnx::TensorProto::UINT64:
    return DSC_U64;
  case onnx::TensorProto::UINT32:
    return DSC_U32;
  case onnx::TensorProto::UINT16:
    return DSC_U16;
  case onnx::TensorProto::UINT8:
    return DSC_U8;
  case onnx::TensorProto::BOOL:
    return DSC_BOOL;
  case onnx::TensorProto::FLOAT8E4M3FN:
    return DSC_F8E4M3;
  case onnx::TensorProto::FLOAT8E5M2:
    return DSC_F8E5M2;
  case onnx::TensorProto::INT4:
    return DSC_I4;
  case onnx::TensorProto::UINT4:
    return DSC_U4;
  default:
    return 0;
  }
}

/// Values of a repeated field, each narrowed to `width` bytes (the low ones: the format stores small types in int32).
template <class Field>
void narrow(const Field &values, size_t width, std::vector<uint8_t> &out) {
  out.resize(size_t(values.size()) * width);
  for (int i = 0; i < values.size(); ++i) {
    auto value = values.Get(i);
    memcpy(&out[size_t(i) * width], &value, width);
  }
}

void readFields(const onnx::TensorProto &proto, Tensor &tensor) {
  size_t width = elementBits(tensor.dtype) < 8 ? 1 : elementBits(tensor.dtype) / 8;
  if (proto.has_raw_data())
    tensor.data.assign(proto.raw_data().begin(), proto.raw_data().end());
  else if (tensor.dtype == DSC_F32)
    narrow(proto.float_data(), width, tensor.data);
  else if (tensor.dtype == DSC_F64)
    narrow(proto.double_data(), width, tensor.data);
  else if (tensor.dtype == DSC_I64)
    narrow(proto.int64_data(), width, tensor.data);
  else if (tensor.dtype == DSC_U64 || tensor.dtype == DSC_U32)
    narrow(proto.uint64_data(), width, tensor.data);
  else
    narrow(proto.int32_data(), width, tensor.data);
}

} // namespace

bool readTensorProto(const std::string &path, Tensor &tensor, std::string &error) {
  std::vector<uint8_t> bytes;
  if (!readFile(path, bytes, error))
    return false;
  onnx::TensorProto proto;
  if (bytes.size() > INT32_MAX || !proto.ParseFromArray(bytes.data(), int(bytes.size()))) {
    error = path + ": expected a TensorProto";
    return false;
  }
  tensor.name = proto.name();
  tensor.dtype = dtypeOf(proto.data_type());
  if (!tensor.dtype || proto.dims_size() > DSC_MAX_RANK || proto.data_location() == onnx::TensorProto::EXTERNAL) {
    error = path + ": expected a dense tensor of numbers, of rank 8 or less, in the file itself";
    return false;
  }
  size_t bits = elementBits(tensor.dtype);
  for (int64_t size : proto.dims()) {
    tensor.shape.push_back(size);
    if (size < 0 || __builtin_mul_overflow(bits, size_t(size), &bits))
      bits = SIZE_MAX;
  }
  readFields(proto, tensor);
  if (tensor.data.size() != bits / 8 + (bits % 8 != 0)) {
    error = path + ": the data does not have the size of the shape";
    return false;
  }
  return true;
}

} // namespace dsc::tools

#else

namespace dsc::tools {

bool readTensorProto(const std::string &path, Tensor &, std::string &error) {
  error = path + ": this tool was built without the ONNX library and cannot read .pb files";
  return false;
}

} // namespace dsc::tools

#endif
