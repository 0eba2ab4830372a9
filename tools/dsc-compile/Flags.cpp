// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Flags only fill CompileOptions; their values are checked where the options are declared.

#include "tools/dsc-compile/Flags.h"

#include "llvm/ADT/StringExtras.h"
#include "llvm/ADT/StringSwitch.h"
#include "llvm/ADT/Twine.h"

using llvm::StringRef;

namespace dsc::tools {

const char *const compileUsage =
    R"(usage: dsc-compile MODEL -o PLAN [options]

Compiles an ONNX model (.onnx, .onnxtxt, or .mlir in the dsc dialect) ahead of time into one plan file.

  -o PLAN               the file to write
  --level=LIST          CPU levels to generate code for: v3, v4, v4vnni, native (default: the first two, and the
                        third where kernels of integers use its dot products)
  --dim NAME=VALUE      pin a symbolic dimension; NAME=LOW..HIGH bounds it (repeatable)
  --opt=0|1|2           0: no rewrites, one op per kernel; 1: graph rewrites; 2: everything (default)
  --quantize=HOW        off (default); int8-weights: weights in int8, a scale per channel;
                        int8: activations of convolutions (calibrated) and feed-forward layers (per token) in 8 bits
                        too; FILE.yaml: what its rules say
  --calibration=PATHS   inputs to measure with, comma separated: npz files (one is one run), folders with input_0.pb,
                        and folders of these
  --calibration-method=minmax|mse  the range of an activation: all of it (default), or what gives the least error
  --max-size=N%         fail if the weights take more of fp32 than that
  --min-sqnr=NdB        fail if the outputs are noisier than that on the calibration inputs
  --quant-report=FILE   write what became of every layer as JSON, and as Markdown beside it
  --layer-kind='REGEX=KIND'  say what layers are for: attention, feed_forward, embedding, conv, norm, head or other
  --keep='REGEX=fp32'   layers whose node or weight has such a name stay as they are (both repeatable)
  --threads=N           threads of the compiler (default: one per core)
  --external-data-root=DIR  where external weights may lie besides the model's folder
  --stop-after=PHASE    print the IR behind a phase and stop
  --print-after=PHASE   print the IR behind a phase to standard error
  --explain=LIST        fuse: print why ops were or were not fused; kernel: print how each kernel was chosen and cut
  --stats               print the ops behind each phase, how good the memory plan is, and what became of every layer
  --json                print the summary as JSON
  --print-supported-ops print the table of supported operators and exit
)";

namespace {

/// More only cost memory, and the system may refuse them in the middle of the work.
constexpr unsigned mostThreads = 1024;

/// Takes arguments one by one; a value follows its flag after `=` or as the next argument.
class FlagParser {
public:
  FlagParser(int argc, char **argv, CompileFlags &flags, std::string &error)
      : argc(argc), argv(argv), flags(flags), error(error) {}

  bool parse() {
    while (position < argc)
      if (!parseOne(argv[position++]))
        return false;
    return flags.help || flags.printSupportedOps || check();
  }

private:
  bool fail(const llvm::Twine &reason) {
    error = reason.str();
    return false;
  }
  bool check() {
    if (flags.model.empty())
      return fail("expected a model, but got none (see --help)");
    if (flags.output.empty() && flags.options.stopAfter.empty())
      return fail("expected -o PLAN or --stop-after=PHASE, but got neither");
    return true;
  }
  bool parseOne(StringRef argument);
  bool parseValue(StringRef name, StringRef value);
  bool parseCount(StringRef name, StringRef value, unsigned &count) {
    return !value.getAsInteger(10, count) || fail("expected a number for " + name + ", but got '" + value + "'");
  }

  int argc;
  char **argv;
  CompileFlags &flags;
  std::string &error;
  int position = 1;
};

bool FlagParser::parseOne(StringRef argument) {
  if (!argument.starts_with("-") || argument == "-") {
    if (!flags.model.empty())
      return fail(llvm::Twine("expected one model, but got '") + argument + "' too");
    flags.model = argument.str();
    return true;
  }
  bool *flag = llvm::StringSwitch<bool *>(argument)
                   .Cases({"-h", "--help"}, &flags.help)
                   .Case("--json", &flags.json)
                   .Case("--stats", &flags.options.stats)
                   .Case("--print-supported-ops", &flags.printSupportedOps)
                   .Default(nullptr);
  if (flag) {
    *flag = true;
    return true;
  }
  auto [name, value] = argument.split('=');
  if (!argument.contains('=')) {
    if (position >= argc)
      return fail("expected a value for " + name + ", but got none");
    value = argv[position++];
  }
  return parseValue(name, value);
}

bool FlagParser::parseValue(StringRef name, StringRef value) {
  CompileOptions &options = flags.options;
  if (name == "--level")
    return parseLevels(value, options, error);
  if (name == "--dim")
    return parseDim(value, options, error);
  if (name == "--opt")
    return parseCount(name, value, options.optLevel);
  if (name == "--threads")
    return parseCount(name, value, options.threads) &&
           (options.threads <= mostThreads ||
            fail(llvm::Twine("expected at most ") + llvm::Twine(mostThreads) + " threads, but got " + value));
  if (name == "--quantize")
    return parseQuantize(value, options.quantize, error);
  if (name == "--layer-kind")
    return parseLayerKindRule(value, options.quantize, error);
  if (name == "--keep")
    return parseKeep(value, options.quantize, error);
  if (name == "--calibration")
    return parseCalibration(value, options.quantize, error);
  if (name == "--calibration-method")
    return parseCalibrationMethod(value, options.quantize, error);
  if (name == "--max-size")
    return parseMaxSize(value, options.quantize, error);
  if (name == "--min-sqnr")
    return parseMinSqnr(value, options.quantize, error);
  if (name == "--explain") {
    for (StringRef part : llvm::split(value, ',')) {
      if (part != "fuse" && part != "kernel")
        return fail("expected --explain of fuse and kernel, but got '" + part + "'");
      (part == "fuse" ? options.explainFuse : options.explainKernel) = true;
    }
    return true;
  }
  std::string *text = llvm::StringSwitch<std::string *>(name)
                          .Case("-o", &flags.output)
                          .Case("--stop-after", &options.stopAfter)
                          .Case("--print-after", &options.printAfter)
                          .Case("--external-data-root", &options.externalDataRoot)
                          .Case("--quant-report", &options.quantize.reportPath)
                          .Default(nullptr);
  if (!text)
    return fail("unknown flag " + name + " (see --help)");
  *text = value.str();
  return !value.empty() || fail("expected a value for " + name + ", but got none");
}

} // namespace

bool parseFlags(int argc, char **argv, CompileFlags &flags, std::string &error) {
  return FlagParser(argc, argv, flags, error).parse();
}

} // namespace dsc::tools
