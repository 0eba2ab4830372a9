// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Reading and writing the sized structs of dsc.h across versions of the library.
#ifndef DSC_RUNTIME_SRC_STRUCTS_H
#define DSC_RUNTIME_SRC_STRUCTS_H

#include "runtime/src/Status.h"

#include <cstring>

namespace dsc::rt {

/// No struct of any version is larger; a larger struct_size is garbage.
inline constexpr uint32_t maxStructBytes = 4096;

/// True if `size`, the caller's struct_size, holds at least the `known` bytes of version 1.0 and the unknown tail of
/// `data` is zero.
inline bool acceptsStruct(const void *data, uint32_t size, uint32_t known) {
  if (size < known || size > maxStructBytes || size % 4)
    return false;
  const char *bytes = static_cast<const char *>(data);
  for (uint32_t i = known; i < size; ++i)
    if (bytes[i])
      return false;
  return true;
}

/// Copies an options struct into `out`; a null pointer means all defaults.
template <class T>
dsc_status readStruct(const T *in, T &out, const char *name, dsc_error *error) {
  if (!in) {
    memset(&out, 0, sizeof out);
    return DSC_OK;
  }
  if (!acceptsStruct(in, in->struct_size, sizeof(T)))
    return fail(error, DSC_E_INVALID_ARGUMENT, nowhere, "expected a %s with a known struct_size and a zero tail, but got %u bytes",
                name, in->struct_size);
  memcpy(&out, in, sizeof out);
  return DSC_OK;
}

/// Writes an information struct, all but its struct_size, into the caller's.
template <class T>
dsc_status writeStruct(const T &value, T *out, const char *name, dsc_error *error) {
  if (!out || out->struct_size < sizeof(T) || out->struct_size > maxStructBytes)
    return fail(error, DSC_E_INVALID_ARGUMENT, nowhere, "expected a %s with its struct_size set", name);
  uint32_t size = out->struct_size;
  memset(out, 0, size);
  memcpy(out, &value, sizeof value);
  out->struct_size = size;
  return succeed(error);
}

} // namespace dsc::rt
#endif
