#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""ptxas accepts every module that the simulator's tests run: what they test is PTX.

usage: assemble-tests.py PTXAS CUDA_SIM_TEST
A module that needs a newer GPU than it names, as ptxas says, is assembled for sm_90.
"""
import concurrent.futures
import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path


def assemble(ptxas, path, target=None):
    """What ptxas complains about, or an empty text."""
    text = path.read_text()
    target = target or re.search(r"\.target (\w+)", text)[1]
    path.write_text(re.sub(r"\.target \w+", f".target {target}", text))
    result = subprocess.run([ptxas, f"-arch={target}", path, "-o", "/dev/null"], capture_output=True, text=True)
    if result.returncode and "requires .target" in result.stderr and target != "sm_90":
        return assemble(ptxas, path, "sm_90")
    return result.stderr if result.returncode else ""


def main():
    ptxas, tests = sys.argv[1:]
    with tempfile.TemporaryDirectory() as folder:
        # The tests of errors hold what ptxas refuses too.
        subprocess.run([tests, "--gtest_filter=-SimError.*:SimParse.*"], check=True, stdout=subprocess.DEVNULL,
                       env={**os.environ, "DSC_SIM_DUMP": folder})
        paths = sorted(Path(folder).glob("*.ptx"))
        with concurrent.futures.ThreadPoolExecutor() as pool:
            complaints = list(pool.map(lambda path: assemble(ptxas, path), paths))
        for path, complaint in zip(paths, complaints):
            if complaint:
                print(f"{complaint}{path.read_text()}")
    print(f"{len(paths)} modules, {sum(map(bool, complaints))} refused")
    return 1 if any(complaints) or not paths else 0


if __name__ == "__main__":
    sys.exit(main())
