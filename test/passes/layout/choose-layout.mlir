// RUN: dsc-opt %s -split-input-file -dsc-choose-layout | FileCheck %s

module {
  dsc.param @w : tensor<8x8x3x3xf32> = dense<1.0> : tensor<8x8x3x3xf32>
  // One transpose at the entry; residual adds cause none, and the reduction over pixels absorbs the exit.
  // CHECK-LABEL: @one_transpose_at_entry
  // CHECK-COUNT-1: dsc.transpose
  // CHECK-NOT: dsc.transpose
  // CHECK: return
  func.func @one_transpose_at_entry(%x: tensor<1x8x6x6xf32>) -> tensor<1x8xf32> {
    %w = dsc.weight @w : tensor<8x8x3x3xf32>
    %a = dsc.conv %x, %w {strides = array<i64: 1, 1>, pads = array<i64: 1, 1, 1, 1>, dilations = array<i64: 1, 1>} : (tensor<1x8x6x6xf32>, tensor<8x8x3x3xf32>) -> tensor<1x8x6x6xf32>
    %r = dsc.relu %a : tensor<1x8x6x6xf32>
    %b = dsc.conv %r, %w {strides = array<i64: 1, 1>, pads = array<i64: 1, 1, 1, 1>, dilations = array<i64: 1, 1>} : (tensor<1x8x6x6xf32>, tensor<8x8x3x3xf32>) -> tensor<1x8x6x6xf32>
    %s = dsc.add %r, %b : (tensor<1x8x6x6xf32>, tensor<1x8x6x6xf32>) -> tensor<1x8x6x6xf32>
    %p = dsc.max_pool %s {kernel = array<i64: 2, 2>, strides = array<i64: 2, 2>, pads = array<i64: 0, 0, 0, 0>, dilations = array<i64: 1, 1>} : (tensor<1x8x6x6xf32>) -> tensor<1x8x3x3xf32>
    %m = dsc.reduce %p {kind = #dsc.reduce_kind<mean>, axes = array<i64: 2, 3>} : (tensor<1x8x3x3xf32>) -> tensor<1x8x1x1xf32>
    %f = dsc.reshape %m : (tensor<1x8x1x1xf32>) -> tensor<1x8xf32>
    return %f : tensor<1x8xf32>
  }
}

// -----

module {
  dsc.param @w : tensor<8x8x1x1xf32> = dense<1.0> : tensor<8x8x1x1xf32>
  dsc.param @c : tensor<8x1x1xf32> = dense<1.0> : tensor<8x1x1xf32>
  // CHECK-LABEL: @channels_broadcast_last
  func.func @channels_broadcast_last(%x: tensor<1x8x6x6xf32>) -> tensor<1x16x6x6xf32> {
    %w = dsc.weight @w : tensor<8x8x1x1xf32>
    %c = dsc.weight @c : tensor<8x1x1xf32>
    // CHECK: %[[C:.*]] = dsc.conv {{.*}} tensor<1x6x6x8xf32>
    %a = dsc.conv %x, %w {strides = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>, dilations = array<i64: 1, 1>} : (tensor<1x8x6x6xf32>, tensor<8x8x1x1xf32>) -> tensor<1x8x6x6xf32>
    // CHECK: %[[P:.*]] = dsc.reshape %{{.*}} : (tensor<8x1x1xf32>) -> tensor<1x1x1x8xf32>
    // CHECK: %[[M:.*]] = dsc.mul %[[C]], %[[P]]
    %m = dsc.mul %a, %c : (tensor<1x8x6x6xf32>, tensor<8x1x1xf32>) -> tensor<1x8x6x6xf32>
    // CHECK: %[[K:.*]] = dsc.concat %[[C]], %[[M]] {axis = 3 : i64}
    %k = dsc.concat %a, %m {axis = 1 : i64} : (tensor<1x8x6x6xf32>, tensor<1x8x6x6xf32>) -> tensor<1x16x6x6xf32>
    // CHECK: %[[T:.*]] = dsc.transpose %[[K]] {permutation = array<i64: 0, 3, 1, 2>}
    // CHECK: return %[[T]]
    return %k : tensor<1x16x6x6xf32>
  }
}

// -----

module {
  dsc.param @w : tensor<16x3x2x2xf32> = dense<1.0> : tensor<16x3x2x2xf32>
  // The patches of a vision transformer are rows of channels already.
  // CHECK-LABEL: @patches
  func.func @patches(%x: tensor<1x3x8x8xf32>) -> tensor<1x16x16xf32> {
    %w = dsc.weight @w : tensor<16x3x2x2xf32>
    // CHECK: %[[C:.*]] = dsc.conv
    %a = dsc.conv %x, %w {strides = array<i64: 2, 2>, pads = array<i64: 0, 0, 0, 0>, dilations = array<i64: 1, 1>} : (tensor<1x3x8x8xf32>, tensor<16x3x2x2xf32>) -> tensor<1x16x4x4xf32>
    // CHECK-NEXT: %[[R:.*]] = dsc.reshape %[[C]] : (tensor<1x4x4x16xf32>) -> tensor<1x16x16xf32>
    // CHECK-NEXT: return %[[R]]
    %f = dsc.reshape %a : (tensor<1x16x4x4xf32>) -> tensor<1x16x16xf32>
    %t = dsc.transpose %f {permutation = array<i64: 0, 2, 1>} : (tensor<1x16x16xf32>) -> tensor<1x16x16xf32>
    return %t : tensor<1x16x16xf32>
  }
}

// -----

// Other element types and weights that are not known stay in NCHW.
// CHECK-LABEL: @stays
// CHECK-NOT: nhwc
func.func @stays(%x: tensor<1x3x8x8xf32>, %w: tensor<4x3x1x1xf32>) -> tensor<1x4x8x8xf32> {
  %a = dsc.conv %x, %w {strides = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>, dilations = array<i64: 1, 1>} : (tensor<1x3x8x8xf32>, tensor<4x3x1x1xf32>) -> tensor<1x4x8x8xf32>
  return %a : tensor<1x4x8x8xf32>
}
