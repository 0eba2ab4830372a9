// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// What the decoder of one instruction sees, and the decoders of all families.
#ifndef DSC_TOOLS_CUDA_SIM_DECODE_H
#define DSC_TOOLS_CUDA_SIM_DECODE_H

#include "tools/cuda-sim/Program.h"

#include <initializer_list>

namespace dsc::sim {

class FunctionDecoder;
struct Symbol;

/// Hands out the modifiers and operands of one instruction, each once: what is left at the end is an error.
class InstructionReader {
public:
  InstructionReader(FunctionDecoder &function, const syntax::Statement &statement, Instruction &out);

  std::string_view opcode() const { return source.opcode; }
  /// Whether the modifier is there; takes it.
  bool take(std::string_view modifier);
  /// Takes the first of the modifiers that is there; its index, or -1.
  int takeOneOf(std::initializer_list<std::string_view> modifiers);
  /// Takes the first modifier that is a type; Type::none if none is left.
  Type takeType();
  /// Takes .rn, .rz, .rm, .rp, .rna, .rni, .rzi, .rmi or .rpi.
  Round takeRound();
  /// Takes .ftz, .sat and the rounding into the instruction.
  void takeFloatModifiers();
  /// The first modifier that nobody took, or empty.
  std::string_view leftModifier() const;

  size_t operandCount() const { return source.operands.size(); }
  const syntax::Operand &operand(size_t i) const { return source.operands[i]; }
  /// Appends the slot of a register that the instruction writes; `_` gets a slot that nobody reads.
  bool write(const syntax::Operand &operand);
  bool write(size_t i) { return operandAt(i) && write(source.operands[i]); }
  /// Appends the slot of a register or a constant; the constant is converted to `type`.
  bool read(const syntax::Operand &operand, Type type);
  bool read(size_t i, Type type) { return operandAt(i) && read(source.operands[i], type); }
  /// Appends every part of a vector operand, or the operand itself.
  bool writeAll(size_t i);
  bool readAll(size_t i, Type type);
  /// Appends the slot of the base of `[base + offset]` and sets Instruction::offset, or `offset`.
  bool readAddress(size_t i) { return readAddress(i, out.offset); }
  bool readAddress(size_t i, int64_t &offset);
  bool isPredicate(size_t i) const;
  /// An integer of the text.
  bool number(size_t i, int64_t &value);
  bool label(size_t i);
  bool branchTargets(size_t i);
  /// The value of a call's parenthesised list: names of parameters, or registers.
  bool callValues(const syntax::Operand &list, std::vector<CallValue> &values);
  Symbol find(const syntax::Operand &operand) const;
  /// A predicate or the constant true for instructions with an optional one.
  bool readPredicate(const syntax::Operand &operand, bool &isNegated);

  bool expectOperands(size_t count);
  bool expectOperands(size_t least, size_t most);
  /// Refuses the instruction: "expected <what>, but got <the instruction>".
  bool refuse(const std::string &expected);
  /// Refuses a type of the instruction.
  bool refuseType(Type type);

  Instruction &out;
  FunctionDecoder &function;

private:
  bool operandAt(size_t i);
  bool append(int32_t slot);

  const syntax::Statement &statement;
  const syntax::Instruction &source;
  std::vector<bool> taken;
};

using Decode = bool (*)(InstructionReader &);

/// The decoder of an opcode, or null.
Decode decoderOf(std::string_view opcode);

/// One row per opcode; each family has its table.
struct DecodeRow {
  std::string_view opcode;
  Decode decode;
};
struct DecodeTable {
  const DecodeRow *rows;
  size_t count;
};
DecodeTable integerTable();
DecodeTable bitTable();
DecodeTable floatTable();
DecodeTable approximateTable();
DecodeTable compareTable();
DecodeTable moveTable();
DecodeTable convertTable();
DecodeTable loadStoreTable();
DecodeTable atomicTable();
DecodeTable asyncCopyTable();
DecodeTable controlTable();
DecodeTable warpTable();
DecodeTable matrixTable();
DecodeTable mmaTable();

} // namespace dsc::sim
#endif
