// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// A parsed PTX module: declarations and statements, names not yet resolved. Text points into the source.
#ifndef DSC_TOOLS_CUDA_SIM_SYNTAX_H
#define DSC_TOOLS_CUDA_SIM_SYNTAX_H

#include "tools/cuda-sim/Lexer.h"

namespace dsc::sim::syntax {

enum class Space : uint8_t { none, reg, param, shared, global, constant, local, generic };

/// One number or address of an initialiser.
struct Initializer {
  uint64_t bits = 0;
  std::string_view symbol;
};

struct Variable {
  Space space = Space::none;
  std::string_view type; ///< "b32"
  std::string_view name;
  uint32_t line = 0;
  uint64_t alignment = 0;     ///< 0: that of the type
  uint64_t vector = 1;        ///< .v2, .v4
  uint64_t count = 1;         ///< product of the array sizes; 0: `[]`
  int64_t registerCount = -1; ///< of `%r<10>`: names %r0 to %r9
  bool isExtern = false, isArray = false;
  std::vector<Initializer> values;
};

struct Operand {
  enum Kind {
    name,    ///< register, variable, label, function
    integer, ///< bits, sign applied
    float32,
    float64,
    vector,  ///< {a, b}: parts
    address, ///< [base + offset]: parts[0] is the base, or none
    list,    ///< (a, b) of a call: parts
    pair,    ///< a|b: parts
    sink     ///< _
  };
  Kind kind = name;
  std::string_view text, suffix; ///< %tid and x of %tid.x
  uint64_t bits = 0;
  int64_t offset = 0;     ///< of an address or `symbol+4`
  bool isNegated = false; ///< !%p
  std::vector<Operand> parts;
};

struct Instruction {
  std::string_view opcode;
  std::vector<std::string_view> modifiers;
  std::vector<Operand> operands;
  std::string_view guard; ///< predicate, or empty
  bool guardNegated = false;
};

struct Statement {
  enum Kind { instruction, label, branchTargets, variable };
  Kind kind = instruction;
  uint32_t line = 0;
  uint32_t scope = 0;
  Instruction instr;
  std::string_view name;                 ///< of a label or of branch targets
  std::vector<std::string_view> targets; ///< of branch targets
  Variable var;
};

struct Function {
  std::string_view name;
  uint32_t line = 0;
  bool isEntry = false, hasBody = false;
  std::vector<Variable> results, parameters;
  std::vector<Statement> body;
  std::vector<uint32_t> scopeParent; ///< parent of each `{ }`; scope 0 is the function
  Dim3 requiredThreads{0, 0, 0}, maximalThreads{0, 0, 0};
};

struct Module {
  std::string_view target; ///< "sm_80"
  std::vector<Variable> variables;
  std::vector<Function> functions;
};

/// Parses tokens that end with Token::end.
Error parse(const std::vector<Token> &tokens, Module &module);

} // namespace dsc::sim::syntax
#endif
