// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// PTX text to tokens.
#ifndef DSC_TOOLS_CUDA_SIM_LEXER_H
#define DSC_TOOLS_CUDA_SIM_LEXER_H

#include "tools/cuda-sim/CudaSim.h"

namespace dsc::sim {

struct Token {
  enum Kind {
    end,
    word,    ///< name, opcode or register: `ld`, `%r1`, `$L__BB0_1`
    dotWord, ///< `.b32`, `.L1::no_allocate`; text without the dot
    integer, ///< bits holds it
    float32, ///< `0f3F800000`; bits
    float64, ///< `0d...` or `1.5`; bits
    string,  ///< text without the quotes
    punctuation
  };
  Kind kind = end;
  std::string_view text;
  uint64_t bits = 0;
  uint32_t line = 0;

  bool is(char c) const { return kind == punctuation && text[0] == c; }
  bool isDot(std::string_view name) const { return kind == dotWord && text == name; }
  bool isWord(std::string_view name) const { return kind == word && text == name; }
};

/// Appends the tokens of `text`, and one `end`.
Error tokenize(std::string_view text, std::vector<Token> &tokens);

/// An error at a line of the PTX text.
Error errorAt(ErrorKind kind, uint32_t line, const std::string &message);

} // namespace dsc::sim
#endif
