#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Compiles a real sentence model ahead of time and asks it how similar a few sentences are.

usage: minilm.py --bin DIR [SENTENCE...]
"""
import argparse
import json
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
from tokenizers import Tokenizer

import model

SENTENCES = [
    "A cat is sleeping on the warm windowsill.",
    "The kitten naps in the sun.",
    "Shares fell sharply after the central bank's decision.",
    "The stock market dropped on news of higher interest rates.",
    "How do I reset my password?",
    "I forgot my login and cannot get into my account.",
]
SHADES = " .:-=+*#%@"


def tokenize(sentences):
    """{input name: array} with one row per sentence, padded to the longest."""
    tokenizer = Tokenizer.from_file(str(model.package() / "tokenizer.json"))
    tokenizer.enable_truncation(256)
    tokenizer.enable_padding()
    rows = tokenizer.encode_batch(sentences)
    return {"input_ids": np.array([row.ids for row in rows]),
            "attention_mask": np.array([row.attention_mask for row in rows])}


def run(*command):
    """Runs one of our tools and returns its output; a failure ends the script with the tool's own line."""
    done = subprocess.run([str(part) for part in command], stdout=subprocess.PIPE, text=True)
    if done.returncode:
        sys.exit(f"minilm: {Path(command[0]).name} failed")
    return done.stdout


def compile_plan(tools, folder):
    """The plan of the model; the ONNX file is written once."""
    source, plan = folder / "minilm.onnx", folder / "minilm.dsc"
    if not source.exists() or source.stat().st_mtime < Path(model.__file__).stat().st_mtime:
        print("writing the ONNX graph from the package's weights")
        model.build(folder / "minilm.partial")
        (folder / "minilm.partial").rename(source)
    begin = time.perf_counter()
    run(tools / "dsc-compile", source, "-o", plan)
    seconds = time.perf_counter() - begin
    print(f"compiled {source.stat().st_size / 1e6:.0f} MB of model into {plan.stat().st_size / 1e6:.0f} MB of plan "
          f"in {seconds:.1f} s\n")
    return plan


def print_matrix(sentences, embeddings):
    """Every sentence against every other: 1 means the same, 0 unrelated; the darker the nearer."""
    similarity = embeddings @ embeddings.T
    width = max(len(s) for s in sentences)
    print(" " * (width + 4) + "".join(f"{i + 1:>8}" for i in range(len(sentences))))
    for i, sentence in enumerate(sentences):
        cells = []
        for value in similarity[i]:
            shade = SHADES[min(max(int(value * len(SHADES)), 0), len(SHADES) - 1)]
            cells.append(f"  {shade * 2} {value:.2f}"[-8:])
        print(f"{i + 1:>2}  {sentence:<{width}}" + "".join(cells))
    np.fill_diagonal(similarity, -1)
    print()
    for i, j in enumerate(similarity.argmax(1)):
        print(f"{i + 1:>2} is nearest to {j + 1:>2}: \"{sentences[i]}\" ~ \"{sentences[j]}\"")


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("sentences", nargs="*", default=SENTENCES)
    parser.add_argument("--bin", type=Path, required=True, help="folder of dsc-compile and dsc-run")
    parser.add_argument("--work", type=Path, default=Path(".cache/minilm"), help="folder for model, plan and tensors")
    options = parser.parse_args()
    sentences = options.sentences or SENTENCES
    options.work.mkdir(parents=True, exist_ok=True)
    plan = compile_plan(options.bin, options.work)
    inputs, outputs = options.work / "in.npz", options.work / "out.npz"
    np.savez(inputs, **tokenize(sentences))
    run(options.bin / "dsc-run", plan, "--inputs", inputs, "--outputs", outputs)
    with np.load(outputs) as file:
        print_matrix(sentences, file["embedding"])
    bench = json.loads(run(options.bin / "dsc-run", plan, "--inputs", inputs, "--bench=20", "--json"))["bench"]
    print(f"\n{bench['median_us'] / 1e3 / len(sentences):.2f} ms per sentence "
          f"(batch of {len(sentences)}, median of {bench['runs']} runs)")


if __name__ == "__main__":
    main()
