# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""QDQ forms of the seeded models, as onnxruntime's static quantizer makes them, and variants with pairs left out."""
import hashlib
import logging
import tempfile
from pathlib import Path

import numpy as np
import onnx
import onnxruntime
from onnxruntime.quantization import CalibrationDataReader, QuantFormat, QuantType, quantize_static

import compare
import models

# Name: types of activations and weights, per channel.
KINDS = {
    "u8s8": (QuantType.QUInt8, QuantType.QInt8, False),
    "s8s8": (QuantType.QInt8, QuantType.QInt8, False),
    "u8s8c": (QuantType.QUInt8, QuantType.QInt8, True),
    "s8s8c": (QuantType.QInt8, QuantType.QInt8, True),
    "u8u8": (QuantType.QUInt8, QuantType.QUInt8, False),
}
CALIBRATION_SEEDS = range(100, 104)
# Shapes that symbolic sizes have while scales are found.
SIZES = {"batch": 1, "sequence": 64}


class Reader(CalibrationDataReader):
    def __init__(self, model):
        sizes = {d.dim_param: SIZES.get(d.dim_param, 1) for value in model.graph.input
                 for d in value.type.tensor_type.shape.dim if d.dim_param}
        self.items = iter([models.random_inputs(model, sizes, seed) for seed in CALIBRATION_SEEDS])

    def get_next(self):
        return next(self.items, None)


def folded(path, out):
    """The model with batch norms folded: the quantizer would put steps around them."""
    options = onnxruntime.SessionOptions()
    options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_ENABLE_BASIC
    options.optimized_model_filepath = str(out)
    onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])


def qdq_file(name, kind, small=False):
    """The path of the QDQ model, made once."""
    source = compare.model_file(name, small)
    own = hashlib.sha256(Path(__file__).read_bytes()).hexdigest()[:8]
    path = source.with_name(f"{source.stem}-{kind}-{own}.onnx")
    if path.exists():
        return path
    logging.getLogger().setLevel(logging.ERROR)
    activation, weight, per_channel = KINDS[kind]
    with tempfile.TemporaryDirectory(dir=source.parent) as folder:
        plain, made = Path(folder) / "plain.onnx", Path(folder) / "made.onnx"
        folded(source, plain)
        quantize_static(str(plain), str(made), Reader(onnx.load(source)), quant_format=QuantFormat.QDQ,
                        activation_type=activation, weight_type=weight, per_channel=per_channel)
        made.replace(path)
    return path


def without_pairs(model, seed, share=0.3):
    """A copy in which a share of the quantize-dequantize pairs of activations is gone, taken at random."""
    random = np.random.default_rng(seed)
    model = onnx.ModelProto.FromString(model.SerializeToString())
    quantizers = {node.output[0]: node for node in model.graph.node if node.op_type == "QuantizeLinear"}
    renamed, gone = {}, set()
    for node in model.graph.node:
        if node.op_type == "DequantizeLinear" and node.input[0] in quantizers and random.random() < share:
            renamed[node.output[0]] = quantizers[node.input[0]].input[0]
            gone.add(node.output[0])
    results = {value.name for value in model.graph.output}
    kept = [node for node in model.graph.node if node.output[0] not in gone or node.output[0] in results]
    for node in kept:
        for i, name in enumerate(node.input):
            node.input[i] = renamed.get(name, name)
    read = {name for node in kept for name in node.input} | results
    kept = [node for node in kept if any(output in read for output in node.output)]
    del model.graph.node[:]
    model.graph.node.extend(kept)
    return model
