// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Walks the launches of `main` and records buffers, views, copies and steps in execution order.

#include "passes/NodeNames.h"
#include "passes/plan/PlanRecords.h"

#include "dialects/dsc/DscRoles.h"
#include "llvm/ADT/TypeSwitch.h"
#include "llvm/Support/MathExtras.h"

#include <limits>

using namespace mlir;

namespace dsc {
namespace {

constexpr int64_t unbounded = std::numeric_limits<int64_t>::max();
constexpr int64_t mostBytes = int64_t(1) << 62;
constexpr int64_t bufferAlign = 64;

class Collector {
public:
  Collector(ModuleOp module, func::FuncOp main)
      : module(module), main(main), shapes(module), records(llvm::to_vector(module.getOps<SymbolOp>())) {}

  FailureOr<PlanRecords> run();

private:
  void collectSymbols();
  LogicalResult collectInterface();
  LogicalResult collectOp(Operation &op);
  LogicalResult collectLaunch(LaunchOp op);
  LogicalResult collectReadDim(ReadDimOp op);
  LogicalResult collectConstant(Operation &op, ElementsAttr value, Attribute packing);
  LogicalResult collectView(Operation &op);
  LogicalResult collectOutputs(func::ReturnOp op);
  LogicalResult placeInOrder();
  void chooseOutputRoots(func::ReturnOp op);

  FailureOr<int64_t> addBuffer(Location loc, RankedTensorType type, plan::Place place, int64_t index);
  LogicalResult addView(Value result, int64_t parent);
  StepRecord &addStep(plan::StepKind kind, Location loc, ArrayRef<int64_t> buffers);
  int64_t addLocation(Location loc);
  int64_t addKernel(SymbolRefAttr name);
  void touch(int64_t buffer);
  FailureOr<TensorRecord> describe(Location loc, Type type, DictionaryAttr attrs, StringRef what, size_t position);

  ModuleOp module;
  func::FuncOp main;
  ShapeContext shapes;
  PlanRecords records;
  DenseMap<Value, int64_t> bufferOf;
  /// Values that a launch writes straight into an output, by position of that output.
  DenseMap<Value, int64_t> outputOf;
  DenseMap<Attribute, int64_t> kernelIndex;
  std::map<std::string, int64_t> locationIndex;
};

FailureOr<PlanRecords> Collector::run() {
  collectSymbols();
  auto returnOp = cast<func::ReturnOp>(main.getBody().front().getTerminator());
  chooseOutputRoots(returnOp);
  if (failed(collectInterface()))
    return failure();
  for (Operation &op : main.getBody().front().without_terminator())
    if (failed(collectOp(op)))
      return failure();
  if (failed(collectOutputs(returnOp)) || (!records.open && failed(placeInOrder())))
    return failure();
  return std::move(records);
}

void Collector::collectSymbols() {
  for (SymbolOp symbol : module.getOps<SymbolOp>()) {
    if (symbol.getOf())
      continue;
    records.symbols.push_back(symbol);
    records.open |= int64_t(symbol.getMax()) == unbounded;
  }
}

FailureOr<TensorRecord> Collector::describe(Location loc, Type type, DictionaryAttr attrs, StringRef what,
                                            size_t position) {
  auto tensor = dyn_cast<RankedTensorType>(type);
  std::optional<plan::DType> dtype = tensor ? plan::getDType(tensor.getElementType()) : std::nullopt;
  if (!dtype || plan::byteWidth(*dtype) == 0)
    return emitError(loc) << "expected " << what << " " << position << " to be a tensor of whole bytes, but got " << type;
  auto name = attrs ? attrs.getAs<StringAttr>("dsc.name") : StringAttr();
  TensorRecord record;
  record.name = name ? name.str() : (what + std::to_string(position)).str();
  record.dtype = *dtype;
  record.shape = records.program.add(getDims(tensor));
  record.align = plan::byteWidth(*dtype);
  return record;
}

LogicalResult Collector::collectInterface() {
  for (BlockArgument argument : main.getArguments()) {
    unsigned i = argument.getArgNumber();
    auto tensor = describe(main.getLoc(), argument.getType(), main.getArgAttrDict(i), "input", i);
    if (failed(tensor))
      return failure();
    records.inputs.push_back(*tensor);
    auto buffer = addBuffer(main.getLoc(), cast<RankedTensorType>(argument.getType()), plan::Place::Input, i);
    if (failed(buffer))
      return failure();
    bufferOf[argument] = *buffer;
  }
  for (auto [i, type] : llvm::enumerate(main.getResultTypes())) {
    auto tensor = describe(main.getLoc(), type, main.getResultAttrDict(i), "output", i);
    if (failed(tensor))
      return failure();
    records.outputs.push_back(*tensor);
  }
  return success();
}

void Collector::chooseOutputRoots(func::ReturnOp op) {
  for (auto [i, value] : llvm::enumerate(op.getOperands())) {
    Value root = getViewRoot(value);
    if (root.getDefiningOp<LaunchOp>())
      outputOf.try_emplace(root, i);
  }
}

FailureOr<int64_t> Collector::addBuffer(Location loc, RankedTensorType type, plan::Place place, int64_t index) {
  std::optional<plan::DType> dtype = plan::getDType(type.getElementType());
  if (!dtype || plan::byteWidth(*dtype) == 0)
    return emitError(loc) << "expected a tensor of whole bytes, but got " << type;
  Dims dims = getDims(type);
  AffineExpr width = getAffineConstantExpr(plan::byteWidth(*dtype), type.getContext());
  AffineExpr bytes = mulDims(productOfDims(dims, type.getContext()), width);
  if (!bytes || llvm::is_contained(dims, AffineExpr()))
    return emitError(loc) << "expected a tensor of known sizes, but got " << type;
  int64_t most = shapes.getRange(bytes).second;
  bool isStatic = getConstantDim(bytes).has_value();
  if (isStatic || !records.open) {
    if (most >= mostBytes)
      return emitError(loc) << "expected a tensor below 2^62 bytes, but got " << type;
  } else {
    most = 0;
  }
  BufferRecord buffer;
  buffer.place = place;
  buffer.index = index;
  buffer.dtype = *dtype;
  buffer.shape = records.program.add(dims);
  buffer.size = most;
  if (!isStatic)
    buffer.sizeSlot = records.program.add(bytes);
  records.buffers.push_back(buffer);
  return int64_t(records.buffers.size()) - 1;
}

LogicalResult Collector::addView(Value result, int64_t parent) {
  auto type = cast<RankedTensorType>(result.getType());
  auto buffer = addBuffer(result.getLoc(), type, records.buffers[parent].place, records.buffers[parent].index);
  if (failed(buffer))
    return failure();
  // Bounds of equal products can differ when they are computed from other factors; the bytes are the parent's.
  BufferRecord &view = records.buffers[*buffer];
  if (!records.open)
    view.size = std::min(view.size, records.buffers[parent].size);
  records.buffers[*buffer].parent = parent;
  bufferOf[result] = *buffer;
  return success();
}

void Collector::touch(int64_t buffer) {
  int64_t step = int64_t(records.steps.size());
  for (; buffer != plan::none; buffer = records.buffers[buffer].parent) {
    BufferRecord &record = records.buffers[buffer];
    record.firstUse = record.firstUse < 0 ? step : record.firstUse;
    record.lastUse = step;
  }
}

int64_t Collector::addLocation(Location loc) {
  std::string name = getNodeName(loc);
  if (name.empty())
    return plan::none;
  auto [it, isNew] = locationIndex.try_emplace(name, records.locations.size());
  if (isNew)
    records.locations.push_back(name);
  return it->second;
}

StepRecord &Collector::addStep(plan::StepKind kind, Location loc, ArrayRef<int64_t> buffers) {
  for (int64_t buffer : buffers)
    touch(buffer);
  StepRecord step;
  step.kind = kind;
  step.buffers.assign(buffers.begin(), buffers.end());
  step.loc = addLocation(loc);
  records.steps.push_back(std::move(step));
  return records.steps.back();
}

int64_t Collector::addKernel(SymbolRefAttr name) {
  auto [it, isNew] = kernelIndex.try_emplace(name, records.kernels.size());
  if (isNew)
    records.kernels.push_back(SymbolTable::lookupNearestSymbolFrom<KernelOp>(module, name));
  return it->second;
}

LogicalResult Collector::collectOp(Operation &op) {
  if (isView(&op))
    return collectView(op);
  return llvm::TypeSwitch<Operation *, LogicalResult>(&op)
      .Case([&](LaunchOp launch) { return collectLaunch(launch); })
      .Case([&](ReadDimOp read) { return collectReadDim(read); })
      .Case([&](ConstantOp constant) { return collectConstant(op, constant.getValue(), {}); })
      .Case([&](WeightOp weight) {
        auto param = SymbolTable::lookupNearestSymbolFrom<ParamOp>(module, weight.getParamAttr());
        return collectConstant(op, param.getValue(), param.getPackingAttr());
      })
      .Default([](Operation *other) {
        return other->emitOpError() << "expected only launches, views and weights when the plan is built";
      });
}

LogicalResult Collector::collectView(Operation &op) {
  return addView(op.getResult(0), bufferOf.lookup(getViewRoot(op.getOperand(0))));
}

LogicalResult Collector::collectConstant(Operation &op, ElementsAttr value, Attribute packing) {
  auto buffer = addBuffer(op.getLoc(), cast<RankedTensorType>(op.getResult(0).getType()), plan::Place::Weights, 0);
  if (failed(buffer))
    return failure();
  records.buffers[*buffer].offset = records.weights.add(value, packing, records.buffers[*buffer].size).offset;
  bufferOf[op.getResult(0)] = *buffer;
  return success();
}

LogicalResult Collector::collectReadDim(ReadDimOp op) {
  // The step reads a buffer of exactly one element: a view of it.
  auto element = RankedTensorType::get({}, cast<RankedTensorType>(op.getTensor().getType()).getElementType());
  int64_t parent = bufferOf.lookup(getViewRoot(op.getTensor()));
  auto view = addBuffer(op.getLoc(), element, records.buffers[parent].place, records.buffers[parent].index);
  if (failed(view))
    return failure();
  records.buffers[*view].parent = parent;
  records.buffers[*view].offset = int64_t(op.getIndex()) * records.buffers[*view].size;
  AffineExpr symbol = shapes.getSymbol(op.getSymbol());
  StepRecord &step = addStep(plan::StepKind::ReadDim, op.getLoc(), {*view});
  step.dims = {records.program.add(symbol)};
  return success();
}

LogicalResult Collector::collectLaunch(LaunchOp op) {
  SmallVector<int64_t> buffers;
  for (Value input : op.getInputs())
    buffers.push_back(bufferOf.lookup(input));
  for (Value result : op.getOutputs()) {
    auto output = outputOf.find(result);
    bool isOutput = output != outputOf.end();
    auto buffer = addBuffer(op.getLoc(), cast<RankedTensorType>(result.getType()),
                            isOutput ? plan::Place::Output : plan::Place::Arena, isOutput ? output->second : 0);
    if (failed(buffer))
      return failure();
    bufferOf[result] = *buffer;
    buffers.push_back(*buffer);
  }
  AffineExpr bytes = getAffineConstantExpr(0, op.getContext());
  for (Type type : llvm::concat<Type>(SmallVector<Type>(op.getInputs().getTypes()),
                                      SmallVector<Type>(op.getOutputs().getTypes()))) {
    auto tensor = cast<RankedTensorType>(type);
    AffineExpr width = getAffineConstantExpr(plan::byteWidth(*plan::getDType(tensor.getElementType())), op.getContext());
    bytes = addDims(bytes, mulDims(productOfDims(getDims(tensor), op.getContext()), width));
  }
  StepRecord &step = addStep(plan::StepKind::Launch, op.getLoc(), buffers);
  step.kernel = addKernel(op.getKernelAttr());
  step.dims = records.program.add(op.getDims().getSizes());
  step.grid = records.program.add(op.getTiles().getSizes());
  step.grain = op.getGrain();
  step.stage = op.getStage();
  step.costNs = op.getCostNs();
  if (bytes)
    step.bytes = records.program.add(bytes);
  if (std::optional<DimsAttr> flops = op.getFlops()) {
    AffineExpr count = flops->getSizes().front();
    // The runtime refuses a plan whose sizes overflow at the bounds; a profile is not worth that.
    if (records.open || shapes.getRange(count).second < mostBytes)
      step.flops = records.program.add(count);
  }
  return success();
}

LogicalResult Collector::collectOutputs(func::ReturnOp op) {
  for (auto [i, value] : llvm::enumerate(op.getOperands())) {
    Value root = getViewRoot(value);
    auto direct = outputOf.find(root);
    if (direct != outputOf.end() && direct->second == int64_t(i))
      continue;
    auto output = addBuffer(op.getLoc(), cast<RankedTensorType>(value.getType()), plan::Place::Output, i);
    if (failed(output))
      return failure();
    StepRecord &step = addStep(plan::StepKind::Copy, value.getLoc(), {bufferOf.lookup(value), *output});
    const BufferRecord &record = records.buffers[*output];
    step.bytes = record.sizeSlot.kind == ShapeProgram::Slot::None
                     ? records.program.add(getAffineConstantExpr(record.size, op.getContext()))
                     : record.sizeSlot;
  }
  return success();
}

/// Gives every arena buffer memory of its own.
LogicalResult Collector::placeInOrder() {
  for (BufferRecord &buffer : records.buffers) {
    if (buffer.place != plan::Place::Arena || buffer.parent != plan::none)
      continue;
    buffer.offset = records.arenaBytes;
    records.arenaBytes += int64_t(llvm::alignTo(buffer.size, bufferAlign));
    if (records.arenaBytes >= mostBytes)
      return main.emitError() << "expected intermediate tensors of less than 2^62 bytes together";
  }
  return success();
}

} // namespace

std::string getNodeName(Location loc) {
  constexpr size_t mostCharacters = 512;
  std::string joined;
  for (StringAttr name : getNodeNames(loc)) {
    if (joined.size() + name.size() + 3 > mostCharacters)
      return joined.empty() ? name.getValue().take_front(mostCharacters).str() : joined + " + ...";
    joined += (joined.empty() ? "" : " + ") + name.str();
  }
  return joined;
}

FailureOr<PlanRecords> collectPlan(ModuleOp module, func::FuncOp main) { return Collector(module, main).run(); }

} // namespace dsc
