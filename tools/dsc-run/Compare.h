// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Compares outputs with expected ones.
#ifndef DSC_TOOLS_DSC_RUN_COMPARE_H
#define DSC_TOOLS_DSC_RUN_COMPARE_H

#include "tools/TensorFile.h"

namespace dsc::tools {

struct Comparison {
  std::string name;
  std::string problem; ///< not empty: types, shapes or presence differ
  double maxAbsolute = 0, maxRelative = 0;
  int64_t elements = 0, mismatches = 0, firstMismatch = -1;
  double got = 0, expected = 0; ///< at the first mismatch

  bool isEqual() const { return problem.empty() && mismatches == 0; }
};

/// |got - expected| <= atol + rtol * |expected| for floats, equality for the rest; NaN equals NaN, infinities equal
/// themselves.
Comparison compareTensors(const Tensor &got, const Tensor &expected, double rtol, double atol);

/// Against an npz by name, or DIR/output_K.pb by position; false with a reason if that cannot be read.
bool compareOutputs(const std::vector<Tensor> &got, const std::string &path, double rtol, double atol,
                    std::vector<Comparison> &results, std::string &error);

} // namespace dsc::tools
#endif
