// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Hands modifiers and operands to the decoders of the families; finds the decoder of an opcode.
#include "tools/cuda-sim/DecodeFunction.h"

namespace dsc::sim {

Decode decoderOf(std::string_view opcode) {
  static const std::unordered_map<std::string_view, Decode> decoders = [] {
    std::unordered_map<std::string_view, Decode> all;
    for (DecodeTable table : {integerTable(), bitTable(), floatTable(), approximateTable(), compareTable(),
                              moveTable(), convertTable(), loadStoreTable(), atomicTable(), asyncCopyTable(),
                              controlTable(), warpTable(), matrixTable(), mmaTable()})
      for (size_t i = 0; i < table.count; ++i)
        all.emplace(table.rows[i].opcode, table.rows[i].decode);
    return all;
  }();
  auto found = decoders.find(opcode);
  return found == decoders.end() ? nullptr : found->second;
}

InstructionReader::InstructionReader(FunctionDecoder &function, const syntax::Statement &statement,
                                     Instruction &out)
    : out(out), function(function), statement(statement), source(statement.instr),
      taken(source.modifiers.size()) {}

bool InstructionReader::take(std::string_view modifier) {
  for (size_t i = 0; i < taken.size(); ++i)
    if (!taken[i] && source.modifiers[i] == modifier)
      return taken[i] = true;
  return false;
}

int InstructionReader::takeOneOf(std::initializer_list<std::string_view> modifiers) {
  int index = 0;
  for (std::string_view modifier : modifiers) {
    if (take(modifier))
      return index;
    ++index;
  }
  return -1;
}

Type InstructionReader::takeType() {
  for (size_t i = 0; i < taken.size(); ++i) {
    Type type = taken[i] ? Type::none : typeOf(source.modifiers[i]);
    if (type != Type::none) {
      taken[i] = true;
      return type;
    }
  }
  return Type::none;
}

Round InstructionReader::takeRound() {
  return Round(takeOneOf({"rn", "rz", "rm", "rp", "rna", "rni", "rzi", "rmi", "rpi"}) + 1);
}

void InstructionReader::takeFloatModifiers() {
  out.round = takeRound();
  out.ftz = take("ftz");
  out.sat = take("sat");
}

std::string_view InstructionReader::leftModifier() const {
  for (size_t i = 0; i < taken.size(); ++i)
    if (!taken[i])
      return source.modifiers[i];
  return {};
}

bool InstructionReader::append(int32_t slot) {
  function.code().slotPool.push_back(uint32_t(slot));
  ++out.slotCount;
  return true;
}

bool InstructionReader::write(const syntax::Operand &operand) {
  if (operand.kind == syntax::Operand::sink)
    return append(int32_t(function.newSlot()));
  const Symbol symbol = find(operand);
  if (symbol.kind != Symbol::registerSlot && symbol.kind != Symbol::predicate)
    return function.fail(ErrorKind::syntax, statement.line,
                         "expected a declared register, but got '" + std::string(operand.text) + "'");
  return append(int32_t(symbol.value));
}

namespace {
/// A constant of the text as an operand of `type`.
uint64_t constantOf(const syntax::Operand &operand, Type type) {
  if (operand.kind == syntax::Operand::float64 && type == Type::f32) {
    double wide;
    std::memcpy(&wide, &operand.bits, sizeof wide);
    const float narrow = float(wide);
    uint32_t bits;
    std::memcpy(&bits, &narrow, sizeof bits);
    return bits;
  }
  if (operand.kind == syntax::Operand::float32 && type == Type::f64) {
    float narrow;
    std::memcpy(&narrow, &operand.bits, sizeof narrow);
    const double wide = narrow;
    uint64_t bits;
    std::memcpy(&bits, &wide, sizeof bits);
    return bits;
  }
  return operand.bits;
}
} // namespace

bool InstructionReader::read(const syntax::Operand &operand, Type type) {
  using syntax::Operand;
  if (operand.kind == Operand::integer || operand.kind == Operand::float32 ||
      operand.kind == Operand::float64) {
    if (type == Type::pred)
      return append(int32_t(function.predicateSlot(operand.bits != 0)));
    return append(int32_t(function.constantSlot(constantOf(operand, type))));
  }
  if (operand.kind == Operand::name) {
    const Symbol symbol = find(operand);
    if (symbol.kind == Symbol::registerSlot || symbol.kind == Symbol::predicate)
      return append(int32_t(symbol.value));
    if (symbol.kind == Symbol::address)
      return append(int32_t(function.constantSlot(symbol.value + uint64_t(operand.offset))));
    if (symbol.kind == Symbol::localVariable)
      return append(int32_t(function.localSlot(symbol.value + uint64_t(operand.offset))));
    const int32_t special = function.specialSlot(operand.text, operand.suffix);
    if (special >= 0)
      return append(special);
  }
  return function.fail(ErrorKind::syntax, statement.line,
                       "expected a declared register, variable or number, but got '" +
                           std::string(operand.text) +
                           (operand.suffix.empty() ? "" : "." + std::string(operand.suffix)) + "'");
}

bool InstructionReader::writeAll(size_t i) {
  if (!operandAt(i))
    return false;
  if (source.operands[i].kind != syntax::Operand::vector)
    return write(i);
  for (const syntax::Operand &part : source.operands[i].parts)
    if (!write(part))
      return false;
  return true;
}

bool InstructionReader::readAll(size_t i, Type type) {
  if (!operandAt(i))
    return false;
  if (source.operands[i].kind != syntax::Operand::vector)
    return read(i, type);
  for (const syntax::Operand &part : source.operands[i].parts)
    if (!read(part, type))
      return false;
  return true;
}

bool InstructionReader::readAddress(size_t i, int64_t &offset) {
  if (!operandAt(i))
    return false;
  const syntax::Operand &address = source.operands[i];
  if (address.kind != syntax::Operand::address || address.parts.size() > 1)
    return refuse("an address in brackets");
  offset = address.offset;
  if (address.parts.empty())
    return append(int32_t(function.constantSlot(0)));
  return read(address.parts[0], Type::b64);
}

bool InstructionReader::number(size_t i, int64_t &value) {
  if (!operandAt(i))
    return false;
  if (source.operands[i].kind != syntax::Operand::integer)
    return refuse("a number as operand " + std::to_string(i + 1));
  value = int64_t(source.operands[i].bits);
  return true;
}

bool InstructionReader::label(size_t i) {
  if (!operandAt(i))
    return false;
  const Symbol symbol = find(source.operands[i]);
  if (symbol.kind != Symbol::label)
    return function.fail(ErrorKind::syntax, statement.line,
                         "expected a label, but got '" + std::string(source.operands[i].text) + "'");
  out.target = uint32_t(symbol.value);
  return true;
}

bool InstructionReader::branchTargets(size_t i) {
  const Symbol symbol = operandAt(i) ? find(source.operands[i]) : Symbol();
  if (symbol.kind != Symbol::targets)
    return function.fail(ErrorKind::syntax, statement.line,
                         "expected the name of .branchtargets as operand 2");
  out.targets = &function.code().targetLists[symbol.value];
  return true;
}

bool InstructionReader::callValues(const syntax::Operand &list, std::vector<CallValue> &values) {
  for (const syntax::Operand &part : list.parts) {
    const Symbol symbol = find(part);
    if (symbol.kind == Symbol::address && symbol.space == Space::param)
      values.push_back({uint32_t(symbol.value - paramBase), -1});
    else if (read(part, Type::b64))
      values.push_back({0, int32_t(function.code().slotPool.back())});
    else
      return false;
  }
  return true;
}

Symbol InstructionReader::find(const syntax::Operand &operand) const {
  return operand.kind == syntax::Operand::name ? function.find(operand.text, statement.scope) : Symbol();
}

bool InstructionReader::isPredicate(size_t i) const {
  return i < source.operands.size() && find(source.operands[i]).kind == Symbol::predicate;
}

bool InstructionReader::readPredicate(const syntax::Operand &operand, bool &isNegated) {
  isNegated = operand.isNegated;
  return read(operand, Type::pred);
}

bool InstructionReader::operandAt(size_t i) {
  return i < source.operands.size() || refuse(std::to_string(i + 1) + " operands or more");
}

bool InstructionReader::expectOperands(size_t least, size_t most) {
  if (source.operands.size() >= least && source.operands.size() <= most)
    return true;
  return refuse(least == most ? std::to_string(least) + " operands"
                              : std::to_string(least) + " to " + std::to_string(most) + " operands");
}

bool InstructionReader::expectOperands(size_t count) { return expectOperands(count, count); }

bool InstructionReader::refuse(const std::string &expected) {
  std::string text(source.opcode);
  for (std::string_view modifier : source.modifiers)
    text += "." + std::string(modifier);
  return function.fail(ErrorKind::unsupported, statement.line,
                       "expected " + expected + ", but got '" + text + "' with " +
                           std::to_string(source.operands.size()) + " operands");
}

bool InstructionReader::refuseType(Type type) {
  return refuse(type == Type::none ? "a type"
                                   : "a type that " + std::string(source.opcode) +
                                         " has in the simulator, not ." + std::string(nameOf(type)));
}

} // namespace dsc::sim
