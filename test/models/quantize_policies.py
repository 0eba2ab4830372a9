#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Seeded models quantized by dsc-compile against their own f32 plans: size of the weights and signal to noise.

usage: quantize_policies.py --bin DIR
"""
import argparse
import json
import sys
import tempfile
from pathlib import Path

import numpy as np
import onnx

import compare
import models

# model, flags, largest size of the weights in parts of f32 (scales weigh more in small models), least SQNR in dB
CASES = [
    ("bert_base", ["--quantize=int8-weights"], 0.30, 32),
    ("gpt2_small", ["--quantize=int8-weights"], 0.30, 32),
    ("vit_b16", ["--quantize=int8-weights"], 0.30, 32),
    ("resnet50", ["--quantize=int8-weights"], 0.32, 28),
    ("bert_base", ["--quantize=int8-weights", "--opt=0"], 0.30, 32),
    ("resnet50", ["--quantize=int8", "--calibration=CALIBRATION", "--min-sqnr=28dB"], 0.32, 28),
    ("bert_base", ["--quantize=int8"], 0.30, 28),
    ("gpt2_small", ["--quantize=int8"], 0.30, 28),
]


def run_inputs(path, seed):
    """Inputs of one run, two rows where the model has batches."""
    model = onnx.load(path)
    symbols = {d.dim_param for i in model.graph.input for d in i.type.tensor_type.shape.dim if d.dim_param}
    return models.random_inputs(model, {s: 2 if s == "batch" else 12 for s in symbols}, seed)


def check(tools, folder, name, flags, most_size, least_sqnr):
    path = compare.model_file(name, small=True)
    outputs, sizes = [], []
    calibration = folder / name
    calibration.mkdir(exist_ok=True)
    for seed in range(2, 6):
        np.savez(calibration / f"{seed}.npz", **run_inputs(path, seed))
    flags = [flag.replace("CALIBRATION", str(calibration)) for flag in flags]
    for kind, extra in (("f32", [f for f in flags if f.startswith("--opt")]), ("int8", flags)):
        plan = folder / f"{kind}.dsc"
        report = json.loads(compare.run_tool(tools / "dsc-compile", path, "-o", plan, "--json", *extra))
        sizes.append(report["weight_bytes"])
        outputs.append(compare.dsc_outputs(tools, plan, run_inputs(path, 1), folder))
    found, size = compare.sqnr(*[[output[name] for name in outputs[0]] for output in outputs]), sizes[1] / sizes[0]
    good = found >= least_sqnr and size <= most_size
    print(f"{'ok  ' if good else 'FAIL'} {name} {' '.join(flags)}: {found:.1f} dB of {least_sqnr}, "
          f"{100 * size:.1f} % of the weights", flush=True)
    return good


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--bin", type=Path, required=True)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        results = [check(options.bin, Path(name), *case) for case in CASES]
    return 0 if all(results) else 1


if __name__ == "__main__":
    sys.exit(main())
