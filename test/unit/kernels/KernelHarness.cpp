// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The kernel phase and the blob writer in process, and memory that notices stray accesses.

#include "test/unit/kernels/KernelHarness.h"
#include "dialects/dsc/Dsc.h"
#include "dialects/dsc/DscPacking.h"
#include "mlir/AsmParser/AsmParser.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Parser/Parser.h"
#include "mlir/Pass/PassManager.h"
#include "passes/kernel/cpu/BuildCpuKernels.h"
#include <cmath>
#include <cstring>
#include <sys/mman.h>
#include <unistd.h>

using namespace mlir;

namespace dsc::test {

namespace {
constexpr size_t pageBytes = 4096;
constexpr uint8_t canary = 0xa5;

size_t roundToPages(size_t bytes) { return (bytes + pageBytes - 1) / pageBytes * pageBytes; }

/// The one op of a kind below the module; null if there is none.
template <class Op> Op findOp(ModuleOp module) {
  Op found;
  module.walk([&](Op op) { found = op; });
  return found;
}
} // namespace

GuardedBuffer::GuardedBuffer(size_t bytes, uint8_t poison) {
  size_t usable = roundToPages(bytes + 64);
  mapped = usable + pageBytes;
  pages = static_cast<uint8_t *>(mmap(nullptr, mapped, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
  mprotect(pages + usable, pageBytes, PROT_NONE);
  start = pages + usable - bytes;
  std::memset(pages, canary, usable - bytes);
  std::memset(start, poison, bytes);
}

GuardedBuffer::GuardedBuffer(GuardedBuffer &&other) noexcept
    : pages(other.pages), start(other.start), mapped(other.mapped) {
  other.pages = nullptr;
}

GuardedBuffer::~GuardedBuffer() {
  if (pages)
    munmap(pages, mapped);
}

bool GuardedBuffer::intact() const {
  for (const uint8_t *byte = pages; byte != start; ++byte)
    if (*byte != canary)
      return false;
  return true;
}

std::unique_ptr<CompiledKernel> CompiledKernel::compile(const std::string &text, const std::string &level, bool fast) {
  std::unique_ptr<CompiledKernel> kernel(new CompiledKernel);
  kernel->context = std::make_unique<MLIRContext>(MLIRContext::Threading::DISABLED);
  kernel->context->loadDialect<DscDialect, func::FuncDialect>();
  OwningOpRef<ModuleOp> module = parseSourceString<ModuleOp>(text, kernel->context.get());
  if (!module)
    return nullptr;
  PassManager passes(kernel->context.get());
  CpuKernelOptions options;
  options.levels = {level};
  options.fast = fast;
  buildCpuKernels(passes, options);
  if (failed(passes.run(*module)))
    return nullptr;
  auto launch = findOp<LaunchOp>(*module);
  auto declaration = findOp<KernelOp>(*module);
  auto code = module->lookupSymbol<ModuleOp>("cpu_" + level);
  FailureOr<CpuBlob> blob = compileCpuBlob(code, *findCpuLevel(level));
  if (failed(blob))
    return nullptr;
  kernel->name = declaration.getName().str();
  kernel->scratchBytes = declaration.getScratch();
  kernel->dims = launch.getDims().getMap();
  kernel->tileCount = launch.getTiles().getMap();
  kernel->blob = std::move(*blob);
  kernel->codeBytes = roundToPages(kernel->blob.bytes.size());
  kernel->code = mmap(nullptr, kernel->codeBytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  std::memcpy(kernel->code, kernel->blob.bytes.data(), kernel->blob.bytes.size());
  mprotect(kernel->code, kernel->codeBytes, PROT_READ | PROT_EXEC);
  return kernel;
}

CompiledKernel::~CompiledKernel() {
  if (code)
    munmap(code, codeBytes);
}

std::vector<int64_t> evaluate(AffineMap map, std::vector<int64_t> symbols) {
  symbols.resize(map.getNumSymbols());
  std::vector<int64_t> values;
  for (AffineExpr expr : map.getResults()) {
    SmallVector<AffineExpr> constants;
    for (int64_t symbol : symbols)
      constants.push_back(getAffineConstantExpr(symbol, map.getContext()));
    AffineExpr value = expr.replaceSymbols(constants);
    values.push_back(cast<AffineConstantExpr>(simplifyAffineExpr(value, 0, 0)).getValue());
  }
  return values;
}

int64_t CompiledKernel::tiles(const std::vector<int64_t> &symbols) const {
  return evaluate(tileCount, symbols).front();
}

void CompiledKernel::run(const std::vector<void *> &buffers, const std::vector<int64_t> &symbols, int64_t begin,
                         int64_t end) const {
  std::vector<int64_t> sizes = evaluate(dims, symbols);
  void *scratch = aligned_alloc(pageBytes, roundToPages(scratchBytes + 1));
  std::memset(scratch, 0xff, scratchBytes); // NaN: scratch that is read before it is written shows
  auto entry = reinterpret_cast<Entry>(static_cast<uint8_t *>(code) + blob.entries.front().offset);
  entry(buffers.data(), sizes.data(), scratch, begin, end);
  free(scratch);
}

void CompiledKernel::run(const std::vector<void *> &buffers, const std::vector<int64_t> &symbols) const {
  run(buffers, symbols, 0, tiles(symbols));
}

bool canExecute(const std::string &level) {
  if (level == "v3")
    return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
  bool v4 = __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
            __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("avx512dq");
  return level == "v4" && v4;
}

std::vector<std::string> testLevels() { return {"v3", "v4"}; }

std::vector<float> randomFloats(size_t count, uint32_t seed) {
  std::vector<float> values(count);
  uint32_t state = seed * 2654435761u + 12345;
  for (float &value : values) {
    state = state * 1664525u + 1013904223u;
    value = static_cast<int32_t>(state) / 2147483648.0f;
  }
  return values;
}

GuardedBuffer guarded(const std::vector<float> &values) {
  GuardedBuffer buffer(values.size() * sizeof(float));
  std::memcpy(buffer.data(), values.data(), values.size() * sizeof(float));
  return buffer;
}

std::vector<float> packed(const std::string &panels, const std::vector<float> &weight) {
  MLIRContext context(MLIRContext::Threading::DISABLED);
  context.loadDialect<DscDialect>();
  PanelLayout layout = getPanelLayout(cast<PanelsAttr>(parseAttribute(panels, &context)), sizeof(float));
  std::vector<float> result(layout.packedBytes() / sizeof(float));
  packPanels(layout, {reinterpret_cast<const char *>(weight.data()), weight.size() * sizeof(float)}, 0,
             layout.panels(), {reinterpret_cast<char *>(result.data()), result.size() * sizeof(float)});
  return result;
}

double relativeError(const float *actual, const std::vector<double> &expected) {
  double worst = 0, largest = 1;
  for (size_t i = 0; i < expected.size(); ++i) {
    double error = std::fabs(actual[i] - expected[i]);
    worst = std::isnan(error) ? INFINITY : std::max(worst, error);
    largest = std::max(largest, std::fabs(expected[i]));
  }
  return worst / largest;
}

std::string tensorType(const std::vector<int64_t> &shape, const std::string &element) {
  std::string text = "tensor<";
  for (int64_t size : shape)
    text += std::to_string(size) + "x";
  return text + element + ">";
}

} // namespace dsc::test
