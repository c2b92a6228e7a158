// What verdicts teach scoring, beside a run's index (score_index.h): the things of accounts that people cleared count
// less, and those of confirmed ones draw newcomers in, by the rules of the run itself (clearing.h, seeding.h).
//
// A run before which nobody said anything has none of it, and is scored without a look-up more. A run over a base has
// all of its own, under keys of its own: who was cleared or confirmed is little beside the rest.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "engine/config.h"
#include "engine/detect/cluster/clearing.h"
#include "engine/detect/index/score_index.h"
#include "engine/load/habits.h"

namespace ringscope {

// A ring with confirmed members.
struct TaughtRing {
  std::uint32_t number = 0;  // in IndexHead::rings
  std::uint32_t confirmed = 0;
  friend bool operator==(const TaughtRing&, const TaughtRing&) = default;
};
struct TaughtHead {
  std::uint64_t base = 0;          // the run that this one is over; 0: none
  std::uint64_t verdicts = 0;      // how many the run knew
  bool clearing = true;            // what cleared accounts have counts less
  float seed_odds = 0;             // as configured
  std::vector<float> mean_things;  // by layer of things, of those who have any; empty: nobody is confirmed
  std::vector<TaughtRing> rings;   // ascending
  friend bool operator==(const TaughtHead&, const TaughtHead&) = default;
};
// What draws a newcomer into a ring.
struct TaughtSeed {
  std::uint32_t ring = 0;  // place in TaughtHead::rings
  std::uint32_t confirmed = 0;
  std::uint32_t members = 0;
  friend bool operator==(const TaughtSeed&, const TaughtSeed&) = default;
};
struct TaughtValue {
  std::uint32_t cleared = 0;        // of the accounts that touch it
  std::vector<TaughtSeed> seeds{};  // ascending by ring
  friend bool operator==(const TaughtValue&, const TaughtValue&) = default;
};

struct TaughtInput {
  const Snapshot& snapshot;
  const Habits& habits;
  const Weights& weights;  // lowered
  const Clearing& clearing;
  const Decisions& decisions;
  const VerdictConfig& verdicts;
};
// `rings` as they are published, all of them; `index` has the head of theirs. O(members), and the things of those
// who were cleared or confirmed.
std::vector<IndexEntry> index_of_verdicts(const TaughtInput& input, const std::vector<Ring>& rings,
                                          std::span<const IndexEntry> index, std::uint64_t base = 0);

std::string taught_head_key();
bool is_taught_key(std::string_view key);
std::string taught_value_key(std::uint64_t base, std::size_t layer, std::uint64_t value);
// Throw Error corrupt.
TaughtHead decode_taught_head(std::string_view bytes);
TaughtValue decode_taught_value(std::string_view bytes);

}  // namespace ringscope
