// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Status names, versions and the text of errors.
#include "runtime/src/Status.h"

#include "runtime/schema/PlanFile.h"

#include <cstdarg>
#include <cstdio>
#include <cstring>

namespace dsc::rt {

/// Writes what fits into the caller's struct, which may be older and shorter or newer and longer than ours.
static void store(dsc_error *error, const dsc_error &value) {
  uint32_t bytes = error->struct_size;
  if (bytes <= sizeof error->struct_size)
    return;
  if (bytes > sizeof value)
    bytes = sizeof value;
  memcpy(reinterpret_cast<char *>(error) + sizeof error->struct_size,
         reinterpret_cast<const char *>(&value) + sizeof value.struct_size, bytes - sizeof value.struct_size);
}

dsc_status fail(dsc_error *error, dsc_status code, uint64_t where, const char *format, ...) {
  if (!error)
    return code;
  dsc_error value = {};
  value.code = code;
  value.where = where;
  va_list arguments;
  va_start(arguments, format);
  vsnprintf(value.message, sizeof value.message, format, arguments);
  va_end(arguments);
  for (char *c = value.message; *c; ++c)
    if (static_cast<unsigned char>(*c) < 0x20 || *c == 0x7f)
      *c = '?';
  store(error, value);
  return code;
}

dsc_status succeed(dsc_error *error) {
  if (error) {
    dsc_error value = {};
    value.where = nowhere;
    store(error, value);
  }
  return DSC_OK;
}

} // namespace dsc::rt

extern "C" {

const char *dsc_status_name(dsc_status s) {
  static const char *const names[] = {
      "ok",      "invalid argument", "not found", "out of memory",    "input/output error", "corrupt plan",
      "version", "untrusted plan",   "unsupported device", "device error", "cancelled",
      "deadline", "limit",           "internal error",     "bad data"};
  return s >= 0 && s <= DSC_E_BAD_DATA ? names[s] : "unknown status";
}

void dsc_version(uint32_t *major, uint32_t *minor, uint32_t *patch) {
  if (major)
    *major = DSC_API_MAJOR;
  if (minor)
    *minor = DSC_API_MINOR;
  if (patch)
    *patch = DSC_API_PATCH;
}

void dsc_plan_version_range(uint32_t *oldest, uint32_t *newest) {
  if (oldest)
    *oldest = dsc::schema::formatMajor;
  if (newest)
    *newest = dsc::schema::formatMajor;
}

} // extern "C"
