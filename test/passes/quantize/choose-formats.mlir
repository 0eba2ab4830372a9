// RUN: dsc-opt %s -dsc-choose-formats="rules=head/i8/dynamic_token/,any/i8/static/first,embedding/i8/static/" | FileCheck %s
// RUN: dsc-opt %s -dsc-choose-formats="rules=any/i8/none/ keep=^hea,table" | FileCheck %s --check-prefix=KEEP

dsc.param @table : tensor<9x8xf32> = dense<1.0> : tensor<9x8xf32>
dsc.param @w : tensor<8x8xf32> = dense<1.0> : tensor<8x8xf32>
// CHECK-LABEL: @main
// KEEP-LABEL: @main
func.func @main(%i: tensor<3xi64>) -> tensor<3x8xf32> {
  %table = dsc.weight @table : tensor<9x8xf32>
  %w = dsc.weight @w : tensor<8x8xf32>
  // A gather multiplies nothing: only its table is stored otherwise.
  // CHECK: dsc.gather {{.*}}dsc.format = {activation = "none", storage = "i8"}
  // KEEP: dsc.gather {{.*}}storage = "f32"}
  %x = dsc.gather %table, %i {axis = 0 : i64, dsc.layer = {kind = "embedding", reason = "r"}} : (tensor<9x8xf32>, tensor<3xi64>) -> tensor<3x8xf32>
  // CHECK: dsc.matmul {{.*}}dsc.format = {activation = "static", storage = "i8"}
  // KEEP: dsc.matmul {{.*}}dsc.format = {activation = "none", storage = "i8"}
  %a = dsc.matmul %x, %w {dsc.layer = {kind = "other", reason = "r"}} : (tensor<3x8xf32>, tensor<8x8xf32>) -> tensor<3x8xf32> loc("the first")
  // No rule matches.
  // CHECK: dsc.matmul {{.*}}dsc.format = {activation = "none", storage = "f32"}
  %b = dsc.matmul %a, %w {dsc.layer = {kind = "other", reason = "r"}} : (tensor<3x8xf32>, tensor<8x8xf32>) -> tensor<3x8xf32>
  // CHECK: dsc.matmul {{.*}}dsc.format = {activation = "dynamic_token", storage = "i8"}
  // KEEP: dsc.matmul
  // KEEP: dsc.matmul {{.*}}storage = "f32"}
  %c = dsc.matmul %b, %w {dsc.layer = {kind = "head", reason = "r"}} : (tensor<3x8xf32>, tensor<8x8xf32>) -> tensor<3x8xf32> loc("head")
  // Without a weight there is nothing to choose.
  // CHECK: dsc.matmul
  // CHECK-NOT: dsc.format
  %d = dsc.matmul %c, %c {transpose_rhs, dsc.layer = {kind = "attention", reason = "r"}} : (tensor<3x8xf32>, tensor<3x8xf32>) -> tensor<3x3xf32>
  return %c : tensor<3x8xf32>
}
