// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// libFuzzer target for the plan loader. The first byte chooses: 0 raw file, 1 metadata under a correct seal, else the rest
// is a seed for table mutations.
#include "PlanMutator.h"

#include <cstring>

using namespace dsc::test;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  static PlanCorpus corpus;
  static PlanProbe probe;
  if (size < 2)
    return 0;
  Bytes rest(data + 1, data + size);
  if (data[0] == 0) {
    probe.probe(rest);
  } else if (data[0] == 1) {
    probe.probe(sealMetadata(rest, {}));
  } else {
    Random random{0};
    memcpy(&random.state, rest.data(), std::min(rest.size(), sizeof random.state));
    probe.probe(corpus.mutateTables(random));
  }
  return 0;
}
