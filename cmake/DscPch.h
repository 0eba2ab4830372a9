// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/// MlirPch.h and the declarations of our own dialects and passes: for what lies above them in the layers.
#include "cmake/MlirPch.h"

#include "dialects/dsc/Dsc.h"
#include "dialects/dsc/DscShape.h"
#include "dialects/plan/Plan.h"
#include "passes/Passes.h"
