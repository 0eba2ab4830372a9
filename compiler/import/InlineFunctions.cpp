// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Inlines calls of local functions, ONNX's function bodies, and the branch of an If that a constant chooses.

#include "compiler/import/GraphImporter.h"
#include "compiler/import/TensorBytes.h"

#include "mlir/IR/Diagnostics.h"

using namespace mlir;

namespace dsc::onnx_import {
namespace {

/// The attribute that a reference stands for: the call's, or the function's default.
const AttributeView *resolveReference(const std::string &name, const FunctionView &function, const NodeView &call) {
  if (const AttributeView *given = call.findAttribute(name))
    return given;
  for (const AttributeView &attribute : function.defaults)
    if (attribute.name == name)
      return &attribute;
  return nullptr;
}

void bindAttributes(std::vector<NodeView> &nodes, const FunctionView &function, const NodeView &call) {
  for (NodeView &node : nodes) {
    std::vector<AttributeView> bound;
    for (AttributeView &attribute : node.attributes) {
      if (attribute.graph) {
        auto graph = std::make_shared<GraphView>(*attribute.graph);
        bindAttributes(graph->nodes, function, call);
        attribute.graph = std::move(graph);
      }
      if (attribute.reference.empty()) {
        bound.push_back(std::move(attribute));
        continue;
      }
      // A reference to an attribute that nobody gives is an absent attribute.
      if (const AttributeView *value = resolveReference(attribute.reference, function, call)) {
        AttributeView copy = *value;
        copy.name = attribute.name;
        bound.push_back(std::move(copy));
      }
    }
    node.attributes = std::move(bound);
  }
}

} // namespace

const FunctionView *GraphImporter::findFunction(const NodeView &node) const {
  auto function = functions.find({node.domain, node.opType, node.overload});
  return function == functions.end() ? nullptr : function->second;
}

bool GraphImporter::inlineCall(const FunctionView &function, const NodeView &node, Scope &scope,
                               ArrayRef<Value> operands, Location loc) {
  std::string name = escapeText(function.name);
  if (llvm::is_contained(calls, &function))
    return emitError(loc) << "function '" << name << "' calls itself", false;
  if (operands.size() > function.inputs.size() || node.outputs.size() > function.outputs.size())
    return emitError(loc) << "function '" << name << "': expected at most " << function.inputs.size()
                          << " operands and " << function.outputs.size() << " results, but got " << operands.size()
                          << " and " << node.outputs.size(),
           false;
  // The importer recurses once per level of calls.
  if (calls.size() >= 64)
    return emitError(loc) << "functions call each other more than 64 levels deep", false;
  // Calls of calls can multiply without end though every file is finite.
  constexpr size_t maxCalls = 1 << 16;
  if (inlinedCalls++ >= maxCalls)
    return inlinedCalls == maxCalls + 1 && (emitError(loc) << "functions are called more than " << maxCalls << " times",
                                            false);
  for (const std::string &attribute : function.attributes)
    if (!node.findAttribute(attribute) && !resolveReference(attribute, function, node) && function.domain != "")
      return emitError(loc) << "function '" << name << "': expected attribute '" << escapeText(attribute)
                            << "', but it is absent",
             false;
  Scope inner;
  inner.opsets = &function.opsets;
  inner.path = scope.path + (node.name.empty() ? node.opType : node.name) + "/";
  std::vector<std::string> absent;
  for (auto [i, input] : llvm::enumerate(function.inputs))
    if (i < operands.size() && operands[i])
      inner.names[input].value = operands[i];
    else
      absent.push_back(input);
  std::vector<NodeView> nodes = function.nodes;
  bindAttributes(nodes, function, node);
  // An absent operand is absent wherever the body passes it on.
  for (NodeView &innerNode : nodes)
    for (std::string &input : innerNode.inputs)
      if (llvm::is_contained(absent, input))
        input.clear();
  for (auto [output, inside] : llvm::zip(node.outputs, function.outputs)) {
    auto declared = scope.declared.find(output);
    if (declared != scope.declared.end())
      inner.declared[inside] = declared->second;
  }
  calls.push_back(&function);
  bool ok = importNodes(nodes, inner);
  calls.pop_back();
  for (auto [output, inside] : llvm::zip(node.outputs, function.outputs)) {
    if (output.empty() || !ok)
      continue;
    Value value = getValue(inside, inner, loc);
    if (!value)
      return emitError(loc) << "function '" << name << "': nothing defines its result '" << escapeText(inside) << "'",
             false;
    scope.names[output].value = value;
  }
  return ok;
}

bool GraphImporter::importByBody(const NodeView &node, int64_t version, Scope &scope, ArrayRef<Value> operands,
                                 Location loc) {
  SmallVector<OperandType> types;
  for (Value operand : operands) {
    OperandType &type = types.emplace_back();
    if (!operand)
      continue;
    auto tensor = cast<RankedTensorType>(operand.getType());
    type.present = true;
    type.type = getDataType(tensor.getElementType());
    for (int64_t size : tensor.getShape())
      type.dims.push_back(ShapedType::isDynamic(size) ? -1 : size);
  }
  std::string error;
  std::optional<FunctionView> body = buildFunctionBody(node, version, types, error);
  if (!body)
    return emitError(loc) << "unsupported operator '" << escapeText(node.opType) << "' at opset " << version
                          << ": it has no reader, and " << error,
           false;
  return inlineCall(*body, node, scope, operands, loc);
}

bool GraphImporter::importIf(const NodeView &node, Scope &scope, Value condition, Location loc) {
  std::optional<Dims> known = shapes.getValues(condition);
  std::optional<int64_t> choice =
      known && known->size() == 1 && known->front() ? getConstantDim(known->front()) : std::nullopt;
  if (!choice)
    return emitError(loc) << "unsupported operator 'If' of domain 'ai.onnx' at opset "
                          << scope.opsets->find("")->second
                          << ": its condition is computed at run time; make it constant, or use 'Where'",
           false;
  const AttributeView *branch = node.findAttribute(*choice ? "then_branch" : "else_branch");
  if (!branch || !branch->graph || branch->graph->outputs.size() < node.outputs.size())
    return emitError(loc) << "'If': expected a branch with " << node.outputs.size() << " results", false;
  Scope inner;
  inner.parent = &scope;
  inner.opsets = scope.opsets;
  inner.path = scope.path + (node.name.empty() ? node.opType : node.name) + "/";
  if (!addInitializers(*branch->graph, inner) || !importNodes(branch->graph->nodes, inner))
    return false;
  for (auto [output, inside] : llvm::zip(node.outputs, branch->graph->outputs)) {
    if (output.empty())
      continue;
    Value value = getValue(inside.name, inner, loc);
    if (!value)
      return emitError(loc) << "'If': nothing defines its result '" << escapeText(inside.name) << "'", false;
    scope.names[output].value = value;
  }
  return true;
}

} // namespace dsc::onnx_import
