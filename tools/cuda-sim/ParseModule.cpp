// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Parses what stands outside of function bodies, and variable declarations everywhere.
#include "tools/cuda-sim/Parser.h"

namespace dsc::sim::syntax {

Error parse(const std::vector<Token> &tokens, Module &module) {
  Parser parser(tokens, module);
  parser.parseModule();
  return parser.error;
}

Space spaceOf(std::string_view d) {
  return d == "reg"      ? Space::reg
         : d == "param"  ? Space::param
         : d == "shared" ? Space::shared
         : d == "global" ? Space::global
         : d == "const"  ? Space::constant
         : d == "local"  ? Space::local
                         : Space::none;
}

bool Parser::fail(const std::string &expected) {
  std::string got = peek().kind == Token::end ? "the end of the text" : "'" + std::string(peek().text) + "'";
  if (peek().kind == Token::dotWord)
    got = "'." + std::string(peek().text) + "'";
  error = errorAt(ErrorKind::syntax, peek().line, "expected " + expected + ", but got " + got);
  return false;
}

bool Parser::accept(char c) {
  if (!peek().is(c))
    return false;
  next();
  return true;
}

bool Parser::acceptDot(std::string_view name) {
  if (!peek().isDot(name))
    return false;
  next();
  return true;
}

bool Parser::expect(char c) { return accept(c) || fail(std::string("'") + c + "'"); }

bool Parser::parseName(std::string_view &name) {
  if (peek().kind != Token::word)
    return fail("a name");
  name = next().text;
  return true;
}

bool Parser::parseInteger(int64_t &value) {
  bool isNegative = accept('-');
  if (peek().kind != Token::integer)
    return fail("an integer");
  value = isNegative ? -int64_t(next().bits) : int64_t(next().bits);
  return true;
}

bool Parser::skipTo(char c) {
  while (!peek().is(c) && peek().kind != Token::end)
    next();
  return expect(c);
}

bool Parser::parseModule() {
  while (peek().kind != Token::end)
    if (!parseTopLevel())
      return false;
  return true;
}

bool Parser::parseTopLevel() {
  if (acceptDot("version")) {
    next(); // 8.0 is one number
    return true;
  }
  if (acceptDot("target")) {
    if (!parseName(module.target))
      return false;
    while (accept(','))
      next();
    return true;
  }
  if (acceptDot("address_size")) {
    int64_t size;
    if (peek().bits != 64)
      return fail("64-bit addresses");
    return parseInteger(size);
  }
  if (acceptDot("file") || acceptDot("loc")) {
    for (uint32_t line = peek().line; peek().line == line && peek().kind != Token::end;)
      next();
    return true;
  }
  if (acceptDot("section")) {
    while (!peek().is('{') && peek().kind != Token::end)
      next();
    return skipTo('}');
  }
  bool isExtern = false;
  while (peek().isDot("visible") || peek().isDot("extern") || peek().isDot("weak") || peek().isDot("common"))
    isExtern |= next().text == "extern";
  if (acceptDot("entry"))
    return parseFunction(true);
  if (acceptDot("func"))
    return parseFunction(false);
  if (peek().kind == Token::dotWord && spaceOf(peek().text) != Space::none)
    return parseVariables(module.variables, isExtern);
  return fail("a directive of a module");
}

bool Parser::parseFunction(bool isEntry) {
  Function function;
  function.isEntry = isEntry;
  acceptDot("noreturn");
  if (peek().is('(') && !parseParameters(function.results))
    return false;
  function.line = peek().line;
  if (!parseName(function.name) || (peek().is('(') && !parseParameters(function.parameters)) ||
      !parseFunctionDirectives(function))
    return false;
  if (!accept(';')) {
    function.hasBody = true;
    function.scopeParent.push_back(0);
    if (!parseBody(function))
      return false;
  }
  module.functions.push_back(std::move(function));
  return true;
}

bool Parser::parseParameters(std::vector<Variable> &parameters) {
  if (!expect('('))
    return false;
  while (!accept(')')) {
    Variable parameter;
    if ((!parameters.empty() && !expect(',')) || !parseVariableHead(parameter) ||
        !parseVariableName(parameter))
      return false;
    parameters.push_back(parameter);
  }
  return true;
}

bool Parser::parseThreads(Dim3 &threads) {
  uint32_t *sizes[3] = {&threads.x, &threads.y, &threads.z};
  threads = {1, 1, 1};
  for (int i = 0; i < 3; ++i) {
    int64_t size;
    if (i && !accept(','))
      return true;
    if (!parseInteger(size))
      return false;
    *sizes[i] = uint32_t(size);
  }
  return true;
}

bool Parser::parseFunctionDirectives(Function &function) {
  Dim3 ignored;
  while (peek().kind == Token::dotWord) {
    if (acceptDot("noreturn"))
      continue;
    if (acceptDot("reqntid")) {
      if (!parseThreads(function.requiredThreads))
        return false;
    } else if (acceptDot("maxntid")) {
      if (!parseThreads(function.maximalThreads))
        return false;
    } else if (acceptDot("minnctapersm") || acceptDot("maxnreg")) {
      if (!parseThreads(ignored))
        return false;
    } else if (acceptDot("pragma")) {
      if (!skipTo(';'))
        return false;
    } else {
      return fail("a directive of a function that the simulator knows");
    }
  }
  return true;
}

bool Parser::parseVariables(std::vector<Variable> &variables, bool isExtern) {
  Variable head;
  head.isExtern = isExtern;
  if (!parseVariableHead(head))
    return false;
  do {
    Variable variable = head;
    if (!parseVariableName(variable))
      return false;
    if (accept('=') && !parseInitializer(variable))
      return false;
    variables.push_back(std::move(variable));
  } while (accept(','));
  return expect(';');
}

bool Parser::parseVariableHead(Variable &variable) {
  int64_t alignment;
  variable.space = spaceOf(peek().text);
  if (peek().kind != Token::dotWord || variable.space == Space::none)
    return fail("a state space");
  next();
  while (peek().kind == Token::dotWord) {
    if (acceptDot("align")) {
      if (!parseInteger(alignment))
        return false;
      // `.ptr .align` speaks of what the pointer points to.
      if (variable.alignment == 0)
        variable.alignment = uint64_t(alignment);
    } else if (acceptDot("ptr")) {
      variable.alignment = 8;
    } else if (acceptDot("v2") || acceptDot("v4")) {
      variable.vector = tokens[at - 1].text == "v2" ? 2 : 4;
    } else if (spaceOf(peek().text) != Space::none || peek().isDot("attribute")) {
      next();
    } else {
      variable.type = next().text;
    }
  }
  return true;
}

bool Parser::parseVariableName(Variable &variable) {
  int64_t size = 0;
  variable.line = peek().line;
  if (!parseName(variable.name))
    return false;
  if (accept('<'))
    return parseInteger(variable.registerCount) && expect('>');
  while (accept('[')) {
    variable.isArray = true;
    if (accept(']')) {
      variable.count = 0;
      continue;
    }
    if (!parseInteger(size) || !expect(']'))
      return false;
    variable.count *= uint64_t(size);
  }
  return true;
}

bool Parser::parseInitializer(Variable &variable) {
  if (!accept('{'))
    return parseInitializerValue(variable);
  do {
    // Arrays of arrays are written as nested lists, which lie in memory one after the other.
    if (peek().is('{') ? !parseInitializer(variable) : !parseInitializerValue(variable))
      return false;
  } while (accept(','));
  return expect('}');
}

bool Parser::parseInitializerValue(Variable &variable) {
  Initializer value;
  bool isNegative = accept('-');
  if (peek().kind == Token::word && peek(1).is('(')) { // generic(symbol)
    next();
    next();
    value.symbol = next().text;
    if (!expect(')'))
      return false;
  } else if (peek().kind == Token::word) {
    value.symbol = next().text;
  } else if (peek().kind == Token::integer || peek().kind == Token::float32 ||
             peek().kind == Token::float64) {
    value.bits = isNegative ? -next().bits : next().bits;
  } else {
    return fail("a value");
  }
  int64_t offset = 0;
  if (!value.symbol.empty() && (peek().is('+') || peek().is('-'))) {
    if (!parseOffset(offset))
      return false;
    value.bits = uint64_t(offset);
  }
  variable.values.push_back(value);
  return true;
}

} // namespace dsc::sim::syntax
