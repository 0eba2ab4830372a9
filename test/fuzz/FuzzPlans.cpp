// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Drives N mutated plans through the loader, half raw, half under a correct seal, and prints how far they got.
//
// usage: fuzz-plans [N=20000] [SEED=1]. Fails on a plan that takes a second, and when the mutations lose their reach: at
// least 20 % of the sealed half must reach the validator and 1 % must be accepted.
#include "PlanMutator.h"

#include <chrono>
#include <cstdio>
#include <cstdlib>

using namespace dsc::test;

int main(int argc, char **argv) {
  uint64_t total = argc > 1 ? strtoull(argv[1], nullptr, 10) : 20000;
  uint64_t seed = argc > 2 ? strtoull(argv[2], nullptr, 10) : 1;
  PlanCorpus corpus;
  PlanProbe probe;
  for (size_t i = 0; i < corpus.size(); ++i)
    if (probe.probe(corpus.file(i)) != Outcome::accepted) {
      fprintf(stderr, "fuzz-plans: plan %zu of the corpus does not load\n", i);
      return 1;
    }
  uint64_t reached[2] = {}, accepted[2] = {}, count[2] = {};
  double slowest = 0;
  for (uint64_t i = 0; i < total; ++i) {
    Random random{seed * 0x100000001b3u + i};
    bool sealed = i % 2;
    Bytes file = !sealed ? corpus.mutateRaw(random)
                 : i % 4 == 1 ? corpus.mutateTables(random)
                              : corpus.mutateMetadata(random);
    auto begin = std::chrono::steady_clock::now();
    Outcome outcome = probe.probe(file);
    std::chrono::duration<double> spent = std::chrono::steady_clock::now() - begin;
    slowest = std::max(slowest, spent.count());
    ++count[sealed];
    reached[sealed] += outcome != Outcome::refused;
    accepted[sealed] += outcome == Outcome::accepted;
  }
  printf("raw: %llu plans, %llu with valid flatbuffers, %llu accepted\n", (unsigned long long)count[0],
         (unsigned long long)reached[0], (unsigned long long)accepted[0]);
  printf("sealed: %llu plans, %llu (%.1f %%) reached the validator, %llu (%.1f %%) accepted\n",
         (unsigned long long)count[1], (unsigned long long)reached[1], 100.0 * double(reached[1]) / double(count[1]),
         (unsigned long long)accepted[1], 100.0 * double(accepted[1]) / double(count[1]));
  printf("slowest: %.1f ms\n", slowest * 1e3);
  bool hasReach = reached[1] * 5 >= count[1] && accepted[1] * 100 >= count[1];
  return slowest < 1 && hasReach ? 0 : 1;
}
