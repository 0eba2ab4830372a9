// RUN: dsc-opt %s -split-input-file -dsc-recompose | FileCheck %s

// BERT: heads are transposed in, the scale divides, the mask is added, the result is transposed out.
// CHECK-LABEL: @bert
// CHECK-NEXT: %[[A:.*]] = dsc.attention %arg0, %arg1, %arg2, %arg3 {layout = #dsc.heads<bshd>, nan_if_removed, scale = 1.250000e-01 : f32} : (tensor<1x4x2x64xf32>, {{.*}}) -> tensor<1x4x2x64xf32>
// CHECK-NEXT: return %[[A]]
func.func @bert(%q: tensor<1x4x2x64xf32>, %k: tensor<1x6x2x64xf32>, %v: tensor<1x6x2x64xf32>, %m: tensor<1x1x1x6xf32>) -> tensor<1x4x2x64xf32> {
  %eight = dsc.constant dense<8.0> : tensor<f32>
  %tq = dsc.transpose %q {permutation = array<i64: 0, 2, 1, 3>} : (tensor<1x4x2x64xf32>) -> tensor<1x2x4x64xf32>
  %tk = dsc.transpose %k {permutation = array<i64: 0, 2, 3, 1>} : (tensor<1x6x2x64xf32>) -> tensor<1x2x64x6xf32>
  %tv = dsc.transpose %v {permutation = array<i64: 0, 2, 1, 3>} : (tensor<1x6x2x64xf32>) -> tensor<1x2x6x64xf32>
  %s = dsc.matmul %tq, %tk : (tensor<1x2x4x64xf32>, tensor<1x2x64x6xf32>) -> tensor<1x2x4x6xf32>
  %d = dsc.div %s, %eight : (tensor<1x2x4x6xf32>, tensor<f32>) -> tensor<1x2x4x6xf32>
  %a = dsc.add %d, %m : (tensor<1x2x4x6xf32>, tensor<1x1x1x6xf32>) -> tensor<1x2x4x6xf32>
  %p = dsc.softmax %a {axis = 3 : i64} : tensor<1x2x4x6xf32>
  %o = dsc.matmul %p, %tv : (tensor<1x2x4x6xf32>, tensor<1x2x6x64xf32>) -> tensor<1x2x4x64xf32>
  %t = dsc.transpose %o {permutation = array<i64: 0, 2, 1, 3>} : (tensor<1x2x4x64xf32>) -> tensor<1x4x2x64xf32>
  return %t : tensor<1x4x2x64xf32>
}

// -----

// TorchScript scales query and key, and guards against rows of NaN; a mask is chosen.
// CHECK-LABEL: @torchscript
// CHECK: %[[M:.*]] = dsc.where %arg3
// CHECK: dsc.attention %arg0, %arg1, %arg2, %[[M]] {scale = 2.500000e-01 : f32}
func.func @torchscript(%q: tensor<1x2x4x16xf32>, %k: tensor<1x2x6x16xf32>, %v: tensor<1x2x6x16xf32>, %c: tensor<1x1x4x6xi1>) -> tensor<1x2x4x16xf32> {
  %half = dsc.constant dense<0.5> : tensor<f32>
  %zero = dsc.constant dense<0.0> : tensor<f32>
  %huge = dsc.constant dense<-3.40282347E+38> : tensor<f32>
  %sq = dsc.mul %q, %half : (tensor<1x2x4x16xf32>, tensor<f32>) -> tensor<1x2x4x16xf32>
  %tk = dsc.transpose %k {permutation = array<i64: 0, 1, 3, 2>} : (tensor<1x2x6x16xf32>) -> tensor<1x2x16x6xf32>
  %sk = dsc.mul %tk, %half : (tensor<1x2x16x6xf32>, tensor<f32>) -> tensor<1x2x16x6xf32>
  %s = dsc.matmul %sq, %sk : (tensor<1x2x4x16xf32>, tensor<1x2x16x6xf32>) -> tensor<1x2x4x6xf32>
  %w = dsc.where %c, %s, %huge : (tensor<1x1x4x6xi1>, tensor<1x2x4x6xf32>, tensor<f32>) -> tensor<1x2x4x6xf32>
  %p = dsc.softmax %w {axis = 3 : i64} : tensor<1x2x4x6xf32>
  %n = dsc.is_nan %p : (tensor<1x2x4x6xf32>) -> tensor<1x2x4x6xi1>
  %g = dsc.where %n, %zero, %p : (tensor<1x2x4x6xi1>, tensor<f32>, tensor<1x2x4x6xf32>) -> tensor<1x2x4x6xf32>
  %o = dsc.matmul %g, %v : (tensor<1x2x4x6xf32>, tensor<1x2x6x16xf32>) -> tensor<1x2x4x16xf32>
  return %o : tensor<1x2x4x16xf32>
}

// -----

// Heads that are repeated are shared.
// CHECK-LABEL: @shared_heads
// CHECK: dsc.attention {{.*}} : (tensor<1x4x4x16xf32>, tensor<1x2x6x16xf32>, tensor<1x2x6x16xf32>) -> tensor<1x4x4x16xf32>
func.func @shared_heads(%q: tensor<1x4x4x16xf32>, %k: tensor<1x2x6x16xf32>, %v: tensor<1x2x6x16xf32>) -> tensor<1x4x4x16xf32> {
  %uk = dsc.unsqueeze %k {axes = array<i64: 2>} : (tensor<1x2x6x16xf32>) -> tensor<1x2x1x6x16xf32>
  %ek = dsc.expand %uk : (tensor<1x2x1x6x16xf32>) -> tensor<1x2x2x6x16xf32>
  %rk = dsc.reshape %ek : (tensor<1x2x2x6x16xf32>) -> tensor<1x4x6x16xf32>
  %uv = dsc.unsqueeze %v {axes = array<i64: 2>} : (tensor<1x2x6x16xf32>) -> tensor<1x2x1x6x16xf32>
  %ev = dsc.expand %uv : (tensor<1x2x1x6x16xf32>) -> tensor<1x2x2x6x16xf32>
  %rv = dsc.reshape %ev : (tensor<1x2x2x6x16xf32>) -> tensor<1x4x6x16xf32>
  %s = dsc.matmul %q, %rk {transpose_rhs} : (tensor<1x4x4x16xf32>, tensor<1x4x6x16xf32>) -> tensor<1x4x4x6xf32>
  %p = dsc.softmax %s {axis = 3 : i64} : tensor<1x4x4x6xf32>
  %o = dsc.matmul %p, %rv : (tensor<1x4x4x6xf32>, tensor<1x4x6x16xf32>) -> tensor<1x4x4x16xf32>
  return %o : tensor<1x4x4x16xf32>
}

// -----

// The probabilities are a result too.
// CHECK-LABEL: @probabilities_leave
// CHECK-NOT: dsc.attention
// CHECK: dsc.softmax
func.func @probabilities_leave(%q: tensor<1x2x4x16xf32>, %k: tensor<1x2x6x16xf32>, %v: tensor<1x2x6x16xf32>) -> (tensor<1x2x4x16xf32>, tensor<1x2x4x6xf32>) {
  %s = dsc.matmul %q, %k {transpose_rhs} : (tensor<1x2x4x16xf32>, tensor<1x2x6x16xf32>) -> tensor<1x2x4x6xf32>
  %p = dsc.softmax %s {axis = 3 : i64} : tensor<1x2x4x6xf32>
  %o = dsc.matmul %p, %v : (tensor<1x2x4x6xf32>, tensor<1x2x6x16xf32>) -> tensor<1x2x4x16xf32>
  return %o, %p : tensor<1x2x4x16xf32>, tensor<1x2x4x6xf32>
}
