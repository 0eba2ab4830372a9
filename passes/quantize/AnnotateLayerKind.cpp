// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// dsc-annotate-layer-kind: marks every layer with its kind and the reason for it; leaves the ops as they are.

#include "passes/NodeName.h"
#include "passes/Passes.h"
#include "passes/quantize/LayerKinds.h"

#include "llvm/Support/Regex.h"

using namespace mlir;

namespace dsc {
#define GEN_PASS_DEF_ANNOTATELAYERKINDPASS
#include "passes/Passes.h.inc"

namespace {

/// One `regex=kind` of the user.
struct KindRule {
  llvm::Regex regex;
  LayerKind kind;
  std::string text;
};

struct AnnotateLayerKindPass : impl::AnnotateLayerKindPassBase<AnnotateLayerKindPass> {
  using AnnotateLayerKindPassBase::AnnotateLayerKindPassBase;

  void runOnOperation() override {
    std::vector<KindRule> rules;
    if (failed(parseRules(rules)))
      return signalPassFailure();
    ConstantPool pool(getOperation());
    for (auto function : getOperation().getOps<func::FuncOp>()) {
      if (function.isExternal())
        continue;
      for (auto &[op, finding] : findLayerKinds(function, pool)) {
        applyRules(rules, op, pool, finding);
        setLayerMark(op, finding.kind, finding.reason);
        ++numLayers;
      }
    }
  }

  LogicalResult parseRules(std::vector<KindRule> &rules) {
    for (const std::string &text : layerKinds) {
      auto [pattern, name] = StringRef(text).rsplit('=');
      std::optional<LayerKind> kind = parseLayerKind(name);
      if (!kind)
        return getOperation().emitError() << "expected a layer kind of " << listLayerKinds() << ", but got '" << name << "'";
      llvm::Regex regex(pattern);
      std::string reason;
      if (!regex.isValid(reason))
        return getOperation().emitError() << "expected a regular expression, but got '" << pattern << "': " << reason;
      rules.push_back({std::move(regex), *kind, text});
    }
    return success();
  }

  void applyRules(std::vector<KindRule> &rules, Operation *op, const ConstantPool &pool, KindFinding &finding) {
    OpOperand *weight = getWeightOperand(op, pool);
    StringRef node = getFirstNodeName(op->getLoc()), weightName = weight ? pool.getNameHint(weight->get()) : StringRef();
    for (KindRule &rule : rules)
      if (rule.regex.match(node) || rule.regex.match(weightName)) {
        finding = {rule.kind, "--layer-kind '" + rule.text + "'"};
        return;
      }
  }
};

} // namespace
} // namespace dsc
