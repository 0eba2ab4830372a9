// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// ldmatrix, stmatrix and movmatrix: 8x8 matrices of 16 bits, of which lane l holds elements 2l and 2l + 1.
#include "tools/cuda-sim/Block.h"
#include "tools/cuda-sim/Lanes.h"
#include "tools/cuda-sim/Operands.h"

namespace dsc::sim {

namespace {
constexpr uint32_t side = 8, rowBytes = 16;
using Matrix = uint16_t[side][side];

/// Rows belong to lanes 8q to 8q + 7, but the warp reads them as one.
Accessor wholeWarp(Warp &warp) { return {uint8_t(warp.index), Accessor::anyLane, false, warp.line()}; }

uint64_t rowAddress(Warp &warp, const Instruction &i, uint32_t slot, uint32_t lane) {
  const uint64_t address = warp.slot(i, slot)[lane] + uint64_t(i.offset);
  return i.space == Space::generic ? address - sharedWindow : address;
}

uint32_t fragment(const Matrix &m, uint32_t lane, bool isTransposed) {
  const uint32_t row = lane / 4, column = 2 * (lane % 4);
  return isTransposed ? uint32_t(m[column + 1][row]) << 16 | m[column][row]
                      : uint32_t(m[row][column + 1]) << 16 | m[row][column];
}

void setFragment(Matrix &m, uint32_t lane, bool isTransposed, uint32_t bits) {
  const uint32_t row = lane / 4, column = 2 * (lane % 4);
  (isTransposed ? m[column][row] : m[row][column]) = uint16_t(bits);
  (isTransposed ? m[column + 1][row] : m[row][column + 1]) = uint16_t(bits >> 16);
}

/// Slots: the fragments, then the address. flag: .trans.
void runLoadMatrix(Warp &warp, const Instruction &i, Mask lanes) {
  if (!warp.isConverged(lanes, "ldmatrix"))
    return;
  Matrix all[4];
  uint64_t addresses[warpSize] = {};
  for (uint32_t row = 0; row < side * i.vector; ++row) {
    addresses[row] = rowAddress(warp, i, i.vector, row);
    Fault fault;
    const uint8_t *data = warp.block.shared.read(wholeWarp(warp), addresses[row], rowBytes, fault);
    if (!data)
      return warp.fail(fault, row);
    std::memcpy(all[row / side][row % side], data, rowBytes);
  }
  const Mask rows = i.vector == 4 ? ~Mask(0) : (Mask(1) << (side * i.vector)) - 1;
  warp.block.launch.counts.sharedBankConflicts += bankConflicts(addresses, rows, rowBytes);
  for (uint32_t q = 0; q < i.vector; ++q)
    eachLane(lanes, [&](uint32_t l) { put(warp.slot(i, q), l, fragment(all[q], l, i.flag)); });
}

/// Slots: the address, then the fragments.
void runStoreMatrix(Warp &warp, const Instruction &i, Mask lanes) {
  if (!warp.isConverged(lanes, "stmatrix"))
    return;
  for (uint32_t q = 0; q < i.vector; ++q) {
    Matrix matrix = {};
    eachLane(lanes,
             [&](uint32_t l) { setFragment(matrix, l, i.flag, get<uint32_t>(warp.slot(i, 1 + q), l)); });
    for (uint32_t row = 0; row < side; ++row) {
      const uint32_t lane = q * side + row;
      Fault fault;
      const uint64_t address = rowAddress(warp, i, 0, lane);
      if (!warp.block.shared.write(wholeWarp(warp), address, reinterpret_cast<const uint8_t *>(matrix[row]),
                                   rowBytes, fault))
        return warp.fail(fault, lane);
    }
  }
}

bool decodeMatrix(InstructionReader &r) {
  Instruction &i = r.out;
  const bool isLoad = r.opcode() == "ldmatrix";
  if (!r.take("sync") || !r.take("aligned") || !r.take("m8n8"))
    return r.refuse(".sync.aligned.m8n8");
  const int count = r.takeOneOf({"x1", "x2", "x4"});
  i.vector = count < 0 ? 0 : uint8_t(1 << count);
  i.flag = r.take("trans");
  takeSpaceOfAccess(r, i.space);
  if (count < 0 || !r.take("b16") || (i.space != Space::shared && i.space != Space::generic))
    return r.refuse(".x1, .x2 or .x4 and .b16 in shared memory");
  i.run = isLoad ? runLoadMatrix : runStoreMatrix;
  const bool isRead = r.expectOperands(2) && (isLoad ? r.writeAll(0) && r.readAddress(1)
                                                     : r.readAddress(0) && r.readAll(1, Type::b32));
  return isRead && (i.slotCount == i.vector + 1u || r.refuse(std::to_string(i.vector) + " registers"));
}

void runTranspose(Warp &warp, const Instruction &i, Mask lanes) {
  if (!warp.isConverged(lanes, "movmatrix"))
    return;
  Matrix matrix = {};
  eachLane(lanes, [&](uint32_t l) { setFragment(matrix, l, false, get<uint32_t>(warp.slot(i, 1), l)); });
  eachLane(lanes, [&](uint32_t l) { put(warp.slot(i, 0), l, fragment(matrix, l, true)); });
}

bool decodeTranspose(InstructionReader &r) {
  r.out.run = runTranspose;
  if (!r.take("sync") || !r.take("aligned") || !r.take("m8n8") || !r.take("trans") || !r.take("b16"))
    return r.refuse(".sync.aligned.m8n8.trans.b16");
  return r.expectOperands(2) && r.write(0) && r.read(1, Type::b32);
}

constexpr DecodeRow rows[] = {
    {"ldmatrix", decodeMatrix}, {"stmatrix", decodeMatrix}, {"movmatrix", decodeTranspose}};
} // namespace

DecodeTable matrixTable() { return {rows, std::size(rows)}; }

} // namespace dsc::sim
