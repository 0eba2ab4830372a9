// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// PTX text to tokens: names may hold `$`, `%` and `_`, modifiers start with a dot and may hold `::`.
#include "tools/cuda-sim/Lexer.h"

#include <cstdlib>

namespace dsc::sim {

Error errorAt(ErrorKind kind, uint32_t line, const std::string &message) {
  return {kind, line, line ? "line " + std::to_string(line) + ": " + message : message};
}

namespace {
bool isDigit(char c) { return c >= '0' && c <= '9'; }
bool isNameStart(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || c == '$' || c == '%';
}
bool isName(char c) { return isNameStart(c) || isDigit(c); }
bool isHex(char c) { return isDigit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F'); }

class Lexer {
public:
  Lexer(std::string_view text, std::vector<Token> &tokens) : text(text), tokens(tokens) {}

  Error run() {
    for (skipBlank(); at < text.size(); skipBlank()) {
      Error error = next();
      if (error)
        return error;
    }
    add(Token::end, at);
    return {};
  }

private:
  char peek(size_t ahead = 0) const { return at + ahead < text.size() ? text[at + ahead] : '\0'; }

  Token &add(Token::Kind kind, size_t from, uint64_t bits = 0) {
    tokens.push_back({kind, text.substr(from, at - from), bits, line});
    return tokens.back();
  }

  void skipBlank() {
    while (at < text.size()) {
      if (peek() == '/' && peek(1) == '/')
        while (at < text.size() && peek() != '\n')
          ++at;
      else if (peek() == '/' && peek(1) == '*')
        skipComment();
      else if (peek() == ' ' || peek() == '\t' || peek() == '\r' || peek() == '\n' || peek() == '\0')
        line += text[at++] == '\n';
      else
        return;
    }
  }

  void skipComment() {
    for (at += 2; at < text.size() && !(peek() == '*' && peek(1) == '/'); ++at)
      line += peek() == '\n';
    at = std::min(at + 2, text.size());
  }

  Error next() {
    size_t from = at;
    if (isNameStart(peek())) {
      while (isName(peek()))
        ++at;
      add(Token::word, from);
      return {};
    }
    if (isDigit(peek()))
      return number();
    if (peek() == '.' && isName(peek(1))) {
      for (++at; isName(peek()) || (peek() == ':' && peek(1) == ':'); ++at)
        at += peek() == ':';
      add(Token::dotWord, from + 1);
      return {};
    }
    if (peek() == '"')
      return string();
    if (std::string_view("{}[]()<>,;:=@!+-|*/&~").find(peek()) == std::string_view::npos)
      return errorAt(ErrorKind::syntax, line,
                     std::string("expected PTX, but got the character '") + peek() + "'");
    ++at;
    add(Token::punctuation, from);
    return {};
  }

  Error string() {
    size_t from = ++at;
    while (at < text.size() && peek() != '"' && peek() != '\n')
      ++at;
    if (peek() != '"')
      return errorAt(ErrorKind::syntax, line, "expected the end of a string, but got the end of the line");
    add(Token::string, from);
    ++at;
    return {};
  }

  Error number() {
    size_t from = at;
    char kind = peek() == '0' ? peek(1) : '\0';
    if (kind == 'f' || kind == 'F' || kind == 'd' || kind == 'D') {
      bool isSingle = kind == 'f' || kind == 'F';
      at += 2;
      uint64_t bits = digits(16);
      if (at - from != (isSingle ? 10u : 18u))
        return errorAt(ErrorKind::syntax, line,
                       "expected 8 digits after 0f or 16 after 0d, but got '" +
                           std::string(text.substr(from, at - from)) + "'");
      add(isSingle ? Token::float32 : Token::float64, from, bits);
      return {};
    }
    if (kind == 'x' || kind == 'X') {
      at += 2;
      uint64_t bits = digits(16);
      finishInteger(from, bits);
    } else if (kind == 'b' || kind == 'B') {
      at += 2;
      uint64_t bits = digits(2);
      finishInteger(from, bits);
    } else {
      decimal(from);
    }
    return {};
  }

  void decimal(size_t from) {
    uint64_t bits = digits(peek() == '0' ? 8 : 10);
    bool isFloat = peek() == '.' && isDigit(peek(1));
    if (!isFloat)
      return finishInteger(from, bits);
    for (++at; isDigit(peek()) || peek() == 'e' || peek() == 'E' ||
               ((peek() == '-' || peek() == '+') && (text[at - 1] == 'e' || text[at - 1] == 'E'));)
      ++at;
    double value = std::strtod(std::string(text.substr(from, at - from)).c_str(), nullptr);
    std::memcpy(&bits, &value, sizeof bits);
    add(Token::float64, from, bits);
  }

  void finishInteger(size_t from, uint64_t bits) {
    if (peek() == 'U' || peek() == 'u')
      ++at;
    add(Token::integer, from, bits);
  }

  uint64_t digits(uint32_t base) {
    uint64_t value = 0;
    for (; isHex(peek()); ++at) {
      char c = peek();
      uint32_t digit = isDigit(c) ? c - '0' : (c | 32) - 'a' + 10;
      if (digit >= base)
        break;
      value = value * base + digit;
    }
    return value;
  }

  std::string_view text;
  std::vector<Token> &tokens;
  size_t at = 0;
  uint32_t line = 1;
};
} // namespace

Error tokenize(std::string_view text, std::vector<Token> &tokens) { return Lexer(text, tokens).run(); }

} // namespace dsc::sim
