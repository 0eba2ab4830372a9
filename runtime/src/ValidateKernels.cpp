// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Validator: kernels and their code.
#include "runtime/src/Validate.h"

namespace dsc::rt {

using namespace schema;

namespace {

constexpr uint32_t maxNameBytes = 1024;
constexpr uint32_t maxArguments = 65535, maxCodes = 64;
constexpr uint32_t maxScratchBytes = 1u << 30;
constexpr uint32_t maxBlockThreads = 1024, maxClusterBlocks = 16, maxSharedBytes = 227u << 10;

/// True for an absent launch shape or one of three values whose product is 1 to `most`.
bool isLaunchShape(const flatbuffers::Vector<uint32_t> *shape, uint32_t most, bool needed) {
  if (sizeOf(shape) == 0)
    return !needed;
  if (shape->size() != 3)
    return false;
  uint64_t product = 1;
  for (uint32_t value : *shape) {
    if (value == 0 || value > most)
      return false;
    product *= value;
  }
  return product <= most;
}

} // namespace

dsc_status Validator::checkKernels() {
  const auto &kernels = *plan.kernels();
  if (!spend(kernels.size()))
    return corrupt("kernels", kernels.size(), "fewer");
  for (uint32_t i = 0; i < kernels.size(); ++i) {
    const Kernel &kernel = *kernels[i];
    if (!isName(kernel.name(), maxNameBytes))
      return corrupt("kernel", i, "a name of 1 to 1024 bytes");
    if (kernel.abi() != 1)
      return fail(error, DSC_E_VERSION, i, "kernel %u: expected calling convention 1, but got %u", i, kernel.abi());
    if (kernel.access()->size() > maxArguments || !spend(kernel.access()->size()))
      return corrupt("kernel", i, "at most 65535 buffers");
    for (uint8_t mode : *kernel.access())
      if (mode == 0 || mode > 3)
        return corrupt("kernel", i, "access modes 1 to 3");
    if (kernel.scratch() > maxScratchBytes)
      return corrupt("kernel", i, "at most 1 GiB of scratch memory");
    if (kernel.codes()->size() == 0 || kernel.codes()->size() > maxCodes || !spend(kernel.codes()->size()))
      return corrupt("kernel", i, "1 to 64 codes");
    for (const KernelCode *code : *kernel.codes()) {
      if (code->segment() >= plan.segments()->size())
        return corrupt("kernel", i, "a segment that exists");
      bool isCpu = plan.segments()->Get(code->segment())->kind() == SegmentKind::CpuCode;
      if (dsc_status s = isCpu ? checkCpuCode(i, *code) : checkCudaCode(i, *code))
        return s;
    }
  }
  return DSC_OK;
}

dsc_status Validator::checkCpuCode(uint32_t kernel, const KernelCode &code) {
  const Segment &segment = *plan.segments()->Get(code.segment());
  uint64_t entry = code.entry();
  if (entry % kernelAlign || entry >= segment.size() || segment.size() - entry < sizeof kernelPrologue)
    return corrupt("kernel", kernel, "an aligned entry inside its segment");
  if (memcmp(input.segments + segment.offset() + entry, kernelPrologue, sizeof kernelPrologue) != 0)
    return corrupt("kernel", kernel, "an entry that starts with endbr64");
  if (code.symbol() || sizeOf(code.block()) || sizeOf(code.cluster()) || code.shared_mem() ||
      plan.kernels()->Get(kernel)->num_maps())
    return corrupt("kernel", kernel, "no CUDA launch facts for CPU code");
  return DSC_OK;
}

dsc_status Validator::checkCudaCode(uint32_t kernel, const KernelCode &code) {
  SegmentKind kind = plan.segments()->Get(code.segment())->kind();
  if (kind != SegmentKind::CudaCubin && kind != SegmentKind::CudaPtx)
    return corrupt("kernel", kernel, "code in a code segment");
  if (code.entry() || !isName(code.symbol(), maxNameBytes))
    return corrupt("kernel", kernel, "the name of a CUDA entry");
  if (!isLaunchShape(code.block(), maxBlockThreads, true) ||
      !isLaunchShape(code.cluster(), maxClusterBlocks, false) || code.shared_mem() > maxSharedBytes)
    return corrupt("kernel", kernel, "a block, cluster and shared memory inside the limits of CUDA");
  return DSC_OK;
}

} // namespace dsc::rt
