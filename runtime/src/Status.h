// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// How every fallible function of the runtime reports: a dsc_status, with the story in the caller's dsc_error.
#ifndef DSC_RUNTIME_SRC_STATUS_H
#define DSC_RUNTIME_SRC_STATUS_H

#include <dsc/dsc.h>

namespace dsc::rt {

/// `where` of an error that belongs to no step, buffer, argument or offset.
inline constexpr uint64_t nowhere = ~uint64_t(0);

/// Fills `error` (may be null) and returns `code`. Control characters that names of a plan brought into the message
/// become '?', so that it is safe to log.
__attribute__((format(printf, 4, 5))) dsc_status fail(dsc_error *error, dsc_status code, uint64_t where,
                                                      const char *format, ...);

/// Marks `error` (may be null) as DSC_OK.
dsc_status succeed(dsc_error *error);

} // namespace dsc::rt
#endif
