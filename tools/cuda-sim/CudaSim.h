// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Runs PTX kernels on the CPU, for tests: what the compiler emits for sm_80 computes the right numbers, stays
// in its buffers, and needs every barrier and wait that it has. Needs no CUDA and no LLVM. docs/cuda-sim.md
// is its manual.
#ifndef DSC_TOOLS_CUDA_SIM_CUDASIM_H
#define DSC_TOOLS_CUDA_SIM_CUDASIM_H

#include <cstdint>
#include <cstring>
#include <memory>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

namespace dsc::sim {

struct Dim3 {
  uint32_t x = 1, y = 1, z = 1;
  uint64_t count() const { return uint64_t(x) * y * z; }
};

enum class ErrorKind {
  none,
  syntax,        ///< not PTX, or a name that is not declared
  unsupported,   ///< PTX that the simulator does not know
  launch,        ///< no such kernel, wrong arguments, too many threads or bytes
  bounds,        ///< an access outside of every buffer, or across the end of one
  alignment,     ///< an address that is not a multiple of the access
  readOnly,      ///< a write to an input, a constant or a parameter
  uninitialized, ///< a read of bytes that nobody wrote
  race,          ///< two threads touch the same bytes, one writes, and nothing orders them
  divergence,    ///< a barrier or warp instruction that not all of its lanes reach together
  hang,          ///< every warp waits, or the instruction limit is reached
  trap           ///< the kernel executed trap
};

/// Why something did not work; converts to true if it did not.
struct Error {
  ErrorKind kind = ErrorKind::none;
  uint32_t line = 0;   ///< line of the PTX text, 0 if none
  std::string message; ///< "line 12: expected ..., but got ... (thread 3,0,0 of block 0,0,0)"
  explicit operator bool() const { return kind != ErrorKind::none; }
};

/// A kernel argument: a buffer of the caller, or a value. A buffer is seen by the kernel in place; its
/// simulated address is a multiple of 256, and no two buffers touch. The same buffer may be passed more than
/// once.
class Arg {
public:
  enum class Access { value, input, output, inout };

  /// A buffer that the kernel may only read.
  static Arg input(const void *data, size_t bytes) {
    return Arg(Access::input, const_cast<void *>(data), bytes);
  }
  /// A buffer that holds nothing at the start: it is filled with 0xff (NaN), and reading a byte before it was
  /// written is an error.
  static Arg output(void *data, size_t bytes) { return Arg(Access::output, data, bytes); }
  /// A buffer that holds data and may be written.
  static Arg inout(void *data, size_t bytes) { return Arg(Access::inout, data, bytes); }

  template <class T> static Arg input(const std::vector<T> &v) {
    return input(v.data(), v.size() * sizeof(T));
  }
  template <class T> static Arg output(std::vector<T> &v) { return output(v.data(), v.size() * sizeof(T)); }
  template <class T> static Arg inout(std::vector<T> &v) { return inout(v.data(), v.size() * sizeof(T)); }

  /// A number or a struct; its size must be the parameter's: Arg::value<int32_t>(n).
  template <class T> static Arg value(T v) {
    static_assert(std::is_trivially_copyable_v<T>, "expected plain data");
    Arg arg(Access::value, nullptr, 0);
    arg.bits.resize(sizeof(T));
    std::memcpy(arg.bits.data(), &v, sizeof(T));
    return arg;
  }

  /// The same buffer, passed as a pointer to its byte `offset`.
  Arg at(size_t offset) const {
    Arg arg = *this;
    arg.start = offset;
    return arg;
  }

  Access access;
  void *data;
  size_t bytes;
  size_t start = 0;
  std::vector<uint8_t> bits; ///< of a value

private:
  Arg(Access access, void *data, size_t bytes) : access(access), data(data), bytes(bytes) {}
};

/// When the bytes of a cp.async arrive. Late hides a write too early, early hides a missing wait: test with
/// both.
enum class CopyArrival { late, early };

struct LaunchOptions {
  uint64_t seed = 0; ///< 0: each warp runs until it must wait; else warps interleave at random
  CopyArrival copies = CopyArrival::late;
  bool checkUninitialized = true; ///< false: such bytes read as 0xff in buffers and in shared memory
  bool checkRaces = true;         ///< on shared memory, and between blocks on global memory
  /// Results of .approx are off by as much as the ISA allows, else they are right to half a unit.
  bool roughApproximations = false;
  uint64_t instructionLimit = uint64_t(1) << 28; ///< warp instructions of one launch, then "hang"
};

struct LaunchCounts {
  uint64_t warpInstructions = 0;
  /// Extra cycles of ld, st and ldmatrix on shared memory, 32 banks of 4 bytes.
  uint64_t sharedBankConflicts = 0;
  /// Of every Arg::output, with checkUninitialized.
  uint64_t unwrittenBytes = 0;
};

/// What a kernel says about itself.
struct KernelInfo {
  std::string name;
  std::vector<size_t> parameterBytes;
  size_t staticSharedBytes = 0;
  bool hasDynamicShared = false;
  Dim3 requiredThreads{0, 0, 0}; ///< .reqntid, or zeros
  Dim3 maximalThreads{0, 0, 0};  ///< .maxntid, or zeros
};

struct Module;

/// A decoded PTX module. Launches do not change it (module variables live in the launch), so threads may
/// share it.
class Program {
public:
  static Error parse(std::string_view ptx, Program &program);
  std::vector<KernelInfo> kernels() const;
  Error launch(std::string_view kernel, Dim3 grid, Dim3 block, size_t sharedBytes,
               const std::vector<Arg> &args, const LaunchOptions &options = {},
               LaunchCounts *counts = nullptr) const;

private:
  std::shared_ptr<const Module> module;
};

/// Parses `ptx` and runs one kernel to its end. `sharedBytes`: dynamic shared memory. Blocks run one after
/// the other.
Error launch(std::string_view ptx, std::string_view kernel, Dim3 grid, Dim3 block, size_t sharedBytes,
             const std::vector<Arg> &args, const LaunchOptions &options = {}, LaunchCounts *counts = nullptr);

} // namespace dsc::sim
#endif
