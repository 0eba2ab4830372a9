# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Throughput of pipelines against one stage: dsc-run in turns, medians of all rounds."""
import json
import subprocess
from pathlib import Path

import numpy as np

STAGES = (1, 2)


def rate(tools, plan, stages, runs):
    """Items a second, one thread to a stage."""
    done = subprocess.run([tools / "dsc-run", plan, "--random", "--threads=1", f"--stages={stages}", f"--bench={runs}",
                           "--json"], capture_output=True, text=True, check=True)
    return 1e6 / json.loads(done.stdout)["bench"]["mean_us"]


def bench_pipelines(tools, models, folder, rounds=7, runs=40):
    """Prints a line per model; `models` are (name, path of an ONNX file)."""
    print(f"{'model':16} {'1 stage/s':>10} {'2 stages/s':>10} {'ratio':>6}", flush=True)
    for name, path in models:
        plan = Path(folder) / f"{name}.dsc"
        subprocess.run([tools / "dsc-compile", path, "-o", plan], capture_output=True, check=True)
        found = np.array([[rate(tools, plan, stages, runs) for stages in STAGES] for _ in range(rounds)])
        one, two = np.median(found, axis=0)
        print(f"{name:16} {one:10.2f} {two:10.2f} {two / one:6.2f}", flush=True)
