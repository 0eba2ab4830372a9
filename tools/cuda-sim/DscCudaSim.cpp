// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// dsc-cuda-sim: runs one kernel of a PTX file on raw files and numbers; without --kernel it lists the
// kernels.
#include "tools/cuda-sim/CudaSim.h"

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <deque>
#include <fstream>
#include <sstream>

using namespace dsc::sim;

namespace {
constexpr const char *usage = R"(usage: dsc-cuda-sim FILE.ptx [options]

  --kernel=NAME            the kernel to run; without it the kernels of the file are listed
  --grid=X[,Y[,Z]]         blocks (default 1)
  --block=X[,Y[,Z]]        threads of a block (default 1)
  --shared=BYTES           dynamic shared memory
  --arg=in:FILE            a buffer of the bytes of a file, read only
  --arg=out:BYTES:FILE     a buffer without contents; written to the file at the end
  --arg=inout:FILE:FILE    a buffer from one file to another
  --arg=TYPE:VALUE         i8, i16, i32, i64, f32 or f64; arguments stand in the order of the parameters
  --seed=N                 warps interleave at random
  --copies=late|early      when the bytes of cp.async arrive
  --rough                  approximations as wrong as the ISA allows
  --help
)";

struct Options {
  std::string file, kernel;
  Dim3 grid, block;
  uint64_t shared = 0;
  LaunchOptions launch;
  std::vector<std::string> args;
};

bool complain(const std::string &message) {
  std::fprintf(stderr, "dsc-cuda-sim: error: %s\n", message.c_str());
  return false;
}

bool parseNumber(const std::string &text, uint64_t most, uint64_t &value) {
  char *end;
  errno = 0;
  value = std::strtoull(text.c_str(), &end, 10);
  return !text.empty() && text[0] >= '0' && text[0] <= '9' && !*end && !errno && value <= most;
}

bool parseSize(const std::string &flag, const std::string &text, Dim3 &size) {
  uint32_t *parts[] = {&size.x, &size.y, &size.z};
  std::stringstream stream(text);
  std::string part;
  uint64_t value;
  for (size_t k = 0; std::getline(stream, part, ','); ++k) {
    if (k == 3 || !parseNumber(part, INT32_MAX, value) || value == 0)
      return complain("expected " + flag + "=X[,Y[,Z]], but got '" + text + "'");
    *parts[k] = uint32_t(value);
  }
  return true;
}

bool parseFlag(const std::string &name, const std::string &value, Options &options) {
  if (name == "--kernel")
    options.kernel = value;
  else if (name == "--grid")
    return parseSize(name, value, options.grid);
  else if (name == "--block")
    return parseSize(name, value, options.block);
  else if (name == "--shared")
    return parseNumber(value, UINT32_MAX, options.shared) ||
           complain("expected --shared=BYTES, but got '" + value + "'");
  else if (name == "--seed")
    return parseNumber(value, UINT64_MAX, options.launch.seed) ||
           complain("expected --seed=N, but got '" + value + "'");
  else if (name == "--copies" && (value == "late" || value == "early"))
    options.launch.copies = value == "late" ? CopyArrival::late : CopyArrival::early;
  else if (name == "--rough" && value.empty())
    options.launch.roughApproximations = true;
  else if (name == "--arg")
    options.args.push_back(value);
  else
    return complain("expected an option of --help, but got '" + name + (value.empty() ? "" : "=" + value) +
                    "'");
  return true;
}

bool readFile(const std::string &path, std::string &bytes) {
  std::ifstream file(path, std::ios::binary);
  std::stringstream text;
  text << file.rdbuf();
  bytes = text.str();
  return bool(file) || complain("expected a readable file, but got '" + path + "'");
}

/// The buffers behind the arguments, and where they go at the end.
struct Buffers {
  struct Buffer {
    std::string bytes, target;
  };
  std::deque<Buffer> all;
  std::vector<Arg> args;

  bool add(const std::string &text) {
    std::vector<std::string> parts(1);
    for (char c : text)
      if (c == ':')
        parts.emplace_back();
      else
        parts.back().push_back(c);
    const std::string &kind = parts[0];
    uint64_t bytes;
    if (kind == "in" && parts.size() == 2) {
      all.emplace_back();
      if (!readFile(parts[1], all.back().bytes))
        return false;
      args.push_back(Arg::input(all.back().bytes.data(), all.back().bytes.size()));
    } else if (kind == "out" && parts.size() == 3 && parseNumber(parts[1], uint64_t(1) << 32, bytes)) {
      all.push_back({std::string(bytes, '\0'), parts[2]});
      args.push_back(Arg::output(all.back().bytes.data(), bytes));
    } else if (kind == "inout" && parts.size() == 3) {
      all.push_back({"", parts[2]});
      if (!readFile(parts[1], all.back().bytes))
        return false;
      args.push_back(Arg::inout(all.back().bytes.data(), all.back().bytes.size()));
    } else if (parts.size() != 2 || !addNumber(kind, parts[1])) {
      return complain("expected an argument as in --help, but got '" + text + "'");
    }
    return true;
  }

  bool addNumber(const std::string &type, const std::string &text) {
    char *end;
    const long long whole = std::strtoll(text.c_str(), &end, 0);
    const bool isWhole = !text.empty() && !*end;
    const double real = std::strtod(text.c_str(), &end);
    if (text.empty() || *end || (type[0] == 'i' && !isWhole))
      return false;
    if (type == "i8")
      args.push_back(Arg::value(int8_t(whole)));
    else if (type == "i16")
      args.push_back(Arg::value(int16_t(whole)));
    else if (type == "i32")
      args.push_back(Arg::value(int32_t(whole)));
    else if (type == "i64")
      args.push_back(Arg::value(int64_t(whole)));
    else if (type == "f32")
      args.push_back(Arg::value(float(real)));
    else if (type == "f64")
      args.push_back(Arg::value(real));
    else
      return false;
    return true;
  }

  bool write() const {
    for (const Buffer &buffer : all) {
      if (buffer.target.empty())
        continue;
      std::ofstream file(buffer.target, std::ios::binary);
      file.write(buffer.bytes.data(), std::streamsize(buffer.bytes.size()));
      file.flush();
      if (!file)
        return complain("expected a writable file, but got '" + buffer.target + "'");
    }
    return true;
  }
};

void list(const Program &program) {
  for (const KernelInfo &kernel : program.kernels()) {
    std::printf("%s:", kernel.name.c_str());
    for (size_t bytes : kernel.parameterBytes)
      std::printf(" %zu", bytes);
    std::printf(" bytes of parameters, %zu of static shared memory%s\n", kernel.staticSharedBytes,
                kernel.hasDynamicShared ? ", and dynamic" : "");
  }
}

bool run(const Options &options) {
  std::string ptx;
  Program program;
  Buffers buffers;
  if (!readFile(options.file, ptx))
    return false;
  if (Error error = Program::parse(ptx, program))
    return complain(options.file + ": " + error.message);
  if (options.kernel.empty()) {
    list(program);
    return true;
  }
  for (const std::string &arg : options.args)
    if (!buffers.add(arg))
      return false;
  LaunchCounts counts;
  Error error = program.launch(options.kernel, options.grid, options.block, options.shared, buffers.args,
                               options.launch, &counts);
  if (error)
    return complain(options.file + ": " + error.message);
  std::printf("%llu warp instructions, %llu bank conflicts, %llu output bytes not written\n",
              static_cast<unsigned long long>(counts.warpInstructions),
              static_cast<unsigned long long>(counts.sharedBankConflicts),
              static_cast<unsigned long long>(counts.unwrittenBytes));
  return buffers.write();
}
} // namespace

int main(int argc, char **argv) {
  Options options;
  for (int k = 1; k < argc; ++k) {
    const std::string text = argv[k];
    if (text == "--help") {
      std::fputs(usage, stdout);
      return 0;
    }
    const size_t at = text.find('=');
    if (text.rfind("--", 0) != 0)
      options.file = text;
    else if (!parseFlag(text.substr(0, at), at == std::string::npos ? "" : text.substr(at + 1), options))
      return 1;
  }
  if (options.file.empty())
    return complain("expected FILE.ptx, but got no file"), 1;
  return run(options) ? 0 : 1;
}
