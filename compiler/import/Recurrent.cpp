// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Readers of recurrent layers: the products of all steps with the input at once, then one step after the other.

#include "compiler/import/OpTable.h"

using namespace mlir;

namespace dsc::onnx_import {
namespace {

/// A kernel per step and gate is what unrolling costs.
constexpr int64_t mostSteps = 256;

enum class CellKind { Rnn, Gru, Lstm };

struct State {
  Value hidden, cell;
};

/// One direction of a layer. Weights are `[gates * hidden, ...]`, as ONNX stores them.
struct Cell {
  NodeReader &n;
  CellKind kind;
  int64_t hidden;
  double clip;
  ArrayRef<std::string> activations;
  bool flag;              ///< LSTM: 'input_forget'; GRU: 'linear_before_reset'
  Value recurrent;        ///< weight of the state
  Value bias;             ///< GRU with `flag`: of the state's part of the candidate; else null
  Value peepholes;        ///< LSTM: `[3 * hidden]`, of input, output and forget gate; may be null

  Value gate(Value all, int64_t index, int64_t count = 1) const {
    return n.slice(all, n.getRank(all) - 1, n.constantDim(index * hidden), n.constantDim((index + count) * hidden));
  }
  Value add(Value a, Value b) const { return n.create<AddOp>({a, b}); }
  Value mul(Value a, Value b) const { return n.create<MulOp>({a, b}); }
  Value oneMinus(Value x) const { return n.create<SubOp>({n.makeScalar(1, n.getElementType(x)), x}); }
  Value multiply(Value state, Value weight) const {
    return n.create<MatmulOp>({state, weight}, {n.unitAttr("transpose_rhs")});
  }
  /// Rows of the recurrent weight that belong to gates.
  Value rows(int64_t index, int64_t count) const {
    return n.slice(recurrent, 0, n.constantDim(index * hidden), n.constantDim((index + count) * hidden));
  }
  Value activate(size_t which, Value x) const;
  Value clipped(Value x) const;
  State step(Value input, const State &state) const;
  State stepLstm(Value input, const State &state) const;
  State stepGru(Value input, const State &state) const;
};

Value Cell::clipped(Value x) const {
  Type type = n.getElementType(x);
  return clip > 0 ? n.create<MinOp>({n.create<MaxOp>({x, n.makeScalar(-clip, type)}), n.makeScalar(clip, type)}) : x;
}

Value Cell::activate(size_t which, Value x) const {
  // As onnxruntime has it, what goes into gates is clipped, and the state of the cell is not.
  x = which < 2 ? clipped(x) : x;
  StringRef name = activations[which];
  if (name.equals_insensitive("sigmoid"))
    return n.create<SigmoidOp>({x});
  if (name.equals_insensitive("tanh"))
    return n.create<TanhOp>({x});
  if (!name.equals_insensitive("relu"))
    n.fail("expected activations of Relu, Sigmoid and Tanh, but got '" + name + "'");
  return n.create<ReluOp>({x});
}

/// Gates in the order input, output, forget, cell.
State Cell::stepLstm(Value input, const State &state) const {
  Value all = add(input, multiply(state.hidden, recurrent));
  Value in = gate(all, 0), out = gate(all, 1), forget = gate(all, 2);
  if (peepholes) {
    in = add(in, mul(gate(peepholes, 0), state.cell));
    forget = add(forget, mul(gate(peepholes, 2), state.cell));
  }
  in = activate(0, in);
  forget = flag ? oneMinus(in) : activate(0, forget);
  Value cell = add(mul(forget, state.cell), mul(in, activate(1, gate(all, 3))));
  if (peepholes)
    out = add(out, mul(gate(peepholes, 1), cell));
  out = activate(0, out);
  return {mul(out, activate(2, cell)), cell};
}

/// Gates in the order update, reset, candidate.
State Cell::stepGru(Value input, const State &state) const {
  Value both = activate(0, add(gate(input, 0, 2), multiply(state.hidden, rows(0, 2))));
  Value update = gate(both, 0), reset = gate(both, 1);
  Value fromState = flag ? multiply(state.hidden, rows(2, 1)) : multiply(mul(reset, state.hidden), rows(2, 1));
  if (bias)
    fromState = add(fromState, bias);
  if (flag)
    fromState = mul(reset, fromState);
  Value candidate = activate(1, add(gate(input, 2), fromState));
  return {add(mul(oneMinus(update), candidate), mul(update, state.hidden)), nullptr};
}

State Cell::step(Value input, const State &state) const {
  if (kind == CellKind::Lstm)
    return stepLstm(input, state);
  if (kind == CellKind::Gru)
    return stepGru(input, state);
  return {activate(0, add(input, multiply(state.hidden, recurrent))), nullptr};
}

/// The layer as a whole.
struct Layer {
  Layer(NodeReader &n, CellKind kind) : n(n), kind(kind) {}

  NodeReader &n;
  CellKind kind;
  Value input; ///< `[steps, batch, features]`
  Value lengths; ///< i64 `[batch, 1]`, or null
  int64_t steps = 0, hidden = 0, directions = 1;
  bool batchFirst = false, isReverse = false;
  SmallVector<std::string> activations;

  int64_t gates() const { return kind == CellKind::Lstm ? 4 : kind == CellKind::Gru ? 3 : 1; }
  Value ofDirection(Value all, int64_t direction) const {
    return n.squeeze(n.slice(all, 0, n.constantDim(direction), n.constantDim(direction + 1)), {0});
  }
  Value initial(size_t operand, int64_t direction);
  Cell makeCell(int64_t direction, Value &projected);
  std::pair<Value, State> run(int64_t direction);
};

Value Layer::initial(size_t operand, int64_t direction) {
  if (Value given = n.get(operand))
    return ofDirection(n.widen(batchFirst ? n.transpose(given, {1, 0, 2}) : given), direction);
  Value zero = n.makeScalar(0, n.getElementType(input));
  return n.create<ExpandOp>({zero, n.makeDims({n.getDim(input, 1), n.constantDim(hidden)})});
}

/// The cell, and the input's products with the weight and all biases that can be added to them at once.
Cell Layer::makeCell(int64_t direction, Value &projected) {
  bool flag = kind == CellKind::Lstm ? n.getFlag("input_forget", false)
                                     : kind == CellKind::Gru && n.getFlag("linear_before_reset", false);
  int64_t perDirection = int64_t(activations.size()) / directions;
  Cell cell{n, kind, hidden, n.getFloat("clip", 0),
            ArrayRef<std::string>(activations).slice(direction * perDirection, perDirection), flag,
            ofDirection(n.widen(n.require(2)), direction), nullptr, nullptr};
  projected = cell.multiply(input, ofDirection(n.widen(n.require(1)), direction));
  if (Value given = n.get(3)) {
    Value both = ofDirection(n.widen(given), direction);
    Value ofState = cell.gate(both, gates(), gates());
    if (flag && kind == CellKind::Gru) {
      cell.bias = cell.gate(ofState, 2);
      Value zero = n.create<MulOp>({cell.bias, n.makeScalar(0, n.getElementType(both))});
      ofState = n.create<ConcatOp>({cell.gate(ofState, 0, 2), zero}, {n.intAttr("axis", 0)});
    }
    projected = cell.add(projected, cell.add(cell.gate(both, 0, gates()), ofState));
  }
  if (kind == CellKind::Lstm && n.has(7))
    cell.peepholes = ofDirection(n.widen(n.get(7)), direction);
  return cell;
}

/// All hidden states `[steps, 1, batch, hidden]` and the last state. A row that has ended keeps its state and yields 0; a
/// reverse run waits with the initial state until it comes to the row's end.
std::pair<Value, State> Layer::run(int64_t direction) {
  Value projected;
  Cell cell = makeCell(direction, projected);
  State state{initial(5, direction), kind == CellKind::Lstm ? initial(6, direction) : Value()};
  bool backwards = isReverse || direction == 1;
  SmallVector<Value> outputs(steps);
  Type type = n.getElementType(input);
  for (int64_t i = 0; i < steps && !n.hasFailed(); ++i) {
    int64_t at = backwards ? steps - 1 - i : i;
    Value now = n.squeeze(n.slice(projected, 0, n.constantDim(at), n.constantDim(at + 1)), {0});
    State next = cell.step(now, state);
    Value output = next.hidden;
    if (lengths) {
      Value runs = n.create<GreaterOp>({lengths, n.makeScalar(double(at), n.builder.getI64Type())});
      output = n.create<WhereOp>({runs, next.hidden, n.makeScalar(0, type)});
      next.hidden = n.create<WhereOp>({runs, next.hidden, state.hidden});
      if (next.cell)
        next.cell = n.create<WhereOp>({runs, next.cell, state.cell});
    }
    outputs[at] = n.unsqueeze(output, {0, 1});
    state = next;
  }
  if (n.hasFailed())
    return {Value(), state};
  return {n.create<ConcatOp>(outputs, {n.intAttr("axis", 0)}), state};
}

/// False after a failure.
bool readLayer(Layer &layer) {
  NodeReader &n = layer.n;
  std::string direction = n.getString("direction", "forward");
  layer.directions = direction == "bidirectional" ? 2 : 1;
  layer.isReverse = direction == "reverse";
  layer.batchFirst = n.getFlag("layout", false);
  layer.input = n.widen(layer.batchFirst ? n.transpose(n.require(0), {1, 0, 2}) : n.require(0));
  layer.steps = n.requireStaticDim(layer.input, 0, "sequence length");
  layer.hidden = n.requireStaticDim(n.require(2), 2, "hidden size");
  if (n.hasFailed())
    return false;
  if (layer.steps < 1 || layer.steps > mostSteps)
    n.fail("expected 1 to " + Twine(mostSteps) + " steps, but got " + Twine(layer.steps));
  if (n.has(4))
    layer.lengths = n.unsqueeze(n.castTo(n.get(4), n.builder.getI64Type()), {1});
  SmallVector<std::string> standard = layer.kind == CellKind::Lstm  ? SmallVector<std::string>{"Sigmoid", "Tanh", "Tanh"}
                                      : layer.kind == CellKind::Gru ? SmallVector<std::string>{"Sigmoid", "Tanh"}
                                                                    : SmallVector<std::string>{"Tanh"};
  ArrayRef<std::string> given = n.getStrings("activations");
  layer.activations.assign(given.begin(), given.end());
  for (int64_t i = 0; given.empty() && i < layer.directions; ++i)
    layer.activations.append(standard.begin(), standard.end());
  size_t expected = standard.size() * size_t(layer.directions);
  if (layer.activations.size() != expected)
    n.fail("expected " + Twine(expected) + " activations, but got " + Twine(layer.activations.size()));
  return !n.hasFailed();
}

/// Operands: input, weight, recurrent weight, bias, lengths, initial hidden and cell state, peepholes.
template <CellKind kind>
void readRecurrent(NodeReader &n) {
  Layer layer(n, kind);
  if (!readLayer(layer))
    return;
  SmallVector<Value> outputs, hidden, cells;
  for (int64_t direction = 0; direction < layer.directions; ++direction) {
    auto [output, state] = layer.run(direction);
    if (n.hasFailed())
      return;
    outputs.push_back(output);
    hidden.push_back(n.unsqueeze(state.hidden, {0}));
    if (state.cell)
      cells.push_back(n.unsqueeze(state.cell, {0}));
  }
  Type type = n.getElementType(n.require(0));
  auto finish = [&](size_t result, ArrayRef<Value> parts, int64_t axis, ArrayRef<int64_t> permutation) {
    if (!n.wants(result))
      return;
    Value all = n.castTo(n.create<ConcatOp>(parts, {n.intAttr("axis", axis)}), type);
    n.set(result, layer.batchFirst ? n.transpose(all, permutation) : all);
  };
  finish(0, outputs, 1, {2, 0, 1, 3});
  finish(1, hidden, 0, {1, 0, 2});
  if (kind == CellKind::Lstm)
    finish(2, cells, 0, {1, 0, 2});
}

constexpr StringRef limits = "a static number of steps, at most 256; Relu, Sigmoid, Tanh";

const OpRow rows[] = {
    {"RNN", readRecurrent<CellKind::Rnn>, 7, maxOpset, limits},
    {"GRU", readRecurrent<CellKind::Gru>, 7, maxOpset, limits},
    {"LSTM", readRecurrent<CellKind::Lstm>, 7, maxOpset, limits},
};

} // namespace

OpFamily getRecurrentFamily() { return {"Recurrent layers", rows}; }

} // namespace dsc::onnx_import
