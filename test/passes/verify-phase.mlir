// What may remain passes; a name that is not listed, a `?` without expression and an op outside a group do not.
// RUN: dsc-opt %s -split-input-file -verify-diagnostics -dsc-verify-phase="phase=fuse may-remain=func.*,dsc.relu,dsc.group,dsc.yield,dsc.symbol symbolic-dims grouped targeted"

func.func @group_passes(%x: tensor<4xf32>) -> tensor<4xf32> {
  %y = dsc.group ins(%x : tensor<4xf32>) -> (tensor<4xf32>) attributes {kind = #dsc.group_kind<pointwise>} {
  ^bb0(%a: tensor<4xf32>):
    %r = dsc.relu %a : tensor<4xf32>
    dsc.yield %r : tensor<4xf32>
  }
  return %y : tensor<4xf32>
}

// -----

func.func @unlisted(%x: tensor<4xf32>) -> tensor<4xf32> {
  // expected-error @+1 {{'dsc.exp' op may not remain after phase 'fuse'}}
  %y = dsc.exp %x : tensor<4xf32>
  return %y : tensor<4xf32>
}

// -----

func.func @outside(%x: tensor<4xf32>) -> tensor<4xf32> {
  // expected-error @+1 {{'dsc.relu' op expected to be in a group after phase 'fuse'}}
  %y = dsc.relu %x : tensor<4xf32>
  return %y : tensor<4xf32>
}

// -----

// expected-error @+1 {{'func.func' op expected an expression for every dynamic dimension after phase 'fuse', but got 'tensor<?xf32>'}}
func.func @unknown_size(%x: tensor<?xf32>) -> tensor<?xf32> {
  // expected-error @+1 {{'dsc.relu' op expected an expression for every dynamic dimension after phase 'fuse', but got 'tensor<?xf32>'}}
  %y = dsc.relu %x : tensor<?xf32>
  return %y : tensor<?xf32>
}

// -----

func.func @no_stage(%x: tensor<4xf32>) -> tensor<4xf32> {
  // expected-error @+1 {{'dsc.group' op expected a target and a stage after phase 'fuse', but got 'cpu' and -1}}
  %y = dsc.group ins(%x : tensor<4xf32>) -> (tensor<4xf32>) attributes {kind = #dsc.group_kind<pointwise>, stage = -1 : i64} {
  ^bb0(%a: tensor<4xf32>):
    %r = dsc.relu %a : tensor<4xf32>
    dsc.yield %r : tensor<4xf32>
  }
  return %y : tensor<4xf32>
}

// -----

// expected-error @+1 {{'func.func' op expected a number of elements that 64 bits hold after phase 'fuse', but got 'tensor<4611686018427387904x8xf32>'}}
func.func @too_many(%x: tensor<4611686018427387904x8xf32>) {
  return
}
