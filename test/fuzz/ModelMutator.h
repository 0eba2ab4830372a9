// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Changes ONNX models field by field, so that most of them still parse and reach the readers.

#ifndef DSC_TEST_FUZZ_MODELMUTATOR_H
#define DSC_TEST_FUZZ_MODELMUTATOR_H

#include <cstdint>
#include <string>

namespace dsc::test {

/// Applies one to four random changes to the serialized model: a number becomes a corner case, a string one of the model's
/// others, an element of a list goes, doubles or changes place, a part becomes another part of its kind. False, and
/// nothing is changed, if the bytes are no model.
bool mutateModel(std::string &bytes, uint32_t seed);

} // namespace dsc::test

#endif // DSC_TEST_FUZZ_MODELMUTATOR_H
