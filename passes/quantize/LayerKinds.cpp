// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Evidence for the kind of a layer: the op, then names, then structure.

#include "passes/quantize/LayerKinds.h"

#include "dialects/dsc/DscRoles.h"
#include "passes/NodeName.h"

#include "llvm/ADT/SetVector.h"
#include "llvm/Support/Regex.h"

using namespace mlir;

namespace dsc {
namespace {

struct NamePattern {
  LayerKind kind;
  StringLiteral pattern;
};

// What exporters and training frameworks call the products of a transformer.
constexpr NamePattern namePatterns[] = {
    {LayerKind::Attention, "attn|attention|(q|k|v|o|qkv)_proj|qkv|in_proj|(^|[^a-z])(query|key|value)([^a-z]|$)"},
    {LayerKind::FeedForward, "mlp|ffn|feed_?forward|intermediate|(gate|up|down)_proj|c_fc|(^|[^a-z0-9])fc[12]([^a-z0-9]|$)"},
    {LayerKind::Head, "(lm|mlp|cls)_head|classifier|(^|[^a-z])logits([^a-z]|$)"},
};

/// The last match of the pattern in the text, and where it starts.
std::pair<size_t, StringRef> findLast(StringRef pattern, StringRef text) {
  llvm::Regex regex(pattern, llvm::Regex::IgnoreCase);
  std::pair<size_t, StringRef> found{StringRef::npos, {}};
  SmallVector<StringRef> matches;
  for (size_t begin = 0; begin < text.size() && regex.match(text.drop_front(begin), &matches);) {
    size_t at = matches[0].data() - text.data();
    found = {at, matches[0]};
    begin = at + std::max<size_t>(matches[0].size(), 1);
  }
  return found;
}

std::string nameOf(Operation *op) {
  StringRef name = getFirstNodeName(op->getLoc());
  return name.empty() ? op->getName().stripDialect().str() : "'" + name.str() + "'";
}

/// Ops that leave rows what they are: elementwise ones, views and data movement.
bool isCarrier(Operation *op) {
  FusionRole role = getRole(op);
  return role == FusionRole::Pointwise || role == FusionRole::Channelwise || role == FusionRole::View ||
         role == FusionRole::Movement;
}

/// Ops whose presence makes a product and the next one more than one linear map.
bool isNonlinear(Operation *op) {
  return isa<GeluOp, ReluOp, SigmoidOp, TanhOp, ErfOp, EluOp, LeakyReluOp, HardSigmoidOp, SoftplusOp>(op);
}

/// The ops behind `value`, through carriers that `through` accepts; `ends` are those it stops at.
void walkBack(Value value, llvm::function_ref<bool(Operation *)> through, SmallPtrSetImpl<Operation *> &seen,
              llvm::SetVector<Operation *> &ends) {
  Operation *op = value.getDefiningOp();
  if (!op || isa<WeightOp, ConstantOp>(op) || !seen.insert(op).second)
    return;
  if (!isCarrier(op) || !through(op)) {
    ends.insert(op);
    return;
  }
  for (Value operand : op->getOperands())
    walkBack(operand, through, seen, ends);
}

class KindFinder {
public:
  KindFinder(func::FuncOp function, const ConstantPool &pool) : function(function), pool(pool) {}

  llvm::MapVector<Operation *, KindFinding> find() {
    for (Operation &op : function.getBody().front())
      if (std::optional<KindFinding> finding = findByOp(&op))
        found.insert({&op, *finding});
    for (Operation &op : function.getBody().front())
      findStructure(&op);
    for (auto &[op, finding] : found)
      if (isa<MatmulOp>(op))
        decideProduct(cast<MatmulOp>(op), finding);
    return std::move(found);
  }

private:
  /// The kind that the op itself tells; products wait for more evidence.
  std::optional<KindFinding> findByOp(Operation *op) {
    if (isa<AttentionOp>(op))
      return KindFinding{LayerKind::Attention, "fused attention"};
    if (isa<ConvOp, ConvTransposeOp>(op))
      return KindFinding{LayerKind::Conv, "a convolution"};
    if (isa<LayerNormOp, RmsNormOp, GroupNormOp, BatchNormOp>(op))
      return KindFinding{LayerKind::Norm, "a normalisation"};
    if (isa<GatherOp>(op) && getWeightOperand(op, pool))
      return KindFinding{LayerKind::Embedding, "rows of a weight chosen by index"};
    if (isa<MatmulOp>(op))
      return KindFinding{LayerKind::Other, "no evidence for another kind"};
    return std::nullopt;
  }

  void decideProduct(MatmulOp product, KindFinding &finding) {
    OpOperand *weight = getWeightOperand(product, pool);
    if (std::optional<KindFinding> named = findKindInName(getFirstNodeName(product->getLoc())))
      finding = *named;
    else if (named = findKindInName(weight ? pool.getNameHint(weight->get()) : StringRef()); named)
      finding = *named;
    else if (auto known = structural.find(product); known != structural.end())
      finding = known->second;
    else if (weight && reachesOutput(product))
      finding = {LayerKind::Head, "the last product before an output"};
  }

  void note(Operation *op, LayerKind kind, std::string reason) { structural.try_emplace(op, KindFinding{kind, reason}); }

  void findStructure(Operation *op) {
    if (auto attention = dyn_cast<AttentionOp>(op)) {
      for (Value operand : {attention.getQuery(), attention.getKey(), attention.getValue()})
        noteProjections(operand, "feeds the attention " + nameOf(op));
      noteReaders(op, "reads the attention " + nameOf(op));
    } else if (auto softmax = dyn_cast<SoftmaxOp>(op)) {
      noteSoftmax(softmax);
    } else if (auto product = dyn_cast<MatmulOp>(op); product && getWeightOperand(op, pool)) {
      noteFeedForward(product);
    }
  }

  /// Products with weights behind a value, through carriers.
  void noteProjections(Value value, const std::string &reason) {
    SmallPtrSet<Operation *, 16> seen;
    llvm::SetVector<Operation *> ends;
    walkBack(value, [](Operation *) { return true; }, seen, ends);
    for (Operation *end : ends)
      if (isa<MatmulOp>(end) && getWeightOperand(end, pool))
        note(end, LayerKind::Attention, reason);
  }

  /// Products with weights that read the op's result, moved only.
  void noteReaders(Operation *op, const std::string &reason) {
    for (Operation *user : op->getResult(0).getUsers()) {
      if (isa<MatmulOp>(user) && getWeightOperand(user, pool))
        note(user, LayerKind::Attention, reason);
      else if (getRole(user) == FusionRole::View || getRole(user) == FusionRole::Movement)
        noteReaders(user, reason);
    }
  }

  /// Attention that was not fused: product, softmax, product, none of them with a weight.
  void noteSoftmax(SoftmaxOp softmax) {
    SmallPtrSet<Operation *, 16> seen;
    llvm::SetVector<Operation *> ends;
    walkBack(softmax.getInput(), [](Operation *) { return true; }, seen, ends);
    for (Operation *scores : ends) {
      if (!isa<MatmulOp>(scores) || getWeightOperand(scores, pool))
        continue;
      for (Operation *mix : findProductsAfter(softmax.getOutput())) {
        std::string where = "the softmax " + nameOf(softmax);
        note(scores, LayerKind::Attention, "scores of " + where);
        note(mix, LayerKind::Attention, "mixes values by " + where);
        for (Value operand : {scores->getOperand(0), scores->getOperand(1), mix->getOperand(1)})
          noteProjections(operand, "feeds the attention of " + where);
        noteReaders(mix, "reads the attention of " + where);
      }
    }
  }

  /// Products without weights that read the value through carriers as their left operand.
  SmallVector<Operation *> findProductsAfter(Value value) {
    SmallVector<Operation *> products;
    for (Operation *user : value.getUsers()) {
      if (isa<MatmulOp>(user) && user->getOperand(0) == value && !getWeightOperand(user, pool))
        products.push_back(user);
      else if (isCarrier(user))
        llvm::append_range(products, findProductsAfter(user->getResult(0)));
    }
    return products;
  }

  /// Product, activation (with a gate or without), product, where what lies between is wider than what comes out.
  void noteFeedForward(MatmulOp product) {
    OpOperand *activation = getActivationOperand(*getWeightOperand(product, pool));
    SmallPtrSet<Operation *, 16> seen;
    llvm::SetVector<Operation *> ends;
    auto isInside = [](Operation *op) { return getRole(op) != FusionRole::Movement; };
    walkBack(activation->get(), isInside, seen, ends);
    AffineExpr middle = getDims(activation->get()).back(), result = getDims(product.getOutput()).back();
    std::optional<int64_t> inner = getConstantDim(middle), outer = getConstantDim(result);
    bool isWider = inner && outer && *inner > *outer;
    if (!isWider || llvm::none_of(seen, isNonlinear) || ends.empty())
      return;
    if (!llvm::all_of(ends, [&](Operation *end) { return isa<MatmulOp>(end) && getWeightOperand(end, pool); }))
      return;
    StringLiteral reason = "product, activation, product with a wider middle";
    note(product, LayerKind::FeedForward, reason.str());
    for (Operation *end : ends)
      note(end, LayerKind::FeedForward, reason.str());
  }

  /// Whether a result of the function is this one, or made of it by carriers and softmax.
  bool reachesOutput(Operation *op) {
    return llvm::any_of(op->getResult(0).getUsers(), [&](Operation *user) {
      return user->hasTrait<OpTrait::IsTerminator>() || ((isCarrier(user) || isa<SoftmaxOp>(user)) && reachesOutput(user));
    });
  }

  func::FuncOp function;
  const ConstantPool &pool;
  llvm::MapVector<Operation *, KindFinding> found;
  llvm::DenseMap<Operation *, KindFinding> structural;
};

} // namespace

std::optional<KindFinding> findKindInName(StringRef name) {
  std::optional<KindFinding> finding;
  size_t last = 0;
  for (const NamePattern &row : namePatterns) {
    auto [at, word] = findLast(row.pattern, name);
    if (at == StringRef::npos || (finding && at <= last))
      continue;
    last = at;
    finding = {row.kind, ("the name '" + name + "' holds '" + word.trim("._/-") + "'").str()};
  }
  return finding;
}

llvm::MapVector<Operation *, KindFinding> findLayerKinds(func::FuncOp function, const ConstantPool &pool) {
  return KindFinder(function, pool).find();
}

} // namespace dsc
