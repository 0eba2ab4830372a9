#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Every rule of check_conventions.py finds its negative example, and the good tree next to it stays silent."""
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
import check_conventions  # noqa: E402

SPDX = "// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception\n"
PASS = """def FormGroupsPass : Pass<"dsc-form-groups"> {
  let summary = "forms groups";
  let description = [{ Text.
    ```mlir
    ```
  }];
}
"""
GOOD = {
    "passes/Passes.td": SPDX + PASS,
    "passes/fuse/FormGroups.cpp": SPDX + '#include "dialects/dsc/Dsc.h"\nvoid f() {\n  op.emitError("expected a tea pot");\n}\n',
    "test/passes/fuse/form-groups.mlir": "// RUN: dsc-opt %s | FileCheck %s\n// CHECK: x\n// expected-error {{expected a tea pot}}\n",
}
LONG_FUNCTION = "void f() {\n" + "  g();\n" * 90 + "}\n"
# rule -> files that replace or join those of GOOD
BAD = {
    1: {"test/passes/fuse/form-groups.mlir": "// RUN: dsc-opt %s\n// CHECK: x\n// expected-error {{expected a tea pot}}\n"},
    2: {"passes/Passes.td": SPDX + PASS.replace("dsc-form-groups", "dsc-grouping")},
    3: {"passes/Passes.td": SPDX + PASS.replace('let summary = "forms groups";', "")},
    4: {"passes/fuse/Other.cpp": SPDX + 'void f() {\n  return op.emitOpError("expected ") << 3 << " \\"cups\\" of tea";\n}\n'},
    5: {"passes/fuse/Other.cpp": SPDX + "static llvm::cl::opt<bool> fast;\n"},
    6: {"passes/Passes.td": SPDX + PASS.replace("let summary", 'let constructor = "f()";\n  let summary')},
    7: {"passes/fuse/Other.cpp": SPDX + '#include "passes/layout/Packing.h"\n'},
    8: {"passes/fuse/Other.cpp": SPDX + LONG_FUNCTION},
    9: {"passes/fuse/Other.cpp": SPDX + "// TODO: later\n"},
    11: {"passes/fuse/Other.cpp": "void f();\n"},
}
UPWARDS = {
    "runtime/src/A.cpp": '#include "mlir/IR/Builders.h"',
    "dialects/dsc/A.cpp": '#include "passes/Passes.h"',
    "passes/graph/A.cpp": '#include "compiler/Compiler.h"',
    "compiler/A.cpp": '#include "runtime/src/Plan.h"',
    "compiler/import/Linear.cpp": "#include <onnx/onnx_pb.h>",
    "tools/dsc-run/A.cpp": '#include "compiler/Compiler.h"',
}


def findings(files, program=None):
    with tempfile.TemporaryDirectory() as root:
        subprocess.run(["git", "init", "-q", root], check=True)
        for name, text in files.items():
            path = Path(root) / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)
        return [item for item in check_conventions.check(root, program) if item.fails]


class CheckConventions(unittest.TestCase):
    def test_good_tree_is_silent(self):
        self.assertEqual(findings(GOOD), [])

    def test_each_rule_finds_its_negative_example(self):
        for rule, files in BAD.items():
            with self.subTest(rule=rule):
                self.assertEqual({item.rule for item in findings({**GOOD, **files})}, {rule})

    def test_includes_that_climb(self):
        for path, include in UPWARDS.items():
            with self.subTest(path=path):
                found = findings({path: SPDX + include + "\n"})
                self.assertEqual([item.rule for item in found], [7])

    def test_stale_supported_ops(self):
        page = {"docs/supported-ops.md": "old\n"}
        self.assertEqual([item.rule for item in findings(page, "echo new")], [10])
        self.assertEqual(findings(page, "echo old"), [])


if __name__ == "__main__":
    unittest.main()
