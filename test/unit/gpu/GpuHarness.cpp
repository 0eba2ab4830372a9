// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The kernel phase for CUDA, the PTX writer, ptxas and the simulator in one process.

#include "test/unit/gpu/GpuHarness.h"

#include "compiler/emit/Ptx.h"
#include "dialects/dsc/Dsc.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Parser/Parser.h"
#include "mlir/Pass/PassManager.h"
#include "passes/kernel/gpu/BuildGpuKernels.h"
#include "test/unit/gpu/HostValues.h"
#include "test/unit/kernels/KernelHarness.h"
#include "tools/cuda-sim/CudaSim.h"
#include "gtest/gtest.h"
#include <cmath>

using namespace mlir;

namespace dsc::test {
namespace {

/// A group as PTX, and what it takes.
struct GpuKernel {
  PtxCode code;
  std::string name;
  std::vector<TensorShape> inputs, outputs;
  std::vector<int64_t> dims;
  uint32_t blocks;
};

bool compile(const std::string &text, const GpuCheck &check, GpuKernel &kernel) {
  MLIRContext context(MLIRContext::Threading::DISABLED);
  context.loadDialect<DscDialect, func::FuncDialect>();
  OwningOpRef<ModuleOp> module = parseSourceString<ModuleOp>(text, &context);
  if (!module)
    return false;
  PassManager passes(&context);
  buildGpuKernels(passes, /*explain=*/false);
  if (failed(passes.run(*module)))
    return false;
  LaunchOp launch;
  module->walk([&](LaunchOp op) { launch = op; });
  kernel.name = cast<KernelOp>(module->lookupSymbol(launch.getKernel())).getName().str();
  kernel.dims = evaluate(launch.getDims().getMap(), check.symbols);
  kernel.blocks = uint32_t(evaluate(launch.getTiles().getMap(), check.symbols).front());
  for (Type type : launch.getInputs().getTypes())
    kernel.inputs.push_back(describe(type, check.symbols));
  for (Type type : launch.getOutputs().getTypes())
    kernel.outputs.push_back(describe(type, check.symbols));
  FailureOr<PtxCode> code = compilePtx(cast<ModuleOp>(module->lookupSymbol("cuda")));
  if (failed(code))
    return false;
  kernel.code = std::move(*code);
  return true;
}

/// ptxas finds nothing to complain about.
void checkAssembly(const GpuKernel &kernel) {
  std::string ptxas = findPtxas(DSC_PTXAS);
  ASSERT_FALSE(ptxas.empty()) << "expected ptxas at " << DSC_PTXAS;
  MLIRContext context(MLIRContext::Threading::DISABLED);
  for (const SmTarget &target : getSmTargets()) {
    PtxasReport report;
    ASSERT_TRUE(succeeded(assembleCubin(UnknownLoc::get(&context), ptxas, kernel.code.text, target, report)))
        << kernel.code.text;
    EXPECT_EQ(report.spillBytes, 0) << target.name.str();
    EXPECT_EQ(report.stackBytes, 0) << target.name.str();
    EXPECT_TRUE(report.warnings.empty()) << report.warnings.front();
    EXPECT_GT(report.registers, 0);
  }
}

/// Outputs of one run in the simulator.
std::vector<Bytes> simulate(const GpuKernel &kernel, const std::vector<Bytes> &inputs,
                            const sim::LaunchOptions &options) {
  std::vector<Bytes> outputs;
  std::vector<sim::Arg> args;
  for (const Bytes &input : inputs)
    args.push_back(sim::Arg::input(input.data(), input.size()));
  outputs.reserve(kernel.outputs.size());
  for (const TensorShape &shape : kernel.outputs) {
    outputs.emplace_back(shape.bytes());
    args.push_back(sim::Arg::output(outputs.back().data(), outputs.back().size()));
  }
  for (int64_t dim : kernel.dims)
    args.push_back(sim::Arg::value<int64_t>(dim));
  const PtxEntry &entry = kernel.code.entries.front();
  sim::Error error = sim::launch(kernel.code.text, entry.symbol, {kernel.blocks, 1, 1},
                                 {uint32_t(entry.block[0]), 1, 1}, size_t(entry.sharedBytes), args, options);
  EXPECT_FALSE(error) << error.message << "\n" << kernel.code.text;
  return outputs;
}

/// What the CPU's plain loops make of the group in float64.
std::vector<std::vector<double>> computeReference(const std::string &text, const GpuKernel &kernel,
                                                  const std::vector<Bytes> &inputs, const GpuCheck &check) {
  std::vector<std::vector<double>> results;
  auto reference = CompiledKernel::compile(onTheCpu(text, check.inDouble), "v3", /*fast=*/false);
  EXPECT_TRUE(reference);
  if (!reference)
    return results;
  std::vector<Bytes> memory;
  for (size_t i = 0; i < inputs.size(); ++i)
    memory.push_back(check.inDouble ? widen(inputs[i], kernel.inputs[i]) : inputs[i]);
  auto referenceShape = [&](const TensorShape &shape) { return check.inDouble ? shape.wide() : shape; };
  for (const TensorShape &shape : kernel.outputs)
    memory.emplace_back(referenceShape(shape).bytes());
  std::vector<void *> pointers;
  for (Bytes &bytes : memory)
    pointers.push_back(bytes.data());
  reference->run(pointers, check.symbols);
  for (size_t i = 0; i < kernel.outputs.size(); ++i)
    results.push_back(toDoubles(memory[inputs.size() + i], referenceShape(kernel.outputs[i])));
  return results;
}

void compare(const std::vector<double> &actual, const std::vector<double> &expected, double tolerance) {
  double largest = 1e-30, worst = 0;
  size_t where = 0;
  for (double value : expected)
    largest = std::isfinite(value) ? std::max(largest, std::fabs(value)) : largest;
  for (size_t i = 0; i < expected.size(); ++i) {
    bool same = actual[i] == expected[i] || (std::isnan(actual[i]) && std::isnan(expected[i]));
    double difference = same ? 0 : std::fabs(actual[i] - expected[i]) / largest;
    if (!(difference <= worst)) {
      worst = std::isnan(difference) ? INFINITY : difference;
      where = i;
    }
  }
  EXPECT_LE(worst, tolerance) << "element " << where << " of " << expected.size() << ": expected " << expected[where]
                              << ", but got " << actual[where];
}

} // namespace

std::string gpuModule(const std::vector<std::string> &operands, const std::vector<std::string> &results,
                      const std::string &body) {
  std::string arguments, names, types, block, out;
  for (size_t i = 0; i < operands.size(); ++i) {
    std::string comma = i ? ", " : "", n = std::to_string(i);
    arguments += comma + "%x" + n + ": " + operands[i];
    names += comma + "%x" + n;
    types += comma + operands[i];
    block += comma + "%a" + n + ": " + operands[i];
  }
  for (size_t i = 0; i < results.size(); ++i)
    out += (i ? ", " : "") + results[i];
  std::string many = std::to_string(results.size()), yielded = results.size() == 2 ? "%y, %z" : "%y";
  return "module {\ndsc.symbol @m {kind = #dsc.symbol_kind<caller>}\ndsc.symbol @n {kind = #dsc.symbol_kind<caller>}\n"
         "func.func @main(" + arguments + ") -> (" + out + ") {\n%r:" + many + " = dsc.group ins(" + names + " : " +
         types + ") -> (" + out + ") attributes {kind = #dsc.group_kind<pointwise>, target = \"cuda\"} {\n^bb0(" +
         block + "):\n" + body + "\ndsc.yield " + yielded + " : " + out + "\n}\nreturn " +
         (results.size() == 2 ? "%r#0, %r#1" : "%r#0") + " : " + out + "\n}\n}\n";
}

void checkGpuGroup(const std::string &module, const GpuCheck &check) {
  SCOPED_TRACE(module);
  GpuKernel kernel;
  ASSERT_TRUE(compile(module, check, kernel));
  EXPECT_EQ(kernel.name.rfind("cuda_" + check.family + "_", 0), 0u) << kernel.name;
  checkAssembly(kernel);
  std::vector<Bytes> inputs;
  for (size_t i = 0; i < kernel.inputs.size(); ++i)
    inputs.push_back(makeValues(kernel.inputs[i], uint32_t(i + 1), check.scale, check.low, check.high));
  std::vector<std::vector<double>> expected = computeReference(module, kernel, inputs, check);
  ASSERT_EQ(expected.size(), kernel.outputs.size());
  std::vector<Bytes> first;
  for (auto [seed, copies] : {std::pair(0, sim::CopyArrival::late), std::pair(7, sim::CopyArrival::early)}) {
    sim::LaunchOptions options;
    options.seed = uint64_t(seed);
    options.copies = copies;
    std::vector<Bytes> actual = simulate(kernel, inputs, options);
    if (::testing::Test::HasFailure())
      return;
    for (size_t i = 0; i < actual.size(); ++i)
      compare(toDoubles(actual[i], kernel.outputs[i]), expected[i], check.tolerance);
    if (first.empty())
      first = actual;
    EXPECT_TRUE(first == actual) << "expected the same bytes under every schedule";
  }
}

} // namespace dsc::test
