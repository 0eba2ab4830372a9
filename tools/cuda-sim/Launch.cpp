// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The library's interface: parses, checks a launch against its kernel, maps arguments, runs the grid.
#include "tools/cuda-sim/Block.h"

#include <algorithm>

namespace dsc::sim {

namespace {
Error refuse(const std::string &message) { return errorAt(ErrorKind::launch, 0, message); }

std::string text(Dim3 d) {
  return std::to_string(d.x) + "x" + std::to_string(d.y) + "x" + std::to_string(d.z);
}

Error checkThreads(const FunctionCode &kernel, Dim3 grid, Dim3 block) {
  constexpr uint64_t most = 1024;
  if (!grid.count() || !block.count() || block.count() > most || block.z > 64)
    return refuse("expected 1 to 1024 threads in 1 or more blocks, but got " + text(block) + " in " +
                  text(grid));
  const Dim3 required = kernel.requiredThreads, maximal = kernel.maximalThreads;
  if (required.count() && (required.x != block.x || required.y != block.y || required.z != block.z))
    return refuse("expected " + text(required) + " threads for '" + kernel.name + "', but got " +
                  text(block));
  if (maximal.count() && block.count() > maximal.count())
    return refuse("expected at most " + std::to_string(maximal.count()) + " threads for '" + kernel.name +
                  "', but got " + std::to_string(block.count()));
  return {};
}

void addRegion(LaunchState &launch, Region region) {
  if (region.isWritable && launch.options.checkRaces)
    region.uses.assign(region.bytes, 0);
  if (region.isWritable && launch.options.checkRaces && !launch.module->ordersBlocks &&
      launch.grid.count() > 1) {
    region.writers.assign(region.bytes, 0);
    region.readers.assign(region.bytes, 0);
  }
  launch.memory.add(std::move(region));
}

/// Buffers of one launch: each host buffer is mapped once.
class Arguments {
public:
  explicit Arguments(LaunchState &launch) : launch(launch) {}

  Error map(const std::vector<Arg> &args) {
    const std::vector<Parameter> &parameters = launch.kernel->parameters;
    if (parameters.size() != args.size())
      return refuse("expected " + std::to_string(parameters.size()) + " arguments for '" +
                    launch.kernel->name + "', but got " + std::to_string(args.size()));
    launch.params.assign(launch.kernel->paramBytes, 0);
    for (size_t i = 0; i < args.size(); ++i) {
      std::vector<uint8_t> bits = args[i].bits;
      if (args[i].access != Arg::Access::value) {
        uint64_t address;
        Error error = mapBuffer(args[i], i, address);
        if (error)
          return error;
        bits.resize(sizeof address);
        std::memcpy(bits.data(), &address, sizeof address);
      }
      if (bits.size() != parameters[i].bytes)
        return refuse("expected " + std::to_string(parameters[i].bytes) + " bytes as argument " +
                      std::to_string(i) + ", but got " + std::to_string(bits.size()));
      std::copy(bits.begin(), bits.end(), launch.params.begin() + parameters[i].offset);
    }
    for (Region &region : regions)
      addRegion(launch, std::move(region));
    return {};
  }

private:
  Error mapBuffer(const Arg &arg, size_t position, uint64_t &address) {
    uint8_t *data = static_cast<uint8_t *>(arg.data);
    for (Region &region : regions) {
      if (region.data == data && region.bytes == arg.bytes && arg.bytes) {
        // What one argument may write and another reads holds data from the start.
        region.isWritable |= arg.access != Arg::Access::input;
        if (arg.access != Arg::Access::output)
          region.written.clear();
        address = region.base + arg.start;
        return {};
      }
      if (data < region.data + region.bytes && region.data < data + arg.bytes)
        return refuse("expected buffers that are the same or apart, but got argument " +
                      std::to_string(position) + " across " + region.name);
    }
    Region region;
    region.base = top;
    region.bytes = arg.bytes;
    region.data = data;
    region.isWritable = arg.access != Arg::Access::input;
    region.name = "argument " + std::to_string(position);
    if (arg.access == Arg::Access::output && launch.options.checkUninitialized)
      region.written.assign(arg.bytes, 0);
    top = (top + arg.bytes + 2 * gap - 1) / gap * gap;
    address = region.base + arg.start;
    regions.push_back(std::move(region));
    return {};
  }

  static constexpr uint64_t gap = uint64_t(1) << 20;
  LaunchState &launch;
  std::vector<Region> regions;
  uint64_t top = bufferWindow;
};

void mapVariables(LaunchState &launch) {
  for (const ModuleVariable &variable : launch.module->variables)
    launch.variableBytes.push_back(variable.bytes);
  for (size_t i = 0; i < launch.variableBytes.size(); ++i) {
    const ModuleVariable &variable = launch.module->variables[i];
    Region region;
    region.base = variable.address;
    region.bytes = variable.bytes.size();
    region.data = launch.variableBytes[i].data();
    region.isWritable = !variable.isConstant;
    region.name = "variable '" + variable.name + "'";
    addRegion(launch, std::move(region));
  }
}

/// Outputs hold NaNs until they are written, unless another argument reads the same buffer.
void poisonOutputs(const std::vector<Arg> &args) {
  for (const Arg &arg : args) {
    const bool isRead = std::any_of(args.begin(), args.end(), [&](const Arg &other) {
      return other.data == arg.data &&
             (other.access == Arg::Access::input || other.access == Arg::Access::inout);
    });
    if (arg.access == Arg::Access::output && arg.bytes && !isRead)
      std::memset(arg.data, 0xff, arg.bytes);
  }
}

void runGrid(LaunchState &launch) {
  Block block(launch);
  uint32_t number = 0;
  for (uint32_t z = 0; z < launch.grid.z; ++z)
    for (uint32_t y = 0; y < launch.grid.y; ++y)
      for (uint32_t x = 0; x < launch.grid.x; ++x) {
        launch.memory.beginBlock(++number);
        if (!block.run({x, y, z}))
          return;
      }
}
} // namespace

Error Program::parse(std::string_view ptx, Program &program) {
  std::vector<Token> tokens;
  syntax::Module source;
  auto module = std::make_shared<Module>();
  Error error = tokenize(ptx, tokens);
  if (!error)
    error = syntax::parse(tokens, source);
  if (!error)
    error = decode(source, *module);
  if (!error)
    program.module = std::move(module);
  return error;
}

std::vector<KernelInfo> Program::kernels() const {
  std::vector<KernelInfo> all;
  for (const std::unique_ptr<FunctionCode> &function : module->functions) {
    if (!function->isEntry)
      continue;
    KernelInfo info;
    info.name = function->name;
    for (const Parameter &parameter : function->parameters)
      info.parameterBytes.push_back(parameter.bytes);
    info.staticSharedBytes = function->sharedBytes;
    info.hasDynamicShared = module->hasDynamicShared;
    info.requiredThreads = function->requiredThreads;
    info.maximalThreads = function->maximalThreads;
    all.push_back(std::move(info));
  }
  return all;
}

Error Program::launch(std::string_view kernel, Dim3 grid, Dim3 block, size_t sharedBytes,
                      const std::vector<Arg> &args, const LaunchOptions &options,
                      LaunchCounts *counts) const {
  if (!module)
    return refuse("expected a parsed program, but got an empty one");
  LaunchState state;
  auto found = module->functionByName.find(std::string(kernel));
  if (found == module->functionByName.end() || !found->second->isEntry)
    return refuse("expected a kernel of the module, but got '" + std::string(kernel) + "'");
  state.module = module.get();
  state.kernel = found->second;
  state.grid = grid;
  state.block = block;
  state.options = options;
  state.random = options.seed * 0x9e3779b97f4a7c15ull | 1;
  const uint64_t allShared =
      sharedBytes ? std::max(module->dynamicSharedOffset, state.kernel->sharedBytes) + sharedBytes
                  : state.kernel->sharedBytes;
  if (allShared > module->sharedLimit)
    return refuse("expected at most " + std::to_string(module->sharedLimit) +
                  " bytes of shared memory, but got " + std::to_string(allShared));
  state.sharedBytes = uint32_t(allShared);
  state.dynamicBytes = uint32_t(sharedBytes);
  Error error = checkThreads(*state.kernel, grid, block);
  if (!error)
    error = Arguments(state).map(args);
  if (error)
    return error;
  mapVariables(state);
  state.memory.finish();
  poisonOutputs(args);
  runGrid(state);
  state.counts.unwrittenBytes = state.memory.unwrittenBytes();
  if (counts)
    *counts = state.counts;
  return state.error;
}

Error launch(std::string_view ptx, std::string_view kernel, Dim3 grid, Dim3 block, size_t sharedBytes,
             const std::vector<Arg> &args, const LaunchOptions &options, LaunchCounts *counts) {
  Program program;
  Error error = Program::parse(ptx, program);
  return error ? error : program.launch(kernel, grid, block, sharedBytes, args, options, counts);
}

} // namespace dsc::sim
