// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Kernels of hand-built plans: a few lines of assembly that obey the kernel ABI.
#ifndef DSC_TEST_UNIT_RUNTIME_KERNELS_H
#define DSC_TEST_UNIT_RUNTIME_KERNELS_H

#include <cstdint>
#include <string>
#include <vector>

namespace dsc::test {

/// The blob all kernels lie in.
std::vector<uint8_t> kernelBlob();

/// Offset of a kernel in the blob:
///   add      out[i] = a[i] + b[i], f32                   buffers a, b, out
///   dims     out[i] = dims[i], i64                       buffer out
///   mxcsr    out[i] = the thread's MXCSR, u32            buffer out
///   check    out[i] = a[i]; a[i] < 0 sets the fault      buffers a, out, fault, i32
///   spin     writes out[i] = 1 after about 50,000 cycles a tile, u32   buffer out
///   scratch  out[i] = i, through the scratch memory, i64 buffer out
uint32_t kernelOffset(const std::string &name);

} // namespace dsc::test
#endif
