// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Decodes a function: a pass over declarations and labels, then one over instructions.
#include "tools/cuda-sim/DecodeFunction.h"

#include <algorithm>

namespace dsc::sim {

uint64_t alignTo(uint64_t value, uint64_t alignment) {
  return (value + alignment - 1) / alignment * alignment;
}

uint64_t alignmentOf(const syntax::Variable &variable) {
  const uint64_t natural = std::max<uint64_t>(1, bytesOf(typeOf(variable.type)) * variable.vector);
  return variable.alignment ? variable.alignment : natural;
}

uint64_t sizeOf(const syntax::Variable &variable) {
  return bytesOf(typeOf(variable.type)) * variable.vector * variable.count;
}

bool FunctionDecoder::fail(ErrorKind kind, uint32_t at, const std::string &message) {
  if (!error)
    error = errorAt(kind, at, message);
  return false;
}

Symbol FunctionDecoder::find(std::string_view name, uint32_t scope) const {
  const std::string key(name);
  while (true) {
    auto found = scopes[scope].find(key);
    if (found != scopes[scope].end())
      return found->second;
    if (scope == 0)
      break;
    scope = source.scopeParent[scope];
  }
  auto found = globals.find(key);
  return found == globals.end() ? Symbol() : found->second;
}

uint32_t FunctionDecoder::newSlot() { return out.slotCount++; }

uint32_t FunctionDecoder::constantSlot(uint64_t bits) {
  auto [at, isNew] = constants.emplace(bits, out.slotCount);
  if (isNew)
    constantValues.emplace_back(newSlot(), bits);
  return at->second;
}

uint32_t FunctionDecoder::predicateSlot(bool value) { return constantSlot(value ? ~Mask(0) : 0); }

uint32_t FunctionDecoder::localSlot(uint64_t offset) {
  const uint64_t key = uint64_t(Special::localAddress) << 56 | offset;
  auto [at, isNew] = specialSlots.emplace(key, out.slotCount);
  if (isNew)
    out.specials.push_back({Special::localAddress, newSlot(), offset});
  return at->second;
}

int32_t FunctionDecoder::specialSlot(std::string_view name, std::string_view suffix) {
  static const std::unordered_map<std::string_view, Special> names = {
      {"%laneid", Special::laneid},
      {"%warpid", Special::warpid},
      {"%nwarpid", Special::nwarpid},
      {"%smid", Special::smid},
      {"%nsmid", Special::nsmid},
      {"%gridid", Special::gridid},
      {"%lanemask_eq", Special::lanemaskEq},
      {"%lanemask_le", Special::lanemaskLe},
      {"%lanemask_lt", Special::lanemaskLt},
      {"%lanemask_ge", Special::lanemaskGe},
      {"%lanemask_gt", Special::lanemaskGt},
      {"%dynamic_smem_size", Special::dynamicSmemSize},
      {"%total_smem_size", Special::totalSmemSize},
      {"%clock", Special::clock},
      {"%clock64", Special::clock},
      {"%globaltimer", Special::clock}};
  static const std::unordered_map<std::string_view, Special> vectors = {{"%tid", Special::tidX},
                                                                        {"%ntid", Special::ntidX},
                                                                        {"%ctaid", Special::ctaidX},
                                                                        {"%nctaid", Special::nctaidX}};
  if (name == "WARP_SZ")
    return int32_t(constantSlot(warpSize));
  Special special;
  if (auto vector = vectors.find(name); vector != vectors.end() && suffix.size() == 1 && suffix[0] >= 'x')
    special = Special(uint32_t(vector->second) + uint32_t(suffix[0] - 'x'));
  else if (auto scalar = names.find(name); scalar != names.end() && suffix.empty())
    special = scalar->second;
  else
    return -1;
  auto [at, isNew] = specialSlots.emplace(uint64_t(special) << 56, out.slotCount);
  if (isNew)
    out.specials.push_back({special, newSlot()});
  return int32_t(at->second);
}

const FunctionCode *FunctionDecoder::callee(std::string_view name) const {
  auto found = module.functionByName.find(std::string(name));
  return found == module.functionByName.end() ? nullptr : found->second;
}

bool FunctionDecoder::addSymbol(uint32_t scope, const std::string &name, Symbol symbol) {
  if (scopes[scope].emplace(name, symbol).second)
    return true;
  return fail(ErrorKind::syntax, line, "expected one declaration of '" + name + "', but got two");
}

bool FunctionDecoder::declareParameters(const std::vector<syntax::Variable> &variables,
                                        std::vector<Parameter> &parameters) {
  for (const syntax::Variable &variable : variables) {
    line = variable.line;
    if (!declareVariable(variable, 0))
      return false;
    const Symbol symbol = find(variable.name, 0);
    Parameter parameter{std::string(variable.name), 0, uint32_t(sizeOf(variable)), -1};
    if (variable.space == Space::reg)
      parameter.slot = int32_t(symbol.value);
    else
      parameter.offset = uint32_t(symbol.value - paramBase);
    parameters.push_back(parameter);
  }
  return true;
}

bool FunctionDecoder::declareVariable(const syntax::Variable &variable, uint32_t scope) {
  const std::string name(variable.name);
  const Type type = typeOf(variable.type);
  if (type == Type::none)
    return fail(ErrorKind::syntax, line,
                "expected a type of '" + name + "', but got '" + std::string(variable.type) + "'");
  if (variable.space == Space::reg) {
    if (variable.vector != 1)
      return fail(ErrorKind::unsupported, line, "expected scalar registers, but got a vector of them");
    constexpr int64_t mostRegisters = 1 << 16;
    if (variable.registerCount > mostRegisters)
      return fail(ErrorKind::syntax, line,
                  "expected at most 65536 registers '" + name + "', but got " +
                      std::to_string(variable.registerCount));
    const Symbol::Kind kind = type == Type::pred ? Symbol::predicate : Symbol::registerSlot;
    for (int64_t i = 0; i < std::max<int64_t>(1, variable.registerCount); ++i)
      if (!addSymbol(scope, variable.registerCount < 0 ? name : name + std::to_string(i),
                     {kind, Space::reg, newSlot(), bytesOf(type)}))
        return false;
    return true;
  }
  const uint64_t alignment = alignmentOf(variable), bytes = sizeOf(variable);
  constexpr uint64_t mostBytes = 1 << 20;
  if (bytes > mostBytes || alignment > mostBytes)
    return fail(ErrorKind::syntax, line,
                "expected at most 1048576 bytes of '" + name + "', but got " +
                    std::to_string(std::max(bytes, alignment)));
  auto place = [&](uint32_t &top, uint64_t base) {
    const uint64_t at = alignTo(top, alignment);
    top = uint32_t(at + bytes);
    return base + at;
  };
  if (variable.space == Space::param)
    return addSymbol(scope, name,
                     {Symbol::address, Space::param, place(out.paramBytes, paramBase), uint32_t(bytes)});
  if (variable.space == Space::local)
    return addSymbol(scope, name,
                     {Symbol::localVariable, Space::local, place(out.localBytes, 0), uint32_t(bytes)});
  if (variable.space == Space::shared)
    return addSymbol(scope, name,
                     {Symbol::address, Space::shared, place(out.sharedBytes, sharedBase), uint32_t(bytes)});
  return fail(ErrorKind::unsupported, line,
              "expected '" + name + "' to be declared outside of the function, but got it inside");
}

bool FunctionDecoder::declare(const syntax::Statement &statement) {
  line = statement.line;
  switch (statement.kind) {
  case syntax::Statement::variable:
    return declareVariable(statement.var, statement.scope);
  case syntax::Statement::label:
    return addSymbol(statement.scope, std::string(statement.name),
                     {Symbol::label, Space::none, out.code.size(), 0});
  case syntax::Statement::branchTargets:
    targetStatements.push_back(&statement);
    return addSymbol(statement.scope, std::string(statement.name),
                     {Symbol::targets, Space::none, targetStatements.size() - 1, 0});
  case syntax::Statement::instruction:
    out.code.emplace_back();
    return true;
  }
  return false;
}

bool FunctionDecoder::resolveTargets() {
  for (const syntax::Statement *statement : targetStatements) {
    std::vector<uint32_t> targets;
    for (std::string_view name : statement->targets) {
      const Symbol symbol = find(name, statement->scope);
      if (symbol.kind != Symbol::label)
        return fail(ErrorKind::syntax, statement->line,
                    "expected a label, but got '" + std::string(name) + "'");
      targets.push_back(uint32_t(symbol.value));
    }
    out.targetLists.push_back(std::move(targets));
  }
  return true;
}

bool FunctionDecoder::decodeStatement(const syntax::Statement &statement) {
  Instruction &instruction = out.code[decodedCount++];
  const syntax::Instruction &text = statement.instr;
  line = instruction.line = statement.line;
  instruction.firstSlot = uint32_t(out.slotPool.size());
  if (!text.guard.empty()) {
    const Symbol guard = find(text.guard, statement.scope);
    if (guard.kind != Symbol::predicate)
      return fail(ErrorKind::syntax, line, "expected a predicate, but got '" + std::string(text.guard) + "'");
    instruction.guard = int32_t(guard.value);
    instruction.guardNegated = text.guardNegated;
  }
  InstructionReader reader(*this, statement, instruction);
  Decode decode = decoderOf(text.opcode);
  if (!decode)
    return reader.refuse("an instruction that the simulator knows");
  if (!decode(reader))
    return false;
  const std::string_view left = reader.leftModifier();
  return left.empty() || reader.refuse("no modifier ." + std::string(left));
}

void FunctionDecoder::finish() {
  constexpr uint64_t pattern = 0xffffdeadffffdeadull;
  out.initialFrame.assign(size_t(out.slotCount) * warpSize, pattern);
  for (auto [slot, bits] : constantValues)
    std::fill_n(out.initialFrame.begin() + int64_t(slot) * warpSize, warpSize, bits);
  for (Instruction &instruction : out.code)
    instruction.slots = out.slotPool.data() + instruction.firstSlot;
  findReconvergence(out);
}

Error FunctionDecoder::run(uint32_t sharedBytes) {
  out.sharedBytes = sharedBytes;
  scopes.resize(std::max<size_t>(1, source.scopeParent.size()));
  bool isGood =
      declareParameters(source.results, out.results) && declareParameters(source.parameters, out.parameters);
  for (size_t i = 0; isGood && i < source.body.size(); ++i)
    isGood = declare(source.body[i]);
  isGood = isGood && resolveTargets();
  for (size_t i = 0; isGood && i < source.body.size(); ++i)
    if (source.body[i].kind == syntax::Statement::instruction)
      isGood = decodeStatement(source.body[i]);
  if (isGood)
    finish();
  return error;
}

} // namespace dsc::sim
