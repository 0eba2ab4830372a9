// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Fused attention against float64: layouts, masks, causality, shared heads, odd depths and lengths.

#include "test/unit/kernels/KernelHarness.h"
#include "gtest/gtest.h"
#include <cmath>
#include <cstring>

namespace dsc::test {
namespace {

struct AttentionCase {
  int64_t batch, heads, keyHeads, queries, keys, depth;
  std::string mask;      ///< "", "f32" or "i1"
  bool maskRows = false; ///< mask [batch, 1, queries, keys], else [batch, 1, 1, keys]
  bool causal = false, inside = false, symbolic = false;
  double softcap = 0;
};

std::string tensor(const AttentionCase &c, int64_t heads, int64_t length, const std::string &symbol) {
  std::vector<int64_t> shape{c.batch, heads, length, c.depth};
  if (c.inside)
    std::swap(shape[1], shape[2]);
  if (!c.symbolic)
    return tensorType(shape);
  std::string h = std::to_string(heads), d = std::to_string(c.depth);
  return c.inside ? "tensor<?x?x" + h + "x" + d + "xf32, #dsc.dims<()[s0, s1, s2] -> (s0, " + symbol + ", " + h + ", " +
                        d + ")>>"
                  : "tensor<?x" + h + "x?x" + d + "xf32, #dsc.dims<()[s0, s1, s2] -> (s0, " + h + ", " + symbol + ", " +
                        d + ")>>";
}

/// A map names no more symbols than it needs.
std::string minimal(std::string text) {
  size_t at;
  while ((at = text.find("[s0, s1, s2] -> (s0, ")) != std::string::npos) {
    size_t end = text.find(')', text.find("-> (", at));
    bool usesLast = text.substr(at + 20, end - at - 20).find("s2") != std::string::npos;
    text.replace(at, 12, usesLast ? "[ s0, s1, s2 ]" : "[ s0, s1 ]");
  }
  return text;
}

std::string maskType(const AttentionCase &c) {
  int64_t rows = c.maskRows ? c.queries : 1;
  if (!c.symbolic)
    return tensorType({c.batch, 1, rows, c.keys}, c.mask);
  return c.maskRows ? "tensor<?x1x?x?x" + c.mask + ", #dsc.dims<()[ s0, s1, s2 ] -> (s0, 1, s1, s2)>>"
                    : "tensor<?x1x1x?x" + c.mask + ", #dsc.dims<()[ s0, s1, s2 ] -> (s0, 1, 1, s2)>>";
}

std::string moduleText(const AttentionCase &c) {
  std::string q = minimal(tensor(c, c.heads, c.queries, "s1")), k = minimal(tensor(c, c.keyHeads, c.keys, "s2"));
  bool masked = !c.mask.empty();
  std::string m = masked ? maskType(c) : "", types = q + ", " + k + ", " + k + (masked ? ", " + m : "");
  std::string symbols;
  if (c.symbolic)
    for (const char *name : {"b", "q", "k"})
      symbols += std::string("dsc.symbol @") + name + " {kind = #dsc.symbol_kind<caller>}\n";
  std::string attributes = "{scale = 0.25 : f32, layout = #dsc.heads<" + std::string(c.inside ? "bshd" : "bhsd") + ">";
  if (c.causal)
    attributes += ", causal";
  if (c.softcap != 0)
    attributes += ", softcap = " + std::to_string(c.softcap) + " : f32";
  return "module {\n" + symbols + "func.func @main(%q: " + q + ", %k: " + k + ", %v: " + k +
         (masked ? ", %m: " + m : "") + ") -> " + q + " {\n%0 = dsc.group ins(%q, %k, %v" + (masked ? ", %m" : "") +
         " : " + types + ") -> (" + q + ") attributes {kind = #dsc.group_kind<attention>} {\n^bb0(%a0: " + q +
         ", %a1: " + k + ", %a2: " + k + (masked ? ", %a3: " + m : "") +
         "):\n%y = dsc.attention %a0, %a1, %a2" + (masked ? ", %a3 " : " ") + attributes + "} : (" + types + ") -> " +
         q + "\ndsc.yield %y : " + q + "\n}\nreturn %0 : " + q + "\n}\n}\n";
}

struct AttentionData {
  explicit AttentionData(const AttentionCase &c)
      : q(randomFloats(c.batch * c.heads * c.queries * c.depth, 1)),
        k(randomFloats(c.batch * c.keyHeads * c.keys * c.depth, 2)),
        v(randomFloats(c.batch * c.keyHeads * c.keys * c.depth, 3)),
        mask(randomFloats(c.batch * (c.maskRows ? c.queries : 1) * c.keys, 4)) {
    for (float x : mask)
      kept.push_back(x > -0.3f);
    if (c.mask == "i1") // one batch element without any key
      std::fill(kept.begin(), kept.begin() + kept.size() / c.batch, 0);
  }
  std::vector<float> q, k, v, mask;
  std::vector<uint8_t> kept;
};

size_t at(const AttentionCase &c, int64_t heads, int64_t length, int64_t b, int64_t h, int64_t s) {
  return (c.inside ? (b * length + s) * heads + h : (b * heads + h) * length + s) * c.depth;
}

/// The score of a query and a key, or nothing if the key is removed.
double score(const AttentionCase &c, const AttentionData &data, int64_t b, int64_t h, int64_t i, int64_t j) {
  size_t q = at(c, c.heads, c.queries, b, h, i), k = at(c, c.keyHeads, c.keys, b, h / (c.heads / c.keyHeads), j);
  double sum = 0;
  for (int64_t d = 0; d < c.depth; ++d)
    sum += double(data.q[q + d]) * data.k[k + d];
  sum *= 0.25;
  if (c.softcap != 0)
    sum = c.softcap * std::tanh(sum / c.softcap);
  size_t m = (c.maskRows ? b * c.queries + i : b) * c.keys + j;
  if (c.mask == "f32")
    sum += data.mask[m];
  bool removed = (c.causal && j > i) || (c.mask == "i1" && !data.kept[m]);
  return removed ? -INFINITY : sum;
}

std::vector<double> reference(const AttentionCase &c, const AttentionData &data) {
  std::vector<double> result(data.q.size());
  for (int64_t b = 0; b < c.batch; ++b)
    for (int64_t h = 0; h < c.heads; ++h)
      for (int64_t i = 0; i < c.queries; ++i) {
        double total = 0;
        double *out = &result[at(c, c.heads, c.queries, b, h, i)];
        for (int64_t j = 0; j < c.keys; ++j) {
          double weight = std::exp(score(c, data, b, h, i, j));
          size_t v = at(c, c.keyHeads, c.keys, b, h / (c.heads / c.keyHeads), j);
          total += weight;
          for (int64_t d = 0; d < c.depth; ++d)
            out[d] += weight * data.v[v + d];
        }
        for (int64_t d = 0; d < c.depth; ++d)
          out[d] = total == 0 ? 0 : out[d] / total;
      }
  return result;
}

std::vector<float> runCase(const CompiledKernel &kernel, const AttentionCase &c, const AttentionData &data,
                           int64_t step) {
  GuardedBuffer q = guarded(data.q), k = guarded(data.k), v = guarded(data.v), floats = guarded(data.mask),
                bits(data.kept.size()), out(data.q.size() * sizeof(float));
  std::memcpy(bits.data(), data.kept.data(), data.kept.size());
  std::vector<void *> buffers{q.data(), k.data(), v.data()};
  if (!c.mask.empty())
    buffers.push_back(c.mask == "i1" ? bits.data() : floats.data());
  buffers.push_back(out.data());
  std::vector<int64_t> symbols{c.batch, c.queries, c.keys};
  int64_t tiles = kernel.tiles(symbols);
  for (int64_t begin = 0; begin < tiles; begin += step)
    kernel.run(buffers, symbols, begin, std::min(tiles, begin + step));
  EXPECT_TRUE(q.intact() && k.intact() && v.intact() && out.intact());
  return std::vector<float>(out.as<float>(), out.as<float>() + data.q.size());
}

class Attention : public testing::TestWithParam<std::string> {
protected:
  void check(const AttentionCase &c) {
    auto kernel = CompiledKernel::compile(moduleText(c), GetParam());
    ASSERT_TRUE(kernel) << moduleText(c);
    EXPECT_EQ(kernel->name.substr(0, 13), "cpu_attention") << moduleText(c);
    if (!canExecute(GetParam()))
      return;
    AttentionData data(c);
    std::vector<float> whole = runCase(*kernel, c, data, 1 << 30);
    EXPECT_LT(relativeError(whole.data(), reference(c, data)), 3e-6) << moduleText(c);
    std::vector<float> pieces = runCase(*kernel, c, data, 1);
    EXPECT_EQ(std::memcmp(whole.data(), pieces.data(), whole.size() * sizeof(float)), 0);
  }
};

TEST_P(Attention, LengthsAroundTheBlocks) {
  for (int64_t keys : {1, 7, 127, 128, 129, 300})
    check({1, 2, 2, 5, keys, 32, ""});
  for (int64_t queries : {1, 41, 43, 211})
    check({2, 1, 1, queries, 40, 64, ""});
}

TEST_P(Attention, OddDepths) {
  for (int64_t depth : {1, 12, 33, 80})
    check({1, 2, 1, 9, 20, depth, ""});
}

TEST_P(Attention, Masks) {
  check({2, 2, 2, 9, 140, 32, "f32"});
  check({2, 2, 2, 9, 140, 32, "f32", true});
  check({2, 2, 2, 9, 140, 32, "i1"});
  check({2, 2, 2, 9, 13, 32, "i1", true});
}

TEST_P(Attention, CausalAndSoftcap) {
  check({1, 2, 2, 300, 300, 32, "", false, true});
  check({1, 2, 2, 20, 150, 32, "", false, true});
  check({1, 2, 2, 20, 30, 32, "f32", true, true, false, false, 2.0});
}

TEST_P(Attention, HeadsInsideAndUnknownLengths) {
  check({2, 4, 2, 17, 29, 40, "f32", false, false, true});
  check({2, 4, 4, 50, 131, 64, "f32", false, false, true, true});
  check({2, 4, 4, 50, 131, 64, "i1", true, false, false, true});
}

INSTANTIATE_TEST_SUITE_P(Levels, Attention, testing::ValuesIn(testLevels()));

} // namespace
} // namespace dsc::test
