// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// What a lane sees: special registers, and loads and stores by state space.
#include "tools/cuda-sim/Block.h"

namespace dsc::sim {

void Warp::fillSpecials(Frame &frame) {
  for (const SpecialSlot &special : frame.function->specials)
    for (uint32_t l = 0; l < warpSize; ++l)
      frame.slots[warpSize * special.slot + l] = special.special == Special::localAddress
                                                     ? localBase + frame.localStart + special.addend
                                                     : specialValue(special.special, l);
}

uint64_t Warp::specialValue(Special special, uint32_t lane) const {
  const LaunchState &launch = block.launch;
  const Dim3 size = launch.block;
  const uint32_t thread = index * warpSize + lane;
  switch (special) {
  case Special::tidX:
    return thread % size.x;
  case Special::tidY:
    return thread / size.x % size.y;
  case Special::tidZ:
    return thread / size.x / size.y;
  case Special::ntidX:
    return size.x;
  case Special::ntidY:
    return size.y;
  case Special::ntidZ:
    return size.z;
  case Special::ctaidX:
    return block.place.x;
  case Special::ctaidY:
    return block.place.y;
  case Special::ctaidZ:
    return block.place.z;
  case Special::nctaidX:
    return launch.grid.x;
  case Special::nctaidY:
    return launch.grid.y;
  case Special::nctaidZ:
    return launch.grid.z;
  case Special::laneid:
    return lane;
  case Special::warpid:
    return index;
  case Special::nwarpid:
    return block.warpCount();
  case Special::nsmid:
    return 1;
  case Special::lanemaskEq:
    return Mask(1) << lane;
  case Special::lanemaskLt:
    return (Mask(1) << lane) - 1;
  case Special::lanemaskLe:
    return (Mask(1) << lane) - 1 + (Mask(1) << lane);
  case Special::lanemaskGe:
    return ~((Mask(1) << lane) - 1);
  case Special::lanemaskGt:
    return ~((Mask(1) << lane) - 1 + (Mask(1) << lane));
  case Special::dynamicSmemSize:
    return launch.dynamicBytes;
  case Special::totalSmemSize:
    return launch.sharedBytes;
  case Special::smid:
  case Special::gridid:
  case Special::clock:
  case Special::localAddress:
    return 0;
  }
  return 0;
}

Space Warp::resolve(uint64_t &address) {
  if (address - sharedWindow < localWindow - sharedWindow) {
    address -= sharedWindow;
    return Space::shared;
  }
  if (address - localWindow < paramWindow - localWindow) {
    address -= localWindow;
    return Space::local;
  }
  if (address - paramWindow < variableWindow - paramWindow) {
    address -= paramWindow;
    return Space::param;
  }
  return Space::global;
}

bool Warp::localAccess(uint32_t lane, uint64_t address, uint32_t bytes, Fault &fault) const {
  const uint64_t offset = address - localBase;
  if (address < localBase || offset >= localTop || offset + bytes > localTop)
    fault = {ErrorKind::bounds, "expected an access inside local memory of " + std::to_string(localTop) +
                                    " bytes, but got " + std::to_string(bytes) + " bytes at offset " +
                                    std::to_string(int64_t(offset))};
  else if (offset % bytes != 0)
    fault = {ErrorKind::alignment, "expected a local address that is a multiple of " + std::to_string(bytes) +
                                       ", but got offset " + std::to_string(offset)};
  return fault.kind == ErrorKind::none;
}

uint8_t *Warp::paramBytes(Space space, uint32_t lane, uint64_t address, uint32_t bytes, Fault &fault) {
  // A generic address of a parameter is one of the kernel's.
  Frame &frame = space == Space::param ? frames.back() : frames.front();
  const uint64_t offset = address - paramBase, size = frame.function->paramBytes;
  if (address < paramBase || offset >= size || offset + bytes > size) {
    fault = {ErrorKind::bounds, "expected an access inside " + std::to_string(size) +
                                    " bytes of parameters, but got " + std::to_string(bytes) +
                                    " bytes at offset " + std::to_string(int64_t(offset))};
    return nullptr;
  }
  if (offset % bytes != 0) {
    fault = {ErrorKind::alignment, "expected a parameter address that is a multiple of " +
                                       std::to_string(bytes) + ", but got offset " + std::to_string(offset)};
    return nullptr;
  }
  return &frame.params[lane * size + offset];
}

bool Warp::load(Space space, uint32_t lane, uint64_t address, uint32_t bytes, bool isStrong, uint8_t *data) {
  Fault fault;
  const Space named = space;
  if (space == Space::generic)
    space = resolve(address);
  const uint8_t *from = nullptr;
  if (space == Space::shared) {
    from = block.shared.read({uint8_t(index), uint8_t(lane), isStrong, line()}, address, bytes, fault);
  } else if (space == Space::param) {
    from = paramBytes(named, lane, address, bytes, fault);
  } else if (space != Space::local) {
    from = block.launch.memory.read(address, bytes, isStrong, fault);
  } else if (localAccess(lane, address, bytes, fault)) {
    for (uint32_t b = 0; b < bytes; ++b)
      data[b] = local[(address - localBase + b) * warpSize + lane];
    return true;
  }
  if (!from) {
    fail(fault, lane);
    return false;
  }
  copyAccess(data, from, bytes);
  return true;
}

bool Warp::store(Space space, uint32_t lane, uint64_t address, uint32_t bytes, bool isStrong,
                 const uint8_t *data) {
  Fault fault;
  const Space named = space;
  if (space == Space::generic)
    space = resolve(address);
  uint8_t *to = nullptr;
  if (space == Space::shared) {
    if (block.shared.write({uint8_t(index), uint8_t(lane), isStrong, line()}, address, data, bytes, fault))
      return true;
  } else if (space == Space::param && named == Space::generic) {
    fault = {ErrorKind::readOnly,
             "expected a writable address, but got a write to a parameter of the kernel"};
  } else if (space == Space::param) {
    to = paramBytes(named, lane, address, bytes, fault);
  } else if (space != Space::local) {
    if (block.launch.memory.write(address, data, bytes, isStrong, fault))
      return true;
  } else if (localAccess(lane, address, bytes, fault)) {
    for (uint32_t b = 0; b < bytes; ++b)
      local[(address - localBase + b) * warpSize + lane] = data[b];
    return true;
  }
  if (!to) {
    fail(fault, lane);
    return false;
  }
  copyAccess(to, data, bytes);
  return true;
}

uint8_t *Warp::modify(Space space, uint32_t lane, uint64_t address, uint32_t bytes) {
  Fault fault;
  const uint64_t given = address;
  if (space == Space::generic)
    space = resolve(address);
  uint8_t *place = nullptr;
  if (space == Space::shared)
    place = block.shared.modify({uint8_t(index), uint8_t(lane), true, line()}, address, bytes, fault);
  else if (space != Space::global)
    fault = {ErrorKind::bounds,
             "expected a global or shared address of an atomic operation, but got " + hex(given)};
  else
    place = block.launch.memory.modify(address, bytes, fault);
  if (!place)
    fail(fault, lane);
  return place;
}

} // namespace dsc::sim
