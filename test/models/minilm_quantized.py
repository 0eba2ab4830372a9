#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""MiniLM with its real weights, quantized, against its own f32 plan on the sentences of sentences.txt: size, signal to
noise, cosine, agreement on the nearest sentence. Two models that are broken on purpose must fail both of the last bars.

usage: minilm_quantized.py --bin DIR
"""
import argparse
import sys
import tempfile
from pathlib import Path

import numpy as np
import onnx
from onnx import numpy_helper

import compare

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent.parent / "examples" / "minilm"))
import minilm  # noqa: E402
import model  # noqa: E402

# Bars on all sentences; the cosine on the first 64.
MOST_SIZE, LEAST_COSINE, LEAST_WEIGHTS_SQNR = 0.27, 0.999, 28
LEAST_SQNR, LEAST_AGREEMENT = 22, 0.90
OUTLIERS = [5, 133, 301]


def nearest(embeddings):
    similarity = embeddings @ embeddings.T
    np.fill_diagonal(similarity, -1)
    return similarity.argmax(1)


class Bench:
    """Compiles and runs variants of the model on the same sentences."""

    def __init__(self, tools, folder):
        self.tools, self.folder = tools, folder
        self.inputs = minilm.tokenize((HERE / "sentences.txt").read_text().split("\n")[:300])
        # The example's sentences are not among those.
        np.savez(folder / "calibration.npz", **minilm.tokenize(minilm.SENTENCES))

    def embed(self, source, *flags):
        plan = self.folder / "model.dsc"
        compare.run_tool(self.tools / "dsc-compile", source, "-o", plan, *flags)
        return compare.dsc_outputs(self.tools, plan, self.inputs, self.folder)["embedding"], plan.stat().st_size


def edit(source, target, change):
    """Writes the model with `change(name, weight)` in place of each weight."""
    graph = onnx.load(source)
    for initializer in graph.graph.initializer:
        changed = change(initializer.name, numpy_helper.to_array(initializer).copy())
        initializer.CopyFrom(numpy_helper.from_array(changed, initializer.name))
    onnx.save(graph, target)


def two_bits(name, weight):
    """Feed-forward matrices on four levels, one scale for all of a matrix."""
    if not name.endswith("dense_weight") or "attention" in name:
        return weight
    scale = np.abs(weight).max() / 2
    return (np.clip(np.rint(weight / scale), -2, 1) * scale).astype(weight.dtype)


def outliers(name, weight):
    """Three channels of every value projection times 256, which the output projection takes back."""
    if "attention_self_value" in name:
        weight[..., OUTLIERS] *= 256
    elif name.endswith("attention_output_dense_weight"):
        weight[OUTLIERS] /= 256
    return weight


def report(label, reference, actual):
    """Prints and returns signal to noise, and the part of sentences whose nearest one is the same."""
    noise, agreement = compare.sqnr([reference], [actual]), float((nearest(reference) == nearest(actual)).mean())
    print(f"{label}: {noise:.1f} dB, nearest sentence the same for {100 * agreement:.1f} % of {len(reference)}", flush=True)
    return noise, agreement


def check_policies(bench, source, reference, size):
    weights, weights_size = bench.embed(source, "--quantize=int8-weights")
    noise, _ = report("int8-weights", reference, weights)
    cosine = float((reference * weights).sum(1)[:64].min())
    print(f"  plan {100 * weights_size / size:.1f} % of f32, least cosine of 64 {cosine:.5f}")
    good = weights_size / size <= MOST_SIZE and cosine >= LEAST_COSINE and noise >= LEAST_WEIGHTS_SQNR
    noise, agreement = report("int8", reference, bench.embed(source, "--quantize=int8")[0])
    return good and noise >= LEAST_SQNR and agreement >= LEAST_AGREEMENT


def check_controls(bench, source, reference):
    """The bars of int8 must be able to fail, and the policy must bear far better what breaks static activations."""
    broken = bench.folder / "broken.onnx"
    edit(source, broken, two_bits)
    failed = [report("control: 2 bits in feed-forward", reference, bench.embed(broken)[0])]
    edit(source, broken, outliers)
    same, _ = report("control: outliers, f32", reference, bench.embed(broken)[0])
    rules = bench.folder / "static.yaml"
    rules.write_text("rules:\n  - {storage: i8, activation: static}\n")
    static = bench.embed(broken, f"--quantize={rules}", f"--calibration={bench.folder / 'calibration.npz'}")[0]
    failed.append(report("control: outliers, all activations static", reference, static))
    policy, _ = report("outliers, int8", reference, bench.embed(broken, "--quantize=int8")[0])
    good = same > 80 and policy > failed[1][0] + 15
    return good and all(noise < LEAST_SQNR and agreement < LEAST_AGREEMENT for noise, agreement in failed)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--bin", type=Path, required=True)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        source = Path(name) / "minilm.onnx"
        model.build(source)
        bench = Bench(options.bin, Path(name))
        reference, size = bench.embed(source)
        results = [check_policies(bench, source, reference, size), check_controls(bench, source, reference)]
    return 0 if all(results) else 1


if __name__ == "__main__":
    sys.exit(main())
