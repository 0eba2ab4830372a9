// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The table from ONNX operator and opset to its reader: what this compiler supports.

#ifndef DSC_COMPILER_IMPORT_OPTABLE_H
#define DSC_COMPILER_IMPORT_OPTABLE_H

#include "compiler/import/NodeReader.h"

#include "llvm/Support/raw_ostream.h"

namespace dsc {

/// Writes docs/supported-ops.md: every operator with its domain, opsets and limits.
void printSupportedOps(llvm::raw_ostream &out);

namespace onnx_import {

/// The first and last opset of ai.onnx that models may import.
constexpr int64_t minOpset = 6, maxOpset = 27;

/// A reader for a range of versions of the operator's domain. One reader resolves the differences between its opsets.
struct OpRow {
  llvm::StringRef opType;
  Reader reader;
  int64_t since = 1;
  int64_t until = maxOpset;
  /// What it does not do, for people; empty if nothing.
  llvm::StringRef limits = "";
  llvm::StringRef domain = "";
};

/// The rows of one family of operators; `name` heads its part of the documentation.
struct OpFamily {
  llvm::StringRef name;
  llvm::ArrayRef<OpRow> rows;
};

// One per source file.
OpFamily getUnaryFamily();
OpFamily getElementwiseFamily();
OpFamily getActivationFamily();
OpFamily getLinearFamily();
OpFamily getConvolutionFamily();
OpFamily getPoolFamily();
OpFamily getReductionFamily();
OpFamily getNormalizationFamily();
OpFamily getShapeFamily();
OpFamily getMovementFamily();
OpFamily getSliceFamily();
OpFamily getIndexingFamily();
OpFamily getResizeFamily();
OpFamily getQuantizationFamily();
OpFamily getAttentionFamily();
OpFamily getContribFamily();
OpFamily getContribQuantizationFamily();
OpFamily getEinsumFamily();
OpFamily getRotaryFamily();
OpFamily getRecurrentFamily();

/// The row for the operator at that version of its domain; null if there is none.
const OpRow *findOp(llvm::StringRef domain, llvm::StringRef opType, int64_t version);

/// Whether there is a row for any version, and which versions: for messages.
std::optional<std::pair<int64_t, int64_t>> findOpVersions(llvm::StringRef domain, llvm::StringRef opType);

} // namespace onnx_import
} // namespace dsc

#endif // DSC_COMPILER_IMPORT_OPTABLE_H
