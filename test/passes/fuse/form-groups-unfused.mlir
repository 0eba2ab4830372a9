// RUN: dsc-opt %s -dsc-form-groups="fuse=false" | FileCheck %s

// CHECK-LABEL: @one_op_per_group
// CHECK: kind = #dsc.group_kind<contraction>
// CHECK: dsc.matmul
// CHECK-NEXT: dsc.yield
// CHECK: kind = #dsc.group_kind<pointwise>
// CHECK: dsc.relu
// CHECK-NEXT: dsc.yield
func.func @one_op_per_group(%x: tensor<3x8xf32>, %w: tensor<8x4xf32>) -> tensor<3x4xf32> {
  %m = dsc.matmul %x, %w : (tensor<3x8xf32>, tensor<8x4xf32>) -> tensor<3x4xf32>
  %r = dsc.relu %m : tensor<3x4xf32>
  return %r : tensor<3x4xf32>
}
