// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Element types, sizes and packing of ONNX tensor data, and text that is safe to print; knows nothing of protobuf.

#ifndef DSC_COMPILER_IMPORT_TENSORBYTES_H
#define DSC_COMPILER_IMPORT_TENSORBYTES_H

#include "compiler/import/ModelView.h"

#include "llvm/ADT/ArrayRef.h"

namespace dsc::onnx_import {

/// The product of the sizes; nothing if one is negative or the product overflows.
std::optional<int64_t> getElementCount(llvm::ArrayRef<int64_t> dims);

/// "[2, 3]".
std::string printSizes(llvm::ArrayRef<int64_t> dims);

/// The fields of a tensor message that hold elements by type. At most one is filled.
struct TypedData {
  llvm::ArrayRef<float> floats;
  llvm::ArrayRef<int32_t> ints;
  llvm::ArrayRef<int64_t> longs;
  llvm::ArrayRef<double> doubles;
  llvm::ArrayRef<uint64_t> unsignedLongs;
};

/// Converts `count` elements to the bytes of `type`. The reason if the field does not belong to the type, has another
/// number of elements or one out of the type's range; else empty.
std::string packTypedData(const TypedData &data, DataType type, int64_t count, std::string &bytes);

/// The domain with "ai.onnx" written as the empty name that it stands for.
std::string normalizeDomain(const std::string &domain);

/// Text of a model for a message: what is not printable becomes `\xx`, and long text is cut.
std::string escapeText(llvm::StringRef text);

} // namespace dsc::onnx_import

#endif // DSC_COMPILER_IMPORT_TENSORBYTES_H
