// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Neutral structs of an ONNX model: what the importer reads instead of protobuf messages.

#ifndef DSC_COMPILER_IMPORT_MODELVIEW_H
#define DSC_COMPILER_IMPORT_MODELVIEW_H

#include "llvm/ADT/SmallVector.h"
#include "llvm/ADT/StringRef.h"

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace dsc::onnx_import {

/// ONNX element types, with the numbers of `TensorProto.DataType`.
enum class DataType : int32_t {
  Undefined = 0, Float = 1, Uint8 = 2, Int8 = 3, Uint16 = 4, Int16 = 5, Int32 = 6, Int64 = 7, String = 8, Bool = 9,
  Float16 = 10, Double = 11, Uint32 = 12, Uint64 = 13, Complex64 = 14, Complex128 = 15, Bfloat16 = 16,
  Float8E4M3FN = 17, Float8E4M3FNUZ = 18, Float8E5M2 = 19, Float8E5M2FNUZ = 20, Uint4 = 21, Int4 = 22,
  Float4E2M1 = 23, Float8E8M0 = 24, Uint2 = 25, Int2 = 26,
};

/// "float", "int4", ...: the name in ONNX's text format; "type 99" for an unknown number.
std::string getTypeName(DataType type);

/// Bytes of one element in memory (bool is one byte); 0 of a type that no tensor of ours can hold.
int64_t getElementBytes(DataType type);

/// Where the bytes of a tensor lie outside the model file.
struct ExternalView {
  std::string location;
  int64_t offset = 0;
  /// -1 if the file does not say.
  int64_t length = -1;
};

/// A constant tensor. Its bytes are the elements in row-major order, little-endian, and fit `dims` (checked on reading),
/// unless they are external.
struct TensorView {
  std::string name;
  DataType type = DataType::Undefined;
  std::vector<int64_t> dims;
  std::shared_ptr<const std::string> bytes;
  std::optional<ExternalView> external;
  /// Set where the tensor is malformed or of a type we do not read: the reason.
  std::string problem;
};

/// A dimension of a declared type: a size, a name, or neither.
struct DimView {
  std::optional<int64_t> size;
  std::string name;
};

/// The declared type of a value.
struct ValueView {
  std::string name;
  /// "tensor", "sequence", "optional", "map", "sparse tensor"; empty if no type is declared.
  std::string kind;
  DataType type = DataType::Undefined;
  /// Nothing if the rank is not declared.
  std::optional<std::vector<DimView>> dims;
};

struct GraphView;

enum class AttributeKind { Undefined, Float, Int, String, Tensor, Graph, Floats, Ints, Strings, Other };

struct AttributeView {
  std::string name;
  AttributeKind kind = AttributeKind::Undefined;
  float f = 0;
  int64_t i = 0;
  std::string s;
  std::vector<float> floats;
  std::vector<int64_t> ints;
  std::vector<std::string> strings;
  std::shared_ptr<TensorView> tensor;
  std::shared_ptr<GraphView> graph;
  /// In a function body: the attribute of the call that stands here.
  std::string reference;
};

struct NodeView {
  std::string name;
  std::string opType;
  std::string domain;
  std::string overload;
  /// Empty names are absent operands and results nobody wants.
  std::vector<std::string> inputs;
  std::vector<std::string> outputs;
  std::vector<AttributeView> attributes;

  const AttributeView *findAttribute(llvm::StringRef attribute) const {
    for (const AttributeView &candidate : attributes)
      if (candidate.name == attribute)
        return &candidate;
    return nullptr;
  }
};

struct GraphView {
  std::string name;
  std::vector<NodeView> nodes;
  std::vector<TensorView> initializers;
  std::vector<ValueView> inputs;
  std::vector<ValueView> outputs;
  std::vector<ValueView> values;
  /// Names of sparse initializers, which are not read.
  std::vector<std::string> sparseInitializers;
};

/// Version of each imported domain; ai.onnx is the empty one.
using OpsetMap = std::map<std::string, int64_t>;

struct FunctionView {
  std::string domain;
  std::string name;
  std::string overload;
  std::vector<std::string> inputs;
  std::vector<std::string> outputs;
  /// Attributes without a default, then the ones that have one.
  std::vector<std::string> attributes;
  std::vector<AttributeView> defaults;
  std::vector<NodeView> nodes;
  OpsetMap opsets;
};

struct ModelView {
  int64_t irVersion = 0;
  OpsetMap opsets;
  /// Domains that are imported more than once with different versions.
  std::vector<std::string> ambiguousDomains;
  GraphView graph;
  std::vector<FunctionView> functions;
};

} // namespace dsc::onnx_import

#endif // DSC_COMPILER_IMPORT_MODELVIEW_H
