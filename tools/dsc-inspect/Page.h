// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The parts of the page that are the same for every plan.

#ifndef DSC_TOOLS_DSC_INSPECT_PAGE_H
#define DSC_TOOLS_DSC_INSPECT_PAGE_H

namespace dsc::inspect {

extern const char *const pageBody;
extern const char *const pageStyle;
extern const char *const pageScript;

} // namespace dsc::inspect

#endif // DSC_TOOLS_DSC_INSPECT_PAGE_H
