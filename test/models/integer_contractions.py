#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Products and convolutions of integers against exact integer arithmetic, on every CPU level that this machine has.

usage: integer_contractions.py --bin DIR [--seed N]
Sums must be exact; quantized results may be one step off on one element of a thousand. Values lie at the ends of their
ranges too, where 16-bit shortcuts saturate.
"""
import argparse
import itertools
import sys
import tempfile
from pathlib import Path

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

import compare

TYPES = {"u": np.uint8, "s": np.int8}
# M, K, N: one, tails of every kind, whole tiles, several blocks of rows.
PRODUCTS = [(1, 1, 1), (3, 7, 5), (17, 64, 40), (128, 130, 97), (200, 36, 32)]
# Batch, channels, height, width, outputs, kernel, stride, pad, dilation, groups.
CONVOLUTIONS = [(1, 3, 17, 19, 33, 7, 2, 3, 1, 1), (2, 8, 7, 7, 40, 3, 1, 1, 1, 1), (1, 16, 14, 15, 8, 1, 2, 0, 1, 1),
                (1, 8, 9, 9, 16, 3, 1, 2, 2, 2), (1, 5, 6, 6, 3, 1, 1, 0, 1, 1), (1, 32, 13, 13, 32, 3, 1, 1, 1, 32),
                (1, 12, 30, 130, 20, 3, 1, 1, 1, 1)]


def levels():
    flags = Path("/proc/cpuinfo").read_text()
    found = ["v3"] + ["v4"] * (" avx512vl" in flags)
    return found + ["v4vnni"] * (" avx512_vnni" in flags and " avx512_bf16" in flags)


def random_integers(random, kind, shape):
    """Half of the values are the ends of the range."""
    low, high = np.iinfo(kind).min, np.iinfo(kind).max
    values = random.integers(low, high + 1, shape)
    ends = random.choice([low, high], shape)
    return np.where(random.random(shape) < 0.5, ends, values).astype(kind)


def convolve(x, w, stride, pad, dilation, groups):
    """The sums of a convolution in 64-bit integers."""
    n, c, height, width = x.shape
    outputs, _, kernel, _ = w.shape
    x = np.pad(x, ((0, 0), (0, 0), (pad, pad), (pad, pad)))
    reach = dilation * (kernel - 1) + 1
    rows, columns = (height + 2 * pad - reach) // stride + 1, (width + 2 * pad - reach) // stride + 1
    result = np.zeros((n, outputs, rows, columns), np.int64)
    for i, j in itertools.product(range(kernel), repeat=2):
        part = x[:, :, i * dilation:i * dilation + stride * rows:stride, j * dilation:j * dilation + stride * columns:stride]
        part = part[:, :, :rows, :columns].reshape(n, groups, c // groups, rows, columns)
        taps = w[:, :, i, j].reshape(groups, outputs // groups, c // groups)
        result += np.einsum("ngchw,goc->ngohw", part, taps).reshape(result.shape)
    return result


class Case:
    """One contraction: `x` a graph input, `w` constant or a graph input too, that may be read transposed; results `sums`
    (i32) and `steps` (8 bits)."""

    def __init__(self, random, shape, weight_shape, attributes, lhs, rhs, weight_zero, per_channel, axis,
                 at_run_time=False, transposed=False):
        self.at_run_time, self.transposed = at_run_time, transposed
        self.x = random_integers(random, TYPES[lhs], shape)
        self.w = random_integers(random, TYPES[rhs], weight_shape)
        self.channels = 1 if at_run_time else weight_shape[axis]
        self.attributes, self.axis = attributes, axis
        count = (self.channels,) if per_channel else ()
        self.x_scale = np.float32(0.02)
        self.w_scale = (random.random(count) * 0.01 + 0.001).astype(np.float32)
        # 0 too: it is left out of the contraction.
        self.x_zero = random.choice([TYPES[lhs](0), random_integers(random, TYPES[lhs], ())[()]])
        self.w_zero = np.full(count, weight_zero + (128 if rhs == "u" else 0), TYPES[rhs])
        self.y_scale = np.float32(0.02 * 0.006 * 100 * np.sqrt(shape[-1] if self.w.ndim != 4 or at_run_time else self.w.size / self.channels))
        self.y_zero = random_integers(random, TYPES[lhs], ())

    def model(self):
        constants = {"xs": self.x_scale, "xz": self.x_zero, "ws": self.w_scale, "wz": self.w_zero,
                     "ys": self.y_scale, "yz": self.y_zero}
        constants.update({} if self.at_run_time else {"w": self.w})
        is_conv = "group" in self.attributes
        step = lambda op, inputs, output, **kw: helper.make_node(op, inputs, [output], **kw)  # noqa: E731
        turn = [0, 1, 3, 2] if self.w.ndim == 4 else [1, 0]
        nodes = [step("DequantizeLinear", ["x", "xs", "xz"], "xr"),
                 step("Transpose", ["w"], "wt", perm=turn) if self.transposed else step("Identity", ["w"], "wt"),
                 step("DequantizeLinear", ["wt", "ws", "wz"], "wr", axis=self.axis),
                 step("Conv" if is_conv else "MatMul", ["xr", "wr"], "y", **self.attributes),
                 step("QuantizeLinear", ["y", "ys", "yz"], "steps"),
                 step("ConvInteger" if is_conv else "MatMulInteger", ["x", "wt", "xz", "wz"], "sums", **self.attributes)]
        element = helper.np_dtype_to_tensor_dtype(self.x.dtype)
        inputs = [helper.make_tensor_value_info(name, helper.np_dtype_to_tensor_dtype(value.dtype), value.shape)
                  for name, value in self.inputs().items()]
        graph = helper.make_graph(
            nodes, "case", inputs,
            [helper.make_tensor_value_info("steps", element, None),
             helper.make_tensor_value_info("sums", TensorProto.INT32, None)],
            [numpy_helper.from_array(np.asarray(value), name) for name, value in constants.items()])
        return helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=9)

    def inputs(self):
        return {"x": self.x, "w": self.w} if self.at_run_time else {"x": self.x}

    def expected(self):
        is_conv = "group" in self.attributes
        along = (-1, 1, 1) if is_conv else (-1,)
        weight_along = (-1,) + (1,) * (self.w.ndim - 1) if is_conv else (-1,)
        x = self.x.astype(np.int64) - int(self.x_zero)
        w = self.w.astype(np.int64) - self.w_zero.astype(np.int64).reshape(weight_along if self.w_zero.ndim else ())
        w = w.swapaxes(-1, -2) if self.transposed else w
        if is_conv:
            a = self.attributes
            sums = convolve(x, w, a["strides"][0], a["pads"][0], a["dilations"][0], a["group"])
        else:
            sums = x @ w
        scale = self.w_scale.astype(np.float64).reshape(along if self.w_scale.ndim else ())
        steps = np.round(sums * float(self.x_scale) * scale / float(self.y_scale)) + int(self.y_zero)
        low, high = np.iinfo(self.x.dtype).min, np.iinfo(self.x.dtype).max
        return sums, np.clip(steps, low, high)


def cases(seed):
    """(name, case) over all types, with and without zero points of weights; ConvInteger has none per channel."""
    random = np.random.default_rng(seed)
    for lhs, (rhs, zero) in itertools.product("us", [("s", 0), ("u", 0), ("u", -5), ("s", 3)]):
        for m, k, n in PRODUCTS:
            yield f"{lhs}8 x {rhs}8{zero:+d} {m}x{k}x{n}", Case(random, (m, k), (k, n), {}, lhs, rhs, zero,
                                                                bool(random.integers(2)), 1)
            for batch, transposed in (((2, 3), True), ((2, 3), False)) if m in (3, 17, 128) else ():
                shape = (n, k) if transposed else (k, n)
                yield (f"{lhs}8 x {rhs}8{zero:+d} {batch}{m}x{k}x{n} at run time{' transposed' * transposed}",
                       Case(random, batch + (m, k), batch + shape, {}, lhs, rhs, zero, False, 1, True, transposed))
        for n, c, h, w, o, kernel, stride, pad, dilation, groups in CONVOLUTIONS:
            attributes = {"strides": [stride] * 2, "pads": [pad] * 4, "dilations": [dilation] * 2, "group": groups}
            yield (f"{lhs}8 * {rhs}8{zero:+d} {n}x{c}x{h}x{w} {o} of {kernel} stride {stride} pad {pad} dilation {dilation} groups {groups}",
                   Case(random, (n, c, h, w), (o, c // groups, kernel, kernel), attributes, lhs, rhs, zero,
                        bool(random.integers(2)), 0))


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--bin", type=Path, required=True)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    failures, count = 0, 0
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for label, case in cases(options.seed):
            onnx.save(case.model(), folder / "model.onnx")
            compare.run_tool(options.bin / "dsc-compile", folder / "model.onnx", "-o", folder / "plan.dsc")
            sums, steps = case.expected()
            for level in levels():
                got = compare.dsc_outputs(options.bin, folder / "plan.dsc", case.inputs(), folder, "--level", level)
                off = np.abs(got["steps"].astype(np.int64) - steps)
                exact = np.array_equal(got["sums"], sums)
                good = exact and off.max() <= 1 and (off > 0).sum() <= max(1, off.size // 1000)
                count += 1
                failures += not good
                if not good:
                    print(f"FAIL {level} {label}: sums {'exact' if exact else 'differ'}, steps off by {off.max():.0f} on "
                          f"{(off > 0).sum()} of {off.size}")
    print(f"{count - failures} of {count} contractions of integers are exact")
    sys.exit(failures != 0)


if __name__ == "__main__":
    main()
