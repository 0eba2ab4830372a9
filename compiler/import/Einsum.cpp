// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Reader of Einsum: pairs of operands become matrix products.

#include "compiler/import/OpTable.h"
#include "compiler/import/TensorBytes.h"

#include "llvm/ADT/StringExtras.h"

using namespace mlir;

namespace dsc::onnx_import {
namespace {

/// A tensor with one letter per dimension; `...` stands for letters of its own, from '\x80' on.
struct Labelled {
  Value value;
  std::string labels;
};

/// The letters of one term; dimensions of the ellipsis are labelled from the last to the first.
bool parseTerm(StringRef text, int64_t ellipsisRank, std::string &labels) {
  while (!text.empty()) {
    if (text.consume_front("...")) {
      for (int64_t i = ellipsisRank; i > 0; --i)
        labels.push_back(char(0x7f + i));
      continue;
    }
    if (!llvm::isAlpha(text.front()))
      return false;
    labels.push_back(text.front());
    text = text.drop_front();
  }
  return true;
}

/// Keeps the diagonal of every letter that occurs twice.
Labelled takeDiagonals(NodeReader &n, Labelled x) {
  for (size_t i = 0; i < x.labels.size(); ++i) {
    size_t j = x.labels.find(x.labels[i], i + 1);
    if (j == std::string::npos)
      continue;
    Type i64 = n.builder.getI64Type();
    int64_t rank = int64_t(x.labels.size());
    auto iota = [&](size_t dim) {
      Value limit = n.squeeze(n.makeDims({n.getDim(x.value, int64_t(dim))}), {0});
      Value range = n.create<RangeOp>({n.makeScalar(0, i64), limit, n.makeScalar(1, i64)});
      Ints axes;
      for (int64_t axis = 0; axis < rank; ++axis)
        if (axis != int64_t(dim))
          axes.push_back(axis);
      return n.unsqueeze(range, axes);
    };
    Value onDiagonal = n.create<EqualOp>({iota(i), iota(j)});
    Value masked = n.create<WhereOp>({onDiagonal, x.value, n.makeScalar(0, n.getElementType(x.value))});
    x.value = n.reduce(masked, ReduceKind::Sum, {int64_t(j)}, false);
    x.labels.erase(j, 1);
    --i;
  }
  return x;
}

/// Sums over the letters that are not in `keep`.
Labelled sumOut(NodeReader &n, Labelled x, const std::string &keep) {
  Ints axes;
  std::string labels;
  for (auto [dim, label] : llvm::enumerate(x.labels))
    if (keep.find(label) == std::string::npos)
      axes.push_back(int64_t(dim));
    else
      labels.push_back(label);
  return {axes.empty() ? x.value : n.reduce(x.value, ReduceKind::Sum, axes, false), labels};
}

Value permuteTo(NodeReader &n, const Labelled &x, const std::string &labels) {
  Ints permutation;
  for (char label : labels)
    permutation.push_back(int64_t(x.labels.find(label)));
  return labels == x.labels ? x.value : n.transpose(x.value, permutation);
}

/// The sizes of the letters; a size of 1 gives way to the other operand's.
Dims getSizes(NodeReader &n, const std::string &labels, const Labelled &a, const Labelled &b) {
  Dims sizes;
  for (char label : labels) {
    size_t inA = a.labels.find(label), inB = b.labels.find(label);
    AffineExpr size = inA != std::string::npos ? n.getDim(a.value, int64_t(inA)) : n.getDim(b.value, int64_t(inB));
    if (inB != std::string::npos && getConstantDim(size) == 1)
      size = n.getDim(b.value, int64_t(inB));
    sizes.push_back(size);
  }
  return sizes;
}

/// Broadcasts letters of size 1 that the other operand has larger.
Labelled broadcast(NodeReader &n, const Labelled &x, const Labelled &other) {
  Dims sizes = getSizes(n, x.labels, x, other);
  if (sizes == getDims(x.value))
    return x;
  return {n.create<ExpandOp>({x.value, n.makeDims(sizes)}), x.labels};
}

/// The product of two tensors, summed over the letters not in `keep`: one batched matrix product.
Labelled contract(NodeReader &n, Labelled a, Labelled b, const std::string &keep) {
  a = sumOut(n, a, keep + b.labels);
  b = sumOut(n, b, keep + a.labels);
  a = broadcast(n, a, b);
  b = broadcast(n, b, a);
  std::string batch, rows, columns, summed;
  for (char label : a.labels) {
    bool inB = b.labels.find(label) != std::string::npos, kept = keep.find(label) != std::string::npos;
    (inB ? (kept ? batch : summed) : rows).push_back(label);
  }
  for (char label : b.labels)
    if (a.labels.find(label) == std::string::npos)
      columns.push_back(label);
  MLIRContext *context = n.builder.getContext();
  Dims batchDims = getSizes(n, batch, a, b), rowDims = getSizes(n, rows, a, b);
  Dims columnDims = getSizes(n, columns, a, b), sumDims = getSizes(n, summed, a, b);
  AffineExpr batches = productOfDims(batchDims, context), sums = productOfDims(sumDims, context);
  Value lhs = n.reshape(permuteTo(n, a, batch + rows + summed), {batches, productOfDims(rowDims, context), sums});
  Value rhs = n.reshape(permuteTo(n, b, batch + summed + columns), {batches, sums, productOfDims(columnDims, context)});
  Dims dims = batchDims;
  dims.append(rowDims);
  dims.append(columnDims);
  return {n.reshape(n.create<MatmulOp>({lhs, rhs}), dims), batch + rows + columns};
}

/// Without an arrow the result has the ellipsis, then every letter that occurs once, in order.
std::string makeImplicitOutput(ArrayRef<Labelled> operands) {
  std::map<unsigned char, int> counts;
  for (const Labelled &operand : operands)
    for (unsigned char label : operand.labels)
      ++counts[label];
  std::string ellipsis, letters;
  for (auto [label, count] : counts)
    if (label >= 0x80)
      ellipsis.insert(ellipsis.begin(), char(label));
    else if (count == 1)
      letters.push_back(char(label));
  return ellipsis + letters;
}

/// Labels the operands, their diagonals taken. False after a failure.
bool readTerms(NodeReader &n, ArrayRef<StringRef> terms, SmallVectorImpl<Labelled> &operands, int64_t &ellipsisRank) {
  for (auto [i, term] : llvm::enumerate(terms)) {
    Value value = n.require(i);
    bool hasEllipsis = term.contains("...");
    int64_t rank = hasEllipsis ? n.getRank(value) - int64_t(term.size() - 3) : 0;
    ellipsisRank = std::max(ellipsisRank, rank);
    std::string labels;
    if (rank < 0 || !parseTerm(term, rank, labels) || int64_t(labels.size()) != n.getRank(value))
      n.fail("expected a term of rank " + Twine(n.getRank(value)) + ", but got '" + escapeText(term) + "'");
    else
      operands.push_back(takeDiagonals(n, {value, labels}));
  }
  return !n.hasFailed();
}

void readEinsum(NodeReader &n) {
  std::string equation = n.getString("equation", "");
  llvm::erase(equation, ' ');
  auto [left, right] = StringRef(equation).split("->");
  SmallVector<StringRef> terms;
  left.split(terms, ',');
  if (terms.size() != n.getNumOperands())
    return n.fail("expected an equation with " + Twine(n.getNumOperands()) + " terms, but got '" +
                  escapeText(equation) + "'");
  SmallVector<Labelled> operands;
  int64_t ellipsisRank = 0;
  if (!readTerms(n, terms, operands, ellipsisRank))
    return;
  std::string output;
  if (!StringRef(equation).contains("->"))
    output = makeImplicitOutput(operands);
  else if (!parseTerm(right, ellipsisRank, output))
    return n.fail("expected letters as the result, but got '" + escapeText(right) + "'");
  Labelled result = operands.front();
  for (size_t i = 1; i < operands.size(); ++i) {
    std::string keep = output;
    for (size_t j = i + 1; j < operands.size(); ++j)
      keep += operands[j].labels;
    result = contract(n, result, operands[i], keep);
  }
  result = sumOut(n, result, output);
  if (result.labels.size() != output.size())
    return n.fail("expected every letter of the result in a term, once, but got '" + escapeText(equation) + "'");
  for (char label : output)
    if (result.labels.find(label) == std::string::npos)
      return n.fail("expected every letter of the result in a term, once, but got '" + escapeText(equation) + "'");
  n.set(0, permuteTo(n, result, output));
}

const OpRow rows[] = {{"Einsum", readEinsum, 12}};

} // namespace

OpFamily getEinsumFamily() { return {"Einsum", rows}; }

} // namespace dsc::onnx_import
