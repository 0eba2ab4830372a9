#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Recurrent layers one by one against onnxruntime: directions, lengths, peepholes, layouts, activations.

usage: recurrent_ops.py --bin DIR [--seed S] [--opt 2]
Prints a line per case; exits 1 when an output is further off than 1e-3.
"""
import argparse
import sys
import tempfile
from pathlib import Path

import numpy as np

from quantized_ops import Case, run_case

GATES = {"RNN": 1, "GRU": 3, "LSTM": 4}


def layer(rng, op, directions=1, steps=6, batch=3, bias=True, lengths=None, state=False, peepholes=False, **attributes):
    features, hidden, gates = 5, 4, GATES[op]
    draw = lambda *shape: rng.normal(size=shape).astype(np.float32) / 2
    one = Case(rng, op, "", outputs=("y", "y_h", "y_c") if op == "LSTM" else ("y", "y_h"), hidden_size=hidden, **attributes)
    one.run(draw(steps, batch, features)).const(draw(directions, gates * hidden, features))
    one.const(draw(directions, gates * hidden, hidden))
    one.const(draw(directions, 2 * gates * hidden)) if bias else one.none()
    one.run(np.array(lengths, np.int32)) if lengths else one.none()
    for _ in range(2 if op == "LSTM" else 1):
        one.run(draw(directions, batch, hidden)) if state else one.none()
    return one.const(draw(directions, 3 * hidden)) if peepholes else one


def cases(rng):
    for op in GATES:
        yield layer(rng, op)
        yield layer(rng, op, bias=False, direction="reverse")
        yield layer(rng, op, 2, direction="bidirectional", lengths=[6, 2, 4], state=True)
        yield layer(rng, op, direction="reverse", lengths=[1, 6, 3])
        yield layer(rng, op, steps=1, batch=1, state=True, clip=0.3)
    yield layer(rng, "RNN", activations=["Relu"])
    yield layer(rng, "GRU", linear_before_reset=1, state=True)
    yield layer(rng, "GRU", linear_before_reset=1, bias=False, activations=["Sigmoid", "Relu"])
    yield layer(rng, "LSTM", peepholes=True, lengths=[3, 6, 1])
    yield layer(rng, "LSTM", input_forget=1, activations=["Sigmoid", "Relu", "Tanh"])


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--bin", type=Path, required=True)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--opt", type=int, default=2)
    options = parser.parse_args()
    good = True
    with tempfile.TemporaryDirectory() as name:
        for case in cases(np.random.default_rng(options.seed)):
            good &= run_case(case.model(), case.feeds, options, Path(name), f"{case.op} {case.attributes} {list(case.feeds)}")
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
