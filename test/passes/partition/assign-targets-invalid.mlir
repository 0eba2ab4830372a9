// RUN: dsc-opt %s -verify-diagnostics -dsc-assign-targets="target=cuda"

// expected-error @+1 {{expected target 'cpu', but got 'cuda'}}
module {
}
