// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Mutated plans for the loader: raw bytes, metadata bytes under a correct seal, and tables changed through the object
// API and serialised again with correct seal and digests.
#ifndef DSC_TEST_FUZZ_PLANMUTATOR_H
#define DSC_TEST_FUZZ_PLANMUTATOR_H

#include "PlanBuilder.h"

#include <dsc/dsc.h>

namespace dsc::test {

/// A deterministic source of choices (SplitMix64).
struct Random {
  uint64_t state;
  uint64_t next();
  /// Uniform below `n` > 0.
  uint64_t below(uint64_t n) { return next() % n; }
};

/// The valid plans that mutation starts from.
class PlanCorpus {
public:
  PlanCorpus();
  size_t size() const { return files.size(); }
  const Bytes &file(size_t i) const { return files[i]; }

  Bytes mutateRaw(Random &random) const;
  Bytes mutateMetadata(Random &random) const;
  Bytes mutateTables(Random &random) const;

private:
  struct Seed {
    Bytes metadata;
    std::vector<Bytes> segments;
  };
  void add(const PlanFile &file);

  std::vector<Bytes> files;
  std::vector<Seed> seeds;
};

/// Puts any metadata between a correct header, seal and the segments of a plan.
Bytes sealMetadata(const Bytes &metadata, const std::vector<Bytes> &segments);

enum class Outcome { refused, reachedValidator, accepted };

/// Opens a plan from a private copy of exactly its size; an accepted one is asked everything and gets a context, but
/// does not run: its kernels are native code.
class PlanProbe {
public:
  PlanProbe();
  ~PlanProbe();
  Outcome probe(const Bytes &file);

private:
  dsc_runtime *runtime = nullptr;
};

} // namespace dsc::test
#endif
