// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Roles of ops, read through FusibleOpInterface.

#include "dialects/dsc/DscRoles.h"

using namespace mlir;

namespace dsc {

FusionRole getRole(Operation *op) {
  auto fusible = dyn_cast_or_null<FusibleOpInterface>(op);
  return fusible ? fusible.getFusionRole() : FusionRole::Opaque;
}

bool isAnchor(Operation *op) {
  FusionRole role = getRole(op);
  return role == FusionRole::Contraction || role == FusionRole::Convolution || role == FusionRole::Attention;
}

bool isView(Operation *op) { return getRole(op) == FusionRole::View; }

Value getViewRoot(Value value) {
  while (isView(value.getDefiningOp()))
    value = value.getDefiningOp()->getOperand(0);
  return value;
}

} // namespace dsc
