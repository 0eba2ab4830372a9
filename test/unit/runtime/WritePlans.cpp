// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Writes the hand-built plans to a folder, for tests of command-line tools.
#include "PlanBuilder.h"

#include <cstdio>

using namespace dsc::test;

static bool write(const std::string &path, const Bytes &bytes) {
  FILE *file = fopen(path.c_str(), "wb");
  bool ok = file && fwrite(bytes.data(), 1, bytes.size(), file) == bytes.size();
  return file && fclose(file) == 0 && ok;
}

int main(int argc, char **argv) {
  if (argc != 2)
    return 1;
  std::string folder = argv[1];
  PlanBuilder v4 = addPlan(16);
  v4.file.plan.segments[0]->isa = dsc::schema::CpuIsa::X86V4VnniBf16;
  PlanBuilder newer = addPlan(16);
  newer.file.plan.min_runtime = std::make_unique<dsc::schema::Version>(9, 1, 0);
  Bytes truncated = addPlan(16).bytes();
  truncated.resize(truncated.size() / 2);
  bool ok = write(folder + "/add.dsc", addPlan(1000).bytes()) && write(folder + "/batch.dsc", batchPlan(8).bytes()) &&
            write(folder + "/open.dsc", batchPlan(INT64_MAX).bytes()) && write(folder + "/v4.dsc", v4.bytes()) &&
            write(folder + "/newer.dsc", newer.bytes()) && write(folder + "/truncated.dsc", truncated);
  return ok ? 0 : 1;
}
