#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""A row has the same bits alone and in a batch of seven, in one plan with a symbolic batch and in plans pinned to a
batch, on one to four threads and on every level; and compiling twice gives the same bytes.

usage: invariance.py --bin DIR NAME... [--full]      NAME: a seeded model; --full: at full size
"""
import argparse
import sys
import tempfile
from pathlib import Path

import numpy as np
import onnx

import compare
import models

ROWS = 7


def levels():
    """The CPU levels this machine can run."""
    flags = set(Path("/proc/cpuinfo").read_text().split("flags", 1)[1].split("\n", 1)[0].split())
    return ["v3", "v4"] if {"avx512f", "avx512bw", "avx512vl", "avx512dq"} <= flags else ["v3"]


def compile_plans(tools, path, symbol, folder):
    """{name: plan}: with a symbolic batch, and pinned; fails unless a second compilation gives the same bytes."""
    plans = {"symbolic": [], "one": ["--dim", f"{symbol}=1"], "seven": ["--dim", f"{symbol}={ROWS}"]}
    (folder / "elsewhere").mkdir()
    for name, flags in plans.items():
        plan, again = folder / f"{name}.dsc", folder / "elsewhere" / "again.dsc"
        compare.run_tool(tools / "dsc-compile", path, "-o", plan, "--threads=1", *flags)
        compare.run_tool(tools / "dsc-compile", path, "-o", again, "--threads=2", *flags)
        if plan.read_bytes() != again.read_bytes():
            sys.exit(f"FAIL {path.stem}: two compilations of the {name} plan differ")
        plans[name] = plan
    return plans


def runs(plans):
    """(label, level, plan, rows, flags) of everything that is to agree."""
    for level in levels():
        yield from ((f"{level} {plan} batch {rows}", level, plans[plan], rows, [f"--level={level}"])
                    for plan, rows in (("symbolic", ROWS), ("symbolic", 1), ("one", 1), ("seven", ROWS)))
        yield from ((f"{level} {n} threads", level, plans["symbolic"], ROWS, [f"--level={level}", f"--threads={n}"])
                    for n in range(1, 5))


def check_model(tools, name, small):
    path = compare.model_file(name, small)
    model = onnx.load(path)
    symbol = sorted({d.dim_param for i in model.graph.input for d in i.type.tensor_type.shape.dim if d.dim_param})[0]
    inputs = models.random_inputs(model, {symbol: ROWS}, 1)
    good = True
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        plans = compile_plans(tools, path, symbol, folder)
        first = {}
        for label, level, plan, rows, flags in runs(plans):
            part = {key: value[:rows] for key, value in inputs.items()}
            found = compare.dsc_outputs(tools, plan, part, folder, *flags)
            reference = first.setdefault(level, found)
            same = all(np.array_equal(reference[key][:rows].view(np.uint8), found[key].view(np.uint8))
                       for key in reference)
            print(f"{'ok  ' if same else 'FAIL'} {path.stem} {label}", flush=True)
            good &= same
    return good


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--bin", type=Path, required=True)
    parser.add_argument("--full", action="store_true")
    parser.add_argument("models", nargs="+")
    options = parser.parse_args()
    good = [check_model(options.bin, name, not options.full) for name in options.models]
    return 0 if all(good) else 1


if __name__ == "__main__":
    sys.exit(main())
