#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Compiles a model, runs it with dsc-run and with onnxruntime on the same inputs, and compares the outputs.

usage: compare.py --bin DIR (NAME [--small] | FILE.onnx) [--batches 1,3] [--seeds 3] [--opt 2] [--rtol --atol]
Prints a line per run; exits 1 when an output differs, has too small a spread, or a tool fails.
"""
import argparse
import hashlib
import os
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np
import onnx
import onnxruntime

import models

HERE = Path(__file__).resolve().parent
CACHE = HERE.parent.parent / ".cache" / "models"


def model_file(name, small=False):
    """Path of a seeded model, built once per version of the scripts."""
    scripts = b"".join((HERE / f).read_bytes() for f in ("graph.py", "convnets.py", "transformers.py"))
    key = hashlib.sha256(scripts).hexdigest()[:12]
    path = CACHE / f"{name}{'-small' if small else ''}-{key}.onnx"
    if not path.exists():
        CACHE.mkdir(parents=True, exist_ok=True)
        partial = path.with_suffix(f".{os.getpid()}.partial")  # several tests may build it at once
        onnx.save(models.MODELS[name](small), partial)
        partial.rename(path)
    return path


def run_tool(*command):
    """Runs one of our tools; a failure ends the test with the tool's own line."""
    done = subprocess.run([str(part) for part in command], capture_output=True, text=True)
    if done.returncode:
        sys.exit(f"{Path(command[0]).name} failed ({done.returncode}): {done.stderr.strip() or done.stdout.strip()}")
    return done.stdout


def session(path, threads=2):
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    options.log_severity_level = 3
    return onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])


def dsc_outputs(tools, plan, inputs, folder, *flags):
    """What dsc-run computes, as {name: array}; tensors travel through npz files."""
    np.savez(folder / "in.npz", **inputs)
    run_tool(tools / "dsc-run", plan, "--inputs", folder / "in.npz", "--outputs", folder / "out.npz", *flags)
    with np.load(folder / "out.npz") as file:
        return {name: file[name] for name in file.files}


def difference(expected, actual, rtol, atol):
    """The largest |a - e| / (atol + rtol |e|) (at most 1 passes), or a sentence when types or shapes differ."""
    if expected.shape != actual.shape or expected.dtype != actual.dtype:
        return f"expected {expected.dtype}{list(expected.shape)}, but got {actual.dtype}{list(actual.shape)}"
    if expected.size == 0:
        return 0.0
    excess = np.abs(actual.astype(np.float64) - expected) / (atol + rtol * np.abs(expected.astype(np.float64)))
    return float("inf") if np.isnan(excess).any() else float(excess.max())


def sqnr(expected, actual):
    """Power of the expected arrays over power of the error of the actual ones, all together, in decibels."""
    signal = sum(float((e.astype(np.float64) ** 2).sum()) for e in expected)
    noise = sum(float(((e.astype(np.float64) - a) ** 2).sum()) for e, a in zip(expected, actual, strict=True))
    return float("inf") if noise == 0 else 10 * np.log10(signal / noise)


def compare_run(reference, actual, options, label):
    """Compares all outputs of one run; returns whether they agree."""
    good = True
    for name, expected in reference.items():
        found = difference(expected, actual[name], options.rtol, options.atol)
        spread = float(expected.std()) if expected.dtype.kind == "f" else 1.0
        passed = not isinstance(found, str) and found <= 1 and (spread >= 0.1 or not options.check_spread)
        shown = found if isinstance(found, str) else f"{found:.3f} of the tolerance"
        print(f"{'ok  ' if passed else 'FAIL'} {label} {name}: {shown}, standard deviation {spread:.3f}", flush=True)
        good &= passed
    return good


def compare_model(path, options):
    model = onnx.load(path)
    reference = session(path)
    symbols = {d.dim_param for i in model.graph.input for d in i.type.tensor_type.shape.dim if d.dim_param}
    good = True
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        flags = [f"--opt={options.opt}", *options.compile_flags.split()]
        run_tool(options.bin / "dsc-compile", path, "-o", folder / "model.dsc", *flags)
        for batch in options.batches if symbols else [None]:
            # The first symbol is the batch; others get a size of their own.
            sizes = {s: batch if i == 0 else 4 + batch for i, s in enumerate(sorted(symbols))}
            for seed in range(options.seeds):
                inputs = models.random_inputs(model, sizes, seed)
                expected = dict(zip([o.name for o in reference.get_outputs()], reference.run(None, inputs)))
                actual = dsc_outputs(options.bin, folder / "model.dsc", inputs, folder, *options.run_flags.split())
                good &= compare_run(expected, actual, options, f"{path.stem} sizes {sizes} seed {seed}")
    return good


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("model", help="name of a seeded model, or a file")
    parser.add_argument("--bin", type=Path, required=True)
    parser.add_argument("--small", action="store_true")
    parser.add_argument("--batches", type=lambda text: [int(b) for b in text.split(",")], default=[1, 3])
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--opt", type=int, default=2)
    parser.add_argument("--rtol", type=float, default=1e-3)
    parser.add_argument("--atol", type=float, default=1e-4)
    parser.add_argument("--compile-flags", default="")
    parser.add_argument("--run-flags", default="")
    options = parser.parse_args()
    options.check_spread = not options.model.endswith(".onnx")
    path = Path(options.model) if not options.check_spread else model_file(options.model, options.small)
    return 0 if compare_model(path, options) else 1


if __name__ == "__main__":
    sys.exit(main())
