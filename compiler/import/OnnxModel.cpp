// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Reads ONNX protobuf or text into neutral structs. Compiled with exceptions, because the library throws; none gets out.

#include "compiler/import/OnnxModel.h"
#include "compiler/import/InputFile.h"
#include "compiler/import/OnnxModelDetail.h"
#include "compiler/import/TensorBytes.h"

#include <onnx/defs/parser.h>
#include <onnx/onnx_pb.h>

#include <google/protobuf/stubs/logging.h>

#include <cstdlib>
#include <exception>

namespace dsc::onnx_import {
namespace {

/// The elements of the typed field that holds this type's data, and the field's name.
std::string takeTypedData(const onnx::TensorProto &tensor, TensorView &view, int64_t count) {
  TypedData data;
  data.floats = {tensor.float_data().data(), size_t(tensor.float_data_size())};
  data.ints = {tensor.int32_data().data(), size_t(tensor.int32_data_size())};
  static_assert(sizeof(long) == sizeof(int64_t));
  data.longs = {reinterpret_cast<const int64_t *>(tensor.int64_data().data()), size_t(tensor.int64_data_size())};
  data.doubles = {tensor.double_data().data(), size_t(tensor.double_data_size())};
  data.unsignedLongs = {reinterpret_cast<const uint64_t *>(tensor.uint64_data().data()),
                        size_t(tensor.uint64_data_size())};
  auto bytes = std::make_shared<std::string>();
  std::string problem = packTypedData(data, view.type, count, *bytes);
  view.bytes = std::move(bytes);
  return problem;
}

int countDataFields(const onnx::TensorProto &tensor) {
  return (tensor.raw_data().size() != 0) + (tensor.float_data_size() != 0) + (tensor.int32_data_size() != 0) +
         (tensor.string_data_size() != 0) + (tensor.int64_data_size() != 0) + (tensor.double_data_size() != 0) +
         (tensor.uint64_data_size() != 0);
}

bool parseNumber(const std::string &text, int64_t &number) {
  return !llvm::StringRef(text).getAsInteger(10, number) && number >= 0;
}

std::string readExternal(const onnx::TensorProto &tensor, ExternalView &external) {
  bool hasLocation = false;
  for (const onnx::StringStringEntryProto &entry : tensor.external_data()) {
    if (entry.key() == "location") {
      if (hasLocation)
        return "external data gives 'location' twice";
      hasLocation = true;
      external.location = entry.value();
    } else if (entry.key() == "offset" || entry.key() == "length") {
      if (!parseNumber(entry.value(), entry.key() == "offset" ? external.offset : external.length))
        return "expected '" + entry.key() + "' of external data to be a number, but got '" + entry.value() + "'";
    } else if (entry.key() != "checksum") {
      return "external data has the unknown key '" + entry.key() + "'";
    }
  }
  return hasLocation && !external.location.empty() ? "" : "external data has no 'location'";
}

/// Checks and takes the tensor's bytes; the reason if it is malformed.
std::string readTensorData(onnx::TensorProto &tensor, TensorView &view) {
  std::optional<int64_t> count = getElementCount(view.dims);
  if (!count)
    return "expected sizes that are not negative and whose product fits, but got " + printSizes(view.dims);
  if (view.type == DataType::Undefined || int(view.type) > int(DataType::Int2) || int(view.type) < 0)
    return "it has the element type " + getTypeName(view.type);
  if (tensor.has_segment())
    return "it is a segment of a larger tensor, which is not supported";
  if (tensor.data_location() == onnx::TensorProto_DataLocation_EXTERNAL) {
    if (countDataFields(tensor) != 0)
      return "it has external data and data in the file";
    return readExternal(tensor, view.external.emplace());
  }
  if (countDataFields(tensor) > 1)
    return "its data is given twice, in fields of different types";
  int64_t elementBytes = getElementBytes(view.type);
  if (elementBytes == 0)
    return "";
  if (!tensor.has_raw_data() || (tensor.raw_data().empty() && countDataFields(tensor) == 1))
    return takeTypedData(tensor, view, *count);
  int64_t expected = 0;
  if (__builtin_mul_overflow(*count, elementBytes, &expected) || int64_t(tensor.raw_data().size()) != expected)
    return "expected " + std::to_string(expected) + " bytes of data for shape " + printSizes(view.dims) +
           ", but got " + std::to_string(tensor.raw_data().size());
  // Moves the string out of the message: the weights exist once.
  std::shared_ptr<std::string> bytes(tensor.release_raw_data());
  if (view.type == DataType::Bool)
    for (char &byte : *bytes)
      byte = byte != 0;
  view.bytes = std::move(bytes);
  return "";
}

TensorView readTensor(onnx::TensorProto &tensor) {
  TensorView view;
  view.name = tensor.name();
  view.type = DataType(tensor.data_type());
  view.dims.assign(tensor.dims().begin(), tensor.dims().end());
  view.problem = readTensorData(tensor, view);
  return view;
}

ValueView readValue(const std::string &name, const onnx::TypeProto &type) {
  ValueView view;
  view.name = name;
  switch (type.value_case()) {
  case onnx::TypeProto::kTensorType: view.kind = "tensor"; break;
  case onnx::TypeProto::kSequenceType: view.kind = "sequence"; break;
  case onnx::TypeProto::kOptionalType: view.kind = "optional"; break;
  case onnx::TypeProto::kMapType: view.kind = "map"; break;
  case onnx::TypeProto::kSparseTensorType: view.kind = "sparse tensor"; break;
  case onnx::TypeProto::VALUE_NOT_SET: break;
  default: view.kind = "opaque"; break;
  }
  if (view.kind != "tensor")
    return view;
  view.type = DataType(type.tensor_type().elem_type());
  if (!type.tensor_type().has_shape())
    return view;
  view.dims.emplace();
  for (const onnx::TensorShapeProto_Dimension &dim : type.tensor_type().shape().dim()) {
    DimView &out = view.dims->emplace_back();
    if (dim.has_dim_value())
      out.size = dim.dim_value();
    else
      out.name = dim.dim_param();
  }
  return view;
}

std::shared_ptr<GraphView> readGraph(onnx::GraphProto &graph);

AttributeView readAttribute(onnx::AttributeProto &attribute) {
  AttributeView view;
  view.name = attribute.name();
  view.reference = attribute.ref_attr_name();
  view.f = attribute.f();
  view.i = attribute.i();
  view.s = attribute.s();
  view.floats.assign(attribute.floats().begin(), attribute.floats().end());
  view.ints.assign(attribute.ints().begin(), attribute.ints().end());
  view.strings.assign(attribute.strings().begin(), attribute.strings().end());
  switch (attribute.type()) {
  case onnx::AttributeProto_AttributeType_FLOAT: view.kind = AttributeKind::Float; break;
  case onnx::AttributeProto_AttributeType_INT: view.kind = AttributeKind::Int; break;
  case onnx::AttributeProto_AttributeType_STRING: view.kind = AttributeKind::String; break;
  case onnx::AttributeProto_AttributeType_FLOATS: view.kind = AttributeKind::Floats; break;
  case onnx::AttributeProto_AttributeType_INTS: view.kind = AttributeKind::Ints; break;
  case onnx::AttributeProto_AttributeType_STRINGS: view.kind = AttributeKind::Strings; break;
  case onnx::AttributeProto_AttributeType_TENSOR:
    view.kind = AttributeKind::Tensor;
    view.tensor = std::make_shared<TensorView>(readTensor(*attribute.mutable_t()));
    break;
  case onnx::AttributeProto_AttributeType_GRAPH:
    view.kind = AttributeKind::Graph;
    view.graph = readGraph(*attribute.mutable_g());
    break;
  case onnx::AttributeProto_AttributeType_UNDEFINED: break;
  default: view.kind = AttributeKind::Other; break;
  }
  return view;
}

NodeView readNode(onnx::NodeProto &node) {
  NodeView view;
  view.name = node.name();
  view.opType = node.op_type();
  view.domain = normalizeDomain(node.domain());
  view.overload = node.overload();
  view.inputs.assign(node.input().begin(), node.input().end());
  view.outputs.assign(node.output().begin(), node.output().end());
  for (onnx::AttributeProto &attribute : *node.mutable_attribute())
    view.attributes.push_back(readAttribute(attribute));
  return view;
}

void readGraphInto(onnx::GraphProto &graph, GraphView &view) {
  view.name = graph.name();
  for (onnx::NodeProto &node : *graph.mutable_node())
    view.nodes.push_back(readNode(node));
  for (onnx::TensorProto &tensor : *graph.mutable_initializer())
    view.initializers.push_back(readTensor(tensor));
  for (const onnx::SparseTensorProto &tensor : graph.sparse_initializer())
    view.sparseInitializers.push_back(tensor.values().name());
  for (const onnx::ValueInfoProto &value : graph.input())
    view.inputs.push_back(readValue(value.name(), value.type()));
  for (const onnx::ValueInfoProto &value : graph.output())
    view.outputs.push_back(readValue(value.name(), value.type()));
  for (const onnx::ValueInfoProto &value : graph.value_info())
    view.values.push_back(readValue(value.name(), value.type()));
}

std::shared_ptr<GraphView> readGraph(onnx::GraphProto &graph) {
  auto view = std::make_shared<GraphView>();
  readGraphInto(graph, *view);
  return view;
}

template <class Opsets>
OpsetMap readOpsets(const Opsets &opsets, std::vector<std::string> *ambiguous) {
  OpsetMap map;
  for (const onnx::OperatorSetIdProto &opset : opsets) {
    auto [entry, isNew] = map.try_emplace(normalizeDomain(opset.domain()), opset.version());
    if (!isNew && entry->second != opset.version() && ambiguous)
      ambiguous->push_back(entry->first);
  }
  return map;
}

std::unique_ptr<ModelView> readModelProto(onnx::ModelProto &model) {
  auto view = std::make_unique<ModelView>();
  view->irVersion = model.ir_version();
  view->opsets = readOpsets(model.opset_import(), &view->ambiguousDomains);
  for (onnx::FunctionProto &function : *model.mutable_functions())
    view->functions.push_back(readFunction(function));
  readGraphInto(*model.mutable_graph(), view->graph);
  return view;
}

std::unique_ptr<ModelView> parseModel(const InputFile &file, bool isText, std::string &error) {
  google::protobuf::LogSilencer silence;
  onnx::ModelProto model;
  if (isText) {
    std::string text(file.data(), file.size());
    onnx::Common::Status status = onnx::OnnxParser::Parse(model, text.c_str());
    if (!status.IsOK())
      return error = escapeText(status.ErrorMessage()), nullptr;
  } else if (!model.ParseFromArray(file.data(), int(file.size()))) {
    error = "expected an ONNX model, but the file is damaged, cut off or of another format";
    return nullptr;
  }
  file.dropPages();
  if (!model.has_graph()) {
    error = "expected an ONNX model, but the file holds no graph";
    return nullptr;
  }
  return readModelProto(model);
}

} // namespace

FunctionView readFunction(onnx::FunctionProto &function) {
  FunctionView view;
  view.domain = normalizeDomain(function.domain());
  view.name = function.name();
  view.overload = function.overload();
  view.inputs.assign(function.input().begin(), function.input().end());
  view.outputs.assign(function.output().begin(), function.output().end());
  view.attributes.assign(function.attribute().begin(), function.attribute().end());
  for (onnx::AttributeProto &attribute : *function.mutable_attribute_proto())
    view.defaults.push_back(readAttribute(attribute));
  for (onnx::NodeProto &node : *function.mutable_node())
    view.nodes.push_back(readNode(node));
  view.opsets = readOpsets(function.opset_import(), nullptr);
  return view;
}

std::unique_ptr<ModelView> readModel(llvm::StringRef path, std::string &error) {
  std::unique_ptr<InputFile> file = InputFile::open(path, error);
  if (!file)
    return nullptr;
  // The parser of protobuf counts in int.
  if (file->size() > size_t(INT32_MAX)) {
    error = "expected a model file below 2 GiB; keep its weights as external data";
    return nullptr;
  }
  try {
    return parseModel(*file, path.ends_with(".onnxtxt"), error);
  } catch (const std::exception &exception) {
    error = escapeText(exception.what());
  }
  return nullptr;
}

} // namespace dsc::onnx_import
