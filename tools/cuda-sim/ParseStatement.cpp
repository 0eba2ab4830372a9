// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Parses function bodies: nested scopes, labels, declarations, instructions and their operands.
#include "tools/cuda-sim/Parser.h"

namespace dsc::sim::syntax {

bool Parser::parseBody(Function &function) {
  if (!expect('{'))
    return false;
  std::vector<uint32_t> scopes{0};
  while (!scopes.empty()) {
    if (peek().kind == Token::end)
      return fail("'}'");
    if (accept('}')) {
      scopes.pop_back();
    } else if (accept('{')) {
      function.scopeParent.push_back(scopes.back());
      scopes.push_back(uint32_t(function.scopeParent.size() - 1));
    } else if (!parseStatement(function, scopes.back())) {
      return false;
    }
  }
  return true;
}

bool Parser::parseStatement(Function &function, uint32_t scope) {
  if (accept(';'))
    return true;
  if (peek().kind == Token::dotWord)
    return parseDirective(function, scope);
  if (peek().kind == Token::word && peek(1).is(':'))
    return parseLabel(function, scope);
  return parseInstruction(function, scope);
}

bool Parser::parseDirective(Function &function, uint32_t scope) {
  if (acceptDot("loc") || acceptDot("file")) {
    for (uint32_t line = peek().line; peek().line == line && peek().kind != Token::end;)
      next();
    return true;
  }
  if (acceptDot("pragma"))
    return skipTo(';');
  std::vector<Variable> variables;
  if (!parseVariables(variables, false))
    return false;
  for (Variable &variable : variables) {
    Statement statement;
    statement.kind = Statement::variable;
    statement.line = variable.line;
    statement.scope = scope;
    statement.var = std::move(variable);
    function.body.push_back(std::move(statement));
  }
  return true;
}

bool Parser::parseLabel(Function &function, uint32_t scope) {
  Statement statement;
  statement.kind = Statement::label;
  statement.line = peek().line;
  statement.scope = scope;
  statement.name = next().text;
  next();
  if (peek().isDot("branchtargets"))
    return parseBranchTargets(function, scope, statement.name);
  if (peek().isDot("callprototype") || peek().isDot("calltargets")) {
    error = errorAt(ErrorKind::unsupported, peek().line,
                    "expected a direct call, but got '." + std::string(peek().text) + "'");
    return false;
  }
  function.body.push_back(std::move(statement));
  return true;
}

bool Parser::parseBranchTargets(Function &function, uint32_t scope, std::string_view name) {
  Statement statement;
  statement.kind = Statement::branchTargets;
  statement.line = peek().line;
  statement.scope = scope;
  statement.name = name;
  next();
  do {
    std::string_view target;
    if (!parseName(target))
      return false;
    statement.targets.push_back(target);
  } while (accept(','));
  function.body.push_back(std::move(statement));
  return expect(';');
}

bool Parser::parseInstruction(Function &function, uint32_t scope) {
  Statement statement;
  statement.line = peek().line;
  statement.scope = scope;
  Instruction &instruction = statement.instr;
  if (accept('@')) {
    instruction.guardNegated = accept('!');
    if (!parseName(instruction.guard))
      return false;
  }
  if (!parseName(instruction.opcode))
    return false;
  while (peek().kind == Token::dotWord)
    instruction.modifiers.push_back(next().text);
  if (!peek().is(';'))
    do {
      Operand operand;
      if (!parseOperand(operand))
        return false;
      instruction.operands.push_back(std::move(operand));
    } while (accept(','));
  function.body.push_back(std::move(statement));
  return expect(';');
}

bool Parser::parseOperand(Operand &operand) {
  if (accept('{')) {
    operand.kind = Operand::vector;
    return parseOperandList(operand, '}');
  }
  if (accept('(')) {
    operand.kind = Operand::list;
    return parseOperandList(operand, ')');
  }
  if (accept('['))
    return parseAddress(operand);
  operand.isNegated = accept('!');
  if (peek().kind != Token::word)
    return parseNumber(operand);
  if (!parseNameOperand(operand))
    return false;
  if (!accept('|'))
    return true;
  Operand pair;
  pair.kind = Operand::pair;
  pair.parts.resize(2);
  pair.parts[0] = std::move(operand);
  operand = std::move(pair);
  return parseNameOperand(operand.parts[1]);
}

bool Parser::parseOperandList(Operand &operand, char close) {
  while (!accept(close)) {
    if (!operand.parts.empty() && !expect(','))
      return false;
    Operand part;
    if (!parseOperand(part))
      return false;
    operand.parts.push_back(std::move(part));
  }
  return true;
}

bool Parser::parseAddress(Operand &operand) {
  operand.kind = Operand::address;
  if (peek().kind == Token::word) {
    operand.parts.emplace_back();
    if (!parseNameOperand(operand.parts[0]))
      return false;
    operand.offset = operand.parts[0].offset;
    operand.parts[0].offset = 0;
  } else if (!parseInteger(operand.offset)) {
    return false;
  }
  // Coordinates of a tensor and the like, which decoders refuse with their instruction.
  while (accept(',')) {
    operand.parts.emplace_back();
    if (!parseOperand(operand.parts.back()))
      return false;
  }
  return expect(']');
}

bool Parser::parseNameOperand(Operand &operand) {
  if (!parseName(operand.text))
    return false;
  if (operand.text == "_") {
    operand.kind = Operand::sink;
    return true;
  }
  if (peek().kind == Token::dotWord)
    operand.suffix = next().text;
  if (peek().is('+') || peek().is('-'))
    return parseOffset(operand.offset);
  return true;
}

bool Parser::parseOffset(int64_t &offset) {
  bool isNegative = accept('-');
  if (!isNegative)
    accept('+');
  if (!parseInteger(offset))
    return false;
  offset = isNegative ? -offset : offset;
  return true;
}

bool Parser::parseNumber(Operand &operand) {
  bool isNegative = accept('-');
  const Token &token = peek();
  if (token.kind == Token::integer) {
    operand.kind = Operand::integer;
    operand.bits = isNegative ? -token.bits : token.bits;
  } else if (token.kind == Token::float32) {
    operand.kind = Operand::float32;
    operand.bits = token.bits ^ (isNegative ? uint64_t(1) << 31 : 0);
  } else if (token.kind == Token::float64) {
    operand.kind = Operand::float64;
    operand.bits = token.bits ^ (isNegative ? uint64_t(1) << 63 : 0);
  } else {
    return fail("an operand");
  }
  next();
  return true;
}

} // namespace dsc::sim::syntax
