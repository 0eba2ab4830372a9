#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Gate on libdsc.so.1: stripped size, needed libraries, exported symbols, and the headers under strict compilers.

usage: check-library.py LIBRARY INCLUDE_DIR STRIP CLANG CLANGXX
"""
import os
import re
import subprocess
import sys
import tempfile

MAX_BYTES = 100 * 1024
LIBRARY, INCLUDE, STRIP, CLANG, CLANGXX = sys.argv[1:6]
FAILURES = []


def output(*command):
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout


def check_size(folder):
    stripped = os.path.join(folder, "libdsc.so.1")
    subprocess.run([STRIP, "-o", stripped, LIBRARY], check=True)
    size = os.path.getsize(stripped)
    print(f"stripped size: {size} bytes of {MAX_BYTES}")
    if size > MAX_BYTES:
        FAILURES.append(f"expected at most {MAX_BYTES} bytes, but got {size}")


def check_needed():
    needed = re.findall(r"\(NEEDED\).*\[(.*)\]", output("readelf", "-d", "-W", LIBRARY))
    if needed != ["libc.so.6"]:
        FAILURES.append(f"expected only libc.so.6, but got {needed}")


def check_exports():
    with open(os.path.join(INCLUDE, "dsc/dsc.h")) as header:
        declared = set(re.findall(r"^DSC_API [^(]*?(dsc_\w+)\(", header.read(), re.M))
    exported = {line.split()[-1].split("@")[0] for line in output("nm", "-D", "--defined-only", LIBRARY).splitlines()}
    exported.discard("DSC_1.0")
    if declared != exported:
        FAILURES.append(f"header and library differ: {sorted(declared ^ exported)}")


def check_headers(folder):
    strict = ["-fsyntax-only", "-I", INCLUDE, "-pedantic", "-Wall", "-Wextra", "-Wpadded", "-Werror"]
    for compiler, language, flags, header in (
        (CLANG, "c", ["-std=c11"], "dsc.h"), ("gcc", "c", ["-std=c11"], "dsc.h"),
        (CLANGXX, "c++", ["-std=c++17"], "dsc.h"), ("g++", "c++", ["-std=c++17"], "dsc.h"),
        (CLANGXX, "c++", ["-std=c++17", "-fno-exceptions", "-fno-rtti", "-Wno-padded"], "dsc.hpp"),
    ):
        source = os.path.join(folder, "use." + language)
        with open(source, "w") as file:
            file.write(f"#include <dsc/{header}>\n")
        done = subprocess.run([compiler, *strict, *flags, "-x", language, source], capture_output=True, text=True)
        if done.returncode:
            FAILURES.append(f"{compiler} {header}: {done.stderr.splitlines()[0]}")


with tempfile.TemporaryDirectory() as scratch:
    check_size(scratch)
    check_needed()
    check_exports()
    check_headers(scratch)
for failure in FAILURES:
    print("FAIL:", failure)
sys.exit(1 if FAILURES else 0)
