#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Times QDQ models against their own f32 form and against onnxruntime, on one thread, all taking turns.

usage: quantized.py --bin DIR [--models resnet50,bert_base] [--kind u8s8c] [--level v3|v4|v4vnni] [--seconds 20]
                    [--dropped N]
onnxruntime runs the QDQ model with all its optimisations and the exact kernels of session.x64quantprecision. With
--dropped, N variants lack a random share of the pairs of quantize and dequantize steps.
"""
import argparse
import os
import sys
import tempfile
from pathlib import Path

import numpy as np
import onnx
import onnxruntime

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parent / "models")]
import bench  # noqa: E402
import compare  # noqa: E402
import models  # noqa: E402
import quantized  # noqa: E402


def exact_reference(path, inputs):
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    options.log_severity_level = 3
    options.add_session_config_entry("session.x64quantprecision", "1")
    session = onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
    return lambda: session.run(None, inputs)


def prepared(options, path, folder, inputs):
    plan = bench.compile_plan(options, path, folder / (path.stem + ".dsc"))
    plan.prepare(inputs)
    return plan


def variants(options, name, folder):
    """The QDQ model and what is made of it, as (label, path)."""
    path = quantized.qdq_file(name, options.kind)
    if not options.dropped:
        return [("QDQ", path)]
    model, made = onnx.load(path), []
    for seed in range(options.dropped):
        made.append((f"dropped {seed}", folder / f"dropped{seed}.onnx"))
        onnx.save(quantized.without_pairs(model, seed), made[-1][1])
    return made


def bench_model(name, options, folder):
    plain = compare.model_file(name)
    inputs = models.random_inputs(onnx.load(plain), {"batch": 1, "sequence": 128}, 0)
    own = prepared(options, plain, folder, inputs)
    for label, path in variants(options, name, folder):
        plan = prepared(options, path, folder, inputs)
        runs = [plan.run, own.run, exact_reference(path, inputs)]
        peak = bench.Peak(options.bin.parent / "lib")
        times = [1e3 * np.median(taken) for taken in bench.interleave(runs, peak, options.seconds)]
        plan.close()
        print(f"{name:<14}{label:<12}{times[0]:>10.2f}{times[1]:>10.2f}{times[2]:>10.2f}{times[1] / times[0]:>12.2f}"
              f"{times[0] / times[2]:>10.2f}", flush=True)
    own.close()


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--bin", type=Path, required=True)
    parser.add_argument("--models", type=lambda text: text.split(","), default=["resnet50", "bert_base"])
    parser.add_argument("--kind", choices=list(quantized.KINDS), default="u8s8c")
    parser.add_argument("--level", choices=list(bench.LEVELS), default="")
    parser.add_argument("--seconds", type=float, default=20)
    parser.add_argument("--dropped", type=int, default=0)
    options = parser.parse_args()
    os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})
    print(f"machine: {bench.machine()}; dsc level: {options.level or 'the highest'}; {options.kind}; 1 thread; medians in ms\n"
          f"{'':<26}{'dsc int8':>10}{'dsc f32':>10}{'ort int8':>10}{'f32/int8':>12}{'dsc/ort':>10}", flush=True)
    with tempfile.TemporaryDirectory() as folder:
        for name in options.models:
            bench_model(name, options, Path(folder))


if __name__ == "__main__":
    main()
