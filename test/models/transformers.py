# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Seeded transformers in the shape exporters give them: BERT-base, GPT-2 small, ViT-B/16."""
import numpy as np
from onnx import TensorProto

from graph import Graph


def layer_norm(g, x, width):
    return g.op("LayerNormalization", x, g.normal((width,), 0.1, 1.0), g.normal((width,), 0.05), axis=-1, epsilon=1e-5)


def decomposed_layer_norm(g, x, width):
    """Below opset 17 a layer norm is nine nodes."""
    centred = g.op("Sub", x, g.op("ReduceMean", x, axes=[-1], keepdims=1))
    squares = g.op("Pow", centred, g.const(2, np.float32))
    variance = g.op("Add", g.op("ReduceMean", squares, axes=[-1], keepdims=1), g.const(1e-5, np.float32))
    scaled = g.op("Mul", g.op("Div", centred, g.op("Sqrt", variance)), g.normal((width,), 0.1, 1.0))
    return g.op("Add", scaled, g.normal((width,), 0.05))


def erf_gelu(g, x):
    e = g.op("Erf", g.op("Div", x, g.const(np.sqrt(2), np.float32)))
    return g.op("Mul", g.op("Mul", x, g.op("Add", e, g.const(1, np.float32))), g.const(0.5, np.float32))


def tanh_gelu(g, x):
    cube = g.op("Mul", g.op("Pow", x, g.const(3, np.float32)), g.const(0.044715, np.float32))
    t = g.op("Tanh", g.op("Mul", g.op("Add", x, cube), g.const(np.sqrt(2 / np.pi), np.float32)))
    half = g.op("Mul", x, g.const(0.5, np.float32))
    return g.op("Mul", half, g.op("Add", t, g.const(1, np.float32)))


def split_heads(g, x, heads, size, perm):
    return g.op("Transpose", g.reshape(x, g.dim(x, 0), g.dim(x, 1), heads, size), perm=perm)


def merge_heads(g, x, width):
    x = g.op("Transpose", x, perm=[0, 2, 1, 3])
    return g.reshape(x, g.dim(x, 0), g.dim(x, 1), width)


def bert_layer(g, x, mask, width, heads):
    size = width // heads
    query = split_heads(g, g.linear(x, width, width), heads, size, [0, 2, 1, 3])
    key = split_heads(g, g.linear(x, width, width), heads, size, [0, 2, 3, 1])
    value = split_heads(g, g.linear(x, width, width), heads, size, [0, 2, 1, 3])
    scores = g.op("Div", g.op("MatMul", query, key), g.const(np.sqrt(size), np.float32))
    weights = g.op("Softmax", g.op("Add", scores, mask), axis=-1)
    attended = g.linear(merge_heads(g, g.op("MatMul", weights, value), width), width, width)
    x = layer_norm(g, g.op("Add", attended, x), width)
    hidden = erf_gelu(g, g.linear(x, width, 4 * width))
    return layer_norm(g, g.op("Add", g.linear(hidden, 4 * width, width), x), width)


def bert_base(small=False):
    g = Graph("bert_base", 17, seed=12)
    width, heads, layers, vocabulary, sequence = (64, 4, 2, 100, 16) if small else (768, 12, 12, 30522, 128)
    ids = g.input("input_ids", ["batch", sequence], TensorProto.INT64)
    attention = g.input("attention_mask", ["batch", sequence], TensorProto.INT64)
    types = g.input("token_type_ids", ["batch", sequence], TensorProto.INT64)
    wide = g.op("Unsqueeze", g.op("Unsqueeze", attention, g.const([1])), g.const([2]))
    mask = g.op("Sub", g.const(1, np.float32), g.op("Cast", wide, to=TensorProto.FLOAT))
    mask = g.op("Mul", mask, g.const(np.finfo(np.float32).min, np.float32))
    words = g.op("Gather", g.normal((vocabulary, width), 1.0), ids)
    x = g.op("Add", words, g.op("Gather", g.normal((2, width), 0.5), types))
    positions = g.op("Slice", g.tensor(np.arange(512, dtype=np.int64)[None]), g.const([0]), g.op(
        "Unsqueeze", g.dim(ids, 1), g.const([0])), g.const([1]))
    x = layer_norm(g, g.op("Add", x, g.op("Gather", g.normal((512, width), 0.5), positions)), width)
    for layer in range(layers):
        g.scope = f"/encoder/layer.{layer}"
        x = bert_layer(g, x, mask, width, heads)
    g.scope = "/pooler"
    first = g.op("Gather", x, g.const(0), axis=1)
    pooled = g.op("Gemm", first, g.normal((width, width), 0.5 * width ** -0.5), g.normal((width,), 0.02), transB=1)
    g.scope = ""
    g.output(x, "last_hidden_state", ["batch", sequence, width])
    g.output(g.op("Tanh", pooled), "pooler_output", ["batch", width])
    return g.model()


def conv1d(g, x, c_in, c_out):
    """GPT-2's linear layer: rows are flattened around a Gemm."""
    rows = g.reshape(x, -1, g.dim(x, 2))
    y = g.op("Gemm", rows, g.normal((c_in, c_out), c_in ** -0.5), g.normal((c_out,), 0.02), alpha=1.0, beta=1.0)
    return g.reshape(y, g.dim(x, 0), g.dim(x, 1), c_out)


def gpt2_layer(g, x, causal, width, heads):
    normed = decomposed_layer_norm(g, x, width)
    query, key, value = g.op("Split", conv1d(g, normed, width, 3 * width), g.const([width] * 3), outputs=3, axis=2)
    query = split_heads(g, query, heads, width // heads, [0, 2, 1, 3])
    key = split_heads(g, key, heads, width // heads, [0, 2, 3, 1])
    value = split_heads(g, value, heads, width // heads, [0, 2, 1, 3])
    scores = g.op("Div", g.op("MatMul", query, key), g.const(np.sqrt(width // heads), np.float32))
    end = g.op("Unsqueeze", g.dim(scores, 3), g.const([0]))
    mask = g.op("Slice", g.op("Slice", causal, g.const([0]), end, g.const([2])), g.const([0]), end, g.const([3]))
    scores = g.op("Where", mask, scores, g.const(np.finfo(np.float32).min, np.float32))
    attended = merge_heads(g, g.op("MatMul", g.op("Softmax", scores, axis=-1), value), width)
    x = g.op("Add", x, conv1d(g, attended, width, width))
    hidden = tanh_gelu(g, conv1d(g, decomposed_layer_norm(g, x, width), width, 4 * width))
    return g.op("Add", x, conv1d(g, hidden, 4 * width, width))


def gpt2_small(small=False):
    g = Graph("gpt2_small", 13, seed=117)
    width, heads, layers, vocabulary, sequence, context = (64, 4, 2, 101, 16, 32) if small else (
        768, 12, 12, 50257, 64, 1024)
    ids = g.input("input_ids", ["batch", sequence], TensorProto.INT64)
    causal = g.tensor(np.tril(np.ones((1, 1, context, context), dtype=bool)))
    positions = g.op("Range", g.const(0), g.dim(ids, 1), g.const(1))
    positions = g.op("Unsqueeze", positions, g.const([0]))
    x = g.op("Add", g.op("Gather", g.normal((vocabulary, width), 0.5), ids),
             g.op("Gather", g.normal((context, width), 0.2), positions))
    for layer in range(layers):
        g.scope = f"/transformer/h.{layer}"
        x = gpt2_layer(g, x, causal, width, heads)
    g.scope = ""
    x = decomposed_layer_norm(g, x, width)
    logits = g.op("MatMul", x, g.normal((width, vocabulary), width ** -0.5))
    g.output(logits, "logits", ["batch", sequence, vocabulary])
    return g.model()


def vit_layer(g, x, width, heads):
    size = width // heads
    qkv = g.linear(layer_norm(g, x, width), width, 3 * width)
    qkv = g.reshape(qkv, g.dim(x, 0), g.dim(x, 1), 3, heads, size)
    qkv = g.op("Transpose", qkv, perm=[2, 0, 3, 1, 4])
    query, key, value = (g.op("Gather", qkv, g.const(i), axis=0) for i in range(3))
    root = g.const(size ** -0.25, np.float32)
    key = g.op("Mul", g.op("Transpose", key, perm=[0, 1, 3, 2]), root)
    weights = g.op("Softmax", g.op("MatMul", g.op("Mul", query, root), key), axis=-1)
    x = g.op("Add", x, g.linear(merge_heads(g, g.op("MatMul", weights, value), width), width, width))
    hidden = g.op("Gelu", g.linear(layer_norm(g, x, width), width, 4 * width))
    return g.op("Add", x, g.linear(hidden, 4 * width, width))


def vit_b16(small=False):
    g = Graph("vit_b16", 20, seed=16)
    width, heads, layers, side, classes = (64, 4, 2, 48, 10) if small else (768, 12, 12, 224, 1000)
    pixels = g.input("pixel_values", ["batch", 3, side, side])
    weight = g.normal((width, 3, 16, 16), 768 ** -0.5)
    patches = g.op("Conv", pixels, weight, g.normal((width,), 0.02), kernel_shape=[16, 16], strides=[16, 16])
    patches = g.op("Transpose", g.reshape(patches, g.dim(pixels, 0), width, -1), perm=[0, 2, 1])
    sizes = g.op("Concat", g.op("Unsqueeze", g.dim(pixels, 0), g.const([0])), g.const([-1, -1]), axis=0)
    ones = g.op("ConstantOfShape", g.op("Shape", sizes), value=minus_one())
    sizes = g.op("Where", g.op("Equal", sizes, ones), g.op("Abs", ones), sizes)
    token = g.op("Expand", g.normal((1, 1, width), 0.5), sizes)
    x = g.op("Concat", token, patches, axis=1)
    x = g.op("Add", x, g.normal((1, (side // 16) ** 2 + 1, width), 0.2))
    for layer in range(layers):
        g.scope = f"/encoder/layer.{layer}"
        x = vit_layer(g, x, width, heads)
    g.scope = ""
    first = g.op("Gather", layer_norm(g, x, width), g.const(0), axis=1)
    logits = g.op("Gemm", first, g.normal((classes, width), width ** -0.5), g.normal((classes,), 0.02), transB=1)
    g.output(logits, "logits", ["batch", classes])
    return g.model()


def minus_one():
    """The fill value of ConstantOfShape when torch expands with -1: sizes of -1 become 1."""
    from onnx import numpy_helper
    return numpy_helper.from_array(np.array([-1], dtype=np.int64))
