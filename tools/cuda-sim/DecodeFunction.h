// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Names, slots and memory of one function while it is decoded.
#ifndef DSC_TOOLS_CUDA_SIM_DECODEFUNCTION_H
#define DSC_TOOLS_CUDA_SIM_DECODEFUNCTION_H

#include "tools/cuda-sim/Decode.h"

namespace dsc::sim {

/// What a name stands for.
struct Symbol {
  enum Kind { registerSlot, predicate, address, localVariable, label, targets, none };
  Kind kind = none;
  Space space = Space::none;
  uint64_t value = 0; ///< slot, address in its space, pc or index
  uint32_t bytes = 0;
};
using SymbolTable = std::unordered_map<std::string, Symbol>;

/// Bytes of a variable; its alignment.
uint64_t sizeOf(const syntax::Variable &variable);
uint64_t alignmentOf(const syntax::Variable &variable);
uint64_t alignTo(uint64_t value, uint64_t alignment);

class FunctionDecoder {
public:
  FunctionDecoder(const Module &module, const SymbolTable &globals, const syntax::Function &source,
                  FunctionCode &out)
      : module(module), globals(globals), source(source), out(out) {}

  /// `sharedBytes`: what the module's own shared variables take.
  Error run(uint32_t sharedBytes);

  /// The symbol, searched from the innermost scope outwards; kind none if it is not declared.
  Symbol find(std::string_view name, uint32_t scope) const;
  uint32_t newSlot();
  uint32_t constantSlot(uint64_t bits);
  uint32_t predicateSlot(bool value);
  /// Slot of a special register; -1 if there is none of that name.
  int32_t specialSlot(std::string_view name, std::string_view suffix);
  uint32_t localSlot(uint64_t offset);
  const FunctionCode *callee(std::string_view name) const;
  bool fail(ErrorKind kind, uint32_t line, const std::string &message);

  const Module &module;
  FunctionCode &code() { return out; }
  uint32_t line = 0;

private:
  bool declareParameters(const std::vector<syntax::Variable> &variables, std::vector<Parameter> &parameters);
  bool declare(const syntax::Statement &statement);
  bool declareVariable(const syntax::Variable &variable, uint32_t scope);
  bool decodeStatement(const syntax::Statement &statement);
  bool resolveTargets();
  bool addSymbol(uint32_t scope, const std::string &name, Symbol symbol);
  void finish();

  const SymbolTable &globals;
  const syntax::Function &source;
  FunctionCode &out;
  std::vector<SymbolTable> scopes;
  std::unordered_map<uint64_t, uint32_t> constants;
  std::unordered_map<uint64_t, uint32_t> specialSlots;
  std::vector<std::pair<uint32_t, uint64_t>> constantValues;
  std::vector<const syntax::Statement *> targetStatements;
  size_t decodedCount = 0;
  Error error;
};

} // namespace dsc::sim
#endif
