#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""The seeded models of the tests by name, and inputs for them.

usage: models.py NAME OUT.onnx [--small]
"""
import argparse

import numpy as np
import onnx

from convnets import mobilenet_v2, resnet50, unet
from transformers import bert_base, gpt2_small, vit_b16

MODELS = {
    "resnet50": resnet50,
    "bert_base": bert_base,
    "gpt2_small": gpt2_small,
    "vit_b16": vit_b16,
    "mobilenet_v2": mobilenet_v2,
    "unet": unet,
}


def random_tensor(name, shape, kind, high, random):
    """Values a model accepts: images have coarse structure (noise alone would average out in a global pool), masks are
    ones with padding at the end, types are 0 or 1, ids below high."""
    if kind == onnx.TensorProto.FLOAT and len(shape) == 4:
        coarse = random.standard_normal((shape[0], shape[1], 2, 2)).astype(np.float32)
        blocks = np.kron(2 * coarse, np.ones((1, 1, -(-shape[2] // 2), -(-shape[3] // 2)), np.float32))
        return blocks[:, :, :shape[2], :shape[3]] + random.standard_normal(shape).astype(np.float32)
    if kind == onnx.TensorProto.FLOAT:
        return random.standard_normal(shape).astype(np.float32)
    if "mask" in name:
        lengths = random.integers(1, shape[1] + 1, shape[0])
        lengths[0] = shape[1]
        return (np.arange(shape[1])[None] < lengths[:, None]).astype(np.int64)
    return random.integers(0, 2 if "type" in name else high, shape)


def random_inputs(model, sizes, seed):
    """{name: array} for the inputs of a model; `sizes` gives the symbolic ones by name."""
    random = np.random.default_rng(seed)
    # The first embedding table a graph of ours declares is the vocabulary.
    tables = [w.dims[0] for w in model.graph.initializer if len(w.dims) == 2]
    inputs = {}
    for value in model.graph.input:
        dims = value.type.tensor_type.shape.dim
        shape = [sizes[d.dim_param] if d.dim_param else d.dim_value for d in dims]
        inputs[value.name] = random_tensor(value.name, shape, value.type.tensor_type.elem_type, tables[0] if tables else 2,
                                           random)
    return inputs


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("name", choices=MODELS)
    parser.add_argument("out")
    parser.add_argument("--small", action="store_true")
    options = parser.parse_args()
    onnx.save(MODELS[options.name](options.small), options.out)


if __name__ == "__main__":
    main()
