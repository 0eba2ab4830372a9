// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// dsc-choose-formats: gives every marked layer with a weight the format of the first rule that matches it.

#include "passes/NodeName.h"
#include "passes/Passes.h"
#include "passes/quantize/Layers.h"

#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/Regex.h"

using namespace mlir;

namespace dsc {
#define GEN_PASS_DEF_CHOOSEFORMATSPASS
#include "passes/Passes.h.inc"

namespace {

/// `KIND/STORAGE/ACTIVATION/REGEX`; KIND may be `any`, an empty REGEX matches every name.
struct FormatRule {
  std::optional<LayerKind> kind;
  LayerFormat format;
  llvm::Regex name;
};

struct ChooseFormatsPass : impl::ChooseFormatsPassBase<ChooseFormatsPass> {
  using ChooseFormatsPassBase::ChooseFormatsPassBase;

  void runOnOperation() override {
    std::vector<FormatRule> parsed;
    std::vector<llvm::Regex> kept;
    if (failed(parseRules(parsed)) || failed(parseKept(kept)))
      return signalPassFailure();
    ConstantPool pool(getOperation());
    getOperation().walk([&](Operation *op) {
      std::optional<LayerKind> kind = getLayerKind(op);
      OpOperand *weight = kind ? getWeightOperand(op, pool) : nullptr;
      if (!weight)
        return;
      StringRef names[] = {getFirstNodeName(op->getLoc()), pool.getNameHint(weight->get())};
      auto matches = [&](llvm::Regex &regex) { return regex.match(names[0]) || regex.match(names[1]); };
      LayerFormat format;
      auto rule = llvm::find_if(parsed, [&](FormatRule &r) { return (!r.kind || r.kind == kind) && matches(r.name); });
      if (rule != parsed.end() && llvm::none_of(kept, matches))
        format = rule->format;
      if (!getActivationOperand(*weight))
        format.activation = Activation::None;
      setLayerFormat(op, format);
      numQuantized += format.isInt8;
    });
  }

  LogicalResult compile(StringRef pattern, llvm::Regex &regex) {
    regex = llvm::Regex(pattern);
    std::string reason;
    if (regex.isValid(reason))
      return success();
    return getOperation().emitError() << "expected a regular expression, but got '" << pattern << "': " << reason;
  }

  LogicalResult parseRules(std::vector<FormatRule> &parsed) {
    for (StringRef text : rules) {
      auto [kind, rest] = text.split('/');
      auto [storage, end] = rest.split('/');
      auto [activation, name] = end.split('/');
      std::optional<Activation> quantized = parseActivation(activation);
      FormatRule rule;
      rule.kind = parseLayerKind(kind);
      if (!(rule.kind || kind == "any") || !(storage == "i8" || storage == "f32") || !quantized)
        return getOperation().emitError() << "expected a rule KIND/STORAGE/ACTIVATION/REGEX, but got '" << text << "'";
      rule.format = {storage == "i8", *quantized};
      if (failed(compile(name.empty() ? ".*" : name, rule.name)))
        return failure();
      parsed.push_back(std::move(rule));
    }
    return success();
  }

  LogicalResult parseKept(std::vector<llvm::Regex> &kept) {
    for (StringRef pattern : keep) {
      kept.emplace_back();
      if (failed(compile(pattern, kept.back())))
        return failure();
    }
    return success();
  }
};

} // namespace
} // namespace dsc
