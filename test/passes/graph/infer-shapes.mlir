// RUN: dsc-opt %s -split-input-file -dsc-infer-shapes | FileCheck %s

// CHECK-LABEL: @shape_arithmetic_disappears
func.func @shape_arithmetic_disappears(%x: tensor<4x8xf32>) -> tensor<8x4xf32> {
  // CHECK-NEXT: %[[R:.*]] = dsc.reshape %{{.*}} : (tensor<4x8xf32>) -> tensor<8x4xf32>
  // CHECK-NEXT: return %[[R]]
  %z = dsc.constant dense<0> : tensor<i64>
  %o = dsc.constant dense<[0]> : tensor<1xi64>
  %m = dsc.constant dense<[-1]> : tensor<1xi64>
  %s = dsc.shape %x {start = 0 : i64, end = 2 : i64} : (tensor<4x8xf32>) -> tensor<2xi64>
  %one = dsc.constant dense<1> : tensor<i64>
  %d = dsc.gather %s, %one {axis = 0 : i64} : (tensor<2xi64>, tensor<i64>) -> tensor<i64>
  %u = dsc.unsqueeze %d {axes = array<i64: 0>} : (tensor<i64>) -> tensor<1xi64>
  %c = dsc.concat %u, %m {axis = 0 : i64} : (tensor<1xi64>, tensor<1xi64>) -> tensor<2xi64>
  %r = dsc.reshape %x, %c : (tensor<4x8xf32>, tensor<2xi64>) -> tensor<8x4xf32>
  return %r : tensor<8x4xf32>
}

// -----

#x = #dsc.dims<()[s0] -> (s0, 8)>
module {
  dsc.symbol @batch {kind = #dsc.symbol_kind<caller>}
  // CHECK-LABEL: @sizes_become_dim_values
  func.func @sizes_become_dim_values(%x: tensor<?x8xf32, #x>) -> tensor<2xi64> {
    // CHECK: %[[V:.*]] = dsc.dim_values <()[s0] -> (s0 * 2, 8)> : tensor<2xi64>
    // CHECK-NEXT: return %[[V]]
    %f = dsc.constant dense<[2, 1]> : tensor<2xi64>
    %s = dsc.shape %x {start = 0 : i64, end = 2 : i64} : (tensor<?x8xf32, #x>) -> tensor<2xi64>
    %m = dsc.mul %s, %f : (tensor<2xi64>, tensor<2xi64>) -> tensor<2xi64>
    return %m : tensor<2xi64>
  }
}

// -----

// CHECK-LABEL: @unknown_contents_stay
// CHECK: dsc.add
func.func @unknown_contents_stay(%s: tensor<2xi64>) -> tensor<2xi64> {
  %o = dsc.constant dense<1> : tensor<2xi64>
  %a = dsc.add %s, %o : (tensor<2xi64>, tensor<2xi64>) -> tensor<2xi64>
  return %a : tensor<2xi64>
}

// -----

#x = #dsc.dims<()[s0] -> (s0, 8)>
module {
  dsc.symbol @batch {kind = #dsc.symbol_kind<caller>}
  // The shape of an expand whose -1 stands for "as it is".
  // CHECK-LABEL: @minus_ones_of_an_expand
  func.func @minus_ones_of_an_expand(%x: tensor<?x8xf32, #x>) -> tensor<2xi64> {
    // CHECK: %[[V:.*]] = dsc.dim_values <()[s0] -> (s0, 1)> : tensor<2xi64>
    // CHECK-NEXT: return %[[V]]
    %s = dsc.shape %x {start = 0 : i64, end = 1 : i64} : (tensor<?x8xf32, #x>) -> tensor<1xi64>
    %m = dsc.constant dense<-1> : tensor<1xi64>
    %c = dsc.concat %s, %m {axis = 0 : i64} : (tensor<1xi64>, tensor<1xi64>) -> tensor<2xi64>
    %e = dsc.equal %c, %m : (tensor<2xi64>, tensor<1xi64>) -> tensor<2xi1>
    %n = dsc.not %e : tensor<2xi1>
    %a = dsc.abs %m : tensor<1xi64>
    %w = dsc.where %n, %c, %a : (tensor<2xi1>, tensor<2xi64>, tensor<1xi64>) -> tensor<2xi64>
    return %w : tensor<2xi64>
  }
}

// -----

#x = #dsc.dims<()[s0] -> (s0, 8)>
module {
  dsc.symbol @batch {kind = #dsc.symbol_kind<caller>}
  // CHECK-LABEL: @unary_arithmetic_of_sizes
  func.func @unary_arithmetic_of_sizes(%x: tensor<?x8xf32, #x>) -> tensor<1xi64> {
    // CHECK: dsc.dim_values <()[s0] -> (-s0)> : tensor<1xi64>
    %s = dsc.shape %x {start = 0 : i64, end = 1 : i64} : (tensor<?x8xf32, #x>) -> tensor<1xi64>
    %f = dsc.cast %s {to = f64} : (tensor<1xi64>) -> tensor<1xf64>
    %r = dsc.round %f : tensor<1xf64>
    %c = dsc.ceil %r : tensor<1xf64>
    %l = dsc.floor %c : tensor<1xf64>
    %i = dsc.cast %l {to = i64} : (tensor<1xf64>) -> tensor<1xi64>
    %p = dsc.relu %i : tensor<1xi64>
    %a = dsc.abs %p : tensor<1xi64>
    %n = dsc.neg %a : tensor<1xi64>
    return %n : tensor<1xi64>
  }
}
