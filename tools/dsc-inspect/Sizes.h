// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The slots of a function as formulas of its symbols and as numbers where sizes are known.

#ifndef DSC_TOOLS_DSC_INSPECT_SIZES_H
#define DSC_TOOLS_DSC_INSPECT_SIZES_H

#include "dialects/plan/Plan.h"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace dsc::inspect {

/// A size: how it is computed and, where that is known, what it is.
struct Amount {
  std::string text;
  std::optional<int64_t> value;
};

/// `text` as it is, if it is UTF-8, else with the bytes that are not replaced.
std::string toUtf8(llvm::StringRef text);

/// One Amount per slot of a function whose symbols have the given sizes; INT64_MAX is unknown. Formulas that grow
/// long are cut into "s17", the slot's number.
class Sizes {
public:
  Sizes(plan::FunctionOp function, llvm::ArrayRef<int64_t> bounds);

  const Amount &at(int64_t slot) const { return slots[slot]; }
  std::vector<std::string> texts(llvm::ArrayRef<int64_t> shape) const;

private:
  std::vector<Amount> slots;
};

} // namespace dsc::inspect

#endif // DSC_TOOLS_DSC_INSPECT_SIZES_H
