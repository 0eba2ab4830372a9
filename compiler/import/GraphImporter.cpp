// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Walks the nodes of a scope in order and reads each by its reader, its local function or ONNX's function body.

#include "compiler/import/GraphImporter.h"
#include "compiler/import/GraphOrder.h"
#include "compiler/import/TensorBytes.h"

#include "mlir/IR/Diagnostics.h"

using namespace mlir;

namespace dsc::onnx_import {

GraphImporter::GraphImporter(const ModelView &model, OpBuilder &builder, ShapeContext &shapes, WeightStore &weights,
                             InputDims &inputDims, StringRef fileName)
    : model(model), builder(builder), shapes(shapes), weights(weights), inputDims(inputDims),
      fileName(builder.getStringAttr(fileName)) {
  for (const FunctionView &function : model.functions)
    functions[{function.domain, function.name, function.overload}] = &function;
}

Location GraphImporter::getLocation(StringRef name) {
  return NameLoc::get(builder.getStringAttr(escapeText(name)), FileLineColLoc::get(fileName, 0, 0));
}

static std::string getNodeName(const NodeView &node, const Scope &scope) {
  if (!node.name.empty())
    return scope.path + node.name;
  return scope.path + node.opType + "(" + (node.outputs.empty() ? "" : node.outputs.front()) + ")";
}

bool GraphImporter::addInitializers(const GraphView &graph, Scope &scope) {
  bool ok = true;
  for (const TensorView &tensor : graph.initializers) {
    Location loc = getLocation(tensor.name);
    NamedValue entry;
    entry.tensor = &tensor;
    if (!scope.names.try_emplace(tensor.name, entry).second) {
      emitError(loc) << "initializer '" << escapeText(tensor.name) << "' is defined twice";
      ok = false;
    }
    if (!tensor.problem.empty()) {
      emitError(loc) << "tensor '" << escapeText(tensor.name) << "' is malformed: " << tensor.problem;
      ok = false;
    }
  }
  for (const std::string &name : graph.sparseInitializers) {
    emitError(getLocation(name)) << "sparse initializer '" << escapeText(name)
                                 << "' is not supported; store it as a dense tensor";
    ok = false;
  }
  return ok;
}

Value GraphImporter::getValue(StringRef name, Scope &scope, Location loc) {
  NamedValue *entry = scope.find(name);
  if (!entry || entry->poisoned)
    return nullptr;
  if (!entry->value && entry->tensor) {
    entry->value = weights.materialize(*entry->tensor, builder, getLocation(name));
    entry->poisoned = !entry->value;
  }
  return entry->value;
}

/// Tells operands the shape that is declared for the result, where the operator keeps it.
static void spreadDeclared(ArrayRef<NodeView> nodes, ArrayRef<size_t> order, Scope &scope) {
  static const llvm::StringSet<> keepsShape = {"Abs",  "Cast", "CastLike", "Ceil",       "Clip",    "Cos",  "Erf",
                                               "Exp",  "Floor", "Identity", "Log",       "Neg",     "Not",  "Reciprocal",
                                               "Relu", "Round", "Sigmoid",  "Sign",      "Sin",     "Sqrt", "Tanh"};
  for (size_t index : llvm::reverse(order)) {
    const NodeView &node = nodes[index];
    if (!node.domain.empty() || !keepsShape.contains(node.opType) || node.inputs.empty() || node.outputs.empty())
      continue;
    auto declared = scope.declared.find(node.outputs.front());
    if (declared != scope.declared.end())
      scope.declared.try_emplace(node.inputs.front(), declared->second);
  }
}

bool GraphImporter::importNodes(ArrayRef<NodeView> nodes, Scope &scope) {
  GraphOrder order = sortNodes(nodes);
  bool ok = order.cyclic.empty() && order.duplicates.empty();
  for (const auto &[name, index] : order.duplicates)
    emitError(getLocation(getNodeName(nodes[index], scope)))
        << "value '" << escapeText(name) << "' is defined twice";
  if (!order.cyclic.empty()) {
    const NodeView &first = nodes[order.cyclic.front()];
    emitError(getLocation(getNodeName(first, scope)))
        << "the node depends on its own result: " << order.cyclic.size() << " nodes are in a cycle or behind one";
    for (size_t index : order.cyclic)
      poisonResults(nodes[index], scope);
  }
  spreadDeclared(nodes, order.nodes, scope);
  for (size_t index : order.nodes)
    if (!importNode(nodes[index], scope)) {
      poisonResults(nodes[index], scope);
      ok = false;
    }
  return ok;
}

void GraphImporter::poisonResults(const NodeView &node, Scope &scope) {
  for (const std::string &output : node.outputs)
    if (!output.empty())
      scope.names[output].poisoned = true;
}

bool GraphImporter::resolveOperands(const NodeView &node, Scope &scope, Location loc,
                                    SmallVectorImpl<Value> &operands, bool &poisoned) {
  bool ok = true;
  for (const std::string &input : node.inputs) {
    if (input.empty()) {
      operands.push_back(nullptr);
      continue;
    }
    NamedValue *entry = scope.find(input);
    if (!entry) {
      emitError(loc) << "value '" << escapeText(input) << "' is used, but nothing defines it";
      ok = false;
    }
    operands.push_back(getValue(input, scope, loc));
    poisoned |= !operands.back();
  }
  while (!operands.empty() && node.inputs[operands.size() - 1].empty())
    operands.pop_back();
  return ok;
}

bool GraphImporter::checkArity(const NodeView &node, const SchemaView &schema, Location loc) {
  auto countUsed = [](ArrayRef<std::string> names) {
    while (!names.empty() && names.back().empty())
      names = names.drop_back();
    return int64_t(names.size());
  };
  int64_t inputs = countUsed(node.inputs), outputs = countUsed(node.outputs);
  std::string op = "'" + escapeText(node.opType) + "': ";
  if (inputs < schema.minInputs || inputs > schema.maxInputs)
    return emitError(loc) << op << "expected " << schema.minInputs << " to " << schema.maxInputs
                          << " operands, but got " << inputs,
           false;
  if (outputs > schema.maxOutputs)
    return emitError(loc) << op << "expected at most " << schema.maxOutputs << " results, but got " << outputs, false;
  for (int64_t i = 0; i < schema.minInputs; ++i)
    if (node.inputs[i].empty())
      return emitError(loc) << op << "expected operand #" << i << ", but it is absent", false;
  return true;
}

bool GraphImporter::checkVersion(const NodeView &node, const std::optional<SchemaView> &schema, int64_t version,
                                 Location loc) {
  if (!node.domain.empty() || version >= minOpset)
    return true;
  std::optional<SchemaView> supported = findSchema(node.domain, node.opType, minOpset);
  if (schema && supported && schema->since == supported->since)
    return true;
  emitError(loc) << "'" << escapeText(node.opType) << "' has changed since opset " << version << ": expected opset "
                 << minOpset << " to " << maxOpset << "; convert the model with onnx.version_converter";
  return false;
}

bool GraphImporter::reportUnsupported(const NodeView &node, int64_t version, Location loc) {
  std::string domain = node.domain.empty() ? "ai.onnx" : escapeText(node.domain);
  InFlightDiagnostic diagnostic = emitError(loc) << "unsupported operator '" << escapeText(node.opType)
                                                 << "' of domain '" << domain << "' at opset " << version << ": ";
  if (auto versions = findOpVersions(node.domain, node.opType))
    diagnostic << "it is read at opsets " << versions->first << " to " << versions->second
               << "; convert the model with onnx.version_converter";
  else if (node.domain == "com.microsoft")
    diagnostic << "it has no reader; export the model without onnxruntime's extended optimizations";
  else if (!node.domain.empty())
    diagnostic << "it has no reader; define it as a function of the model";
  else if (!findSchema(node.domain, node.opType, version))
    diagnostic << "ONNX has no such operator at this opset; check the operator's name and the model's opset";
  else
    diagnostic << "it has no reader and no function body; express it with operators of docs/supported-ops.md";
  return false;
}

std::vector<Dims> GraphImporter::getDeclaredResults(const NodeView &node, Scope &scope) {
  std::vector<Dims> dims;
  for (const std::string &output : node.outputs) {
    auto declared = scope.declared.find(output);
    dims.push_back(declared == scope.declared.end() ? Dims() : inputDims.getDeclared(*declared->second));
  }
  return dims;
}

bool GraphImporter::importByReader(const NodeView &node, const OpRow &row, int64_t version, Scope &scope,
                                   ArrayRef<Value> operands, Location loc) {
  std::vector<Dims> declared = getDeclaredResults(node, scope);
  NodeReader reader(node, version, loc, builder, shapes, weights, operands, declared);
  row.reader(reader);
  if (reader.hasFailed()) {
    std::string reason = checkNode(node, model.irVersion, *scope.opsets);
    if (!reason.empty())
      emitRemark(loc) << "the ONNX checker says: " << reason;
    return false;
  }
  for (auto [name, value] : llvm::zip_equal(node.outputs, reader.getResults())) {
    if (name.empty())
      continue;
    if (!value) {
      emitError(loc) << "'" << escapeText(node.opType) << "': result '" << escapeText(name) << "' is not supported";
      return false;
    }
    scope.names[name].value = value;
  }
  return true;
}

bool GraphImporter::importNode(const NodeView &node, Scope &scope) {
  Location loc = getLocation(getNodeName(node, scope));
  SmallVector<Value> operands;
  bool poisoned = false;
  bool ok = resolveOperands(node, scope, loc, operands, poisoned);
  auto opset = scope.opsets->find(node.domain);
  int64_t version = opset == scope.opsets->end() ? 1 : opset->second;
  const FunctionView *function = findFunction(node);
  if (function)
    return ok && !poisoned && inlineCall(*function, node, scope, operands, loc);
  if (opset == scope.opsets->end() && node.domain.empty())
    return emitError(loc) << "the model imports no opset of ai.onnx", false;
  std::optional<SchemaView> schema = findSchema(node.domain, node.opType, version);
  if (!checkVersion(node, schema, version, loc) || (schema && !checkArity(node, *schema, loc)))
    return false;
  const OpRow *row = findOp(node.domain, node.opType, version);
  bool isIf = node.domain.empty() && node.opType == "If";
  if (!row && !isIf && !(schema && schema->isFunction))
    return reportUnsupported(node, version, loc);
  if (!ok || poisoned)
    return false;
  if (isIf)
    return importIf(node, scope, operands.front(), loc);
  return row ? importByReader(node, *row, version, scope, operands, loc)
             : importByBody(node, version, scope, operands, loc);
}

} // namespace dsc::onnx_import
