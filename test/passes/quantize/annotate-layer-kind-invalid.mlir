// RUN: not dsc-opt %s -dsc-annotate-layer-kind="layer-kinds=x=glue" 2>&1 | FileCheck %s --check-prefix=KIND
// RUN: not dsc-opt %s -dsc-annotate-layer-kind="layer-kinds=(x=conv" 2>&1 | FileCheck %s --check-prefix=REGEX
// KIND: expected a layer kind of attention, feed_forward, embedding, conv, norm, head, other, but got 'glue'
// REGEX: expected a regular expression, but got '(x': parentheses not balanced

func.func @main(%x: tensor<4xf32>) -> tensor<4xf32> {
  return %x : tensor<4xf32>
}
