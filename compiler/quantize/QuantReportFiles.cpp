// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// A QuantReport as JSON and as Markdown.

#include "compiler/quantize/QuantReport.h"

#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Format.h"
#include "llvm/Support/Path.h"

#include <cmath>

using llvm::format;
using llvm::StringRef;

namespace dsc {
namespace {

/// JSON knows no infinity: without noise there is no figure.
void addNumber(llvm::json::OStream &json, StringRef key, std::optional<double> number) {
  if (number && std::isfinite(*number))
    json.attribute(key, *number);
  else
    json.attribute(key, nullptr);
}

void printLayer(const QuantizedLayer &layer, llvm::json::OStream &json) {
  json.object([&] {
    json.attribute("name", llvm::json::fixUTF8(layer.name));
    json.attribute("weight", llvm::json::fixUTF8(layer.weight));
    json.attribute("kind", layer.kind);
    json.attribute("reason", llvm::json::fixUTF8(layer.reason));
    json.attribute("op", layer.op);
    json.attribute("shape", llvm::json::Array(layer.shape));
    json.attribute("storage", layer.storage);
    json.attribute("activation", layer.activation);
    json.attribute("bytes_before", layer.before);
    json.attribute("bytes_after", layer.after);
    addNumber(json, "weight_sqnr_db", layer.weightSqnr);
    addNumber(json, "local_sqnr_db", layer.localSqnr);
    if (layer.range) {
      json.attributeArray("activation_range", [&] {
        json.value(layer.range->low);
        json.value(layer.range->high);
      });
      json.attribute("activation_clipped", layer.range->clipped);
    }
  });
}

std::string printShape(const QuantizedLayer &layer) {
  std::string text;
  for (int64_t size : layer.shape)
    text += (text.empty() ? "" : "x") + std::to_string(size);
  return text;
}

void printNumber(std::optional<double> number, llvm::raw_ostream &os) {
  if (number)
    os << format("%.1f", *number);
  os << " | ";
}

void printRow(const QuantizedLayer &layer, llvm::raw_ostream &os) {
  os << "| " << layer.name << " | " << layer.kind << " | " << layer.reason << " | " << layer.op << " | "
     << printShape(layer) << " | " << layer.storage << ", " << layer.activation << " | " << layer.before << " | "
     << layer.after << " | ";
  printNumber(layer.weightSqnr, os);
  if (layer.range)
    os << format("%.4g to %.4g, %.3f %% clipped", layer.range->low, layer.range->high, 100 * layer.range->clipped);
  os << " | ";
  printNumber(layer.localSqnr, os);
  os << '\n';
}

void printTotals(const QuantReport &report, llvm::raw_ostream &os) {
  os << "| | |\n|---|---|\n"
     << "| policy | " << report.mode << " |\n"
     << "| weights in fp32 | " << report.fp32Bytes << " bytes |\n"
     << "| weights as the model has them | " << report.modelBytes << " bytes |\n"
     << "| weights now | " << report.getResultBytes() << " bytes: " << report.weightBytes << " of weights, "
     << report.scaleBytes << " of scales |\n"
     << "| size | " << format("%.2f", 100 * report.getSize()) << " % of fp32 |\n";
  if (report.maxSize)
    os << "| promised size | " << format("%.2f", 100 * *report.maxSize) << " % |\n";
  if (report.quality)
    os << "| outputs against f32 | " << format("%.2f", report.quality->sqnr) << " dB, least cosine "
       << format("%.6f", report.quality->leastCosine) << " |\n";
  if (std::optional<double> predicted = report.predictSqnr())
    os << "| predicted from the layers alone | " << format("%.2f", *predicted) << " dB |\n";
  if (report.minSqnr)
    os << "| promised signal over noise | " << format("%.2f", *report.minSqnr) << " dB |\n";
  if (report.maxSize || report.minSqnr)
    os << "| promises | " << (report.isKept ? "kept" : "not kept") << " |\n";
  os << "| calibration | ";
  if (report.calibration.empty())
    os << "none |\n";
  else
    os << report.calibration.size() << " runs, " << report.method << ": " << report.calibration.front()
       << (report.calibration.size() > 1 ? ", ... |\n" : " |\n");
}

constexpr const char *tableHead =
    "| layer | kind | because | op | weight | format | bytes before | after | weight SQNR dB | activation | result SQNR dB |\n"
    "|---|---|---|---|---|---|---|---|---|---|---|\n";

/// Replaces the file as a whole.
bool writeFile(StringRef path, llvm::function_ref<void(llvm::raw_ostream &)> print, std::string &error) {
  llvm::Error failure = llvm::writeToOutput(path, [&](llvm::raw_ostream &os) {
    print(os);
    return llvm::Error::success();
  });
  if (!failure)
    return true;
  error = "cannot write '" + path.str() + "': " + llvm::toString(std::move(failure));
  return false;
}

} // namespace

void printQuantJson(const QuantReport &report, llvm::json::OStream &json) {
  json.object([&] {
    json.attribute("version", 1);
    json.attribute("policy", report.mode);
    json.attribute("fp32_bytes", report.fp32Bytes);
    json.attribute("model_bytes", report.modelBytes);
    json.attribute("result_bytes", report.getResultBytes());
    json.attribute("weight_bytes", report.weightBytes);
    json.attribute("scale_bytes", report.scaleBytes);
    json.attribute("size", report.getSize());
    addNumber(json, "max_size", report.maxSize);
    addNumber(json, "min_sqnr_db", report.minSqnr);
    json.attribute("promises_kept", report.isKept);
    json.attributeObject("calibration", [&] {
      json.attribute("method", report.method);
      json.attribute("count", int64_t(report.calibration.size()));
      json.attribute("sha256", report.calibrationHash);
      json.attributeArray("runs", [&] {
        for (const std::string &run : report.calibration)
          json.value(llvm::json::fixUTF8(run));
      });
    });
    addNumber(json, "predicted_sqnr_db", report.predictSqnr());
    addNumber(json, "measured_sqnr_db", report.quality ? std::optional<double>(report.quality->sqnr) : std::nullopt);
    addNumber(json, "least_cosine", report.quality ? std::optional<double>(report.quality->leastCosine) : std::nullopt);
    json.attributeArray("worst", [&] {
      for (const QuantizedLayer *layer : report.findWorst(10))
        json.value(llvm::json::fixUTF8(layer->name));
    });
    json.attributeArray("layers", [&] {
      for (const QuantizedLayer &layer : report.layers)
        printLayer(layer, json);
    });
  });
}

void printQuantMarkdown(const QuantReport &report, llvm::raw_ostream &os) {
  os << "# Quantization\n\n";
  printTotals(report, os);
  os << "\n## The ten worst layers\n\n" << tableHead;
  for (const QuantizedLayer *layer : report.findWorst(10))
    printRow(*layer, os);
  os << "\n## All layers\n\n" << tableHead;
  for (const QuantizedLayer &layer : report.layers)
    printRow(layer, os);
}

bool writeQuantReport(const QuantReport &report, StringRef path, std::string &error) {
  llvm::SmallString<128> markdown(path);
  llvm::sys::path::replace_extension(markdown, ".md");
  auto printJson = [&](llvm::raw_ostream &os) {
    llvm::json::OStream json(os, 2);
    printQuantJson(report, json);
    os << '\n';
  };
  auto print = [&](llvm::raw_ostream &os) { printQuantMarkdown(report, os); };
  return writeFile(path, printJson, error) && writeFile(markdown, print, error);
}

} // namespace dsc
