# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""A thin builder over onnx.helper: names nodes as exporters do and draws seeded weights."""
import numpy as np
from onnx import TensorProto, helper, numpy_helper


class Graph:
    """Collects nodes, weights, inputs and outputs of one model; every value is its name."""

    def __init__(self, name, opset, seed):
        self.name, self.opset = name, opset
        self.random = np.random.default_rng(seed)
        self.nodes, self.weights, self.inputs, self.outputs = [], [], [], []
        self.scope, self.count = "", 0

    def input(self, name, shape, dtype=TensorProto.FLOAT):
        self.inputs.append(helper.make_tensor_value_info(name, dtype, shape))
        return name

    def output(self, value, name, shape, dtype=TensorProto.FLOAT):
        self.op("Identity", value, name=name)
        self.outputs.append(helper.make_tensor_value_info(name, dtype, shape))

    def op(self, kind, *inputs, name=None, outputs=1, **attributes):
        """Adds a node; returns the name of its output, or a list when there are several."""
        self.count += 1
        path = f"{self.scope}/{kind}_{self.count}"
        results = [name] if name else [f"{path}_output_{i}" for i in range(outputs)]
        self.nodes.append(helper.make_node(kind, list(inputs), results, name=path, **attributes))
        return results[0] if outputs == 1 else results

    def tensor(self, array, name=None):
        """An initializer with the given contents."""
        name = name or f"{self.scope or 'onnx'}::{len(self.weights)}"
        self.weights.append(numpy_helper.from_array(np.ascontiguousarray(array), name))
        return name

    def normal(self, shape, deviation, mean=0.0):
        """An initializer drawn from a normal distribution."""
        values = self.random.standard_normal(shape, dtype=np.float32)
        return self.tensor(values * np.float32(deviation) + np.float32(mean))

    def const(self, value, dtype=np.int64):
        """A Constant node, as TorchScript writes every literal."""
        array = np.asarray(value, dtype=dtype)
        return self.op("Constant", value=numpy_helper.from_array(array))

    def dim(self, value, axis):
        """One size of a value as a scalar: Shape, then Gather."""
        return self.op("Gather", self.op("Shape", value), self.const(axis), axis=0)

    def reshape(self, value, *sizes):
        """Reshape to sizes that are numbers or scalars computed by the graph: Unsqueeze and Concat, as exporters do."""
        if all(isinstance(size, int) for size in sizes):
            return self.op("Reshape", value, self.const(sizes))
        parts = [self.const([s]) if isinstance(s, int) else self.op("Unsqueeze", s, self.const([0])) for s in sizes]
        return self.op("Reshape", value, self.op("Concat", *parts, axis=0))

    def linear(self, value, rows, columns, deviation=None):
        """MatMul and Add of a bias, the bias first."""
        weight = self.normal((rows, columns), deviation or rows ** -0.5)
        bias = self.normal((columns,), 0.02)
        return self.op("Add", bias, self.op("MatMul", value, weight))

    def model(self):
        graph = helper.make_graph(self.nodes, self.name, self.inputs, self.outputs, self.weights)
        opsets = [helper.make_opsetid("", self.opset)]
        return helper.make_model(graph, opset_imports=opsets, ir_version=8, producer_name="dsc-test-models")
