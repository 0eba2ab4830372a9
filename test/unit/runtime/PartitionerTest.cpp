// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The partitioner: the best partition there is, the same one every time, and no trust in the table.
#include "runtime/schema/Partitioner.h"

#include "PartitionerReference.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <iostream>

namespace dsc::test {

using namespace schema;

struct Solved : Partition {
  std::vector<uint32_t> stageOfUnit;
};

/// Solves with exactly the work memory that was asked for, filled with noise.
static Solved solve(const OwnedCutTable &table) {
  std::vector<uint64_t> work(partitionWorkWords(table.numUnits, table.numStages), 0x5555555555555555);
  Solved solved = {};
  solved.stageOfUnit.resize(table.numUnits, 99);
  static_cast<Partition &>(solved) = partitionUnits(table.view(), work.data(), solved.stageOfUnit.data());
  return solved;
}

/// The number of stages by the rule in words: go up from the fewest; a larger number must save its share per
/// stage.
static size_t stagesByRule(const std::vector<ReferencePartition> &best, uint32_t minGainPercent) {
  size_t chosen = 0;
  for (size_t m = 1; m < best.size(); ++m) {
    if (best[m].keys.empty())
      continue;
    bool faster = chosen && best[m].bottleneck < best[chosen].bottleneck;
    if (!chosen || (faster && (best[chosen].bottleneck - best[m].bottleneck) * 100 >=
                                  best[chosen].bottleneck * minGainPercent * (m - chosen)))
      chosen = m;
  }
  return chosen;
}

static bool anyOf(const std::vector<ReferencePartition> &best) {
  return std::any_of(best.begin(), best.end(), [](auto &partition) { return !partition.keys.empty(); });
}

/// Compares with the oracle in every field.
static void expectOptimal(const OwnedCutTable &table, const Solved &solved) {
  auto best = bruteForce(table, true);
  size_t stages = stagesByRule(best, table.minGainPercent);
  ASSERT_EQ(solved.failure == PartitionFailure::none, stages != 0);
  if (stages == 0) {
    EXPECT_TRUE(solved.failure != PartitionFailure::memory || anyOf(bruteForce(table, false)));
    EXPECT_TRUE(solved.failure != PartitionFailure::order || !anyOf(bruteForce(table, false)));
    EXPECT_EQ(solved.stageOfUnit, std::vector<uint32_t>(table.numUnits, 99));
    return;
  }
  std::vector<uint32_t> expected;
  for (auto [end, device] : best[stages].keys)
    expected.resize(end, device);
  EXPECT_EQ(solved.stagesUsed, stages);
  EXPECT_EQ(solved.bottleneckNs, uint64_t(best[stages].bottleneck));
  EXPECT_EQ(solved.stageOfUnit, expected);
  EXPECT_LE(solved.lowerBoundNs, solved.optimumNs);
  size_t optimum = stagesByRule(best, 0);
  EXPECT_EQ(solved.optimumStages, optimum);
  EXPECT_EQ(solved.optimumNs, uint64_t(best[optimum].bottleneck));
}

TEST(PartitionerTest, equalsBruteForceOnRandomTables) {
  const char *given = std::getenv("DSC_SEED");
  uint64_t seed = given ? std::strtoull(given, nullptr, 10) : std::random_device()();
  std::mt19937_64 random(seed);
  std::cout << "seed " << seed << " (DSC_SEED repeats it)\n";
  uint32_t failures[8] = {}, stages[5] = {};
  for (int round = 0; round < 4000 && !HasFailure(); ++round) {
    SCOPED_TRACE("seed " + std::to_string(seed) + ", round " + std::to_string(round));
    OwnedCutTable table = randomCutTable(random);
    Solved solved = solve(table);
    expectOptimal(table, solved);
    ++failures[size_t(solved.failure)];
    ++stages[solved.stagesUsed];
  }
  std::cout << "stages used, 1 to 4:";
  for (int i = 1; i < 5; ++i)
    std::cout << " " << stages[i];
  std::cout << "; infeasible for devices, size, cuts, memory, order:";
  for (int i = 3; i < 8; ++i) {
    std::cout << " " << failures[i];
    EXPECT_GT(failures[i], 0u) << "a kind of failure that no random table showed";
  }
  std::cout << "\n";
}

TEST(PartitionerTest, aSlowUnitMovesTheCut) {
  OwnedCutTable table(8, 2, 100);
  EXPECT_EQ(solve(table).stageOfUnit, (std::vector<uint32_t>{0, 0, 0, 0, 1, 1, 1, 1}));
  table.times[1] = table.times[8 + 1] = 500;
  Solved solved = solve(table);
  EXPECT_EQ(solved.stageOfUnit, (std::vector<uint32_t>{0, 0, 1, 1, 1, 1, 1, 1}));
  EXPECT_EQ(solved.bottleneckNs, 600u);
  EXPECT_EQ(solved.lowerBoundNs, 600u);
}

TEST(PartitionerTest, tiesGoToFewStagesThenToEarlyCutsThenToEarlyDevices) {
  OwnedCutTable table(3, 4, 1);
  table.times[0] = table.times[3] = table.times[6] = table.times[9] = 9;
  EXPECT_EQ(solve(table).stageOfUnit, (std::vector<uint32_t>{0, 1, 1}));
  table.times = std::vector<uint64_t>(12, 4);
  table.cuts[2] = CutRule::cut;
  table.cuts[1] = CutRule::keep;
  EXPECT_EQ(solve(table).stageOfUnit, (std::vector<uint32_t>{0, 0, 1}));
  table.cuts = {CutRule::free, CutRule::free, CutRule::free};
  table.weights = {4, 4, 4};
  table.memory = {8, 8, 8, 8};
  table.live = {0, 1000, 1000};
  table.links.assign(16, {100, 1000, false}); // dearer than any stage: every cut costs the same
  EXPECT_EQ(solve(table).stageOfUnit, (std::vector<uint32_t>{0, 1, 1}));
}

TEST(PartitionerTest, refusesAFurtherStageThatGainsLittle) {
  OwnedCutTable table(2, 2);
  table.minGainPercent = 5;
  table.times = {96, 4, 96, 4};
  Solved solved = solve(table);
  EXPECT_EQ(solved.stagesUsed, 1u);
  EXPECT_EQ(solved.bottleneckNs, 100u);
  EXPECT_EQ(solved.optimumStages, 2u);
  EXPECT_EQ(solved.optimumNs, 96u);
  table.times = {95, 5, 95, 5};
  EXPECT_EQ(solve(table).stagesUsed, 2u);
  table.times = {96, 4, 96, 4};
  table.cuts[1] = CutRule::cut; // whoever asks for a cut gets it
  EXPECT_EQ(solve(table).stageOfUnit, (std::vector<uint32_t>{0, 1}));
}

TEST(PartitionerTest, blockingLinksLoadBothEnds) {
  OwnedCutTable table(2, 2, 100);
  table.live = {0, 30};
  table.links.assign(4, {10, 1000, false});
  EXPECT_EQ(solve(table).bottleneckNs, 100u);
  table.links.assign(4, {10, 1000, true});
  EXPECT_EQ(solve(table).bottleneckNs, 140u);
}

TEST(PartitionerTest, saysWhyThereIsNone) {
  OwnedCutTable table(3, 2);
  table.times[1] = table.times[3 + 1] = CutTable::cannotRun;
  EXPECT_EQ(solve(table).failure, PartitionFailure::noDevice);
  EXPECT_EQ(solve(table).unit, 1u);
  table.times[1] = CutTable::maxTimeNs + 1;
  EXPECT_EQ(solve(table).failure, PartitionFailure::time);
  table.times[1] = 1;
  table.memory = {9, 99};
  table.weights[1] = 10;
  EXPECT_EQ(solve(table).failure, PartitionFailure::unitTooLarge);
  table.memory = {10, 10};
  table.weights = {10, 10, 10};
  EXPECT_EQ(solve(table).failure, PartitionFailure::memory);
  table.cuts = {CutRule::free, CutRule::cut, CutRule::cut};
  EXPECT_EQ(solve(table).failure, PartitionFailure::tooManyCuts);
  table.cuts = {CutRule::free, CutRule::free, CutRule::cut};
  table.links[1].bytesPerMicrosecond = 0;
  EXPECT_EQ(solve(table).failure, PartitionFailure::order);
}

TEST(PartitionerTest, refusesCountsBeforeItReadsAnything) {
  for (auto [units, stages] : {std::pair<uint32_t, uint32_t>{0, 1},
                               {1, 0},
                               {UINT32_MAX, 1},
                               {1, UINT32_MAX},
                               {CutTable::maxUnits + 1, 1},
                               {1, CutTable::maxStages + 1},
                               {UINT32_MAX, UINT32_MAX}}) {
    CutTable table = {};
    table.numUnits = units;
    table.numStages = stages;
    EXPECT_EQ(partitionWorkWords(units, stages), 0u);
    EXPECT_EQ(partitionUnits(table, nullptr, nullptr).failure, PartitionFailure::counts);
  }
}

TEST(PartitionerTest, hugeNumbersDoNotOverflow) {
  // Every number is drawn from the edges of its range; the oracle computes in 128 bits.
  std::mt19937_64 random(11);
  const uint64_t edges[] = {0,
                            1,
                            CutTable::maxTimeNs - 1,
                            CutTable::maxTimeNs,
                            uint64_t(1) << 60,
                            UINT64_MAX / 1000,
                            UINT64_MAX / 1000 + 1,
                            uint64_t(1) << 63,
                            UINT64_MAX - 1,
                            UINT64_MAX};
  uint32_t solvedCount = 0;
  for (int round = 0; round < 2000 && !HasFailure(); ++round) {
    OwnedCutTable table(uint32_t(1 + random() % 6), uint32_t(1 + random() % 4));
    auto pick = [&](std::vector<uint64_t> &values, size_t count) {
      for (uint64_t &value : values)
        value = edges[random() % count];
    };
    pick(table.times, 4);
    pick(table.weights, round % 2 ? 10 : 3);
    pick(table.arenas, round % 2 ? 10 : 3);
    pick(table.live, 10);
    pick(table.memory, 10);
    for (StageLink &link : table.links)
      link = {edges[random() % 10], edges[random() % 10], random() % 2 == 0};
    table.depth = random() % 2 ? UINT32_MAX : uint32_t(random() % 3);
    table.minGainPercent = random() % 2 ? UINT32_MAX : 5;
    Solved solved = solve(table);
    solvedCount += solved.failure == PartitionFailure::none;
    expectOptimal(table, solved);
  }
  EXPECT_GT(solvedCount, 200u);
}

TEST(PartitionerTest, theLargestTableStaysInsideItsWorkMemory) {
  OwnedCutTable table(CutTable::maxUnits, 3, CutTable::maxTimeNs);
  Solved solved = solve(table);
  EXPECT_EQ(solved.stagesUsed, 3u);
  EXPECT_EQ(solved.bottleneckNs, CutTable::maxTimeNs * 342);
  EXPECT_EQ(solved.lowerBoundNs, CutTable::maxTimeNs / 3 * 1024 + 342);
  OwnedCutTable many(40, CutTable::maxStages);
  EXPECT_EQ(solve(many).stagesUsed,
            14u); // 40 units, 3 a stage; 2 a stage would take more stages than there are
}

} // namespace dsc::test
