#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""A pipeline gives the bytes of one context wherever it is cut: random cuts and those of the partitioner, 1 to 8 stages,
depth 1 to 4, one or two threads to a stage, items of different sizes in flight together.

usage: pipelines.py --bin DIR NAME... [--full] [--trials 12] [--seed 1]      NAME: a seeded model; --full: at full size
"""
import argparse
import random
import sys
import tempfile
from pathlib import Path

import numpy as np
import onnx

import compare
import models

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "bench"))
import libdsc  # noqa: E402

ITEMS = 7


def random_stages(units, count, choice):
    """`count` stages cut anywhere; some may be empty."""
    edges = [0, *sorted(choice.randrange(units + 1) for _ in range(count - 1)), units]
    return [libdsc.sized(libdsc.Stage, first_unit=a, num_units=b - a) for a, b in zip(edges, edges[1:])]


def run_items(pipeline, items):
    """The outputs of all items, submitted as long as there is room."""
    found, waiting = [], []
    for arrays, expected in items:
        blank = {name: np.full(value.shape, -1).astype(value.dtype) for name, value in expected.items()}
        item = pipeline.submit(arrays, blank)
        while item is None:
            found.append(pipeline.wait(waiting.pop(0)))
            item = pipeline.submit(arrays, blank)
        waiting.append(item)
    return found + [pipeline.wait(item) for item in waiting]


def check_model(tools, name, options):
    path = compare.model_file(name, not options.full)
    model = onnx.load(path)
    symbols = sorted({d.dim_param for i in model.graph.input for d in i.type.tensor_type.shape.dim if d.dim_param})
    inputs = [models.random_inputs(model, dict.fromkeys(symbols, 1 + i % 3), i) for i in range(ITEMS)]
    choice, good = random.Random(options.seed), True
    with tempfile.TemporaryDirectory() as folder:
        compare.run_tool(tools / "dsc-compile", path, "-o", Path(folder) / "model.dsc")
        plan = libdsc.Plan(tools.parent / "lib" / "libdsc.so.1", Path(folder) / "model.dsc", threads=2)
        plan.prepare(inputs[2])
        items = []
        for arrays in inputs:
            plan.bind(arrays)
            plan.run()
            items.append((arrays, plan.values()))
        units = plan.variant().num_units
        for trial in range(options.trials):
            count, depth, threads = 1 + trial % 8, choice.randint(1, 4), choice.randint(1, 2)
            stages = list(plan.partition(count)) if trial % 3 == 0 else random_stages(units, count, choice)
            pipeline = libdsc.Pipeline(plan, inputs[2], stages, depth, threads)
            found = run_items(pipeline, items)
            pipeline.close()
            same = all(np.array_equal(want[key].view(np.uint8), got[key].view(np.uint8))
                       for (_, want), got in zip(items, found) for key in want)
            cuts = [stage.first_unit for stage in stages if stage.num_units][1:]
            print(f"{'ok  ' if same else 'FAIL'} {path.stem}: {units} units cut before {cuts}, depth {depth}, "
                  f"{threads} threads to a stage", flush=True)
            good &= same
        plan.close()
    return good


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--bin", type=Path, required=True)
    parser.add_argument("--full", action="store_true")
    parser.add_argument("--trials", type=int, default=12)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("models", nargs="+")
    options = parser.parse_args()
    good = [check_model(options.bin, name, options) for name in options.models]
    return 0 if all(good) else 1


if __name__ == "__main__":
    sys.exit(main())
