# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Single products and convolutions as ONNX models: what the bars on one core's peak are measured with."""
import numpy as np
from onnx import TensorProto, helper, numpy_helper

PRODUCTS = [(128, 768, 768), (127, 761, 509), (128, 3072, 768), (128, 768, 3072), (1, 768, 768)]
CONVOLUTIONS = [(56, 64), (28, 128), (14, 256), (7, 512)]


def single(name, node, shape_in, shape_out, weight):
    """A model of one node with a random weight."""
    values = np.random.default_rng(1).standard_normal(weight, dtype=np.float32) / np.float32(np.prod(weight[1:]) ** 0.5)
    graph = helper.make_graph([node], name, [helper.make_tensor_value_info("x", TensorProto.FLOAT, shape_in)],
                              [helper.make_tensor_value_info("y", TensorProto.FLOAT, shape_out)],
                              [numpy_helper.from_array(values, "w")])
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)


def all_operators():
    """(name, model) of each; convolutions are 3x3 with padding, as ResNet has them."""
    for m, n, k in PRODUCTS:
        yield f"matmul {m}x{n}x{k}", single("product", helper.make_node("MatMul", ["x", "w"], ["y"]), [m, k], [m, n], (k, n))
    for side, channels in CONVOLUTIONS:
        node = helper.make_node("Conv", ["x", "w"], ["y"], kernel_shape=[3, 3], pads=[1, 1, 1, 1])
        shape = [1, channels, side, side]
        yield f"conv3x3 {side}x{side}x{channels}", single("conv", node, shape, shape, (channels, channels, 3, 3))
