// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// What a layer is for, found out from names and structure. Pure functions: the pass writes the answers down.

#ifndef DSC_PASSES_QUANTIZE_LAYERKINDS_H
#define DSC_PASSES_QUANTIZE_LAYERKINDS_H

#include "passes/quantize/Layers.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "llvm/ADT/MapVector.h"

namespace dsc {

/// A kind with the evidence for it: a phrase for people.
struct KindFinding {
  LayerKind kind;
  std::string reason;
};

/// The kind that words in the name of a product speak for, the last word first: "attention", "mlp", "lm_head".
std::optional<KindFinding> findKindInName(llvm::StringRef name);

/// Every layer of the function in order: products, convolutions, attention, norms and gathers of rows of a weight. The
/// operation itself decides what is no product; products are told by names, then by what is around them.
llvm::MapVector<mlir::Operation *, KindFinding> findLayerKinds(mlir::func::FuncOp function, const ConstantPool &pool);

} // namespace dsc

#endif // DSC_PASSES_QUANTIZE_LAYERKINDS_H
