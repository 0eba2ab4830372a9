#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Prints the node cases of the installed ONNX package that are inference on plain tensors, one name a line.

The printed list is checked in as plain-tensor-cases.txt and is the denominator of the conformance rate.
"""
import os
import sys

import onnx

T = onnx.TensorProto
TYPES = {
    T.FLOAT, T.UINT8, T.INT8, T.UINT16, T.INT16, T.INT32, T.INT64, T.BOOL, T.FLOAT16, T.DOUBLE, T.UINT32, T.UINT64,
    T.BFLOAT16
}
CONTROL_FLOW = {"If", "Loop", "Scan", "SequenceMap"}
LOSSES = {"SoftmaxCrossEntropyLoss", "NegativeLogLikelihoodLoss"}
# Their input is text or an encoded picture, whatever type carries it.
TEXT_AND_PICTURES = {"TfIdfVectorizer", "ImageDecoder"}
ONNX_DOMAINS = ("", "ai.onnx")


def is_plain_value(value):
    tensor = value.type.WhichOneof("value") == "tensor_type"
    return tensor and value.type.tensor_type.elem_type in TYPES


def is_plain_attribute(node, attribute):
    if attribute.HasField("t") and attribute.t.data_type not in TYPES:
        return False
    if attribute.name in ("to", "dtype") and attribute.i not in TYPES:
        return False
    training = node.op_type == "BatchNormalization" and attribute.name == "training_mode"
    return not (training and attribute.i)


def is_plain_node(node):
    if node.domain not in ONNX_DOMAINS or node.op_type in CONTROL_FLOW | LOSSES | TEXT_AND_PICTURES:
        return False
    if "Sequence" in node.op_type or node.op_type.startswith("Optional"):
        return False
    return all(is_plain_attribute(node, attribute) for attribute in node.attribute)


def is_plain(model):
    graph = model.graph
    return (all(opset.domain in ONNX_DOMAINS for opset in model.opset_import)
            and all(is_plain_value(value) for value in list(graph.input) + list(graph.output))
            and all(tensor.data_type in TYPES for tensor in graph.initializer)
            and all(is_plain_node(node) for node in graph.node))


def main():
    default = os.path.join(os.path.dirname(onnx.__file__), "backend", "test", "data", "node")
    folder = sys.argv[1] if len(sys.argv) > 1 else default
    for case in sorted(os.listdir(folder)):
        path = os.path.join(folder, case, "model.onnx")
        if os.path.exists(path) and is_plain(onnx.load(path)):
            print(case)


if __name__ == "__main__":
    main()
