// RUN: dsc-opt %s -split-input-file -dsc-annotate-layer-kind | FileCheck %s
// RUN: dsc-opt %s -split-input-file -dsc-annotate-layer-kind="layer-kinds=^up=head" | FileCheck %s --check-prefix=USER

// Words in names: the node's before the weight's, and the last word of a name counts.
// CHECK-LABEL: @names
// USER-LABEL: @names
dsc.param @"layer.0.attention.self.query" : tensor<8x8xf32> = dense<1.0> : tensor<8x8xf32>
dsc.param @"plain" : tensor<8x8xf32> = dense<2.0> : tensor<8x8xf32>
func.func @names(%x: tensor<4x8xf32>) -> tensor<4x8xf32> {
  %w = dsc.weight @"layer.0.attention.self.query" : tensor<8x8xf32>
  %p = dsc.weight @"plain" : tensor<8x8xf32>
  // CHECK: dsc.matmul {{.*}}kind = "attention", reason = "the name 'layer.0.attention.self.query' holds 'query'"
  %0 = dsc.matmul %x, %w : (tensor<4x8xf32>, tensor<8x8xf32>) -> tensor<4x8xf32>
  %1 = dsc.cos %0 : tensor<4x8xf32>
  // CHECK: dsc.matmul {{.*}}kind = "feed_forward", reason = "the name '/attention_net/mlp/fc1' holds 'fc1'"
  %2 = dsc.matmul %1, %p : (tensor<4x8xf32>, tensor<8x8xf32>) -> tensor<4x8xf32> loc("/attention_net/mlp/fc1")
  %3 = dsc.cos %2 : tensor<4x8xf32>
  // CHECK: dsc.matmul {{.*}}kind = "head", reason = "the name 'lm_head' holds 'lm_head'"
  %4 = dsc.matmul %3, %p : (tensor<4x8xf32>, tensor<8x8xf32>) -> tensor<4x8xf32> loc("lm_head")
  %s = dsc.constant dense<1.0> : tensor<8xf32>
  %5 = dsc.layer_norm %4, %s {axis = 1 : i64, epsilon = 0.1 : f32} : (tensor<4x8xf32>, tensor<8xf32>) -> tensor<4x8xf32>
  return %5 : tensor<4x8xf32>
}

// -----

// A fused attention tells its projections; the last product before an output is the head.
// CHECK-LABEL: @attention
dsc.param @w : tensor<8x8xf32> = dense<1.0> : tensor<8x8xf32>
func.func @attention(%x: tensor<1x4x8xf32>) -> tensor<1x4x8xf32> {
  %w = dsc.weight @w : tensor<8x8xf32>
  // CHECK: dsc.matmul {{.*}}kind = "attention", reason = "feeds the attention 'sdpa'"
  %q = dsc.matmul %x, %w : (tensor<1x4x8xf32>, tensor<8x8xf32>) -> tensor<1x4x8xf32>
  %heads = dsc.reshape %q : (tensor<1x4x8xf32>) -> tensor<1x4x2x4xf32>
  %t = dsc.transpose %heads {permutation = array<i64: 0, 2, 1, 3>} : (tensor<1x4x2x4xf32>) -> tensor<1x2x4x4xf32>
  // CHECK: dsc.attention {{.*}}kind = "attention", reason = "fused attention"
  %a = dsc.attention %t, %t, %t {scale = 1.0 : f32} : (tensor<1x2x4x4xf32>, tensor<1x2x4x4xf32>, tensor<1x2x4x4xf32>) -> tensor<1x2x4x4xf32> loc("sdpa")
  %b = dsc.transpose %a {permutation = array<i64: 0, 2, 1, 3>} : (tensor<1x2x4x4xf32>) -> tensor<1x4x2x4xf32>
  %m = dsc.reshape %b : (tensor<1x4x2x4xf32>) -> tensor<1x4x8xf32>
  // CHECK: dsc.matmul {{.*}}kind = "attention", reason = "reads the attention 'sdpa'"
  %o = dsc.matmul %m, %w : (tensor<1x4x8xf32>, tensor<8x8xf32>) -> tensor<1x4x8xf32>
  // CHECK: dsc.rms_norm {{.*}}kind = "norm"
  %scale = dsc.constant dense<1.0> : tensor<8xf32>
  %n = dsc.rms_norm %o, %scale {axis = 2 : i64, epsilon = 0.1 : f32} : (tensor<1x4x8xf32>, tensor<8xf32>) -> tensor<1x4x8xf32>
  // CHECK: dsc.matmul {{.*}}kind = "head", reason = "the last product before an output"
  %h = dsc.matmul %n, %w : (tensor<1x4x8xf32>, tensor<8x8xf32>) -> tensor<1x4x8xf32>
  %s = dsc.softmax %h {axis = 2 : i64} : tensor<1x4x8xf32>
  return %s : tensor<1x4x8xf32>
}

// -----

// The parts of an attention that was not fused.
// CHECK-LABEL: @unfused
dsc.param @w : tensor<8x8xf32> = dense<1.0> : tensor<8x8xf32>
func.func @unfused(%x: tensor<4x8xf32>, %mask: tensor<4x4xf32>) -> tensor<4x8xf32> {
  %w = dsc.weight @w : tensor<8x8xf32>
  // CHECK: dsc.matmul {{.*}}kind = "attention", reason = "feeds the attention of the softmax 'p'"
  %v = dsc.matmul %x, %w : (tensor<4x8xf32>, tensor<8x8xf32>) -> tensor<4x8xf32>
  // CHECK: dsc.matmul {{.*}}kind = "attention", reason = "scores of the softmax 'p'"
  %s = dsc.matmul %x, %x {transpose_rhs} : (tensor<4x8xf32>, tensor<4x8xf32>) -> tensor<4x4xf32>
  %m = dsc.add %s, %mask : (tensor<4x4xf32>, tensor<4x4xf32>) -> tensor<4x4xf32>
  %p = dsc.softmax %m {axis = 1 : i64} : tensor<4x4xf32> loc("p")
  // CHECK: dsc.matmul {{.*}}kind = "attention", reason = "mixes values by the softmax 'p'"
  %y = dsc.matmul %p, %v : (tensor<4x4xf32>, tensor<4x8xf32>) -> tensor<4x8xf32>
  // CHECK: dsc.matmul {{.*}}kind = "attention", reason = "reads the attention of the softmax 'p'"
  %o = dsc.matmul %y, %w : (tensor<4x8xf32>, tensor<8x8xf32>) -> tensor<4x8xf32>
  return %o : tensor<4x8xf32>
}

// -----

// A gated feed-forward block, a table, a convolution; a user's word goes before all of it.
// CHECK-LABEL: @feed_forward
// USER-LABEL: @feed_forward
dsc.param @table : tensor<9x4xf32> = dense<1.0> : tensor<9x4xf32>
dsc.param @up : tensor<4x8xf32> = dense<1.0> : tensor<4x8xf32>
dsc.param @down : tensor<8x4xf32> = dense<1.0> : tensor<8x4xf32>
dsc.param @kernel : tensor<1x1x1x1xf32> = dense<1.0> : tensor<1x1x1x1xf32>
func.func @feed_forward(%i: tensor<3xi64>) -> tensor<1x1x3x4xf32> {
  %table = dsc.weight @table : tensor<9x4xf32>
  %up = dsc.weight @up : tensor<4x8xf32>
  %down = dsc.weight @down : tensor<8x4xf32>
  %kernel = dsc.weight @kernel : tensor<1x1x1x1xf32>
  // CHECK: dsc.gather {{.*}}kind = "embedding", reason = "rows of a weight chosen by index"
  %x = dsc.gather %table, %i {axis = 0 : i64} : (tensor<9x4xf32>, tensor<3xi64>) -> tensor<3x4xf32>
  // CHECK: dsc.matmul {{.*}}kind = "feed_forward", reason = "product, activation, product with a wider middle"
  // USER: dsc.matmul {{.*}}kind = "head", reason = "--layer-kind '^up=head'"
  %g = dsc.matmul %x, %up : (tensor<3x4xf32>, tensor<4x8xf32>) -> tensor<3x8xf32>
  %a = dsc.sigmoid %g : tensor<3x8xf32>
  // CHECK: dsc.matmul {{.*}}kind = "feed_forward"
  %u = dsc.matmul %x, %up : (tensor<3x4xf32>, tensor<4x8xf32>) -> tensor<3x8xf32>
  %m = dsc.mul %a, %u : (tensor<3x8xf32>, tensor<3x8xf32>) -> tensor<3x8xf32>
  // CHECK: dsc.matmul {{.*}}kind = "feed_forward"
  // USER: dsc.matmul {{.*}}kind = "feed_forward"
  %d = dsc.matmul %m, %down : (tensor<3x8xf32>, tensor<8x4xf32>) -> tensor<3x4xf32>
  %r = dsc.reshape %d : (tensor<3x4xf32>) -> tensor<1x1x3x4xf32>
  // CHECK: dsc.conv {{.*}}kind = "conv", reason = "a convolution"
  %c = dsc.conv %r, %kernel {strides = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>, dilations = array<i64: 1, 1>} : (tensor<1x1x3x4xf32>, tensor<1x1x1x1xf32>) -> tensor<1x1x3x4xf32>
  return %c : tensor<1x1x3x4xf32>
}

// -----

// A product in the middle of nothing known.
// CHECK-LABEL: @other
dsc.param @w : tensor<8x8xf32> = dense<1.0> : tensor<8x8xf32>
func.func @other(%x: tensor<4x8xf32>) -> tensor<4x1xf32> {
  %w = dsc.weight @w : tensor<8x8xf32>
  // CHECK: dsc.matmul {{.*}}kind = "other", reason = "no evidence for another kind"
  %y = dsc.matmul %x, %w : (tensor<4x8xf32>, tensor<8x8xf32>) -> tensor<4x8xf32>
  %z = dsc.reduce %y {kind = #dsc.reduce_kind<mean>, axes = array<i64: 1>} : (tensor<4x8xf32>) -> tensor<4x1xf32>
  return %z : tensor<4x1xf32>
}
