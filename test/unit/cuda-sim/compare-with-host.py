#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""LLVM compiles small functions for NVPTX and for the host; the simulator and the host must agree on every bit.

usage: compare-with-host.py LLC CLANG DSC_CUDA_SIM [SM]
NaNs are equal to each other. Left out is what LLVM leaves open (minnum of zeros and signalling NaNs), approximates
(frem), or rounds twice on the host (fma of halves).
"""
import ctypes
import re
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np

COUNT = 1000
INTEGERS = {"i8": np.uint8, "i16": np.uint16, "i32": np.uint32, "i64": np.uint64}
FLOATS = {"half": ("f16", 16), "bfloat": ("bf16", 16), "float": ("f32", 32), "double": ("f64", 64)}
VECTORS = {"<2 x i16>": "v2i16", "<4 x i8>": "v4i8", "<2 x half>": "v2f16", "<2 x bfloat>": "v2bf16"}


class Function:
    """`body` computes %r of type `result` from %a, %b and %c of the types `operands`."""

    def __init__(self, name, operands, result, body, declaration=None):
        self.name, self.operands, self.result, self.body, self.declaration = name, operands, result, body, declaration

    def text(self, gpu):
        pointer = "ptr addrspace(1)" if gpu else "ptr"
        lines = [f"%p{k} = getelementptr {t}, {pointer} %in{k}, i64 %i\n%{'abc'[k]} = load {t}, {pointer} %p{k}"
                 for k, t in enumerate(self.operands)]
        lines += [self.body, f"%q = getelementptr {self.result}, {pointer} %out, i64 %i",
                  f"store {self.result} %r, {pointer} %q", "ret void\n}\n"]
        parameters = "".join(f"{pointer} %in{k}, " for k in range(len(self.operands))) + f"{pointer} %out"
        if gpu:
            return "\n".join([f"define ptx_kernel void @{self.name}({parameters}) {{",
                              "%t = call i32 @llvm.nvvm.read.ptx.sreg.tid.x()\n%i = zext i32 %t to i64"] + lines)
        return "\n".join([f"define void @{self.name}({parameters}, i64 %i) {{"] + lines)


def short(kind):
    return VECTORS.get(kind) or FLOATS.get(kind, (kind,))[0]


def call(name, kind, operands, flag=""):
    """A function that is one intrinsic; `flag` is an i1 that it also takes."""
    suffix = short(kind)
    arguments = ", ".join(f"{kind} %{'abc'[k]}" for k in range(operands)) + (f", i1 {flag}" if flag else "")
    types = ", ".join([kind] * operands) + (", i1" if flag else "")
    return Function(f"{name.replace('.', '_')}_{suffix}", [kind] * operands, kind,
                    f"%r = call {kind} @llvm.{name}.{suffix}({arguments})",
                    f"declare {kind} @llvm.{name}.{suffix}({types})")


def integer_functions():
    for kind in [*INTEGERS, "<2 x i16>", "<4 x i8>"]:
        for op in ("add", "sub", "mul", "and", "or", "xor"):
            yield Function(f"{op}_{short(kind)}", [kind] * 2, kind, f"%r = {op} {kind} %a, %b")
        for op in ("smin", "smax", "umin", "umax", "uadd.sat", "sadd.sat", "usub.sat", "ssub.sat"):
            yield call(op, kind, 2)
        for op in ("ctlz", "cttz", "abs"):
            yield call(op, kind, 1, "false")
        for op, operands in (("ctpop", 1), ("bitreverse", 1), ("fshl", 3), ("fshr", 3)):
            yield call(op, kind, operands)


def scalar_integer_functions():
    for kind in INTEGERS:
        bits = int(kind[1:])
        for op in ("udiv", "urem", "sdiv", "srem"):
            yield Function(f"{op}_{kind}", [kind] * 2, kind,
                           f"%z = icmp eq {kind} %b, 0\n%m = icmp eq {kind} %b, -1\n%x = or i1 %z, %m\n"
                           f"%d = select i1 %x, {kind} 3, {kind} %b\n%r = {op} {kind} %a, %d")
        for op in ("shl", "lshr", "ashr"):
            yield Function(f"{op}_{kind}", [kind] * 2, kind, f"%s = and {kind} %b, {bits - 1}\n%r = {op} {kind} %a, %s")
        for op in ("eq", "slt", "sge", "ult", "ugt"):
            yield Function(f"icmp_{op}_{kind}", [kind] * 2, "i8", f"%x = icmp {op} {kind} %a, %b\n%r = zext i1 %x to i8")
        for op in ("sadd", "uadd", "ssub", "usub", "smul", "umul"):
            yield Function(f"{op}_overflow_{kind}", [kind] * 2, "i8",
                           f"%p = call {{{kind}, i1}} @llvm.{op}.with.overflow.{kind}({kind} %a, {kind} %b)\n"
                           f"%x = extractvalue {{{kind}, i1}} %p, 1\n%r = zext i1 %x to i8",
                           f"declare {{{kind}, i1}} @llvm.{op}.with.overflow.{kind}({kind}, {kind})")
        for other in INTEGERS:
            for op in (("sext", "zext") if int(other[1:]) > bits else ("trunc",) if int(other[1:]) < bits else ()):
                yield Function(f"{op}_{kind}_{other}", [kind], other, f"%r = {op} {kind} %a to {other}")
    yield Function("add_128", ["i64"] * 3, "i64",
                   "%x = zext i64 %a to i128\n%y = shl i128 %x, 63\n%z = sext i64 %b to i128\n%u = add i128 %y, %z\n"
                   "%v = sext i64 %c to i128\n%w = sub i128 %u, %v\n%s = lshr i128 %w, 40\n%r = trunc i128 %s to i64")


def float_functions():
    for kind in [*FLOATS, "<2 x half>", "<2 x bfloat>"]:
        for op in ("fadd", "fsub", "fmul") + (() if kind in VECTORS else ("fdiv",)):
            yield Function(f"{op}_{short(kind)}", [kind] * 2, kind, f"%r = {op} {kind} %a, %b")
        yield Function(f"fneg_{short(kind)}", [kind], kind, f"%r = fneg {kind} %a")
        for op in ("fabs", "floor", "ceil", "trunc", "rint", "roundeven", "round"):
            yield call(op, kind, 1)
        for op in ("minimum", "maximum", "copysign"):
            yield call(op, kind, 2)
    for kind in ("float", "double"):
        yield call("fma", kind, 3)
    for kind in ("half", "float", "double"):
        yield call("sqrt", kind, 1)


def conversion_functions():
    for kind, (name, bits) in FLOATS.items():
        for op in ("oeq", "one", "olt", "ole", "ugt", "uge", "ueq", "une", "ord", "uno"):
            yield Function(f"fcmp_{op}_{name}", [kind] * 2, "i8", f"%x = fcmp {op} {kind} %a, %b\n%r = zext i1 %x to i8")
        for other in INTEGERS:
            for sign in "su":
                yield Function(f"{sign}_{name}_{other}", [kind], other,
                               f"%r = call {other} @llvm.fpto{sign}i.sat.{other}.{name}({kind} %a)",
                               f"declare {other} @llvm.fpto{sign}i.sat.{other}.{name}({kind})")
                yield Function(f"{sign}_{other}_{name}", [other], kind, f"%r = {sign}itofp {other} %a to {kind}")
        for other, (_, width) in FLOATS.items():
            if width != bits:
                op = "fpext" if width > bits else "fptrunc"
                yield Function(f"{op}_{kind}_{other}", [kind], other, f"%r = {op} {kind} %a to {other}")


def element_of(kind):
    """The bits of one element, and what a number of its kind is: (dtype, infinity or None)."""
    inner = kind.split("x ")[1][:-1] if kind in VECTORS else kind
    if inner in INTEGERS:
        return INTEGERS[inner], None
    return {"half": (np.uint16, 0x7C00), "bfloat": (np.uint16, 0x7F80), "float": (np.uint32, 0x7F800000),
            "double": (np.uint64, 0x7FF0000000000000)}[inner]


def values(kind, generator):
    """Random bits, small and round numbers, and the corners."""
    dtype, infinity = element_of(kind)
    bits = 8 * np.dtype(dtype).itemsize
    count = COUNT * (int(kind[1]) if kind in VECTORS else 1)
    out = generator.integers(0, 2**64, count, np.uint64) >> generator.integers(0, bits, count, np.uint64)
    out &= np.uint64(2**bits - 1)
    if infinity is None:
        corners = [0, 1, 2**bits - 1, 2 ** (bits - 1), 2 ** (bits - 1) - 1]
    else:
        top = 1 << (bits - 1)
        corners = [0, top, infinity, infinity | top, infinity | infinity >> 1, 1, top | 1, infinity - 1]
        near = generator.normal(size=count) * 2.0 ** generator.integers(-12, 40, count)
        near = np.where(generator.random(count) < 0.3, np.rint(near * 2) / 2, near)
        word = {16: np.float16, 32: np.float32, 64: np.float64}[bits]
        if infinity == 0x7F80:  # the high half of a single
            numbers = near.astype(np.float32).view(np.uint32) >> 16
        else:
            with np.errstate(over="ignore"):
                numbers = near.astype(word).view(dtype)
        out = np.where(generator.random(count) < 0.7, numbers.astype(np.uint64), out)
    picks = generator.integers(0, 6 * len(corners), count)
    for k, corner in enumerate(corners):
        out[picks == k] = np.uint64(corner)
    return out.astype(dtype)


def differences(kind, got, expected):
    _, infinity = element_of(kind)
    unequal = got != expected
    if infinity is not None:
        mask = type(got[0])(infinity | ((infinity & -infinity) - 1))  # all but the sign
        unequal &= ~(((got & mask) > infinity) & ((expected & mask) > infinity))
    return np.flatnonzero(unequal)


def build(functions, llc, clang, sm, folder):
    declarations = "\n".join(sorted({f.declaration for f in functions if f.declaration}))
    gpu = ('target triple = "nvptx64-nvidia-cuda"\ndeclare i32 @llvm.nvvm.read.ptx.sreg.tid.x()\n' + declarations + "\n")
    (folder / "gpu.ll").write_text(gpu + "".join(f.text(True) for f in functions))
    (folder / "host.ll").write_text(declarations + "\n" + "".join(f.text(False) for f in functions))
    ptx, host = folder / "gpu.ptx", folder / "host.so"
    subprocess.run([llc, "-O3", "-march=nvptx64", f"-mcpu={sm}", "-mattr=+ptx80", folder / "gpu.ll", "-o", ptx], check=True)
    subprocess.run([llc, "-O1", "-relocation-model=pic", "-filetype=obj", folder / "host.ll", "-o", folder / "host.o"],
                   check=True)
    subprocess.run([clang, "-shared", folder / "host.o", "-o", host, "--rtlib=compiler-rt", "-lm"], check=True)
    return kernels_of(ptx.read_text()), ctypes.CDLL(str(host))


def kernels_of(ptx):
    """A module per kernel: the simulator parses less."""
    head = ptx[:ptx.index(".visible")]
    return {name: head + text for text, name in re.findall(r"(^\.visible \.entry (\w+)\(.*?^}\n)", ptx, re.M | re.S)}


def compare(function, kernels, host, simulator, folder, generator):
    """The number of elements that differ; the first is printed."""
    inputs = [values(kind, generator) for kind in function.operands]
    dtype, _ = element_of(function.result)
    lanes = int(function.result[1]) if function.result in VECTORS else 1
    expected = np.zeros(COUNT * lanes, dtype)
    pointers = [ctypes.c_void_p(x.ctypes.data) for x in (*inputs, expected)]
    run = getattr(host, function.name)
    for k in range(COUNT):
        run(*pointers, ctypes.c_int64(k))
    arguments, ptx = [], folder / "kernel.ptx"
    ptx.write_text(kernels[function.name])
    for k, x in enumerate(inputs):
        x.tofile(folder / f"in{k}")
        arguments.append(f"--arg=in:{folder}/in{k}")
    subprocess.run([simulator, ptx, f"--kernel={function.name}", f"--block={COUNT}", *arguments,
                    f"--arg=out:{expected.nbytes}:{folder}/out"], check=True, stdout=subprocess.DEVNULL)
    got = np.fromfile(folder / "out", dtype)
    wrong = differences(function.result, got, expected)
    if len(wrong):
        k = wrong[0]
        print(f"{function.name}: {len(wrong)} differ, first for {[hex(x[k]) for x in inputs]}: "
              f"expected {expected[k]:#x}, but got {got[k]:#x}")
    return len(wrong)


def main():
    llc, clang, simulator = sys.argv[1:4]
    functions = [*integer_functions(), *scalar_integer_functions(), *float_functions(), *conversion_functions()]
    generator = np.random.default_rng(1)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        kernels, host = build(functions, llc, clang, sys.argv[4] if len(sys.argv) > 4 else "sm_80", folder)
        failed = [f.name for f in functions if compare(f, kernels, host, simulator, folder, generator)]
    print(f"{len(functions)} functions, {len(failed)} differ")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
