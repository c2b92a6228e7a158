// The latest run as questions see it: what its tests made of an account's things and of a pair.
//
// Everything is computed from the store; the null model that the run kept gives the surprise of any pair again, bit for
// bit, as long as nothing was ingested into the run's window since.
#pragma once

#include <cstdint>
#include <functional>
#include <list>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "algorithms/compound_poisson.h"
#include "engine/detect/project/weigh.h"
#include "engine/detect/ring/ring.h"
#include "engine/detect/ring/verdict.h"
#include "storage/store.h"

namespace ringscope {

// What the run made of a thing that an account touched.
enum class ThingVerdict { evidence, over_cap, listed, uncorroborated, unshared, left_out, outside_window };
const char* to_string(ThingVerdict verdict);

// Of an entity with two accounts or more, as the run stored it. A run of an earlier program does not say why a hub is
// one; then its size decides.
ThingVerdict verdict_of(const StoredEntity& entity, const RunTests& tests);

// A thing of an account in the run's window.
struct Thing {
  VertexKey entity;
  ThingVerdict verdict = ThingVerdict::unshared;
  std::uint32_t accounts = 1;
  double bits = 0;      // what sharing it is worth to a pair; 0 unless it is evidence
  double own_bits = 0;  // what touching it says about an account, whoever else does: -log2 of its share of its kind's
                        // sightings
  double trust = 0;     // share of its pairs that other kinds corroborate; of the uncorroborated
  double joins = 0;     // rate at which things of its kind and size are corroborated: joins two accounts by itself …
  double attaches = 0;  // … or attaches one to a ring
  std::uint32_t cleared = 0;  // of the accounts, those that people had cleared: they lower bits and rates
};

struct AccountThings {
  KeyHash account = 0;
  std::vector<Thing> things;   // ascending by entity
  std::vector<double> scales;  // one a layer of the null model
};

class RunView {
 public:
  // `run` must have kept its tests (RunTests::known). O(kinds). Rows of the null model's table are made as they are
  // asked for.
  RunView(const Store& store, RunSummary run);

  const Store& store() const { return store_; }
  const RunSummary& run() const { return run_; }
  const RunTests& tests() const { return run_.tests; }

  // O(things), one look-up each. Throws Error corrupt, io.
  AccountThings things_of(KeyHash account) const;
  // Only which things, and how many of each kind: no look-up a thing. `things` has the entities only.
  AccountThings keys_of(KeyHash account) const;
  // The same of many, which ascend: one walk through the store.
  void visit_keys(std::span<const KeyHash> accounts, const std::function<void(const AccountThings&)>& visit) const;
  // -log2 of the chance that the two share `bits` or more. Bits.
  double surprise(const AccountThings& a, const AccountThings& b, double bits) const;
  // Whether things of this kind and size join or attach a pair by themselves.
  bool vouches(const Thing& thing) const;
  // Where among the things of `a` those lie that the two share; ascending. O(things of both).
  static std::vector<std::uint32_t> meet(const AccountThings& a, const AccountThings& b);
  // What the two share, ascending by entity, as `a` has it. O(things of both).
  static std::vector<Thing> shared(const AccountThings& a, const AccountThings& b);

  // A ring as it was published, of its members their keys only. The last few are kept. Thread-safe. Throws Error
  // corrupt when the run does not have it.
  std::shared_ptr<const Ring> ring(const std::string& id) const;
  // All verdicts, read when they are first asked for. Thread-safe.
  const Decisions& decisions() const;

  // Bits between the two in the run; 0: no link.
  double link_bits(KeyHash a, KeyHash b) const;
  // Empty: in no ring.
  std::string ring_of(KeyHash account) const;
  std::string account_name(KeyHash account) const;
  // "payment 538877-d367"
  std::string thing_name(VertexKey entity) const;

 private:
  const LayerModel* layer_of(KindId kind) const;
  std::vector<double> scales_of(const std::vector<VertexKey>& keys) const;
  std::vector<VertexKey> keys_among(std::span<const Cell> cells) const;
  AccountThings as_keys(KeyHash account, std::span<const Cell> cells) const;
  Thing describe(VertexKey entity) const;

  const Store& store_;
  RunSummary run_;
  CompoundPoissonSurprises surprises_;
  std::map<KindId, std::size_t> layers_;  // position in the model

  mutable std::mutex mutex_;
  mutable std::list<std::shared_ptr<const Ring>> rings_;  // the last asked first
  mutable std::once_flag verdicts_read_;
  mutable Decisions decisions_;
};

// The latest run; its number is 0 when there is none. Throws Error corrupt.
RunSummary asked_run(const Store& store);
// A view of `run`; null when there is no run, or one of an earlier program that did not keep its tests.
std::unique_ptr<RunView> view_of(const Store& store, const RunSummary& run);

}  // namespace ringscope
