#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Writes models that ONNX's text format cannot express into a folder: malformed tensors and external data."""
import os
import sys

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

folder = sys.argv[1]
os.makedirs(folder, exist_ok=True)


def path(name):
    return os.path.join(folder, name)


def save(name, tensor, output="y", node="add"):
    """A model that adds the tensor to its input."""
    x = helper.make_tensor_value_info("x", TensorProto.FLOAT, [4])
    y = helper.make_tensor_value_info(output, TensorProto.FLOAT, [4])
    nodes = [helper.make_node("Add", ["x", tensor.name], [output], name=node)]
    graph = helper.make_graph(nodes, "g", [x], [y], [tensor])
    model = helper.make_model(graph, ir_version=8, opset_imports=[helper.make_opsetid("", 17)])
    with open(path(name + ".onnx"), "wb") as file:
        file.write(model.SerializeToString())


def tensor(dims=(4,), data_type=TensorProto.FLOAT, **fields):
    result = TensorProto(name="w", dims=dims, data_type=data_type)
    for field, value in fields.items():
        if isinstance(value, list):
            getattr(result, field).extend(value)
        else:
            setattr(result, field, value)
    return result


def external(name, location, dims=(4,), **entries):
    result = tensor(dims=dims, data_location=TensorProto.EXTERNAL)
    for key, value in [("location", location)] + sorted(entries.items()):
        entry = result.external_data.add()
        entry.key, entry.value = key.rstrip("_"), str(value)
    save(name, result)


def write_malformed():
    four = np.arange(4, dtype=np.float32)
    save("raw-size", tensor(raw_data=b"12345"))
    save("two-data", tensor(raw_data=four.tobytes(), float_data=[1.0, 2.0, 3.0, 4.0]))
    save("undefined", tensor(data_type=0, raw_data=four.tobytes()))
    save("typed-count", tensor(float_data=[1.0]))
    save("range", tensor(data_type=TensorProto.FLOAT16, int32_data=[0, 1, 2, 70000]))
    save("negative", tensor(dims=(-4,), raw_data=four.tobytes()))
    save("overflow", tensor(dims=(1 << 62, 4), raw_data=four.tobytes()))
    save("text", tensor(data_type=TensorProto.STRING, string_data=[b"a", b"b", b"c", b"d"]))
    segment = tensor(raw_data=four.tobytes())
    segment.segment.begin = 0
    save("segment", segment)
    save("names", numpy_helper.from_array(np.zeros(5, np.float32), "w"), node="a\x1b[31m\nb\x00c")
    save("no-name", numpy_helper.from_array(four, "w"), output="y\x00z")
    x = helper.make_tensor_value_info("x", TensorProto.FLOAT, [4])
    y = helper.make_tensor_value_info("y", TensorProto.FLOAT, [4])
    graph = helper.make_graph([helper.make_node("Relu", ["x"], ["y"])], "g", [x], [y],
                              [numpy_helper.from_array(four, "w"), numpy_helper.from_array(four, "w")])
    graph.sparse_initializer.add().values.name = "sparse"
    onnx.save(helper.make_model(graph, ir_version=8, opset_imports=[helper.make_opsetid("", 17)]), path("twice.onnx"))


def write_nested():
    """A field that nests in itself more often than protobuf allows."""
    inner = b""
    for _ in range(200):
        graph = b"\x32" + encode(len(inner)) + inner
        node = b"\x2a" + encode(len(graph)) + graph
        inner = b"\x0a" + encode(len(node)) + node
    with open(path("nested.onnx"), "wb") as file:
        file.write(b"\x3a" + encode(len(inner)) + inner)


def encode(value):
    out = b""
    while value >= 0x80:
        out += bytes([value & 0x7f | 0x80])
        value >>= 7
    return out + bytes([value])


def write_external():
    np.arange(1024, dtype=np.float32).tofile(path("weights.bin"))
    with open(path("odd.bin"), "wb") as file:
        file.write(b"\0" + np.arange(1024, dtype=np.float32).tobytes())
    os.makedirs(path("sub"), exist_ok=True)
    np.zeros(4, np.float32).tofile(path("sub/inside.bin"))
    np.zeros(4, np.float32).tofile(path("linked.bin"))
    for link in ("link.bin", "linkdir", "hard.bin"):
        if os.path.lexists(path(link)):
            os.remove(path(link))
    os.symlink("weights.bin", path("link.bin"))
    os.symlink("sub", path("linkdir"))
    os.link(path("linked.bin"), path("hard.bin"))
    external("good", "weights.bin", offset=16, length=16)
    external("subfolder", "sub/inside.bin")
    external("large", "odd.bin", dims=(256, 4), offset=1)
    for name, location in (("parent", "../w.bin"), ("absolute", "/etc/passwd"), ("inner-parent", "a/../../w.bin"),
                           ("symlink", "link.bin"), ("symlink-folder", "linkdir/inside.bin"), ("hard-link", "hard.bin"),
                           ("missing", "nothing.bin"), ("folder", "sub"), ("empty-name", "")):
        external("external-" + name, location)
    external("external-offset", "weights.bin", offset=8192)
    external("external-overflow", "weights.bin", offset=(1 << 63) - 8)
    external("external-negative", "weights.bin", offset=-4)
    external("external-length", "weights.bin", length=12)
    external("external-twice", "weights.bin", location_="other.bin")
    external("external-key", "weights.bin", colour="red")
    external("external-huge", "weights.bin", dims=(1 << 61,))
    both = tensor(data_location=TensorProto.EXTERNAL, raw_data=b"0123456789abcdef")
    save("external-both", both)


def write_calls():
    """Functions that call the next one: once, 70 levels deep; and twice, 17 levels deep."""
    for name, depth, calls in (("deep", 70, 1), ("many", 17, 2)):
        text = '<ir_version: 10, opset_import: ["" : 17, "local" : 1]>\n'
        text += "g (float[4] x) => (float[4] y) { [root] y = local.f0 (x) }\n"
        for level in range(depth):
            callee = "Relu" if level + 1 == depth else f"local.f{level + 1}"
            body = " ".join(f"[c{i}] v{i + 1} = {callee} (v{i})" for i in range(calls))
            text += f'<domain: "local", opset_import: ["" : 17, "local" : 1]>\n'
            text += f"f{level} (v0) => (v{calls}) {{ {body} }}\n"
        with open(path(name + ".onnxtxt"), "w", encoding="utf-8") as file:
            file.write(text)


write_malformed()
write_calls()
write_nested()
write_external()
