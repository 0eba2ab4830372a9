// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// How long the partitioner takes for 200 units on 8 stages: prints the median and the worst of 101 seeded
// tables per kind. The bar is 5 ms.
#include "runtime/schema/Partitioner.h"

#include <algorithm>
#include <cstdio>
#include <ctime>
#include <random>
#include <vector>

using namespace dsc::schema;

namespace {

constexpr uint32_t numUnits = 200, numStages = 8;

/// What a kind of table has beyond random times.
struct Kind {
  const char *name;
  bool equalDevices, blocking;
  uint64_t memoryBytes;
};

double milliseconds() {
  timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return 1e3 * double(now.tv_sec) + 1e-6 * double(now.tv_nsec);
}

/// Solves one random table of a kind; returns the time taken.
double measure(const Kind &kind, uint64_t seed, Partition &result) {
  std::mt19937_64 random(seed);
  std::vector<uint64_t> times(numUnits * numStages), weights(numUnits), arenas(numUnits), live(numUnits);
  for (uint32_t unit = 0; unit < numUnits; ++unit) {
    uint64_t time = 20000 + random() % 400000;
    for (uint32_t stage = 0; stage < numStages; ++stage)
      times[stage * numUnits + unit] = kind.equalDevices ? time : time * (50 + random() % 100) / 100;
    weights[unit] = random() % 1000000;
    arenas[unit] = random() % 4000000;
    live[unit] = 50000 + random() % 1000000;
  }
  std::vector<StageLink> links(numStages * numStages);
  for (StageLink &link : links)
    link = {8000 + random() % (kind.equalDevices ? 1 : 4000), 3900, kind.blocking};
  std::vector<uint64_t> memory(numStages, kind.memoryBytes), work(partitionWorkWords(numUnits, numStages));
  std::vector<uint32_t> stageOfUnit(numUnits);
  CutTable table = {numUnits,
                    numStages,
                    times.data(),
                    weights.data(),
                    arenas.data(),
                    live.data(),
                    nullptr,
                    links.data(),
                    memory.data(),
                    2,
                    5};
  double begin = milliseconds();
  result = partitionUnits(table, work.data(), stageOfUnit.data());
  return milliseconds() - begin;
}

} // namespace

int main() {
  const Kind kinds[] = {
      {"all alike", true, false, CutTable::noCap},      {"different devices", false, false, CutTable::noCap},
      {"tight memory", false, false, 22000000},         {"no memory", false, false, 9000000},
      {"blocking links", false, true, CutTable::noCap}, {"blocking, all alike", true, true, CutTable::noCap}};
  std::printf("%u units, %u stages  median ms   worst ms   stages used\n", numUnits, numStages);
  for (const Kind &kind : kinds) {
    std::vector<double> taken;
    Partition result = {};
    for (uint64_t seed = 0; seed < 101; ++seed)
      taken.push_back(measure(kind, seed, result));
    std::sort(taken.begin(), taken.end());
    std::printf("%-20s %11.2f %10.2f %13u\n", kind.name, taken[taken.size() / 2], taken.back(),
                result.stagesUsed);
  }
  return 0;
}
