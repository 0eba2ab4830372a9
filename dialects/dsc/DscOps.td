// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// All ops of the dsc dialect, by family.

#ifndef DSC_OPS_TD
#define DSC_OPS_TD

include "dialects/dsc/DscStructure.td"
include "dialects/dsc/DscElementwise.td"
include "dialects/dsc/DscBroadcast.td"
include "dialects/dsc/DscQuantization.td"
include "dialects/dsc/DscContraction.td"
include "dialects/dsc/DscReduction.td"
include "dialects/dsc/DscPooling.td"
include "dialects/dsc/DscMovement.td"
include "dialects/dsc/DscIndexing.td"

#endif // DSC_OPS_TD
