// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Compiles one group to machine code in process and calls it on guarded buffers.

#ifndef DSC_TEST_UNIT_KERNELS_KERNELHARNESS_H
#define DSC_TEST_UNIT_KERNELS_KERNELHARNESS_H

#include "compiler/emit/CpuBlob.h"
#include "dialects/dsc/DscTarget.h"
#include "mlir/IR/AffineMap.h"
#include "mlir/IR/MLIRContext.h"
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace dsc::test {

/// Memory that ends at an inaccessible page, so that reading or writing past the end stops the test; the bytes before
/// it are checked for changes.
class GuardedBuffer {
public:
  explicit GuardedBuffer(size_t bytes, uint8_t poison = 0xcb);
  GuardedBuffer(GuardedBuffer &&other) noexcept;
  ~GuardedBuffer();
  void *data() const { return start; }
  template <class T> T *as() const { return static_cast<T *>(data()); }
  /// Whether the bytes before the buffer are untouched.
  bool intact() const;

private:
  uint8_t *pages = nullptr, *start = nullptr;
  size_t mapped = 0;
};

/// The results of a map of symbols; those without a value are 0.
std::vector<int64_t> evaluate(mlir::AffineMap map, std::vector<int64_t> symbols);

/// A compiled group: its code, mapped executable, and how it is cut into tiles.
class CompiledKernel {
public:
  using Entry = void (*)(void *const *, const int64_t *, void *, int64_t, int64_t);

  /// Runs the kernel phase on a module whose `@main` holds one group and compiles it for `level`. Null, with a
  /// diagnostic on stderr, if that fails. `fast` as in the kernel phase.
  static std::unique_ptr<CompiledKernel> compile(const std::string &module, const std::string &level,
                                                 bool fast = true);
  ~CompiledKernel();

  /// The number of tiles for these values of the module's symbols.
  int64_t tiles(const std::vector<int64_t> &symbols) const;
  /// Computes tiles [begin, end). `buffers` are the operands, then the results.
  void run(const std::vector<void *> &buffers, const std::vector<int64_t> &symbols, int64_t begin, int64_t end) const;
  /// Computes all tiles.
  void run(const std::vector<void *> &buffers, const std::vector<int64_t> &symbols = {}) const;

  /// "cpu_gemm_matmul_f32": tells which family took the group.
  std::string name;
  /// The code, for disassembly.
  CpuBlob blob;

private:
  CompiledKernel() = default;

  std::unique_ptr<mlir::MLIRContext> context;
  mlir::AffineMap dims, tileCount;
  int64_t scratchBytes = 0;
  void *code = nullptr;
  size_t codeBytes = 0;
};

/// Whether this machine can execute a level; tests skip execution (only) where it cannot.
bool canExecute(const std::string &level);

/// The levels that every kernel test compiles for.
std::vector<std::string> testLevels();

/// Numbers in [-1, 1) that depend on the seed only.
std::vector<float> randomFloats(size_t count, uint32_t seed);

/// A guarded copy.
GuardedBuffer guarded(const std::vector<float> &values);

/// `weight` ([k, n] for gemm, [groups*n, k, taps...] for conv) packed as the attribute text says, e.g.
/// "#dsc.panels<kind = gemm, n = 8, k = 4>".
std::vector<float> packed(const std::string &panels, const std::vector<float> &weight);

/// The largest |actual - expected| relative to the largest |expected| (at least 1).
double relativeError(const float *actual, const std::vector<double> &expected);

/// "tensor<2x3xf32>".
std::string tensorType(const std::vector<int64_t> &shape, const std::string &element = "f32");

} // namespace dsc::test

#endif // DSC_TEST_UNIT_KERNELS_KERNELHARNESS_H
