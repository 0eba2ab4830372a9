#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""onnxruntime's quantized operators one by one, and models made by its quantizer, against onnxruntime itself.

usage: quantized_ops.py --bin DIR [--seed S] [--only NAME] [--opt 2]
Prints a line per case; exits 1 when a type or shape differs, an integer is more than one step off, more than 2 % of the
integers (and more than one) are off at all, or a float is further off than 1e-3.
"""
import argparse
import logging
import sys
import tempfile
from pathlib import Path

import numpy as np
import onnx
import onnxruntime
from onnx import TensorProto, helper, numpy_helper

import compare
import models

U8, S8, F32, I32 = np.uint8, np.int8, np.float32, np.int32
MOST_OFF, LEAST_DECIBELS = 0.02, 30


class Case:
    """One node: operands of the run and constant ones, in order."""

    def __init__(self, rng, op, domain="com.microsoft", outputs=("y",), **attributes):
        self.rng, self.op, self.domain, self.outputs, self.attributes = rng, op, domain, outputs, attributes
        self.names, self.feeds, self.constants = [], {}, []

    def none(self):
        self.names.append("")
        return self

    def run(self, value):
        """An operand that the caller gives."""
        self.names.append(f"i{len(self.names)}")
        self.feeds[self.names[-1]] = np.asarray(value)
        return self

    def const(self, value):
        self.names.append(f"c{len(self.names)}")
        self.constants.append(numpy_helper.from_array(np.asarray(value), self.names[-1]))
        return self

    def integers(self, shape, dtype=U8, constant=False):
        info = np.iinfo(dtype)
        value = self.rng.integers(info.min, info.max + 1, shape).astype(dtype)
        return self.const(value) if constant else self.run(value)

    def steps(self, shape, dtype=U8, scale=0.02, zero=None, constant=False):
        """Integers, their scale and zero point."""
        self.integers(shape, dtype, constant).const(self.about(scale))
        return self.none() if zero is None else self.const(dtype(zero))

    def result(self, scale, zero, dtype=U8):
        return self.const(self.about(scale)).const(dtype(zero))

    def about(self, scale):
        """Scales whose ratios are no small fractions: results half way between two steps may go either way."""
        return F32(scale * self.rng.uniform(0.9, 1.1))

    def model(self):
        node = helper.make_node(self.op, self.names, list(self.outputs), domain=self.domain, name="node", **self.attributes)
        types = {name: helper.np_dtype_to_tensor_dtype(value.dtype) for name, value in self.feeds.items()}
        inputs = [helper.make_tensor_value_info(name, types[name], value.shape) for name, value in self.feeds.items()]
        outputs = [onnx.ValueInfoProto(name=name) for name in self.outputs]
        graph = helper.make_graph([node], "case", inputs, outputs, self.constants)
        return helper.make_model(graph, ir_version=10, opset_imports=[helper.make_opsetid("", 21),
                                                                     helper.make_opsetid("com.microsoft", 1)])


def pointwise_cases(rng):
    case = lambda op, **attributes: Case(rng, op, **attributes)
    yield case("QLinearAdd").steps((2, 3, 8), U8, 0.02, 120).steps((3, 1), U8, 0.03, 3).result(0.04, 110)
    yield case("QLinearAdd").steps((33,), S8, 0.02, -5).steps((33,), S8, 0.05, 7, constant=True).result(0.06, 1, S8)
    yield case("QLinearMul").steps((2, 3, 8), U8, 0.02, 120).steps((8,), U8, 0.03, 100).result(0.1, 128)
    yield case("QLinearMul").steps((17,), S8, 0.02, 0).steps((), S8, 0.5, 4).result(0.3, -9, S8)
    yield case("QLinearSigmoid").steps((5, 7), U8, 0.05, 128).result(1 / 256, 0)
    yield case("QLinearSigmoid").steps((64,), S8, 0.05, 3).result(1 / 256, -128, S8)
    yield case("QLinearLeakyRelu", alpha=0.2).steps((5, 7), U8, 0.05, 128).result(0.04, 60)
    yield case("QLinearLeakyRelu").steps((5, 7), S8, 0.05, 1).result(0.04, -60, S8)
    # onnxruntime rounds the inverse of the result's scale to an integer.
    yield case("QLinearSoftmax", axis=-1, opset=13).steps((3, 9), U8, 0.05, 100).const(F32(1 / 256)).const(U8(0))
    yield case("QLinearSoftmax", axis=1, opset=12).steps((2, 3, 5), S8, 0.03, 0).const(F32(1 / 256)).const(S8(-128))
    yield case("QLinearWhere").run(rng.integers(0, 2, (3, 4)) > 0).steps((3, 4), U8, 0.02, 9).steps((4,), U8, 0.05, 30).result(
        0.06, 20)
    yield case("QLinearConcat", axis=1).result(0.06, 20).steps((2, 3), U8, 0.02, 9).steps((2, 5), U8, 0.05, 30)
    yield case("QLinearConcat", axis=-2).result(0.06, -3, S8).steps((2, 3), S8, 0.02, 9).steps((4, 3), S8, 0.06, -3, constant=True)
    for axis, shape in ((1, (3,)), (0, (4,))):
        size = {1: (4, 3, 5), 0: (4, 6)}[axis]
        scales = rng.uniform(0.01, 0.1, shape).astype(F32)
        yield case("QuantizeLinear", axis=axis).run(rng.normal(size=size).astype(F32)).const(scales).const(
            rng.integers(0, 255, shape).astype(U8))
        yield case("DequantizeLinear", axis=axis).integers(size, S8).const(scales).const(rng.integers(-9, 9, shape).astype(S8))
    yield case("QuantizeLinear").run(rng.normal(size=(7, 3)).astype(F32)).const(F32(0.0001)).const(np.uint16(30000))
    yield case("DequantizeLinear").integers((7, 3), np.int16).const(F32(0.0001)).const(np.int16(-20))


def pool_cases(rng):
    case = lambda op, **attributes: Case(rng, op, **attributes)
    yield case("QLinearGlobalAveragePool", channels_last=0).steps((2, 3, 7, 5), U8, 0.02, 120).result(0.015, 118)
    yield case("QLinearGlobalAveragePool", channels_last=1).steps((2, 7, 5, 3), S8, 0.02, 1).result(0.015, -2, S8)
    for pads, count in (([0, 0, 0, 0], 0), ([1, 1, 1, 1], 0), ([1, 0, 1, 1], 1)):
        yield case("QLinearAveragePool", kernel_shape=[3, 2], strides=[2, 1], pads=pads, count_include_pad=count).steps(
            (2, 3, 9, 8), U8, 0.02, 120).result(0.015, 118)


def product_cases(rng):
    case = lambda op, **attributes: Case(rng, op, **attributes)
    scales = rng.uniform(0.005, 0.02, 6).astype(F32)
    bias = rng.integers(-999, 999, 6).astype(I32)
    yield case("QGemm").steps((5, 8), U8, 0.02, 120).steps((8, 6), U8, 0.01, 100, constant=True).const(bias).result(0.03, 110)
    yield case("QGemm", transB=1, alpha=0.5).steps((5, 8), U8, 0.02, 120).integers((6, 8), S8, True).const(scales).const(
        np.zeros(6, S8)).const(bias).result(0.03, 110)
    yield case("QGemm", transA=1).steps((8, 5), S8, 0.02, 3).steps((8, 6), S8, 0.01, 1, constant=True)
    a, b = rng.normal(size=(2, 5, 24)).astype(F32), rng.integers(-127, 128, (24, 6)).astype(S8)
    floats = rng.normal(size=6).astype(F32)
    yield case("MatMulIntegerToFloat").integers((2, 5, 24)).const(b).const(F32(0.02)).const(scales).const(U8(100)).const(
        rng.integers(-9, 9, 6).astype(S8)).const(floats)
    yield case("MatMulIntegerToFloat").integers((5, 24), S8).const(b).const(F32(0.02)).const(F32(0.01))
    yield case("DynamicQuantizeMatMul").run(a).const(b).const(scales).const(np.zeros(6, S8)).const(floats)
    yield case("DynamicQuantizeMatMul").run(a + 3).const(b.astype(U8)).const(F32(0.01)).const(U8(120))
    yield case("DynamicQuantizeMatMul").run(0 * a).const(b).const(F32(0.01))
    for bits, block, depth, points in ((4, 16, 32, True), (4, 32, 70, False), (4, 32, 70, True), (8, 16, 40, True), (2, 16, 64, False)):
        blocks = -(-depth // block)
        nbits = case("MatMulNBits", K=depth, N=7, bits=bits, block_size=block)
        nbits.run(rng.normal(size=(2, 3, depth)).astype(F32)).integers((7, blocks, block * bits // 8), U8, True)
        nbits.const(rng.uniform(0.01, 0.1, (7, blocks)).astype(F32))
        yield nbits.integers((7, -(-blocks * bits // 8)), U8, True) if points else nbits


def attention_cases(rng):
    hidden, heads, batch, length = 16, 4, 2, 5
    weights, bias = (hidden, 3 * hidden), rng.normal(size=3 * hidden).astype(F32)
    keys = rng.integers(0, 2, (batch, length)).astype(I32)
    keys[:, 0] = 1
    masks = {"none": None, "lengths": np.array([5, 3], I32), "keys": keys,
             "pairs": np.tril(np.ones((batch, length, length), I32))}
    for name, mask in masks.items():
        one = Case(rng, "QAttention", outputs=("y", "present"), num_heads=heads, unidirectional=int(name == "none"))
        one.integers((batch, length, hidden)).integers(weights, S8, True).const(bias).const(F32(0.01)).const(F32(0.003))
        one.none() if mask is None else one.run(mask)
        one.const(U8(120)).const(S8(1))
        yield one.run(rng.normal(size=(2, batch, heads, 3, hidden // heads)).astype(F32)) if name == "none" else one
    one = Case(rng, "Attention", num_heads=heads).run(rng.normal(size=(batch, length, hidden)).astype(F32))
    yield one.const(rng.normal(size=weights).astype(F32)).const(bias).run(masks["keys"])


class Calibration:
    """A few random inputs, for the quantizer."""

    def __init__(self, model, count=4):
        self.runs = iter([models.random_inputs(model, {"batch": 2}, seed) for seed in range(count)])

    def get_next(self):
        return next(self.runs, None)


def quantized_models(folder):
    """(label, model, inputs) of small models as the quantizer writes them: operators of integers, and dynamic products."""
    from onnxruntime import quantization  # slow, and only this needs it

    logging.disable(logging.WARNING)  # its advice
    for name in ("mobilenet_v2", "resnet50", "unet"):
        source, target = compare.model_file(name, small=True), folder / f"{name}.onnx"
        model = onnx.load(source)
        quantization.quantize_static(source, target, Calibration(model), quant_format=quantization.QuantFormat.QOperator,
                                     per_channel=name != "unet", reduce_range=True)
        yield f"{name} of integer operators", onnx.load(target), models.random_inputs(model, {"batch": 2}, 9)
    source, target = compare.model_file("bert_base", small=True), folder / "bert.onnx"
    quantization.quantize_dynamic(source, target, reduce_range=True)
    yield "bert_base with dynamic products", onnx.load(target), models.random_inputs(onnx.load(source), {"batch": 2}, 9)


def run_quantized(options, folder):
    """Whether models of the quantizer compute the same, up to the noise that a step here and there makes."""
    good = True
    for label, model, feeds in quantized_models(folder):
        onnx.save(model, folder / "model.onnx")
        expected = plain_session(model).run(None, feeds)
        compare.run_tool(options.bin / "dsc-compile", folder / "model.onnx", "-o", folder / "model.dsc", f"--opt={options.opt}")
        actual = compare.dsc_outputs(options.bin, folder / "model.dsc", feeds, folder)
        for output, value in zip(model.graph.output, expected):
            noise = np.square(value - actual[output.name]).sum()
            decibels = 10 * np.log10(np.square(value).sum() / max(noise, 1e-30))
            good &= decibels >= LEAST_DECIBELS
            ops = sorted({node.op_type for node in model.graph.node if node.op_type.startswith(("Q", "Dynamic", "MatMulI", "ConvI"))})
            print(f"{'ok  ' if decibels >= LEAST_DECIBELS else 'FAIL'} {label} {output.name}: {decibels:.1f} dB, {', '.join(ops)}", flush=True)
    return good


def plain_session(model):
    """onnxruntime without rewriting: its fused operators are not what the model says."""
    settings = onnxruntime.SessionOptions()
    settings.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_DISABLE_ALL
    settings.intra_op_num_threads, settings.log_severity_level = 1, 4
    return onnxruntime.InferenceSession(model.SerializeToString(), settings, providers=["CPUExecutionProvider"])


def off_by_steps(expected, actual):
    """What is wrong, or nothing."""
    if expected.shape != actual.shape or expected.dtype != actual.dtype:
        return f"expected {expected.dtype}{list(expected.shape)}, but got {actual.dtype}{list(actual.shape)}"
    if expected.dtype.kind == "f":
        found = compare.difference(expected, actual, 1e-3, 1e-3)
        return "" if found <= 1 else f"{found:.2f} of the tolerance"
    steps = np.abs(expected.astype(np.int64) - actual.astype(np.int64))
    if steps.size and (steps.max() > 1 or (steps > 0).sum() > max(1, MOST_OFF * steps.size)):
        return f"{steps.max()} steps off, {(steps > 0).mean():.2%} differ"
    return ""


def run_case(model, feeds, options, folder, label):
    """Whether both programs agree."""
    reference = plain_session(model)
    expected = dict(zip([output.name for output in reference.get_outputs()], reference.run(None, feeds)))
    # The compiler infers types itself; a file needs them on its outputs.
    for output in model.graph.output:
        dtype = helper.np_dtype_to_tensor_dtype(expected[output.name].dtype)
        if not output.HasField("type"):
            output.CopyFrom(helper.make_tensor_value_info(output.name, dtype, expected[output.name].shape))
    onnx.save(model, folder / "case.onnx")
    compare.run_tool(options.bin / "dsc-compile", folder / "case.onnx", "-o", folder / "case.dsc", f"--opt={options.opt}")
    actual = compare.dsc_outputs(options.bin, folder / "case.dsc", feeds, folder)
    problems = [f"{name}: {text}" for name, value in expected.items() if (text := off_by_steps(value, actual[name]))]
    print(f"{'FAIL' if problems else 'ok  '} {label} {'; '.join(problems)}", flush=True)
    return not problems


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--bin", type=Path, required=True)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--only", default="")
    parser.add_argument("--opt", type=int, default=2)
    options = parser.parse_args()
    rng = np.random.default_rng(options.seed)
    good, count = True, 0
    with tempfile.TemporaryDirectory() as name:
        for family in (pointwise_cases, pool_cases, product_cases, attention_cases):
            for case in family(rng):
                if options.only in case.op:
                    label = f"{case.op} {case.attributes} {[str(v.dtype) + str(list(v.shape)) for v in case.feeds.values()]}"
                    good &= run_case(case.model(), case.feeds, options, Path(name), label)
                    count += 1
        if not options.only or options.only == "models":
            good &= run_quantized(options, Path(name))
            count += 1
    print(f"{count} cases, {'all agree' if good else 'not all agree'}")
    return 0 if good and count else 1


if __name__ == "__main__":
    sys.exit(main())
