// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Asks ONNX's operator schemas, function bodies and checker. Compiled with exceptions; none gets out.

#include "compiler/import/OnnxModel.h"
#include "compiler/import/OnnxModelDetail.h"
#include "compiler/import/TensorBytes.h"

#include <onnx/checker.h>
#include <onnx/defs/schema.h>

#include <exception>

namespace dsc::onnx_import {
namespace {

void writeTensor(const TensorView &view, onnx::TensorProto &tensor) {
  tensor.set_name(view.name);
  tensor.set_data_type(int32_t(view.type));
  for (int64_t dim : view.dims)
    tensor.add_dims(dim);
  if (view.bytes)
    tensor.set_raw_data(*view.bytes);
}

/// Graph attributes are left out: no function body of a supported op reads one.
void writeAttribute(const AttributeView &view, onnx::AttributeProto &attribute) {
  attribute.set_name(view.name);
  switch (view.kind) {
  case AttributeKind::Float:
    attribute.set_type(onnx::AttributeProto_AttributeType_FLOAT);
    return attribute.set_f(view.f);
  case AttributeKind::Int:
    attribute.set_type(onnx::AttributeProto_AttributeType_INT);
    return attribute.set_i(view.i);
  case AttributeKind::String:
    attribute.set_type(onnx::AttributeProto_AttributeType_STRING);
    return attribute.set_s(view.s);
  case AttributeKind::Floats:
    attribute.set_type(onnx::AttributeProto_AttributeType_FLOATS);
    return attribute.mutable_floats()->Assign(view.floats.begin(), view.floats.end());
  case AttributeKind::Ints:
    attribute.set_type(onnx::AttributeProto_AttributeType_INTS);
    return attribute.mutable_ints()->Assign(view.ints.begin(), view.ints.end());
  case AttributeKind::Strings:
    attribute.set_type(onnx::AttributeProto_AttributeType_STRINGS);
    for (const std::string &text : view.strings)
      attribute.add_strings(text);
    return;
  case AttributeKind::Tensor:
    attribute.set_type(onnx::AttributeProto_AttributeType_TENSOR);
    return writeTensor(*view.tensor, *attribute.mutable_t());
  default: return;
  }
}

onnx::NodeProto writeNode(const NodeView &view) {
  onnx::NodeProto node;
  node.set_name(view.name);
  node.set_op_type(view.opType);
  node.set_domain(view.domain);
  for (const std::string &input : view.inputs)
    node.add_input(input);
  for (const std::string &output : view.outputs)
    node.add_output(output);
  for (const AttributeView &attribute : view.attributes)
    if (attribute.kind != AttributeKind::Graph && attribute.kind != AttributeKind::Other)
      writeAttribute(attribute, *node.add_attribute());
  return node;
}

onnx::TypeProto writeType(const OperandType &operand) {
  onnx::TypeProto type;
  if (!operand.present)
    return type;
  type.mutable_tensor_type()->set_elem_type(int32_t(operand.type));
  onnx::TensorShapeProto *shape = type.mutable_tensor_type()->mutable_shape();
  for (int64_t dim : operand.dims) {
    onnx::TensorShapeProto_Dimension *out = shape->add_dim();
    if (dim >= 0)
      out->set_dim_value(dim);
  }
  return type;
}

const onnx::OpSchema *lookUp(llvm::StringRef domain, llvm::StringRef opType, int64_t version) {
  return onnx::OpSchemaRegistry::Schema(opType.str(), int(version), domain.str());
}

/// A body is written for the opset that it came with, and later ops may have changed since: read it at that opset.
void pinOpset(onnx::FunctionProto &function, int version) {
  for (onnx::OperatorSetIdProto &opset : *function.mutable_opset_import())
    if (opset.domain().empty())
      return opset.set_version(version);
  function.add_opset_import()->set_version(version);
}

int latestNotAfter(const std::vector<int> &versions, int64_t limit) {
  int latest = -1;
  for (int version : versions)
    if (version <= limit && version > latest)
      latest = version;
  return latest;
}

bool buildBody(const onnx::OpSchema &schema, const NodeView &node, int64_t version,
               llvm::ArrayRef<OperandType> operands, onnx::FunctionProto &function) {
  if (const onnx::FunctionProto *plain = schema.GetFunction(int(version), /*validate=*/false)) {
    function = *plain;
    int built = latestNotAfter(schema.function_opset_versions(), version);
    pinOpset(function, built > 0 ? built : schema.since_version());
    return true;
  }
  if (!schema.HasContextDependentFunction())
    return false;
  std::vector<onnx::TypeProto> types;
  for (const OperandType &operand : operands)
    types.push_back(writeType(operand));
  // The context keeps pointers to the attributes of the message that it is given.
  onnx::NodeProto message = writeNode(node);
  onnx::FunctionBodyBuildContextImpl context(message, types);
  if (!schema.BuildContextDependentFunction(context, function, int(version)))
    return false;
  int built = latestNotAfter(schema.context_dependent_function_opset_versions(), version);
  pinOpset(function, built > 0 ? built : schema.since_version());
  return true;
}

} // namespace

std::optional<SchemaView> findSchema(llvm::StringRef domain, llvm::StringRef opType, int64_t version) {
  try {
    const onnx::OpSchema *schema = lookUp(domain, opType, version);
    if (!schema)
      return std::nullopt;
    SchemaView view;
    view.since = schema->since_version();
    view.deprecated = schema->deprecated();
    view.minInputs = schema->min_input();
    view.maxInputs = schema->max_input();
    view.minOutputs = schema->min_output();
    view.maxOutputs = schema->max_output();
    view.isFunction = schema->HasFunction() || schema->HasContextDependentFunction();
    return view;
  } catch (const std::exception &) {
    return std::nullopt;
  }
}

std::optional<FunctionView> buildFunctionBody(const NodeView &node, int64_t version,
                                              llvm::ArrayRef<OperandType> operands, std::string &error) {
  try {
    const onnx::OpSchema *schema = lookUp(node.domain, node.opType, version);
    onnx::FunctionProto function;
    if (schema && buildBody(*schema, node, version, operands, function)) {
      // The body refers to attributes which the node leaves at their defaults.
      for (const auto &[name, attribute] : schema->attributes())
        if (attribute.default_value.has_name() && !node.findAttribute(name))
          *function.add_attribute_proto() = attribute.default_value;
      return readFunction(function);
    }
    error = "ONNX defines no function body for it";
  } catch (const std::exception &exception) {
    error = "ONNX's function body does not fit it: " + escapeText(exception.what());
  }
  return std::nullopt;
}

std::string checkNode(const NodeView &node, int64_t irVersion, const OpsetMap &opsets) {
  try {
    onnx::checker::CheckerContext context;
    context.set_ir_version(int(irVersion));
    std::unordered_map<std::string, int> imports;
    for (const auto &[domain, version] : opsets)
      imports[domain] = int(version);
    context.set_opset_imports(std::move(imports));
    onnx::checker::check_node(writeNode(node), context, onnx::checker::LexicalScopeContext());
  } catch (const std::exception &exception) {
    return escapeText(llvm::StringRef(exception.what()).split('\n').first);
  }
  return "";
}

} // namespace dsc::onnx_import
