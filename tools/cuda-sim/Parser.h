// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The recursive-descent parser: directives in ParseModule.cpp, statements and operands in ParseStatement.cpp.
#ifndef DSC_TOOLS_CUDA_SIM_PARSER_H
#define DSC_TOOLS_CUDA_SIM_PARSER_H

#include "tools/cuda-sim/Syntax.h"

namespace dsc::sim::syntax {

/// Every parse function returns false after it set `error`.
class Parser {
public:
  Parser(const std::vector<Token> &tokens, Module &module) : tokens(tokens), module(module) {}
  bool parseModule();
  Error error;

private:
  const Token &peek(size_t ahead = 0) const { return tokens[std::min(at + ahead, tokens.size() - 1)]; }
  const Token &next() { return at + 1 < tokens.size() ? tokens[at++] : tokens.back(); }
  bool fail(const std::string &expected);
  bool accept(char c);
  bool acceptDot(std::string_view name);
  bool expect(char c);
  bool parseName(std::string_view &name);
  bool parseInteger(int64_t &value);
  bool skipTo(char c);

  bool parseTopLevel();
  bool parseFunction(bool isEntry);
  bool parseParameters(std::vector<Variable> &parameters);
  bool parseFunctionDirectives(Function &function);
  bool parseThreads(Dim3 &threads);
  bool parseVariables(std::vector<Variable> &variables, bool isExtern);
  bool parseVariableHead(Variable &variable);
  bool parseVariableName(Variable &variable);
  bool parseInitializer(Variable &variable);
  bool parseInitializerValue(Variable &variable);

  bool parseBody(Function &function);
  bool parseStatement(Function &function, uint32_t scope);
  bool parseDirective(Function &function, uint32_t scope);
  bool parseLabel(Function &function, uint32_t scope);
  bool parseBranchTargets(Function &function, uint32_t scope, std::string_view name);
  bool parseInstruction(Function &function, uint32_t scope);
  bool parseOperand(Operand &operand);
  bool parseOperandList(Operand &operand, char close);
  bool parseAddress(Operand &operand);
  bool parseNameOperand(Operand &operand);
  bool parseNumber(Operand &operand);
  bool parseOffset(int64_t &offset);

  const std::vector<Token> &tokens;
  Module &module;
  size_t at = 0;
};

/// The space a directive names: `shared` to Space::shared; Space::none if it names none.
Space spaceOf(std::string_view directive);

} // namespace dsc::sim::syntax
#endif
