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
  --target=LIST         where the model runs: cpu, cuda (default cpu)
  --ptxas=PATH          the program that assembles PTX for cuda; none: PTX only (default: the one that is found)
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
  --stages=N            cut the model into a pipeline of at most N stages; only a default: dsc-run --stages cuts elsewhere
  --cut=NAME,NAME       begin a stage at the kernel of these nodes; without --stages there are no other cuts
  --threads=N           threads of the compiler (default: one per core)
  --external-data-root=DIR  where external weights may lie besides the model's folder
  --stop-after=PHASE    print the IR behind a phase and stop
  --print-after=PHASE   print the IR behind a phase to standard error
  --explain=LIST        fuse: print why ops were or were not fused; kernel: print how each kernel was chosen and cut;
                        partition: print what each stage of the pipeline does, and what limits it
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
  bool parseExplain(StringRef value);
  /// Nothing if the flag is not one of the quantize phase.
  std::optional<bool> parseQuantizeValue(StringRef name, StringRef value);
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

bool FlagParser::parseExplain(StringRef value) {
  CompileOptions &options = flags.options;
  for (StringRef part : llvm::split(value, ',')) {
    bool *flag = llvm::StringSwitch<bool *>(part)
                     .Case("fuse", &options.explainFuse)
                     .Case("kernel", &options.explainKernel)
                     .Case("partition", &options.explainPartition)
                     .Default(nullptr);
    if (!flag)
      return fail("expected --explain of fuse, kernel and partition, but got '" + part + "'");
    *flag = true;
  }
  return true;
}

std::optional<bool> FlagParser::parseQuantizeValue(StringRef name, StringRef value) {
  using Parser = bool (*)(StringRef, QuantizeOptions &, std::string &);
  Parser parse = llvm::StringSwitch<Parser>(name)
                     .Case("--quantize", parseQuantize)
                     .Case("--layer-kind", parseLayerKindRule)
                     .Case("--keep", parseKeep)
                     .Case("--calibration", parseCalibration)
                     .Case("--calibration-method", parseCalibrationMethod)
                     .Case("--max-size", parseMaxSize)
                     .Case("--min-sqnr", parseMinSqnr)
                     .Default(nullptr);
  if (!parse)
    return std::nullopt;
  return parse(value, flags.options.quantize, error);
}

bool FlagParser::parseValue(StringRef name, StringRef value) {
  CompileOptions &options = flags.options;
  if (name == "--level")
    return parseLevels(value, options, error);
  if (name == "--target")
    return parseTargets(value, options, error);
  if (name == "--dim")
    return parseDim(value, options, error);
  if (name == "--opt")
    return parseCount(name, value, options.optLevel);
  if (name == "--threads")
    return parseCount(name, value, options.threads) &&
           (options.threads <= mostThreads ||
            fail(llvm::Twine("expected at most ") + llvm::Twine(mostThreads) + " threads, but got " + value));
  if (std::optional<bool> parsed = parseQuantizeValue(name, value))
    return *parsed;
  if (name == "--explain")
    return parseExplain(value);
  if (name == "--stages")
    return parseCount(name, value, options.stages) &&
           (options.stages > 0 || fail("expected at least 1 stage, but got " + value));
  if (name == "--cut") {
    for (StringRef node : llvm::split(value, ','))
      options.cuts.push_back(node.str());
    return true;
  }
  std::string *text = llvm::StringSwitch<std::string *>(name)
                          .Case("-o", &flags.output)
                          .Case("--stop-after", &options.stopAfter)
                          .Case("--print-after", &options.printAfter)
                          .Case("--ptxas", &flags.options.ptxas)
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
