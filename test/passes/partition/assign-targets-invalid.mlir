// RUN: dsc-opt %s -verify-diagnostics -dsc-assign-targets="target=gpu"

// expected-error @+1 {{expected a target of cpu and cuda, but got 'gpu'}}
module {
}
