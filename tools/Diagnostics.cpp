// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Formats diagnostics; model files choose names, so nothing of them reaches the terminal unchecked.

#include "tools/Diagnostics.h"

#include "mlir/IR/BuiltinAttributes.h"
#include "mlir/IR/Location.h"
#include "llvm/ADT/SetVector.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/ConvertUTF.h"

using namespace mlir;

namespace dsc::tools {

std::string toLine(StringRef text) {
  const auto *begin = reinterpret_cast<const llvm::UTF8 *>(text.data());
  bool isUtf8 = llvm::isLegalUTF8String(&begin, begin + text.size());
  std::string line;
  for (unsigned char c : text) {
    if (c >= 0x20 && c != 0x7f && (isUtf8 || c < 0x80))
      line += char(c);
    else if (c == '\n' && line.size() + 1 == text.size())
      break;
    else
      line += "\\x" + llvm::utohexstr(c, /*LowerCase=*/true, 2);
  }
  return line;
}

static void collectNames(Location loc, llvm::SetVector<StringRef> &names, std::string &position) {
  if (auto name = dyn_cast<NameLoc>(loc)) {
    names.insert(name.getName());
  } else if (auto fused = dyn_cast<FusedLoc>(loc)) {
    for (Location part : fused.getLocations())
      collectNames(part, names, position);
  } else if (auto file = dyn_cast<FileLineColLoc>(loc)) {
    position = (file.getFilename().getValue() + ":" + llvm::Twine(file.getLine()) + ":" + llvm::Twine(file.getColumn())).str();
  }
}

std::string describeLocation(Location loc) {
  llvm::SetVector<StringRef> names;
  std::string position;
  collectNames(loc, names, position);
  if (names.empty())
    return position;
  std::string joined = llvm::join(llvm::ArrayRef(names.getArrayRef()).take_front(4), "', '");
  return "'" + joined + (names.size() > 4 ? "', ..." : "'");
}

DiagnosticPrinter::DiagnosticPrinter(MLIRContext &context, StringRef tool, llvm::raw_ostream &os)
    : tool(tool), os(os), handler(&context, [this](Diagnostic &diagnostic) {
        print(diagnostic);
        return success();
      }) {}

void DiagnosticPrinter::print(Diagnostic &diagnostic) {
  if (diagnostic.getSeverity() != DiagnosticSeverity::Error && diagnostic.getSeverity() != DiagnosticSeverity::Warning)
    return;
  bool isError = diagnostic.getSeverity() == DiagnosticSeverity::Error;
  errors += isError;
  std::string where = describeLocation(diagnostic.getLocation());
  os << toLine((tool + (isError ? ": error: " : ": warning: ") + (where.empty() ? "" : "at " + where + ": ") +
                diagnostic.str()))
     << '\n';
}

} // namespace dsc::tools
