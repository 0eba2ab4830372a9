// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The walk over the nodes of a graph or function body: finds each node's reader, inlines calls, collects all failures.

#ifndef DSC_COMPILER_IMPORT_GRAPHIMPORTER_H
#define DSC_COMPILER_IMPORT_GRAPHIMPORTER_H

#include "compiler/import/ModelInputs.h"
#include "compiler/import/OnnxModel.h"
#include "compiler/import/OpTable.h"
#include "compiler/import/WeightStore.h"

namespace dsc::onnx_import {

/// What a name stands for: a value, a tensor that becomes one on its first use, or something that could not be read.
struct NamedValue {
  mlir::Value value;
  const TensorView *tensor = nullptr;
  bool poisoned = false;
};

/// The names of one graph or function body.
struct Scope {
  const Scope *parent = nullptr;
  const OpsetMap *opsets = nullptr;
  /// "call/inner call/", the path of calls for names of nodes.
  std::string path;
  llvm::StringMap<NamedValue> names;
  /// Declared types of values, for sizes that depend on data.
  llvm::StringMap<const ValueView *> declared;

  NamedValue *find(llvm::StringRef name) {
    for (Scope *scope = this; scope; scope = const_cast<Scope *>(scope->parent)) {
      auto entry = scope->names.find(name);
      if (entry != scope->names.end())
        return &entry->second;
    }
    return nullptr;
  }
};

class GraphImporter {
public:
  GraphImporter(const ModelView &model, mlir::OpBuilder &builder, ShapeContext &shapes, WeightStore &weights,
                InputDims &inputDims, llvm::StringRef fileName);

  /// Reads the nodes into the builder's block; names of the scope get their results. False after any diagnostic; the
  /// walk goes on behind a failure, to report every node that fails of itself.
  bool importNodes(llvm::ArrayRef<NodeView> nodes, Scope &scope);

  /// Makes the initializers known. False after a diagnostic.
  bool addInitializers(const GraphView &graph, Scope &scope);

  /// The value of a name; null if it is unknown or could not be read (after a diagnostic).
  mlir::Value getValue(llvm::StringRef name, Scope &scope, mlir::Location loc);

  /// The location of the node: its name, or its operator and first result, in the file.
  mlir::Location getLocation(llvm::StringRef name);

private:
  bool importNode(const NodeView &node, Scope &scope);
  bool importByReader(const NodeView &node, const OpRow &row, int64_t version, Scope &scope,
                      llvm::ArrayRef<mlir::Value> operands, mlir::Location loc);
  bool importIf(const NodeView &node, Scope &scope, mlir::Value condition, mlir::Location loc);
  bool importByBody(const NodeView &node, int64_t version, Scope &scope, llvm::ArrayRef<mlir::Value> operands,
                    mlir::Location loc);
  bool inlineCall(const FunctionView &function, const NodeView &node, Scope &scope,
                  llvm::ArrayRef<mlir::Value> operands, mlir::Location loc);
  bool resolveOperands(const NodeView &node, Scope &scope, mlir::Location loc,
                       llvm::SmallVectorImpl<mlir::Value> &operands, bool &poisoned);
  bool checkArity(const NodeView &node, const SchemaView &schema, mlir::Location loc);
  bool checkVersion(const NodeView &node, const std::optional<SchemaView> &schema, int64_t version,
                    mlir::Location loc);
  bool reportUnsupported(const NodeView &node, int64_t version, mlir::Location loc);
  void poisonResults(const NodeView &node, Scope &scope);
  std::vector<Dims> getDeclaredResults(const NodeView &node, Scope &scope);
  const FunctionView *findFunction(const NodeView &node) const;

  const ModelView &model;
  mlir::OpBuilder &builder;
  ShapeContext &shapes;
  WeightStore &weights;
  InputDims &inputDims;
  mlir::StringAttr fileName;
  std::map<std::tuple<std::string, std::string, std::string>, const FunctionView *> functions;
  /// The functions being inlined, outermost first.
  llvm::SmallVector<const FunctionView *> calls;
  size_t inlinedCalls = 0;
};

} // namespace dsc::onnx_import

#endif // DSC_COMPILER_IMPORT_GRAPHIMPORTER_H
