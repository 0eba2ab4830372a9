// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Machine code of the test kernels: rdi = buffers, rsi = dims, rdx = scratch, rcx = begin, r8 = end.
#include "Kernels.h"

#include <map>

__asm__(R"(
  .text
  .balign 16
  .globl dscTestKernels, dscTestKernelsEnd
  .globl dscTestAdd, dscTestDims, dscTestMxcsr, dscTestCheck, dscTestSpin, dscTestScratch
dscTestKernels:
dscTestAdd:
  endbr64
  movq 0(%rdi), %rax
  movq 8(%rdi), %r9
  movq 16(%rdi), %r10
1: cmpq %r8, %rcx
  jge 2f
  movss (%rax,%rcx,4), %xmm0
  addss (%r9,%rcx,4), %xmm0
  movss %xmm0, (%r10,%rcx,4)
  incq %rcx
  jmp 1b
2: ret
  .balign 16
dscTestDims:
  endbr64
  movq 0(%rdi), %rax
1: cmpq %r8, %rcx
  jge 2f
  movq (%rsi,%rcx,8), %r9
  movq %r9, (%rax,%rcx,8)
  incq %rcx
  jmp 1b
2: ret
  .balign 16
dscTestMxcsr:
  endbr64
  movq 0(%rdi), %rax
1: cmpq %r8, %rcx
  jge 2f
  stmxcsr (%rax,%rcx,4)
  incq %rcx
  jmp 1b
2: ret
  .balign 16
dscTestCheck:
  endbr64
  movq 0(%rdi), %rax
  movq 8(%rdi), %r9
  movq 16(%rdi), %r10
1: cmpq %r8, %rcx
  jge 2f
  movl (%rax,%rcx,4), %r11d
  movl %r11d, (%r9,%rcx,4)
  testl %r11d, %r11d
  jns 3f
  movl $7, (%r10)
3: incq %rcx
  jmp 1b
2: ret
  .balign 16
dscTestSpin:
  endbr64
  movq 0(%rdi), %rax
1: cmpq %r8, %rcx
  jge 2f
  movl $50000, %r9d
3: decl %r9d
  jnz 3b
  movl $1, (%rax,%rcx,4)
  incq %rcx
  jmp 1b
2: ret
  .balign 16
dscTestScratch:
  endbr64
  movq 0(%rdi), %rax
1: cmpq %r8, %rcx
  jge 2f
  movq %rcx, (%rdx)
  movq (%rdx), %r9
  movq %r9, (%rax,%rcx,8)
  incq %rcx
  jmp 1b
2: ret
  .balign 16
dscTestKernelsEnd:
)");

extern "C" {
extern const uint8_t dscTestKernels[], dscTestKernelsEnd[], dscTestAdd[], dscTestDims[], dscTestMxcsr[], dscTestCheck[],
    dscTestSpin[], dscTestScratch[];
}

namespace dsc::test {

std::vector<uint8_t> kernelBlob() { return std::vector<uint8_t>(dscTestKernels, dscTestKernelsEnd); }

uint32_t kernelOffset(const std::string &name) {
  const std::map<std::string, const uint8_t *> table = {{"add", dscTestAdd},     {"dims", dscTestDims},
                                                        {"mxcsr", dscTestMxcsr}, {"check", dscTestCheck},
                                                        {"spin", dscTestSpin},   {"scratch", dscTestScratch}};
  return uint32_t(table.at(name) - dscTestKernels);
}

} // namespace dsc::test
