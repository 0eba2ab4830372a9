#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Drives dsc-run over hand-built plans: results, comparisons, reports and one-line errors.

usage: dsc-run-test.py DSC_RUN WRITE_PLANS
"""
import json
import os
import struct
import subprocess
import sys
import tempfile
import zipfile

DSC_RUN, WRITE_PLANS = map(os.path.abspath, sys.argv[1:3])
FAILURES = []


def expect(condition, what):
    if not condition:
        FAILURES.append(what)
        print("FAIL:", what)


def run(*arguments):
    done = subprocess.run([DSC_RUN, *arguments], capture_output=True, text=True)
    return done.returncode, done.stdout, done.stderr


def fails(text, *arguments):
    code, _, err = run(*arguments)
    expect(code == 1 and err.count("\n") == 1 and text in err, f"{arguments}: expected '{text}', but got {code}: {err}")


def npy(descr, shape, payload):
    header = f"{{'descr': '{descr}', 'fortran_order': False, 'shape': {shape}, }}\n".encode()
    return b"\x93NUMPY\x01\x00" + struct.pack("<H", len(header)) + header + payload


def save_npz(path, arrays, method=zipfile.ZIP_STORED):
    with zipfile.ZipFile(path, "w", method) as archive:
        for name, data in arrays.items():
            archive.writestr(name + ".npy", data)


def load_floats(path, name):
    with zipfile.ZipFile(path) as archive:
        expect(archive.testzip() is None, "npz checksums")
        raw = archive.read(name + ".npy")
    size = 10 + struct.unpack("<H", raw[8:10])[0]
    return list(struct.unpack(f"<{(len(raw) - size) // 4}f", raw[size:]))


def floats(values):
    return npy("<f4", f"({len(values)},)", struct.pack(f"<{len(values)}f", *values))


def main():
    os.chdir(tempfile.mkdtemp())
    subprocess.run([WRITE_PLANS, "."], check=True)
    x, y = [float(i) for i in range(1000)], [2.0 * i for i in range(1000)]
    save_npz("in.npz", {"x": floats(x), "y": floats(y)}, zipfile.ZIP_DEFLATED)
    want = [3.0 * i + 1 for i in range(1000)]
    save_npz("want.npz", {"z": floats(want)})
    code, out, err = run("add.dsc", "--inputs", "in.npz", "--outputs", "out.npz", "--compare", "want.npz", "--rtol=0",
                         "--atol=0", "--threads=2")
    expect(code == 0 and "compare z: ok" in out, f"run: {out}{err}")
    expect(load_floats("out.npz", "z") == want, "values of out.npz")
    want[7] += 1
    save_npz("bad.npz", {"z": floats(want)})
    fails("output 'z' differs", "add.dsc", "--inputs", "in.npz", "--compare", "bad.npz")

    with open("x.npy", "wb") as file:
        file.write(floats(x))
    code, out, _ = run("add.dsc", "--input", "x=x.npy", "--random=3", "--json", "--bench=5", "--profile", "--trace", "t.json")
    report = json.loads(out)
    expect(code == 0 and report["bench"]["runs"] == 5 and len(report["steps"]) == 2, "json report")
    expect(report["outputs"] == [{"name": "z", "dtype": "f32", "shape": [1000]}], "json outputs")
    with open("t.json") as file:
        names = [event["name"] for event in json.load(file)["traceEvents"]]
    expect("node_0" in names and "main" in names and "open" in names, f"trace: {names}")
    _, again, _ = run("add.dsc", "--input", "x=x.npy", "--random=3")
    _, other, _ = run("add.dsc", "--input", "x=x.npy", "--random=4")
    expect(again == run("add.dsc", "--input", "x=x.npy", "--random=3")[1] and again != other, "seeds of --random")
    _, out, _ = run("add.dsc", "--random", "--profile")
    expect("GFLOP/s" in out and "node_1" in out and "total" in out, f"profile: {out}")

    for plan, batch in (("batch.dsc", 5), ("open.dsc", 77)):
        code, out, err = run(plan, "--random", "--dim", f"batch={batch}", "--bench=2")
        expect(code == 0 and f"f32 {batch}x4" in out and "rows/s" in out, f"{plan}: {out}{err}")
    code, out, _ = run("add.dsc", "--verify")
    expect(code == 0 and "ok, sha256" in out, "verify")
    expect(run("--version")[1].startswith("dsc-run "), "version")

    fails("--dim batch", "batch.dsc", "--random", "--dim", "batch=9")
    fails("no such symbolic dimension", "batch.dsc", "--random", "--dim", "nothing=1")
    fails("input 'x' is missing", "add.dsc")
    fails("expected one of x, y", "add.dsc", "--input", "q=x.npy", "--random")
    fails("expected f32 of rank 2", "batch.dsc", "--input", "x=x.npy")
    fails("expected one plan", "add.dsc", "batch.dsc")
    fails("unexpected value 'v9'", "add.dsc", "--level=v9")
    fails("missing.dsc", "missing.dsc", "--random")
    fails("corrupt plan", "truncated.dsc", "--random")
    fails("needs runtime 9.1.0", "newer.dsc", "--random")
    fails("needs CPU level v4+vnni+bf16", "v4.dsc", "--random", "--level=v3")
    fails("cannot write", "add.dsc", "--random", "--outputs", "no/such/folder/out.npz")
    os.mkdir("folder")
    for flag in ("--outputs", "--trace"):
        fails("folder: cannot write: it is not a regular file", "add.dsc", "--random", flag, "folder")
        fails("/dev/null: cannot write: it is not a regular file", "add.dsc", "--random", flag, "/dev/null")
    fails("cannot write", "add.dsc", "--random", "--trace", "no/such/folder/t.json")
    fails("expected each input once, but got 'x' again", "add.dsc", "--input", "x=x.npy", "--input", "x=y.npy", "--random")
    expect(not any(".tmp" in name for name in os.listdir(".")), "no temporary files")
    expect(not os.path.exists("no"), "no output after a failure")
    with open("cut.npz", "wb") as file:
        file.write(open("in.npz", "rb").read()[:-30])
    fails("expected an npz archive", "add.dsc", "--inputs", "cut.npz")
    with open("short.npy", "wb") as file:
        file.write(floats(x)[:-4])
    fails("expected 4000 bytes of data, but got 3996", "add.dsc", "--input", "x=short.npy", "--random")
    return 1 if FAILURES else 0


sys.exit(main())
