#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Counts which groups of a model get a GPU kernel, convolutions apart, and lets ptxas look at the kernels.

usage: gpu_coverage.py --bin DIR NAME [--small] [--least=0.9]
Lists the groups that stay on the CPU; exits 1 when fewer than the share have a GPU kernel, or when one spills.
"""
import argparse
import collections
import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

import compare


def count_launches(tools, model):
    """{kernel name: launches} after the kernel phase."""
    text = subprocess.run([str(tools / "dsc-compile"), str(model), "--target=cuda", "--stop-after=kernel"],
                          capture_output=True, text=True, check=True).stdout
    names = dict(re.findall(r'dsc\.kernel @(\w+) \{.*?\bname = "([^"]*)"', text))
    launches = collections.Counter(re.findall(r"dsc\.launch @(\w+)\(", text))
    return {f"{names[kernel]} ({kernel})": count for kernel, count in launches.items()}


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--bin", type=Path, required=True)
    parser.add_argument("name")
    parser.add_argument("--small", action="store_true")
    parser.add_argument("--least", type=float, default=0.9)
    options = parser.parse_args()
    model = compare.model_file(options.name, options.small)
    packaged = Path(sys.prefix).glob("lib/python3*/site-packages/nvidia/cu13/bin")
    os.environ["PATH"] = os.pathsep.join([os.environ["PATH"], *map(str, packaged)])
    with tempfile.TemporaryDirectory() as folder:
        launches = count_launches(options.bin, model)
        done = subprocess.run([str(options.bin / "dsc-compile"), str(model), "--target=cuda", "--level=v3",
                               "-o", str(Path(folder) / "plan.dsc")], capture_output=True, text=True)
    if done.returncode:
        sys.exit(done.stderr)
    complaints = [line for line in done.stderr.splitlines() if "stays on the CPU" not in line]
    counted = {name: count for name, count in launches.items() if "_conv" not in name}
    on_gpu = sum(count for name, count in counted.items() if name.startswith("cuda_"))
    share = on_gpu / sum(counted.values())
    print(f"{options.name}: {on_gpu} of {sum(counted.values())} groups ({share:.0%}) have a GPU kernel, convolutions apart")
    for name, count in sorted(launches.items()):
        if name.startswith("cpu_"):
            print(f"  {count} x {name}")
    for line in complaints:
        print(line)
    return share < options.least or bool(complaints)


if __name__ == "__main__":
    sys.exit(main())
