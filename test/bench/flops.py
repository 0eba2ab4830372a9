# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Nominal floating point operations of a model: matrix products and convolutions, a multiply-add is two."""
import math

import onnx
import onnxruntime

CONTRACTIONS = ("MatMul", "Gemm", "Conv")


def measured_shapes(model, inputs, names):
    """{value name: shape} of some values, found by running the model once; exporters' shape chains defeat inference."""
    probe = onnx.ModelProto()
    probe.CopyFrom(model)
    del probe.graph.output[:]
    probe.graph.output.extend(onnx.ValueInfoProto(name=name) for name in names)
    options = onnxruntime.SessionOptions()
    options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_DISABLE_ALL
    options.log_severity_level = 3
    session = onnxruntime.InferenceSession(probe.SerializeToString(), options)
    return {name: list(value.shape) for name, value in zip(names, session.run(None, inputs))}


def node_flops(node, shapes):
    per_output = math.prod(shapes[node.input[1]][1:]) if node.op_type == "Conv" else shapes[node.input[0]][-1]
    return 2 * math.prod(shapes[node.output[0]]) * per_output


def count(model, inputs):
    """Operations of one run on these inputs; products with a transposed left side are none of ours."""
    nodes = [node for node in model.graph.node if node.op_type in CONTRACTIONS]
    shapes = {w.name: list(w.dims) for w in model.graph.initializer}
    shapes.update({name: list(value.shape) for name, value in inputs.items()})
    wanted = {name for node in nodes for name in (*node.input[:2], node.output[0])} - set(shapes)
    shapes.update(measured_shapes(model, inputs, sorted(wanted)))
    return sum(node_flops(node, shapes) for node in nodes)
