# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
# How lit runs the tests of this folder: suffixes, tools, features. Loaded by lit.site.cfg.py of a build folder.
import glob
import os
import shutil

import lit.formats

config.name = "dsc"
config.test_format = lit.formats.ShTest(execute_external=False)
config.suffixes = [".mlir", ".onnxtxt", ".test"]
config.test_source_root = os.path.dirname(__file__)
config.excludes = ["Inputs", "fixtures"]

# Our tools first, then FileCheck, not, split-file and the llvm-* of the same LLVM; never another LLVM on PATH.
path = [config.dsc_bin, config.llvm_bin, os.environ.get("PATH", "")]
# ptxas of the Python package, behind one that the machine has.
path += glob.glob(os.path.join(config.dsc_source, ".venv/lib/python3*/site-packages/nvidia/cu13/bin"))
config.environment["PATH"] = os.path.pathsep.join(path)
config.environment["FILECHECK_OPTS"] = "-enable-var-scope --dump-input-filter=error"
for name in ("DSC_ROUNDTRIP", "ASAN_OPTIONS", "UBSAN_OPTIONS"):
    if name in os.environ:
        config.environment[name] = os.environ[name]

config.substitutions.append(("%python", config.python))
config.substitutions.append(("%onnx_data", config.onnx_data))
config.substitutions.append(("%source", config.dsc_source))
config.substitutions.append(("%libdsc", os.path.join(config.dsc_lib, "libdsc.so.1")))
if os.environ.get("DSC_ROUNDTRIP"):
    config.substitutions.append((r"\bdsc-opt\b", "dsc-opt -verify-roundtrip"))


def cpu_flags():
    """The feature words of this machine's first core."""
    with open("/proc/cpuinfo") as file:
        for line in file:
            if line.startswith("flags"):
                return set(line.split(":")[1].split())
    return set()


def add_features():
    """`onnx`: the ONNX library is linked in; `v3`, `v4`, `v4vnni`: this machine runs kernels of that level; `ptxas`."""
    if shutil.which("ptxas", path=config.environment["PATH"]):
        config.available_features.add("ptxas")
    flags = cpu_flags()
    if os.path.exists(os.path.join(config.dsc_bin, "dsc-compile")):
        config.available_features.add("onnx")
    if os.path.isdir(config.onnx_data):
        config.available_features.add("onnx-testdata")
    if {"avx2", "fma", "bmi2"} <= flags:
        config.available_features.add("v3")
    if {"avx512f", "avx512bw", "avx512cd", "avx512dq", "avx512vl"} <= flags:
        config.available_features.update(("v4", "avx512"))
    if {"avx512_vnni", "avx512_bf16"} <= flags:
        config.available_features.add("v4vnni")


add_features()
