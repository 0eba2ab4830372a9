#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Times dsc against onnxruntime: same process, one thread, f32, the two and a peak loop taking turns.

usage: bench.py --bin DIR [--models resnet50,...] [--batches 1,4] [--seconds 8] [--ops] [--partitioner] [--pipelines]
                [--level v3|v4|v4vnni] [--json FILE]
Without --ops whole models are compared; with it single products and convolutions, best of five medians, as a share
of the measured peak. --level caps what dsc uses; onnxruntime takes what the machine has. --partitioner times the
pipeline partitioner and nothing else, --pipelines models on two stages against one.
"""
import argparse
import ctypes
import json
import os
import platform
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import onnx
import onnxruntime

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parent / "models"), str(HERE.parent.parent / "examples" / "minilm")]
import compare  # noqa: E402
import flops  # noqa: E402
import libdsc  # noqa: E402
import model as minilm  # noqa: E402
import models  # noqa: E402
import operators  # noqa: E402
import stage_rates  # noqa: E402

LEVELS = {"": 0, "v3": libdsc.V3, "v4": libdsc.V4, "v4vnni": libdsc.V4_VNNI}
NAMES = ("resnet50", "bert_base", "vit_b16", "minilm")


class Peak:
    """The measured f32 peak of the core we run on."""

    def __init__(self, folder):
        self.call = ctypes.CDLL(str(folder / "libdsc-peak.so")).dscPeakF32
        self.call.restype = ctypes.c_double
        self.seen = []

    def sample(self):
        self.seen.append(self.call())


def model_path(name):
    if name != "minilm":
        return compare.model_file(name)
    path = compare.CACHE / "minilm.onnx"
    path.parent.mkdir(parents=True, exist_ok=True)
    if not path.exists():
        minilm.build(path)
    return path


def timed(run):
    begin = time.perf_counter()
    run()
    return time.perf_counter() - begin


def reference(path, inputs):
    """A function that runs onnxruntime once on one thread."""
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    options.log_severity_level = 3
    session = onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
    return lambda: session.run(None, inputs)


def interleave(runs, peak, seconds):
    """A list of seconds for each of the functions, taken in turns with the peak loop after a warm-up of all."""
    for run in runs * 2:
        run()
    times, end = [[] for _ in runs], time.perf_counter() + seconds
    while time.perf_counter() < end or len(times[0]) < 7:
        peak.sample()
        for taken, run in zip(times, runs):
            taken.append(timed(run))
    return times


def compile_plan(options, path, out, *flags):
    subprocess.run([options.bin / "dsc-compile", path, "-o", out, *flags], check=True, stdout=subprocess.DEVNULL)
    return libdsc.Plan(options.bin.parent / "lib" / "libdsc.so.1", out, threads=1, level=LEVELS[options.level])


def row(name, sizes, work, mine, others, peak):
    """One line of the report as a dictionary; times in milliseconds."""
    speed = work / np.median(mine) / np.median(peak.seen)
    return {"model": name, **sizes, "dsc_median_ms": 1e3 * np.median(mine), "dsc_min_ms": 1e3 * min(mine),
            "ort_median_ms": 1e3 * np.median(others), "ort_min_ms": 1e3 * min(others),
            "ratio": np.median(mine) / np.median(others), "percent_of_peak": 100 * speed, "runs": len(mine)}


def bench_model(name, options, folder):
    """Rows of one model, one per batch size, all from one plan with a symbolic batch."""
    path = model_path(name)
    model = onnx.load(path)
    for batch in options.batches:
        plan = compile_plan(options, path, folder / "plan.dsc")
        sizes = {"batch": batch, **({"sequence": 128} if name == "minilm" else {})}
        inputs = models.random_inputs(model, sizes, 0)
        plan.prepare(inputs)
        peak = Peak(options.bin.parent / "lib")
        mine, others = interleave([plan.run, reference(path, inputs)], peak, options.seconds)
        plan.close()
        yield row(name, {"batch": batch}, flops.count(model, inputs), mine, others, peak)


def bench_operator(name, model, options, folder):
    """The best of five medians of a single operator."""
    path = folder / "operator.onnx"
    onnx.save(model, path)
    inputs = models.random_inputs(model, {}, 0)
    plan = compile_plan(options, path, folder / "plan.dsc")
    plan.prepare(inputs)
    theirs, work = reference(path, inputs), flops.count(model, inputs)
    rounds = []
    for _ in range(5):
        peak = Peak(options.bin.parent / "lib")
        mine, others = interleave([plan.run, theirs], peak, options.seconds / 5)
        rounds.append(row(name, {}, work, mine, others, peak))
    plan.close()
    return max(rounds, key=lambda r: r["percent_of_peak"])


def print_rows(rows):
    head = f"{'':<24}{'batch':>6}{'dsc median':>12}{'min':>9}{'ort median':>12}{'min':>9}{'dsc/ort':>9}{'of peak':>9}"
    print(head + "   (ms)")
    for r in rows:
        print(f"{r['model']:<24}{r.get('batch', ''):>6}{r['dsc_median_ms']:>12.3f}{r['dsc_min_ms']:>9.3f}"
              f"{r['ort_median_ms']:>12.3f}{r['ort_min_ms']:>9.3f}{r['ratio']:>9.2f}{r['percent_of_peak']:>8.1f}%")


def machine():
    with open("/proc/cpuinfo") as file:
        names = [line.split(":")[1].strip() for line in file if line.startswith("model name")]
    flags = Path("/proc/cpuinfo").read_text()
    level = "AVX-512" if " avx512f" in flags else "AVX2"
    return f"{names[0]}, {len(names)} cores, {level}, Linux {platform.release()}"


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--bin", type=Path, required=True)
    parser.add_argument("--models", type=lambda text: text.split(","), default=list(NAMES))
    parser.add_argument("--batches", type=lambda text: [int(b) for b in text.split(",")], default=[1, 4])
    parser.add_argument("--seconds", type=float, default=8)
    parser.add_argument("--ops", action="store_true")
    parser.add_argument("--partitioner", action="store_true")
    parser.add_argument("--pipelines", action="store_true")
    parser.add_argument("--level", choices=list(LEVELS), default="")
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    if options.pipelines:
        print(f"machine: {machine()}, one thread to a stage", flush=True)
        with tempfile.TemporaryDirectory() as folder:
            stage_rates.bench_pipelines(options.bin, [(n, compare.model_file(n)) for n in options.models if n in models.MODELS],
                                        folder)
        return
    os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})
    if options.partitioner:
        print(f"machine: {machine()}", flush=True)
        subprocess.run([options.bin.parent / "test-bin" / "partitioner-bench"], check=True)
        return
    peak = Peak(options.bin.parent / "lib")
    for _ in range(9):
        peak.sample()
    print(f"machine: {machine()}; dsc level: {options.level or 'the highest'}\nprecision: f32 both; threads: 1 both; onnxruntime {onnxruntime.__version__}\n"
          f"measured peak of the core: {np.median(peak.seen) / 1e9:.1f} GFLOP/s\n")
    rows = []
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        if options.ops:
            rows = [bench_operator(n, m, options, folder) for n, m in operators.all_operators()]
        else:
            rows = [r for n in options.models for r in bench_model(n, options, folder)]
    print_rows(rows)
    if options.json:
        options.json.write_text(json.dumps({"machine": machine(), "rows": rows}, indent=1))


if __name__ == "__main__":
    main()
