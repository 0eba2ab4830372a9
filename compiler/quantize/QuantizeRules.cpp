// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Walks the YAML nodes of a file of rules; every complaint has a line.

#include "compiler/quantize/QuantizeRules.h"

#include "passes/quantize/Layers.h"

#include "llvm/ADT/SmallString.h"
#include "llvm/ADT/Twine.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/Regex.h"
#include "llvm/Support/SourceMgr.h"
#include "llvm/Support/YAMLParser.h"

using llvm::StringRef;
using llvm::Twine;
namespace yaml = llvm::yaml;

namespace dsc {
namespace {

/// One rule as it is read.
struct Rule {
  std::string kind = "any", storage, activation = "none", compute, name;
};

class RulesReader {
public:
  RulesReader(StringRef path, StringRef text, QuantizeOptions &options, std::string &error)
      : path(path), options(options), error(error), stream(llvm::MemoryBufferRef(text, path), sources, false) {
    sources.setDiagHandler(noteSyntax, this);
  }

  bool read() {
    yaml::document_iterator document = stream.begin();
    yaml::Node *root = document == stream.end() ? nullptr : document->getRoot();
    if (root && !llvm::isa<yaml::MappingNode>(root))
      return fail(root, "expected a mapping with 'rules'");
    bool isDone = root && readMap(root, [&](StringRef key, yaml::Node *value) {
      if (key == "rules")
        return readList(value);
      if (key == "budget")
        return readMap(value, [&](StringRef name, yaml::Node *number) { return readBudget(name, number); });
      return fail(value, "expected 'rules' or 'budget', but got '" + key + "'");
    });
    if (stream.failed())
      return failAt(syntaxLine, syntaxMessage);
    if (root && isDone && options.rules.empty())
      return fail(root, "expected at least one rule, but got none");
    return root ? isDone : failAt(1, "expected a mapping with 'rules'");
  }

private:
  static void noteSyntax(const llvm::SMDiagnostic &diagnostic, void *self) {
    auto &reader = *static_cast<RulesReader *>(self);
    if (reader.syntaxMessage.empty()) {
      reader.syntaxLine = std::max(diagnostic.getLineNo(), 1);
      reader.syntaxMessage = diagnostic.getMessage().str();
    }
  }

  bool failAt(int64_t line, const Twine &message) {
    if (error.empty())
      error = (path + ":" + Twine(line) + ": " + message).str();
    return false;
  }
  bool fail(yaml::Node *node, const Twine &message) {
    if (stream.failed())
      return failAt(syntaxLine, syntaxMessage);
    return failAt(sources.getLineAndColumn(node->getSourceRange().Start).first, message);
  }

  /// Calls `entry` for every key with its value.
  bool readMap(yaml::Node *node, llvm::function_ref<bool(StringRef, yaml::Node *)> entry) {
    auto *map = llvm::dyn_cast<yaml::MappingNode>(node);
    if (!map)
      return fail(node, "expected a mapping");
    for (yaml::KeyValueNode &pair : *map) {
      llvm::SmallString<32> storage;
      auto *key = llvm::dyn_cast_or_null<yaml::ScalarNode>(pair.getKey());
      if (!key)
        return fail(node, "expected a word before ':'");
      std::string name = key->getValue(storage).str();
      if (!pair.getValue() || !entry(name, pair.getValue()))
        return fail(node, "expected a value of '" + name + "'");
    }
    return true;
  }

  bool readText(yaml::Node *node, std::string &text) {
    llvm::SmallString<32> storage;
    auto *scalar = llvm::dyn_cast<yaml::ScalarNode>(node);
    if (!scalar)
      return fail(node, "expected one word or number");
    text = scalar->getValue(storage).str();
    return true;
  }

  bool readList(yaml::Node *node) {
    auto *list = llvm::dyn_cast<yaml::SequenceNode>(node);
    if (!list)
      return fail(node, "expected a list of rules");
    for (yaml::Node &rule : *list)
      if (!readRule(&rule))
        return false;
    return true;
  }

  bool readRule(yaml::Node *node) {
    Rule rule;
    if (!readMap(node, [&](StringRef key, yaml::Node *value) { return readField(key, value, rule); }))
      return false;
    if (rule.storage.empty())
      return fail(node, "expected a 'storage' of i8 or f32, but got none");
    bool isInteger = rule.activation != "none";
    if (isInteger && rule.storage != "i8")
      return fail(node, "expected storage i8 with activation " + rule.activation + ", but got " + rule.storage);
    StringRef computed = isInteger ? "i8" : "f32";
    if (!rule.compute.empty() && rule.compute != computed)
      return fail(node, "expected compute " + computed + " with activation " + rule.activation + ", but got '" +
                            rule.compute + "'");
    options.rules.push_back(rule.kind + "/" + rule.storage + "/" + rule.activation + "/" + rule.name);
    return true;
  }

  bool readField(StringRef key, yaml::Node *value, Rule &rule) {
    if (key == "match")
      return readMap(value, [&](StringRef name, yaml::Node *text) { return readMatch(name, text, rule); });
    std::string text;
    if (!readText(value, text))
      return false;
    if (key == "storage") {
      rule.storage = text;
      return text == "i8" || text == "f32" || fail(value, "expected a storage of i8 or f32, but got '" + text + "'");
    }
    if (key == "activation") {
      rule.activation = text;
      return parseActivation(text) ||
             fail(value, "expected an activation of none, static or dynamic_token, but got '" + text + "'");
    }
    if (key == "compute") {
      rule.compute = text;
      return true;
    }
    if (key == "group")
      return text == "0" || fail(value, "expected group 0, one scale per channel, but got '" + text + "'");
    return fail(value, "expected match, storage, group, activation or compute, but got '" + key + "'");
  }

  bool readMatch(StringRef key, yaml::Node *value, Rule &rule) {
    std::string text, reason;
    if (!readText(value, text))
      return false;
    if (key == "kind") {
      rule.kind = text;
      return parseLayerKind(text) ||
             fail(value, "expected a kind of " + listLayerKinds() + ", but got '" + text + "'");
    }
    if (key != "name")
      return fail(value, "expected a match of kind and name, but got '" + key + "'");
    rule.name = text;
    return llvm::Regex(text).isValid(reason) ||
           fail(value, "expected a regular expression, but got '" + text + "': " + reason);
  }

  bool readBudget(StringRef key, yaml::Node *value) {
    std::string text;
    double number;
    if (key != "size" && key != "sqnr")
      return fail(value, "expected a budget of size and sqnr, but got '" + key + "'");
    if (!readText(value, text))
      return false;
    if (StringRef(text).getAsDouble(number) || !(number > 0) || (key == "size" && number > 1))
      return fail(value, "expected a positive number" + Twine(key == "size" ? " up to 1" : "") + " of '" + key +
                             "', but got '" + text + "'");
    std::optional<double> &budget = key == "size" ? options.maxSize : options.minSqnr;
    if (!budget)
      budget = number;
    return true;
  }

  StringRef path;
  QuantizeOptions &options;
  std::string &error;
  llvm::SourceMgr sources;
  yaml::Stream stream;
  int64_t syntaxLine = 1;
  std::string syntaxMessage;
};

} // namespace

bool readQuantizeRules(StringRef path, QuantizeOptions &options, std::string &error) {
  auto file = llvm::MemoryBuffer::getFile(path, /*IsText=*/true);
  if (!file) {
    error = "cannot read '" + path.str() + "': " + file.getError().message();
    return false;
  }
  return RulesReader(path, (*file)->getBuffer(), options, error).read();
}

} // namespace dsc
