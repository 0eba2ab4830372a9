// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Plan ops as the schema's tables and back: one function per table and direction, used by PlanWriter and PlanReader.

#ifndef DSC_COMPILER_EMIT_PLANTABLES_H
#define DSC_COMPILER_EMIT_PLANTABLES_H

#include "dialects/plan/Plan.h"
#include "runtime/schema/plan_generated.h"

namespace dsc {

/// The tables of `plan`. Segments have their sizes, no offset, digest or CRC.
schema::PlanT toTables(plan::PlanOp plan);

/// The plan op of verified tables, at the builder's position; segments have empty contents.
plan::PlanOp fromTables(const schema::PlanT &tables, mlir::OpBuilder &builder, mlir::Location loc);

} // namespace dsc

#endif // DSC_COMPILER_EMIT_PLANTABLES_H
