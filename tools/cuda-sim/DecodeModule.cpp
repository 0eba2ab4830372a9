// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Places the variables of a module and decodes its functions.
#include "tools/cuda-sim/DecodeFunction.h"

#include <algorithm>

namespace dsc::sim {

namespace {
class ModuleDecoder {
public:
  ModuleDecoder(const syntax::Module &source, Module &module) : source(source), module(module) {}

  Error run() {
    module.sharedLimit = source.target == "sm_80" ? 163 * 1024 : 227 * 1024;
    declareFunctions();
    for (const syntax::Variable &variable : source.variables)
      if (!declareVariable(variable))
        return error;
    placeDynamicShared();
    for (const syntax::Variable &variable : source.variables)
      if (!initialize(variable))
        return error;
    decodeFunctions();
    return error;
  }

private:
  bool fail(uint32_t line, const std::string &message) {
    error = errorAt(ErrorKind::syntax, line, message);
    return false;
  }

  void declareFunctions() {
    for (const syntax::Function &function : source.functions) {
      if (!function.hasBody)
        continue;
      auto code = std::make_unique<FunctionCode>();
      code->name = std::string(function.name);
      code->isEntry = function.isEntry;
      code->requiredThreads = function.requiredThreads;
      code->maximalThreads = function.maximalThreads;
      module.functionByName[code->name] = code.get();
      module.functions.push_back(std::move(code));
    }
  }

  bool declareVariable(const syntax::Variable &variable) {
    const std::string name(variable.name);
    if (typeOf(variable.type) == Type::none)
      return fail(variable.line,
                  "expected a type of '" + name + "', but got '" + std::string(variable.type) + "'");
    constexpr uint64_t mostBytes = uint64_t(1) << 30;
    if (sizeOf(variable) > mostBytes || alignmentOf(variable) > mostBytes)
      return fail(variable.line, "expected at most 1073741824 bytes of '" + name + "', but got " +
                                     std::to_string(std::max(sizeOf(variable), alignmentOf(variable))));
    Symbol symbol{Symbol::address, variable.space, 0, uint32_t(sizeOf(variable))};
    if (variable.space == Space::shared && variable.isExtern) {
      module.hasDynamicShared = true;
      dynamicAlignment = std::max(dynamicAlignment, alignmentOf(variable));
    } else if (variable.space == Space::shared) {
      const uint64_t at = alignTo(sharedTop, alignmentOf(variable));
      sharedTop = uint32_t(at + sizeOf(variable));
      symbol.value = sharedBase + at;
    } else if (variable.isExtern) {
      return true;
    } else if (variable.space == Space::global || variable.space == Space::constant) {
      symbol.value = variableTop;
      // A gap that no small index steps over.
      variableTop = alignTo(variableTop + sizeOf(variable) + 65536, 65536);
    } else {
      return fail(variable.line, "expected a shared, global or const variable, but got '" + name + "'");
    }
    symbols[name] = symbol;
    return true;
  }

  /// Dynamic shared memory begins after the static one of any kernel, so that every function sees it in one
  /// place.
  void placeDynamicShared() {
    uint32_t deviceTop = sharedTop;
    for (const syntax::Function &function : source.functions)
      if (!function.isEntry)
        deviceTop = sharedEnd(function, deviceTop);
    uint32_t top = deviceTop;
    for (const syntax::Function &function : source.functions)
      if (function.isEntry)
        top = std::max(top, sharedEnd(function, deviceTop));
    module.dynamicSharedOffset = uint32_t(alignTo(top, dynamicAlignment));
    for (const syntax::Variable &variable : source.variables)
      if (variable.space == Space::shared && variable.isExtern)
        symbols[std::string(variable.name)].value = sharedBase + module.dynamicSharedOffset;
  }

  static uint32_t sharedEnd(const syntax::Function &function, uint32_t top) {
    for (const syntax::Statement &statement : function.body)
      if (statement.kind == syntax::Statement::variable && statement.var.space == Space::shared)
        top = uint32_t(alignTo(top, alignmentOf(statement.var)) + sizeOf(statement.var));
    return top;
  }

  bool initialize(const syntax::Variable &variable) {
    if (variable.isExtern || (variable.space != Space::global && variable.space != Space::constant))
      return true;
    ModuleVariable out;
    out.name = std::string(variable.name);
    out.address = symbols[out.name].value;
    out.isConstant = variable.space == Space::constant;
    const uint32_t width = bytesOf(typeOf(variable.type));
    out.bytes.assign(sizeOf(variable), 0);
    if (variable.values.size() * width > out.bytes.size())
      return fail(variable.line, "expected at most " + std::to_string(out.bytes.size() / width) +
                                     " values of '" + out.name + "', but got " +
                                     std::to_string(variable.values.size()));
    for (size_t i = 0; i < variable.values.size(); ++i) {
      uint64_t bits = variable.values[i].bits;
      if (!variable.values[i].symbol.empty()) {
        auto found = symbols.find(std::string(variable.values[i].symbol));
        if (found == symbols.end())
          return fail(variable.line, "expected a declared variable, but got '" +
                                         std::string(variable.values[i].symbol) + "'");
        bits += found->second.value;
      }
      std::memcpy(out.bytes.data() + i * width, &bits, width);
    }
    module.variables.push_back(std::move(out));
    return true;
  }

  /// Device functions first: their shared variables lie before those of every kernel.
  void decodeFunctions() {
    for (bool isEntry : {false, true})
      for (const syntax::Function &function : source.functions) {
        if (function.isEntry != isEntry || !function.hasBody || error)
          continue;
        FunctionCode &code = *module.functionByName[std::string(function.name)];
        error = FunctionDecoder(module, symbols, function, code).run(sharedTop);
        if (!isEntry)
          sharedTop = code.sharedBytes;
      }
    for (const std::unique_ptr<FunctionCode> &function : module.functions)
      module.ordersBlocks |= function->ordersBlocks;
    for (const std::unique_ptr<FunctionCode> &function : module.functions)
      for (const Instruction &instruction : function->code)
        if (!error && instruction.site)
          checkCall(instruction);
  }

  void checkCall(const Instruction &instruction) {
    const CallSite &site = *instruction.site;
    auto agree = [&](const std::vector<Parameter> &formal, const std::vector<CallValue> &actual) {
      bool isGood = formal.size() == actual.size();
      for (size_t i = 0; isGood && i < formal.size(); ++i)
        isGood = (formal[i].slot >= 0) == (actual[i].slot >= 0);
      return isGood;
    };
    if (!agree(site.callee->parameters, site.arguments) || !agree(site.callee->results, site.results))
      fail(instruction.line,
           "expected the parameters and results of '" + site.callee->name + "', but got others");
  }

  const syntax::Module &source;
  Module &module;
  SymbolTable symbols;
  uint64_t variableTop = variableWindow, dynamicAlignment = 16;
  uint32_t sharedTop = 0;
  Error error;
};
} // namespace

Error decode(const syntax::Module &source, Module &module) { return ModuleDecoder(source, module).run(); }

} // namespace dsc::sim
