// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Round trips of elementwise ops.
// RUN: dsc-opt %s | dsc-opt | FileCheck %s

dsc.symbol @n {kind = #dsc.symbol_kind<caller>}

// CHECK-LABEL: func.func @ops
func.func @ops(%x: tensor<4x?xf32, #dsc.dims<()[s0] -> (4, s0)>>, %f: tensor<4xf32>, %g: tensor<2x1xf32>,
                %i: tensor<4xi64>, %b: tensor<4xi1>) {
  // CHECK: dsc.abs %{{.*}} : tensor<4x?xf32, #dsc.dims<()[s0] -> (4, s0)>>
  %0 = dsc.abs %x : tensor<4x?xf32, #dsc.dims<()[s0] -> (4, s0)>>
  // CHECK: dsc.neg %{{.*}} : tensor<4x?xf32, #dsc.dims<()[s0] -> (4, s0)>>
  %1 = dsc.neg %x : tensor<4x?xf32, #dsc.dims<()[s0] -> (4, s0)>>
  // CHECK: dsc.exp %{{.*}} : tensor<4x?xf32, #dsc.dims<()[s0] -> (4, s0)>>
  %2 = dsc.exp %x : tensor<4x?xf32, #dsc.dims<()[s0] -> (4, s0)>>
  // CHECK: dsc.log %{{.*}} : tensor<4x?xf32, #dsc.dims<()[s0] -> (4, s0)>>
  %3 = dsc.log %x : tensor<4x?xf32, #dsc.dims<()[s0] -> (4, s0)>>
  // CHECK: dsc.sqrt %{{.*}} : tensor<4x?xf32, #dsc.dims<()[s0] -> (4, s0)>>
  %4 = dsc.sqrt %x : tensor<4x?xf32, #dsc.dims<()[s0] -> (4, s0)>>
  // CHECK: dsc.rsqrt %{{.*}} : tensor<4x?xf32, #dsc.dims<()[s0] -> (4, s0)>>
  %5 = dsc.rsqrt %x : tensor<4x?xf32, #dsc.dims<()[s0] -> (4, s0)>>
  // CHECK: dsc.reciprocal %{{.*}} : tensor<4x?xf32, #dsc.dims<()[s0] -> (4, s0)>>
  %6 = dsc.reciprocal %x : tensor<4x?xf32, #dsc.dims<()[s0] -> (4, s0)>>
  // CHECK: dsc.sin %{{.*}} : tensor<4x?xf32, #dsc.dims<()[s0] -> (4, s0)>>
  %7 = dsc.sin %x : tensor<4x?xf32, #dsc.dims<()[s0] -> (4, s0)>>
  // CHECK: dsc.cos %{{.*}} : tensor<4x?xf32, #dsc.dims<()[s0] -> (4, s0)>>
  %8 = dsc.cos %x : tensor<4x?xf32, #dsc.dims<()[s0] -> (4, s0)>>
  // CHECK: dsc.tan %{{.*}} : tensor<4x?xf32, #dsc.dims<()[s0] -> (4, s0)>>
  %9 = dsc.tan %x : tensor<4x?xf32, #dsc.dims<()[s0] -> (4, s0)>>
  // CHECK: dsc.asin %{{.*}} : tensor<4x?xf32, #dsc.dims<()[s0] -> (4, s0)>>
  %10 = dsc.asin %x : tensor<4x?xf32, #dsc.dims<()[s0] -> (4, s0)>>
  // CHECK: dsc.acos %{{.*}} : tensor<4x?xf32, #dsc.dims<()[s0] -> (4, s0)>>
  %11 = dsc.acos %x : tensor<4x?xf32, #dsc.dims<()[s0] -> (4, s0)>>
  // CHECK: dsc.atan %{{.*}} : tensor<4x?xf32, #dsc.dims<()[s0] -> (4, s0)>>
  %12 = dsc.atan %x : tensor<4x?xf32, #dsc.dims<()[s0] -> (4, s0)>>
  // CHECK: dsc.sinh %{{.*}} : tensor<4x?xf32, #dsc.dims<()[s0] -> (4, s0)>>
  %13 = dsc.sinh %x : tensor<4x?xf32, #dsc.dims<()[s0] -> (4, s0)>>
  // CHECK: dsc.cosh %{{.*}} : tensor<4x?xf32, #dsc.dims<()[s0] -> (4, s0)>>
  %14 = dsc.cosh %x : tensor<4x?xf32, #dsc.dims<()[s0] -> (4, s0)>>
  // CHECK: dsc.tanh %{{.*}} : tensor<4x?xf32, #dsc.dims<()[s0] -> (4, s0)>>
  %15 = dsc.tanh %x : tensor<4x?xf32, #dsc.dims<()[s0] -> (4, s0)>>
  // CHECK: dsc.asinh %{{.*}} : tensor<4x?xf32, #dsc.dims<()[s0] -> (4, s0)>>
  %16 = dsc.asinh %x : tensor<4x?xf32, #dsc.dims<()[s0] -> (4, s0)>>
  // CHECK: dsc.acosh %{{.*}} : tensor<4x?xf32, #dsc.dims<()[s0] -> (4, s0)>>
  %17 = dsc.acosh %x : tensor<4x?xf32, #dsc.dims<()[s0] -> (4, s0)>>
  // CHECK: dsc.atanh %{{.*}} : tensor<4x?xf32, #dsc.dims<()[s0] -> (4, s0)>>
  %18 = dsc.atanh %x : tensor<4x?xf32, #dsc.dims<()[s0] -> (4, s0)>>
  // CHECK: dsc.erf %{{.*}} : tensor<4x?xf32, #dsc.dims<()[s0] -> (4, s0)>>
  %19 = dsc.erf %x : tensor<4x?xf32, #dsc.dims<()[s0] -> (4, s0)>>
  // CHECK: dsc.sigmoid %{{.*}} : tensor<4x?xf32, #dsc.dims<()[s0] -> (4, s0)>>
  %20 = dsc.sigmoid %x : tensor<4x?xf32, #dsc.dims<()[s0] -> (4, s0)>>
  // CHECK: dsc.softplus %{{.*}} : tensor<4x?xf32, #dsc.dims<()[s0] -> (4, s0)>>
  %21 = dsc.softplus %x : tensor<4x?xf32, #dsc.dims<()[s0] -> (4, s0)>>
  // CHECK: dsc.relu %{{.*}} : tensor<4x?xf32, #dsc.dims<()[s0] -> (4, s0)>>
  %22 = dsc.relu %x : tensor<4x?xf32, #dsc.dims<()[s0] -> (4, s0)>>
  // CHECK: dsc.floor %{{.*}} : tensor<4x?xf32, #dsc.dims<()[s0] -> (4, s0)>>
  %23 = dsc.floor %x : tensor<4x?xf32, #dsc.dims<()[s0] -> (4, s0)>>
  // CHECK: dsc.ceil %{{.*}} : tensor<4x?xf32, #dsc.dims<()[s0] -> (4, s0)>>
  %24 = dsc.ceil %x : tensor<4x?xf32, #dsc.dims<()[s0] -> (4, s0)>>
  // CHECK: dsc.round %{{.*}} : tensor<4x?xf32, #dsc.dims<()[s0] -> (4, s0)>>
  %25 = dsc.round %x : tensor<4x?xf32, #dsc.dims<()[s0] -> (4, s0)>>
  // CHECK: dsc.sign %{{.*}} : tensor<4x?xf32, #dsc.dims<()[s0] -> (4, s0)>>
  %26 = dsc.sign %x : tensor<4x?xf32, #dsc.dims<()[s0] -> (4, s0)>>
  // CHECK: dsc.not %{{.*}} : tensor<4xi1>
  %27 = dsc.not %b : tensor<4xi1>
  // CHECK: dsc.bitwise_not %{{.*}} : tensor<4xi64>
  %28 = dsc.bitwise_not %i : tensor<4xi64>
  // CHECK: dsc.gelu %{{.*}} {approximate = #dsc.gelu<tanh>} : tensor<4xf32>
  %29 = dsc.gelu %f {approximate = #dsc.gelu<tanh>} : tensor<4xf32>
  // CHECK: dsc.leaky_relu %{{.*}} {alpha = 2.000000e-01 : f32} : tensor<4xf32>
  %30 = dsc.leaky_relu %f {alpha = 2.000000e-01 : f32} : tensor<4xf32>
  // CHECK: dsc.elu %{{.*}} {alpha = 5.000000e-01 : f32} : tensor<4xf32>
  %31 = dsc.elu %f {alpha = 5.000000e-01 : f32} : tensor<4xf32>
  // CHECK: dsc.hard_sigmoid %{{.*}} {alpha = 1.000000e+00 : f32} : tensor<4xf32>
  %32 = dsc.hard_sigmoid %f {alpha = 1.000000e+00 : f32} : tensor<4xf32>
  // CHECK: dsc.is_nan %{{.*}} : (tensor<4xf32>) -> tensor<4xi1>
  %33 = dsc.is_nan %f : (tensor<4xf32>) -> tensor<4xi1>
  // CHECK: dsc.is_inf %{{.*}} {detect_negative = false} : (tensor<4xf32>) -> tensor<4xi1>
  %34 = dsc.is_inf %f {detect_negative = false} : (tensor<4xf32>) -> tensor<4xi1>
  // CHECK: dsc.add %{{.*}}, %{{.*}} : (tensor<4xf32>, tensor<2x1xf32>) -> tensor<2x4xf32>
  %35 = dsc.add %f, %g : (tensor<4xf32>, tensor<2x1xf32>) -> tensor<2x4xf32>
  // CHECK: dsc.sub %{{.*}}, %{{.*}} : (tensor<4xf32>, tensor<2x1xf32>) -> tensor<2x4xf32>
  %36 = dsc.sub %f, %g : (tensor<4xf32>, tensor<2x1xf32>) -> tensor<2x4xf32>
  // CHECK: dsc.mul %{{.*}}, %{{.*}} : (tensor<4xf32>, tensor<2x1xf32>) -> tensor<2x4xf32>
  %37 = dsc.mul %f, %g : (tensor<4xf32>, tensor<2x1xf32>) -> tensor<2x4xf32>
  // CHECK: dsc.div %{{.*}}, %{{.*}} : (tensor<4xf32>, tensor<2x1xf32>) -> tensor<2x4xf32>
  %38 = dsc.div %f, %g : (tensor<4xf32>, tensor<2x1xf32>) -> tensor<2x4xf32>
  // CHECK: dsc.min %{{.*}}, %{{.*}} : (tensor<4xf32>, tensor<2x1xf32>) -> tensor<2x4xf32>
  %39 = dsc.min %f, %g : (tensor<4xf32>, tensor<2x1xf32>) -> tensor<2x4xf32>
  // CHECK: dsc.max %{{.*}}, %{{.*}} : (tensor<4xf32>, tensor<2x1xf32>) -> tensor<2x4xf32>
  %40 = dsc.max %f, %g : (tensor<4xf32>, tensor<2x1xf32>) -> tensor<2x4xf32>
  // CHECK: dsc.pow %{{.*}}, %{{.*}} : (tensor<4xf32>, tensor<2x1xf32>) -> tensor<2x4xf32>
  %41 = dsc.pow %f, %g : (tensor<4xf32>, tensor<2x1xf32>) -> tensor<2x4xf32>
  // CHECK: dsc.mod %{{.*}}, %{{.*}} {fmod = true} : (tensor<4xf32>, tensor<2x1xf32>) -> tensor<2x4xf32>
  %42 = dsc.mod %f, %g {fmod = true} : (tensor<4xf32>, tensor<2x1xf32>) -> tensor<2x4xf32>
  // CHECK: dsc.bitwise_and %{{.*}}, %{{.*}} : (tensor<4xi64>, tensor<4xi64>) -> tensor<4xi64>
  %43 = dsc.bitwise_and %i, %i : (tensor<4xi64>, tensor<4xi64>) -> tensor<4xi64>
  // CHECK: dsc.bitwise_or %{{.*}}, %{{.*}} : (tensor<4xi64>, tensor<4xi64>) -> tensor<4xi64>
  %44 = dsc.bitwise_or %i, %i : (tensor<4xi64>, tensor<4xi64>) -> tensor<4xi64>
  // CHECK: dsc.bitwise_xor %{{.*}}, %{{.*}} : (tensor<4xi64>, tensor<4xi64>) -> tensor<4xi64>
  %45 = dsc.bitwise_xor %i, %i : (tensor<4xi64>, tensor<4xi64>) -> tensor<4xi64>
  // CHECK: dsc.shift_left %{{.*}}, %{{.*}} : (tensor<4xi64>, tensor<4xi64>) -> tensor<4xi64>
  %46 = dsc.shift_left %i, %i : (tensor<4xi64>, tensor<4xi64>) -> tensor<4xi64>
  // CHECK: dsc.shift_right %{{.*}}, %{{.*}} : (tensor<4xi64>, tensor<4xi64>) -> tensor<4xi64>
  %47 = dsc.shift_right %i, %i : (tensor<4xi64>, tensor<4xi64>) -> tensor<4xi64>
  // CHECK: dsc.and %{{.*}}, %{{.*}} : (tensor<4xi1>, tensor<4xi1>) -> tensor<4xi1>
  %48 = dsc.and %b, %b : (tensor<4xi1>, tensor<4xi1>) -> tensor<4xi1>
  // CHECK: dsc.or %{{.*}}, %{{.*}} : (tensor<4xi1>, tensor<4xi1>) -> tensor<4xi1>
  %49 = dsc.or %b, %b : (tensor<4xi1>, tensor<4xi1>) -> tensor<4xi1>
  // CHECK: dsc.xor %{{.*}}, %{{.*}} : (tensor<4xi1>, tensor<4xi1>) -> tensor<4xi1>
  %50 = dsc.xor %b, %b : (tensor<4xi1>, tensor<4xi1>) -> tensor<4xi1>
  // CHECK: dsc.equal %{{.*}}, %{{.*}} : (tensor<4xf32>, tensor<2x1xf32>) -> tensor<2x4xi1>
  %51 = dsc.equal %f, %g : (tensor<4xf32>, tensor<2x1xf32>) -> tensor<2x4xi1>
  // CHECK: dsc.less %{{.*}}, %{{.*}} : (tensor<4xf32>, tensor<2x1xf32>) -> tensor<2x4xi1>
  %52 = dsc.less %f, %g : (tensor<4xf32>, tensor<2x1xf32>) -> tensor<2x4xi1>
  // CHECK: dsc.less_equal %{{.*}}, %{{.*}} : (tensor<4xf32>, tensor<2x1xf32>) -> tensor<2x4xi1>
  %53 = dsc.less_equal %f, %g : (tensor<4xf32>, tensor<2x1xf32>) -> tensor<2x4xi1>
  // CHECK: dsc.greater %{{.*}}, %{{.*}} : (tensor<4xf32>, tensor<2x1xf32>) -> tensor<2x4xi1>
  %54 = dsc.greater %f, %g : (tensor<4xf32>, tensor<2x1xf32>) -> tensor<2x4xi1>
  // CHECK: dsc.greater_equal %{{.*}}, %{{.*}} : (tensor<4xf32>, tensor<2x1xf32>) -> tensor<2x4xi1>
  %55 = dsc.greater_equal %f, %g : (tensor<4xf32>, tensor<2x1xf32>) -> tensor<2x4xi1>
  // CHECK: dsc.where %{{.*}}, %{{.*}}, %{{.*}} : (tensor<4xi1>, tensor<4xf32>, tensor<2x1xf32>) -> tensor<2x4xf32>
  %56 = dsc.where %b, %f, %g : (tensor<4xi1>, tensor<4xf32>, tensor<2x1xf32>) -> tensor<2x4xf32>
  // CHECK: dsc.cast %{{.*}} {saturate = false, to = bf16} : (tensor<4xi64>) -> tensor<4xbf16>
  %57 = dsc.cast %i {saturate = false, to = bf16} : (tensor<4xi64>) -> tensor<4xbf16>
  return
}
