#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""MiniLM with its real weights: one plan, several batch sizes and lengths, against onnxruntime to 1e-5; and no other
answer for a row in a larger batch or on more threads.

usage: minilm.py --bin DIR
"""
import argparse
import sys
import tempfile
from pathlib import Path

import numpy as np

import compare

sys.path.insert(0, str(Path(__file__).resolve().parent.parent.parent / "examples" / "minilm"))
import model  # noqa: E402

SIZES = [(1, 7), (4, 33), (7, 128)]


def inputs_of(batch, length):
    """Random words; the first row is full, the others end in padding."""
    random = np.random.default_rng(batch)
    lengths = np.concatenate([[length], random.integers(1, length + 1, batch - 1)])
    mask = (np.arange(length)[None] < lengths[:, None]).astype(np.int64)
    return {"input_ids": random.integers(1000, 30000, (batch, length)) * mask, "attention_mask": mask}


def check_reference(run, reference):
    """The largest difference to onnxruntime over all sizes."""
    worst = 0.0
    for batch, length in SIZES:
        inputs = inputs_of(batch, length)
        found = float(np.abs(run(inputs) - reference.run(None, inputs)[0]).max())
        print(f"batch {batch} length {length}: largest difference {found:.2e}")
        worst = max(worst, found)
    return worst <= 1e-5


def check_invariance(run):
    """Identical bits for a row alone and in a batch of seven, and for one to four threads."""
    inputs = inputs_of(7, 33)
    whole = run(inputs)
    alone = run({name: value[:1] for name, value in inputs.items()})
    same = [np.array_equal(alone[0], whole[0])]
    same += [np.array_equal(run(inputs, f"--threads={n}"), whole) for n in range(1, 5)]
    print(f"row alone as in a batch: {same[0]}; the same on 1, 2, 3, 4 threads: {same[1:]}")
    return all(same)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--bin", type=Path, required=True)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        model.build(folder / "minilm.onnx")
        compare.run_tool(options.bin / "dsc-compile", folder / "minilm.onnx", "-o", folder / "minilm.dsc")

        def run(inputs, *flags):
            return compare.dsc_outputs(options.bin, folder / "minilm.dsc", inputs, folder, *flags)["embedding"]

        good = check_reference(run, compare.session(folder / "minilm.onnx"))
        good &= check_invariance(run)
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
