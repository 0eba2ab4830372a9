// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Links kernel objects with lld, in process, to bytes that run wherever they are mapped.

#include "compiler/emit/CpuBlob.h"

#include "lld/Common/Driver.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/IR/Diagnostics.h"
#include "llvm/ADT/ScopeExit.h"
#include "llvm/Object/ELFObjectFile.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/raw_ostream.h"
#include <map>
#include <mutex>

LLD_HAS_DRIVER(elf)

using namespace mlir;

namespace dsc {
namespace {

constexpr const char *linkerScript =
    "SECTIONS { . = 0; .text : { *(.text .text.*) } .rodata : { *(.rodata .rodata.*) }\n"
    "/DISCARD/ : { *(.comment) *(.note*) *(.eh_frame*) }\n"
    ".rela : { *(.rela*) }\n"
    "ASSERT(SIZEOF(.data) == 0 && SIZEOF(.bss) == 0 && SIZEOF(.got) == 0 && SIZEOF(.rela) == 0, "
    "\"kernel blob must be pure text and rodata\")\n"
    ".data : { *(.data .data.*) } .bss : { *(.bss .bss.*) *(COMMON) } .got : { *(.got*) } }\n";

/// A folder for the linker's files that goes away with the object.
struct ScratchFolder {
  SmallString<128> path;
  std::vector<std::string> files;
  /// The first thing that went wrong.
  std::error_code error;
  ScratchFolder() { error = llvm::sys::fs::createUniqueDirectory("dsc-link", path); }
  std::string name(const Twine &file) {
    SmallString<128> full(path);
    llvm::sys::path::append(full, file);
    files.push_back(std::string(full));
    return files.back();
  }
  std::string write(const Twine &file, StringRef bytes) {
    std::string full = name(file);
    if (error)
      return full;
    llvm::raw_fd_ostream stream(full, error);
    if (error)
      return full;
    stream << bytes;
    stream.close();
    error = stream.error();
    // An error that nobody asked for ends the process.
    stream.clear_error();
    return full;
  }
  ~ScratchFolder() {
    for (const std::string &file : files)
      llvm::sys::fs::remove(file);
    if (!path.empty())
      llvm::sys::fs::remove(path);
  }
};

using ElfObject = llvm::object::ELF64LEObjectFile;

/// The function whose code holds `offset` of its section.
std::string functionAt(const ElfObject &object, uint64_t offset) {
  for (llvm::object::ELFSymbolRef symbol : object.symbols()) {
    llvm::Expected<uint64_t> start = symbol.getValue();
    if (!start) {
      llvm::consumeError(start.takeError());
      continue;
    }
    if (symbol.getELFType() == llvm::ELF::STT_FUNC && offset >= *start && offset < *start + symbol.getSize())
      return symbol.getName() ? symbol.getName()->str() : "";
  }
  return "";
}

/// Reports every symbol that a kernel calls and nobody defines.
LogicalResult checkNoCalls(Location loc, const ElfObject &object) {
  LogicalResult result = success();
  for (const llvm::object::SectionRef &section : object.sections())
    for (const llvm::object::RelocationRef &relocation : section.relocations()) {
      auto symbol = relocation.getSymbol();
      if (symbol == object.symbol_end())
        continue;
      llvm::Expected<uint32_t> flags = symbol->getFlags();
      llvm::Expected<StringRef> name = symbol->getName();
      if (!flags || !name) {
        llvm::consumeError(flags.takeError());
        llvm::consumeError(name.takeError());
        continue;
      }
      if (*flags & llvm::object::SymbolRef::SF_Undefined)
        result = emitError(loc) << "kernel \"" << functionAt(object, relocation.getOffset())
                                << "\" calls \"" << *name << "\", but kernels are to call nothing";
    }
  return result;
}

/// Runs lld; its globals allow one link at a time.
LogicalResult link(Location loc, ArrayRef<std::string> arguments) {
  static std::mutex mutex;
  std::lock_guard<std::mutex> guard(mutex);
  SmallVector<const char *> raw;
  for (const std::string &argument : arguments)
    raw.push_back(argument.c_str());
  std::string text;
  llvm::raw_string_ostream stream(text);
  lld::Result result = lld::lldMain(raw, stream, stream, {{lld::Gnu, &lld::elf::link}});
  if (result.retCode != 0)
    return emitError(loc) << "the linker refused the kernels: " << StringRef(text).trim();
  return success();
}

/// Copies text and rodata to their addresses; the linker script saw to it that there is nothing else.
void readImage(const ElfObject &image, CpuBlob &blob) {
  for (const llvm::object::ELFSectionRef section : image.sections()) {
    llvm::Expected<StringRef> name = section.getName();
    llvm::Expected<StringRef> contents = section.getContents();
    if (!name || !contents) {
      llvm::consumeError(name.takeError());
      llvm::consumeError(contents.takeError());
      continue;
    }
    if (*name != ".text" && *name != ".rodata")
      continue;
    uint64_t end = section.getAddress() + contents->size();
    if (blob.bytes.size() < end)
      blob.bytes.resize(end, 0xcc);
    std::copy(contents->begin(), contents->end(), blob.bytes.begin() + section.getAddress());
  }
}

LogicalResult readEntries(Location loc, const ElfObject &image, ArrayRef<std::string> symbols, CpuBlob &blob) {
  std::map<std::string, uint64_t> offsets;
  for (llvm::object::ELFSymbolRef symbol : image.symbols()) {
    llvm::Expected<StringRef> name = symbol.getName();
    llvm::Expected<uint64_t> address = symbol.getAddress();
    if (name && address)
      offsets[name->str()] = *address;
    llvm::consumeError(name.takeError());
    llvm::consumeError(address.takeError());
  }
  for (const std::string &symbol : symbols) {
    auto found = offsets.find(symbol);
    if (found == offsets.end())
      return emitError(loc) << "kernel \"" << symbol << "\" is not in the linked blob";
    blob.entries.push_back({symbol, found->second});
  }
  return success();
}

FailureOr<std::unique_ptr<ElfObject>> openElf(Location loc, StringRef bytes) {
  auto object = llvm::object::ObjectFile::createELFObjectFile(llvm::MemoryBufferRef(bytes, "kernels"));
  if (!object) {
    emitError(loc) << llvm::toString(object.takeError());
    return failure();
  }
  return std::unique_ptr<ElfObject>(static_cast<ElfObject *>(object->release()));
}

} // namespace

FailureOr<CpuBlob> linkCpuBlob(Location loc, ArrayRef<ObjectBytes> objects, ArrayRef<std::string> symbols) {
  CpuBlob blob;
  if (objects.empty())
    return blob;
  ScratchFolder folder;
  std::vector<std::string> arguments = {
      "ld.lld", "-T",           folder.write("blob.lds", linkerScript), "--no-dynamic-linker",
      "-pie",   "--threads=1", "--build-id=none"};
  for (auto [index, object] : llvm::enumerate(objects)) {
    StringRef bytes(object.data(), object.size());
    auto elf = openElf(loc, bytes);
    if (failed(elf) || failed(checkNoCalls(loc, **elf)))
      return failure();
    arguments.push_back(folder.write(Twine(index) + ".o", bytes));
  }
  if (folder.error)
    return emitError(loc) << "cannot use the linker's files: " << folder.error.message();
  std::string output = folder.name("blob");
  arguments.insert(arguments.end(), {"-o", output});
  if (failed(link(loc, arguments)))
    return failure();
  auto linked = llvm::MemoryBuffer::getFile(output, /*IsText=*/false, /*RequiresNullTerminator=*/false);
  if (!linked)
    return emitError(loc) << "cannot use the linker's files: " << linked.getError().message();
  auto image = openElf(loc, (*linked)->getBuffer());
  if (failed(image))
    return failure();
  readImage(**image, blob);
  if (failed(readEntries(loc, **image, symbols, blob)))
    return failure();
  return blob;
}

FailureOr<CpuBlob> compileCpuBlob(ModuleOp module, const CpuLevel &level) {
  auto objects = compileCpuObjects(module, level);
  if (failed(objects))
    return failure();
  std::vector<std::string> symbols;
  for (auto kernel : module.getOps<LLVM::LLVMFuncOp>())
    symbols.push_back(kernel.getSymName().str());
  return linkCpuBlob(module.getLoc(), *objects, symbols);
}

} // namespace dsc
