#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""The conventions of this project, checked: prints one line per finding, then a table per rule; exits 1 on a failure.

usage: check_conventions.py ROOT [--supported-ops PROGRAM] [--warnings]
Only files git knows or would add are read. Each rule is a generator of Finding over a Tree.
"""
import argparse
import ast
import collections
import re
import subprocess
import sys
from pathlib import Path

Finding = collections.namedtuple("Finding", "rule path line text fails", defaults=[True])
SOURCE = (".cpp", ".h", ".hpp", ".td", ".py")
LIT = (".mlir", ".onnxtxt", ".test")
# What the sources of a folder may include of the others: the longest matching prefix decides.
LAYERS = {
    "runtime/": ["runtime/", "dsc/", "flatbuffers/"],
    "dialects/": ["dialects/", "mlir/", "llvm/"],
    "passes/": ["passes/", "dialects/", "mlir/", "llvm/", "runtime/schema/"],
    "compiler/": ["compiler/", "passes/", "dialects/", "mlir/", "llvm/", "lld/", "runtime/schema/", "flatbuffers/"],
    "tools/": ["tools/", "compiler/", "passes/", "dialects/", "mlir/", "llvm/", "runtime/schema/"],
    "tools/cuda-sim/": ["tools/cuda-sim/"],
    "tools/dsc-run/": ["tools/", "runtime/include/", "runtime/schema/", "dsc/"],
}
ONNX_FILES = ("compiler/import/OnnxModel", "tools/TensorFile", "tools/dsc-conformance", "test/", "compiler/import/Onnx")
LIMITS = {"source": (300, 600), "function": (40, 80), "test": (150, 400)}


class Tree:
    """The files under a root, by path relative to it."""

    def __init__(self, root):
        self.root = Path(root)
        listed = subprocess.run(["git", "-C", root, "ls-files", "-co", "--exclude-standard"],
                                capture_output=True, text=True, check=True).stdout.split("\n")
        self.paths = sorted(p for p in listed if p and (self.root / p).is_file())
        self.cache = {}

    def text(self, path):
        if path not in self.cache:
            self.cache[path] = (self.root / path).read_text(errors="replace")
        return self.cache[path]

    def lines(self, path):
        return enumerate(self.text(path).split("\n"), 1)

    def having(self, suffixes, prefix=""):
        return [p for p in self.paths if p.endswith(suffixes) and p.startswith(prefix)]


def line_of(text, position):
    return text.count("\n", 0, position) + 1


def kebab(name):
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", "-", name).lower()


def check_filecheck(tree):
    """1: a test with CHECK lines calls FileCheck."""
    for path in tree.having(LIT, "test/"):
        text = tree.text(path)
        runs = "".join(re.findall(r"RUN:(.*)", text))
        if not runs:
            yield Finding(1, path, 1, "no RUN line")
        elif re.search(r"^\s*(//|#|;)\s*[A-Z0-9_-]*CHECK[A-Z0-9_-]*:", text, re.M) and "FileCheck" not in runs:
            yield Finding(1, path, 1, "CHECK lines, but no RUN line calls FileCheck")


def passes_of(tree):
    for path in tree.having(".td", "passes/"):
        text = tree.text(path)
        for match in re.finditer(r'^def (\w+)\s*:\s*Pass<"([^"]+)"', text, re.M):
            end = text.find("\ndef ", match.end())
            yield path, line_of(text, match.start()), match[1], match[2], text[match.end(): end if end > 0 else None]


def check_names(tree):
    """2: the names of a definition, its flag, its file and its test agree."""
    stems = {Path(p).stem for p in tree.having(".cpp", "passes/")}
    tests = {Path(p).stem for p in tree.having(LIT, "test/passes/")}
    for path, line, name, flag, _ in passes_of(tree):
        base = name.removesuffix("Pass")
        if flag != "dsc-" + kebab(base) or not name.endswith("Pass"):
            yield Finding(2, path, line, f"expected {name} to have the flag dsc-{kebab(base)}, but got {flag}")
        if base not in stems:
            yield Finding(2, path, line, f"no file {base}.cpp under passes/")
        if not any(t == kebab(base) or t.startswith(kebab(base) + "-") for t in tests):
            yield Finding(2, path, line, f"no test {kebab(base)}.mlir under test/passes/")
    for path in tree.having(".td", "dialects/"):
        for line, text in tree.lines(path):
            match = re.match(r'def \w+?_(\w+)Op\s*:.*?<"(\w+)"', text)
            if match and kebab(match[1]).replace("-", "_").replace("_", "") != match[2].replace("_", ""):
                yield Finding(2, path, line, f"class {match[1]}Op does not match the mnemonic {match[2]}")
    for path in tree.having(".cpp") + tree.having(".h"):
        if not re.match(r"[A-Z][A-Za-z0-9]*$|dsc$", Path(path).stem) and "runtime/schema" not in path:
            yield Finding(2, path, 1, "expected a PascalCase file name")
    for path in tree.having(LIT, "test/") + tree.having(".md", "docs/"):
        if not re.match(r"[a-z0-9]+(-[a-z0-9]+)*$", Path(path).stem):
            yield Finding(2, path, 1, "expected a kebab-case file name")


def check_documented(tree):
    """3: every pass has a summary, a description and an example."""
    for path, line, name, _, body in passes_of(tree):
        for part, pattern in (("summary", r"let summary\s*=\s*\""), ("description", r"let description\s*=\s*\[\{"),
                              ("example in its description", r"```")):
            if not re.search(pattern, body):
                yield Finding(3, path, line, f"{name} has no {part}")


def check_messages(tree):
    """4: every error literal is quoted by a test."""
    quoted = "\n".join(tree.text(p) for p in tree.paths if p.startswith("test/"))
    quoted = quoted.replace('\\"', '"')
    call = re.compile(r"\bemit(?:Op)?Error\((?:[^;\"]|\"(?:\\.|[^\"\\])*\")*?;", re.S)
    for path in tree.having((".cpp", ".h"), ("dialects/", "passes/", "compiler/")):
        for match in call.finditer(tree.text(path)):
            pieces = re.findall(r'"((?:\\.|[^"\\])*)"', re.sub(r'"\s*\n\s*"', "", match[0]))
            piece = max((p.replace('\\"', '"').replace("\\'", "'").strip() for p in pieces), key=len, default="")
            if len(piece) > 3 and piece not in quoted:
                yield Finding(4, path, line_of(tree.text(path), match.start()), f'no test quotes "{piece}"')


def check_patterns(tree):
    """5, 6 and 9: no cl::opt outside tools, no hand-written pass constructors or arguments, TODOs carry a number."""
    for path in tree.having(SOURCE) + tree.having(LIT):
        if path.startswith("test/lint/"):
            continue
        for line, text in tree.lines(path):
            if "cl::opt" in text and not path.startswith("tools/"):
                yield Finding(5, path, line, "cl::opt outside tools/")
            if re.search(r"let constructor\b|\bgetArgument\(\) const\b.*override", text):
                yield Finding(6, path, line, "write neither `let constructor` nor a `getArgument` override")
            if re.search(r"\b(TODO|FIXME|XXX|HACK)\b", text) and not re.search(r"\bTODO\(#\d+\)", text):
                yield Finding(9, path, line, "expected TODO(#number)")


def check_includes(tree):
    """7: an include goes down the layers, never up, never sideways between phases."""
    generated = re.compile(r"\.(h|cpp)\.inc$|plan_generated\.h$")
    for path in tree.having((".cpp", ".h", ".hpp")):
        allowed = next((LAYERS[k] for k in sorted(LAYERS, key=len, reverse=True) if path.startswith(k)), None)
        for line, text in tree.lines(path):
            match = re.match(r'\s*#include ["<]([^">]+)[">]', text)
            if not match or allowed is None:
                continue
            target = match[1]
            if target.startswith("onnx/"):
                if not path.startswith(ONNX_FILES):
                    yield Finding(7, path, line, f"{target}: only compiler/import/OnnxModel may include onnx")
                continue
            known = "/" in target and target.split("/")[0] in ("runtime", "dialects", "passes", "compiler", "tools", "mlir",
                                                             "llvm", "lld", "flatbuffers", "test")
            if known and not generated.search(target) and not target.startswith(tuple(allowed)):
                yield Finding(7, path, line, f"{target} is not below {path.split('/')[0]}")
            mine, theirs = path.split("/"), target.split("/")
            if mine[0] == theirs[0] == "passes" and len(mine) > 2 and len(theirs) > 2 and mine[1] != theirs[1]:
                yield Finding(7, path, line, f"{target} belongs to another phase")


def functions(path, text):
    """(name, first line, length) of each function; C++ by indentation, which clang-format guarantees."""
    if path.endswith(".py"):
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
                yield node.name, node.lineno, node.end_lineno - node.lineno + 1
        return
    opened = {}
    for number, line in enumerate(text.split("\n"), 1):
        indent = len(line) - len(line.lstrip())
        if indent in opened and re.match(r"\s*\}", line):
            name, first = opened.pop(indent)
            yield name, first, number - first + 1
        elif indent <= 2 and line.endswith("{") and not line.lstrip().startswith("}"):
            keyword = re.match(r"\s*(inline |static )?(namespace|struct|class|enum|union|extern \"C\"|if|for|switch|while|do)\b",
                               line)
            if not keyword and not any(indent > outer for outer in opened):
                head = re.search(r"([\w:~]+)\s*\(", line)
                opened[indent] = (head[1] if head else line.strip(), number)


def check_sizes(tree):
    """8: files and functions stay small."""
    for path in tree.having(SOURCE) + tree.having(LIT):
        kind = "test" if path.startswith("test/") else "source"
        text = tree.text(path)
        sizes = [(kind + " file", 1, text.count("\n"), LIMITS[kind])]
        if path.endswith((".cpp", ".h", ".hpp", ".py")):
            sizes += [(f"function {n}", at, size, LIMITS["function"]) for n, at, size in functions(path, text)]
        for what, line, size, (warn, fail) in sizes:
            if size > warn:
                yield Finding(8, path, line, f"{what} has {size} lines, the limit is {fail}", size > fail)


def check_heads(tree):
    """11: a file starts with its licence and a sentence of purpose."""
    for path in tree.having((".cpp", ".h", ".hpp", ".td", ".py", ".cmake", "CMakeLists.txt")):
        head = tree.text(path).split("\n")[:3]
        if not any("SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception" in line for line in head[:2]):
            yield Finding(11, path, 1, "expected the SPDX line first")


def check_supported_ops(tree, program):
    """10: docs/supported-ops.md is what the import table prints today."""
    page = "docs/supported-ops.md"
    if program:
        printed = subprocess.run(program.split(), capture_output=True, text=True, check=True).stdout
        if page not in tree.paths or tree.text(page) != printed:
            yield Finding(10, page, 1, f"stale: run `{Path(program.split()[0]).name} "
                                       f"{' '.join(program.split()[1:])} > {page}`")


def check(root, program=None):
    """All findings of a tree."""
    tree = Tree(root)
    for rule in (check_filecheck, check_names, check_documented, check_messages, check_patterns, check_includes,
                 check_sizes, check_heads):
        yield from rule(tree)
    yield from check_supported_ops(tree, program)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("root")
    parser.add_argument("--supported-ops", help="command that prints docs/supported-ops.md")
    parser.add_argument("--warnings", action="store_true", help="list warnings too")
    options = parser.parse_args()
    findings = sorted(check(options.root, options.supported_ops))
    for item in findings:
        if item.fails or options.warnings:
            print(f"{item.path}:{item.line}: {'' if item.fails else 'warning: '}rule {item.rule}: {item.text}")
    print(f"{'rule':>5} {'failures':>9} {'warnings':>9}")
    for rule in range(1, 12):
        mine = [item.fails for item in findings if item.rule == rule]
        print(f"{rule:>5} {sum(mine):>9} {len(mine) - sum(mine):>9}")
    return 1 if any(item.fails for item in findings) else 0


if __name__ == "__main__":
    sys.exit(main())
