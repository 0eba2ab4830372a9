#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Random ONNX graphs, optimised and not, on every CPU level and on two threads, against onnxruntime.

usage: random_graphs.py --bin DIR [--seed S] [--count N] [--work DIR]
The seed comes from the clock and is printed; graph i of a run has the seed S + i, so --seed S+i --count 1 repeats it.
Fails on a wrong number, a crash, a timeout, an error that names no node, and when too few graphs are computed. What
fails stays in the work folder: SEED.onnx and SEED.npz, its inputs.
"""
import argparse
import collections
import re
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import onnx
import onnxruntime

import random_elements
import random_layers
import random_movement
from random_builder import RandomGraph

FAMILIES = {**random_elements.TABLE, **random_layers.TABLE, **random_movement.TABLE}
# Flags of dsc-compile and dsc-run; the runs of one compilation follow each other.
VARIANTS = [(["--opt=2"], []), (["--opt=2"], ["--level=v3", "--threads=2"]), (["--opt=0"], [])]
# What a compiler may say to a valid model: the sizes some operators need when they compile are documented limits.
LIMIT = re.compile(r"expected a static .*, but it depends on the run")
SECONDS, SKIPPED = 60, 77
RTOL, ATOL = 1e-3, 1e-4

Outcome = collections.namedtuple("Outcome", "kind text worst nodes", defaults=["", 0.0, 0])


class Failure(Exception):
    """What is wrong with one run."""


class Refusal(Exception):
    """The sentence with which a limit is documented."""


def random_graph(seed):
    """(model, inputs) of a graph with a few operators, at least one of them with a value of its own."""
    graph = RandomGraph(seed)
    graph.fresh_input(graph.shape(graph.choice(2, 3, 4, 4, 4)))
    if graph.chance(0.5):
        graph.fresh_input(graph.shape(graph.choice(0, 1, 2, 3, 3, 4, 5)))
    steps = graph.dice.randint(2, 15)
    while steps > 0 or not graph.nodes:
        before = len(graph.values) + len(graph.ends)
        family = graph.dice.choices(list(FAMILIES), list(FAMILIES.values()))[0]
        family(graph)
        steps -= len(graph.values) + len(graph.ends) > before
    return graph.finish(), graph.feeds


def expected_outputs(model, inputs):
    """What onnxruntime computes without rewriting the graph: a reference should be plain, and its rewrite of a
    transposed matrix by a vector multiplies by the matrix as it was."""
    options = onnxruntime.SessionOptions()
    options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_DISABLE_ALL
    options.intra_op_num_threads, options.log_severity_level = 1, 4
    reference = onnxruntime.InferenceSession(model.SerializeToString(), options, providers=["CPUExecutionProvider"])
    return dict(zip([output.name for output in reference.get_outputs()], reference.run(None, inputs)))


def run_tool(*command):
    """Runs one of our tools; returns the exit code and the lines of errors."""
    try:
        done = subprocess.run([str(part) for part in command], capture_output=True, text=True, timeout=SECONDS)
    except subprocess.TimeoutExpired:
        raise Failure(f"no end after {SECONDS} s") from None
    return done.returncode, [line for line in done.stderr.splitlines() if ": warning: " not in line]


def names_a_node(line, model):
    found = re.search(r"error: at '([^']+)'", line)
    return found and found[1] in {node.name for node in model.graph.node}


def compile_graph(tools, model, flags, folder):
    """Writes the plan; a Refusal when documented limits are met, each in one line that names a node."""
    code, lines = run_tool(tools / "dsc-compile", folder / "graph.onnx", "-o", folder / "graph.dsc", *flags)
    if code == 1 and lines and all(names_a_node(line, model) and LIMIT.search(line) for line in lines):
        raise Refusal(lines[0])
    if code:
        raise Failure(f"expected success or the limit of a node, but got {code}: {' | '.join(lines)}")


def run_graph(tools, flags, folder):
    code, lines = run_tool(tools / "dsc-run", folder / "graph.dsc", "--inputs", folder / "in.npz",
                           "--outputs", folder / "out.npz", *flags)
    if code:
        raise Failure(f"expected success, but got {code}: {' | '.join(lines)}")
    with np.load(folder / "out.npz") as file:
        return {name: file[name] for name in file.files}


def distance(expected, actual):
    """The largest error as a share of the tolerance, which grows with the number and with the tensor it stands in: sums
    that cancel are as exact as their terms. Infinities and NaNs have no distance, or an infinite one."""
    if expected.shape != actual.shape or expected.dtype != actual.dtype:
        raise Failure(f"expected {expected.dtype}{list(expected.shape)}, but got {actual.dtype}{list(actual.shape)}")
    finite = np.isfinite(expected)
    if not np.array_equal(expected[~finite], actual[~finite], equal_nan=True):
        return float("inf")
    e, a = expected[finite].astype(np.float64), actual[finite].astype(np.float64)
    if not e.size:
        return 0.0
    if expected.dtype.kind != "f":
        return 0.0 if np.array_equal(e, a) else float("inf")
    scale = max(1.0, float(np.sqrt(np.mean(e * e))))
    return float(np.max(np.nan_to_num(np.abs(a - e), nan=np.inf, posinf=np.inf) / (ATOL * scale + RTOL * np.abs(e))))


def compare(expected, actual):
    """The largest distance of all outputs, if it is small enough."""
    if set(expected) != set(actual):
        raise Failure(f"expected the outputs {sorted(expected)}, but got {sorted(actual)}")
    worst = 0.0
    for name, array in expected.items():
        found = distance(array, actual[name])
        if found > 1:
            raise Failure(f"output '{name}' is {found:.3g} times the tolerance off")
        worst = max(worst, found)
    return worst


def check_variants(tools, model, expected, folder):
    """Compares every variant with onnxruntime, and the first with the last; the largest distance."""
    worst, compiled, found = 0.0, None, []
    for compile_flags, run_flags in VARIANTS:
        try:
            if compile_flags != compiled:
                compile_graph(tools, model, compile_flags, folder)
                compiled = compile_flags
            found.append(run_graph(tools, run_flags, folder))
            worst = max(worst, compare(expected, found[-1]))
        except Failure as failure:
            raise Failure(f"[{' '.join(compile_flags + run_flags)}] {failure}") from None
    try:
        return max(worst, compare(found[-1], found[0]))
    except Failure as failure:
        raise Failure(f"[--opt=2 against --opt=0] {failure}") from None


def check_graph(tools, seed, work):
    """Builds the graph of a seed and checks it; keeps it when it fails."""
    model, inputs = random_graph(seed)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        onnx.save(model, folder / "graph.onnx")
        np.savez(folder / "in.npz", **inputs)
        try:
            expected = expected_outputs(model, inputs)
            return Outcome("agree", worst=check_variants(tools, model, expected, folder), nodes=len(model.graph.node))
        except Refusal as refusal:
            return Outcome("refused", str(refusal))
        except Failure as failure:
            work.mkdir(parents=True, exist_ok=True)
            for source, suffix in (("graph.onnx", "onnx"), ("in.npz", "npz")):
                (work / f"{seed}.{suffix}").write_bytes((folder / source).read_bytes())
            return Outcome("failed", f"{failure}\n  kept {work / f'{seed}.onnx'}; again: {Path(sys.argv[0]).name} "
                                     f"--bin {tools} --seed {seed} --count 1")
        except Exception as error:  # onnxruntime's own types: it refuses the model, or it computes nothing
            return Outcome("unusable", str(error).splitlines()[0])


def runs_here():
    """Whether this machine has CPU level v3."""
    flags = set(Path("/proc/cpuinfo").read_text().split("flags", 1)[1].split("\n", 1)[0].split())
    return {"avx2", "fma", "bmi2", "f16c"} <= flags


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--bin", type=Path, required=True)
    parser.add_argument("--seed", type=int, default=time.time_ns() // 1000 % 10**9)
    parser.add_argument("--count", type=int, default=100)
    parser.add_argument("--work", type=Path, default=Path(tempfile.gettempdir()) / "dsc-random-graphs")
    parser.add_argument("--most-idle", type=float, default=0.15, help="share of graphs that may be left uncomputed")
    options = parser.parse_args()
    if not runs_here():
        print("skipped: this machine has no CPU level v3")
        return SKIPPED
    print(f"seed {options.seed}", flush=True)
    counts, worst, nodes = collections.Counter(), 0.0, 0
    for seed in range(options.seed, options.seed + options.count):
        outcome = check_graph(options.bin, seed, options.work)
        counts[outcome.kind] += 1
        worst, nodes = max(worst, outcome.worst), nodes + outcome.nodes
        if outcome.kind != "agree":
            print(f"{outcome.kind} {seed}: {outcome.text}", flush=True)
    idle = (counts["refused"] + counts["unusable"]) / options.count
    good = not counts["failed"] and idle <= options.most_idle
    print(f"{'ok  ' if good else 'FAIL'} seed {options.seed}: {options.count} graphs, {counts['agree']} agree ({nodes} "
          f"nodes, {worst:.2f} of the tolerance), {counts['refused']} refused, {counts['unusable']} unusable, "
          f"{counts['failed']} failed")
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
