#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Runs what the documentation shows: every command of ours in a fenced block, in order, page by page, in a folder with
a `model.onnx` and inputs `in.npz`; and every mlir block through dsc-opt.

usage: run_examples.py --bin DIR PAGE.md...
"""
import argparse
import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np
import onnx

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "models"))
import compare  # noqa: E402
import models  # noqa: E402


def prepare(folder):
    """The files that the pages assume."""
    path = compare.model_file("unet", small=True)
    shutil.copy(path, folder / "model.onnx")
    np.savez(folder / "in.npz", **models.random_inputs(onnx.load(path), {"batch": 2}, 0))


def commands(text):
    """(kind, text) of what a page lets a reader try."""
    for language, body in re.findall(r"^```(\w*)\n(.*?)^```", text, re.M | re.S):
        if language == "mlir":
            yield "mlir", body
        elif not language:
            for line in body.splitlines():
                if re.match(r"(build/release/bin/)?dsc-", line):
                    yield "command", line.replace("build/release/bin/", "").split("   ")[0]


def run(kind, text, folder, environment):
    """Runs one example; returns whether it succeeded and prints what it did otherwise."""
    shown = text.strip().split("\n")[0]
    command = ["bash", "-o", "pipefail", "-c", text] if kind == "command" else ["dsc-opt", "-"]
    done = subprocess.run(command, input=None if kind == "command" else text, cwd=folder, env=environment, text=True,
                          capture_output=True)
    print(f"{'ok  ' if done.returncode == 0 else 'FAIL'} {shown}")
    if done.returncode:
        print(done.stderr.strip()[-600:])
    return done.returncode == 0


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--bin", type=Path, required=True)
    parser.add_argument("pages", nargs="+", type=Path)
    options = parser.parse_args()
    environment = {**os.environ, "PATH": f"{options.bin}{os.pathsep}{os.environ['PATH']}"}
    good, count = True, 0
    for page in options.pages:
        with tempfile.TemporaryDirectory() as name:
            prepare(Path(name))
            for kind, text in commands(page.read_text()):
                good &= run(kind, text, Path(name), environment)
                count += 1
    print(f"{count} examples")
    return 0 if good and count else 1


if __name__ == "__main__":
    sys.exit(main())
