// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Reads a model file into a module with one function: checks the model, makes inputs, walks the graph, returns outputs.

#include "compiler/import/Importer.h"
#include "compiler/import/GraphImporter.h"
#include "compiler/import/OnnxModel.h"
#include "compiler/import/TensorBytes.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/Diagnostics.h"
#include "mlir/IR/Verifier.h"
#include "llvm/Support/Path.h"

using namespace mlir;

namespace dsc {
namespace onnx_import {
namespace {

/// What holds for the model as a whole. False after diagnostics.
bool checkModel(const ModelView &model, Location loc) {
  constexpr int64_t maxIrVersion = 14;
  if (model.irVersion < 1 || model.irVersion > maxIrVersion)
    return emitError(loc) << "expected an IR version from 1 to " << maxIrVersion << ", but got " << model.irVersion,
           false;
  for (const std::string &domain : model.ambiguousDomains)
    return emitError(loc) << "domain '" << (domain.empty() ? "ai.onnx" : escapeText(domain))
                          << "' is imported with two versions",
           false;
  auto opset = model.opsets.find("");
  if (opset != model.opsets.end() && (opset->second < 1 || opset->second > maxOpset))
    return emitError(loc) << "expected opset " << minOpset << " to " << maxOpset << " of ai.onnx, but got "
                          << opset->second,
           false;
  if (model.graph.outputs.empty())
    return emitError(loc) << "expected a graph with results, but it has none", false;
  return true;
}

class ModelImporter {
public:
  ModelImporter(const ModelView &model, const ImportOptions &options, ModuleOp module, StringRef path)
      : model(model), module(module), fileLoc(module.getLoc()), builder(module.getContext()),
        function(makeFunction()), shapes(module),
        weights(module, function, llvm::sys::path::parent_path(path).str(), options.externalDataRoot),
        dims(options, shapes),
        importer(model, builder, shapes, weights, dims, llvm::sys::path::filename(path)) {}

  bool run() {
    Scope scope;
    scope.opsets = &model.opsets;
    for (const ValueView &value : model.graph.values)
      scope.declared[value.name] = &value;
    for (const ValueView &value : model.graph.outputs)
      scope.declared[value.name] = &value;
    bool ok = importer.addInitializers(model.graph, scope);
    if (!addInputs(scope))
      return false;
    builder.setInsertionPointToEnd(&function.getBody().front());
    ok &= importer.importNodes(model.graph.nodes, scope);
    return addOutputs(scope, ok) && dims.checkOptions(fileLoc);
  }

private:
  func::FuncOp makeFunction() {
    builder.setInsertionPointToEnd(module.getBody());
    auto func = func::FuncOp::create(builder, fileLoc, "main", builder.getFunctionType({}, {}));
    func.getBody().emplaceBlock();
    return func;
  }

  bool checkTensorName(StringRef name, Location loc) {
    // A caller names inputs and outputs by C strings.
    if (!name.empty() && !name.contains('\0'))
      return true;
    emitError(loc) << "expected inputs and outputs to have names that are not empty, but got '" << escapeText(name)
                   << "'";
    return false;
  }

  bool addInputs(Scope &scope) {
    SmallVector<const ValueView *> inputs;
    llvm::StringSet<> seen;
    for (const ValueView &input : model.graph.inputs) {
      Location loc = importer.getLocation(input.name);
      if (!seen.insert(input.name).second)
        return emitError(loc) << "input '" << escapeText(input.name) << "' is defined twice", false;
      // Before IR 4 every initializer is listed as an input; later that marks a default, which is the value here.
      if (!scope.find(input.name))
        inputs.push_back(&input);
    }
    dims.addNames(inputs);
    Block &block = function.getBody().front();
    bool ok = true;
    for (const ValueView *input : inputs) {
      Location loc = importer.getLocation(input->name);
      RankedTensorType type = checkTensorName(input->name, loc) ? dims.getType(*input, loc) : nullptr;
      ok &= bool(type);
      if (type)
        scope.names[input->name].value = block.addArgument(type, loc);
      inputNames.push_back(input->name);
    }
    return ok;
  }

  /// A static size that contradicts the declared one: the computed shape holds, and a person should know.
  void checkDeclared(const ValueView &output, Value value, Location loc) {
    if (!output.dims)
      return;
    Dims computed = getDims(value), declared = dims.getDeclared(output);
    bool differs = computed.size() != declared.size();
    for (auto [is, says] : llvm::zip(computed, declared))
      differs |= says && getConstantDim(is) && getConstantDim(is) != getConstantDim(says);
    if (differs)
      emitWarning(loc) << "output '" << escapeText(output.name) << "' is declared as " << printDims(declared)
                       << ", but its shape is " << printDims(computed);
    Type declaredType = onnx_import::getElementType(output.type, value.getContext());
    if (declaredType && declaredType != cast<RankedTensorType>(value.getType()).getElementType())
      emitWarning(loc) << "output '" << escapeText(output.name) << "' is declared as " << getTypeName(output.type)
                       << ", but its element type is " << cast<RankedTensorType>(value.getType()).getElementType();
  }

  bool addOutputs(Scope &scope, bool ok) {
    SmallVector<Value> values;
    SmallVector<Type> types;
    llvm::StringSet<> seen;
    for (const ValueView &output : model.graph.outputs) {
      Location loc = importer.getLocation(output.name);
      ok &= checkTensorName(output.name, loc);
      if (!seen.insert(output.name).second) {
        emitError(loc) << "output '" << escapeText(output.name) << "' is there twice";
        ok = false;
      }
      NamedValue *entry = scope.find(output.name);
      if (!entry) {
        emitError(loc) << "output '" << escapeText(output.name) << "' is not defined by any node";
        ok = false;
        continue;
      }
      Value value = importer.getValue(output.name, scope, loc);
      ok &= bool(value);
      if (!value)
        continue;
      checkDeclared(output, value, loc);
      values.push_back(value);
      types.push_back(value.getType());
    }
    if (!ok)
      return false;
    func::ReturnOp::create(builder, fileLoc, values);
    finishFunction(types);
    return true;
  }

  void finishFunction(ArrayRef<Type> resultTypes) {
    Block &block = function.getBody().front();
    function.setFunctionType(builder.getFunctionType(block.getArgumentTypes(), resultTypes));
    for (auto [i, name] : llvm::enumerate(inputNames))
      function.setArgAttr(unsigned(i), "dsc.name", builder.getStringAttr(name));
    for (auto [i, output] : llvm::enumerate(model.graph.outputs))
      function.setResultAttr(unsigned(i), "dsc.name", builder.getStringAttr(output.name));
  }

  const ModelView &model;
  ModuleOp module;
  Location fileLoc;
  OpBuilder builder;
  func::FuncOp function;
  ShapeContext shapes;
  WeightStore weights;
  InputDims dims;
  GraphImporter importer;
  std::vector<std::string> inputNames;
};

} // namespace
} // namespace onnx_import

OwningOpRef<ModuleOp> importModel(StringRef path, const ImportOptions &options, MLIRContext &context) {
  using namespace onnx_import;
  context.loadDialect<func::FuncDialect, DscDialect>();
  // Only the file's name: a plan must not tell where it was built.
  Location loc = FileLineColLoc::get(&context, llvm::sys::path::filename(path), 0, 0);
  std::string error;
  std::unique_ptr<ModelView> model = readModel(path, error);
  if (!model) {
    emitError(loc) << error;
    return nullptr;
  }
  OwningOpRef<ModuleOp> module = ModuleOp::create(loc);
  if (!checkModel(*model, loc) || !ModelImporter(*model, options, *module, path).run())
    return nullptr;
  if (failed(verify(*module)))
    return nullptr;
  return module;
}

} // namespace dsc
