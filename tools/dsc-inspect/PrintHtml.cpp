// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// One page without references: style, body and script around the plan's JSON. A policy in it allows exactly this style
// and this script, so nothing that a plan holds can run, even if it reached the markup.

#include "runtime/schema/Digest.h"
#include "tools/dsc-inspect/Page.h"
#include "tools/dsc-inspect/Print.h"

#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/Base64.h"

namespace dsc::inspect {
namespace {

/// A source of the content security policy: 'sha256-...'.
std::string hashOf(llvm::StringRef text) {
  uint8_t digest[schema::digestBytes];
  schema::Sha256 hash;
  hash.update(text.data(), text.size());
  hash.finish(digest);
  return "'sha256-" + llvm::encodeBase64(llvm::ArrayRef<uint8_t>(digest)) + "'";
}

/// JSON that cannot end the element it stands in: these characters only occur in strings.
void printInert(llvm::StringRef json, llvm::raw_ostream &os) {
  for (char c : json)
    switch (c) {
    case '<':
      os << "\\u003c";
      break;
    case '>':
      os << "\\u003e";
      break;
    case '&':
      os << "\\u0026";
      break;
    default:
      os << c;
    }
}

} // namespace

void printHtml(const PlanView &plan, llvm::raw_ostream &os) {
  std::string json;
  llvm::raw_string_ostream stream(json);
  printJson(plan, stream, /*indent=*/0);
  os << "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
     << "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src " << hashOf(pageStyle)
     << "; script-src " << hashOf(pageScript) << "\">\n"
     << "<meta name=\"viewport\" content=\"width=device-width\">\n<title>";
  llvm::printHTMLEscaped(plan.file, os);
  os << "</title>\n<style>" << pageStyle << "</style>\n</head>\n<body>\n" << pageBody
     << "<script type=\"application/json\" id=\"plan\">";
  printInert(llvm::StringRef(json).trim(), os);
  os << "</script>\n<script>" << pageScript << "</script>\n</body>\n</html>\n";
}

} // namespace dsc::inspect
