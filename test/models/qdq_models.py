#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""QDQ models made by onnxruntime's quantizer, against their literal arithmetic: onnxruntime without optimisations.

usage: qdq_models.py --bin DIR [--models resnet50,...] [--kinds u8s8,...] [--inputs 4] [--small]
The arithmetic of a quantized model is only defined up to values that fall between two steps. So dsc may differ from the
literal one as much as a model whose weight scales are off by one part in a million: the median of the signal-to-noise
ratio over the inputs must reach that model's, less 1 dB.
"""
import argparse
import sys
import tempfile
from pathlib import Path

import numpy as np
import onnx
import onnxruntime
from onnx import numpy_helper

import compare
import models
import quantized


def literal(model_bytes):
    options = onnxruntime.SessionOptions()
    options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_DISABLE_ALL
    options.log_severity_level = 3
    return onnxruntime.InferenceSession(model_bytes, options, providers=["CPUExecutionProvider"])


def perturbed(model, seed):
    """The model with the scales of its weights multiplied by 1 + 1e-6 u, u uniform in [-1, 1]."""
    random = np.random.default_rng(seed)
    model = onnx.ModelProto.FromString(model.SerializeToString())
    constants = {tensor.name: tensor for tensor in model.graph.initializer}
    for node in model.graph.node:
        if node.op_type == "DequantizeLinear" and node.input[0] in constants and node.input[1] in constants:
            tensor = constants[node.input[1]]
            scale = numpy_helper.to_array(tensor)
            changed = scale.astype(np.float64) * (1 + 1e-6 * random.uniform(-1, 1, scale.shape))
            tensor.CopyFrom(numpy_helper.from_array(changed.astype(scale.dtype), tensor.name))
    return model


def ratio(reference, other):
    """Signal to noise in dB, 200 where nothing differs: medians of infinities say nothing."""
    found = compare.sqnr(reference, other)
    return found if np.isfinite(found) else 200.0


def check(name, kind, options, folder):
    path = quantized.qdq_file(name, kind, options.small)
    model = onnx.load(path)
    exact, near = literal(model.SerializeToString()), literal(perturbed(model, 7).SerializeToString())
    names = [output.name for output in exact.get_outputs()]
    compare.run_tool(options.bin / "dsc-compile", path, "-o", folder / "plan.dsc")
    ours, allowed = [], []
    for seed in range(options.inputs):
        inputs = models.random_inputs(model, {"batch": 1, "sequence": quantized.SIZES["sequence"]}, 1000 + seed)
        reference = exact.run(names, inputs)
        got = compare.dsc_outputs(options.bin, folder / "plan.dsc", inputs, folder)
        ours.append(ratio(reference, [got[n] for n in names]))
        allowed.append(ratio(reference, near.run(names, inputs)))
    good = np.median(ours) >= np.median(allowed) - 1
    print(f"{'ok  ' if good else 'FAIL'} {name} {kind}: median SQNR {np.median(ours):.1f} dB, perturbed "
          f"{np.median(allowed):.1f} dB, worst {min(ours):.1f} and {min(allowed):.1f} dB over {options.inputs} inputs", flush=True)
    return good


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--bin", type=Path, required=True)
    parser.add_argument("--models", type=lambda text: text.split(","),
                        default=["resnet50", "mobilenet_v2", "bert_base", "vit_b16"])
    parser.add_argument("--kinds", type=lambda text: text.split(","), default=["u8s8", "s8s8", "u8s8c"])
    parser.add_argument("--inputs", type=int, default=16)
    parser.add_argument("--small", action="store_true")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        good = [check(name, kind, options, Path(folder)) for name in options.models for kind in options.kinds]
    sys.exit(not all(good))


if __name__ == "__main__":
    main()
