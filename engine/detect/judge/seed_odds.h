// The sums of seeding (seeding.h), for accounts of a run and for those that come after it
// (engine/ask/score/score_seed.h).
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "engine/detect/judge/seeding.h"

namespace ringscope {

// "shares payment 4-17 with 6 confirmed accounts of the ring: 18.2 bits, 14.1 are enough …", of its thing.
std::string seed_reason(const Seed& seed, const std::string& kind, const std::string& value);

// In log2: that a given one of so many accounts is of a ring with so many confirmed.
double seed_prior(std::size_t confirmed, std::size_t accounts);
// Of a thing that this share of the confirmed have, and so many strangers besides who is asked about.
double seed_bits(double share, std::size_t accounts, std::size_t strangers);
// For one who has so many things of the kind, `mean` of whom those who have any have in the mean.
double own_seed_bits(double bits, std::size_t things, double mean);

// What an account shares with the confirmed members of a ring, kind after kind.
class SharedThings {
 public:
  void add(Vertex thing, double bits);  // > 0
  void end_kind();
  // `odds` log2, that are enough; `confirmed` on its best thing is the caller's to set.
  Seed seed(double prior, double odds) const;
  double bits() const { return bits_; }  // of the kinds done

 private:
  double bits_ = 0;
  double best_bits_ = 0;  // of the best thing …
  Vertex best_ = 0;       // … of all
  double kind_bits_ = 0;  // of the best thing of the kind at hand
  std::uint32_t things_ = 0;
};

// A thing that draws others into a group: neither hub nor crowd, and two confirmed members or more have it.
struct SeedThing {
  Vertex thing = 0;
  std::uint32_t confirmed = 0;  // members on it
  std::uint32_t members = 0;    // all of them
};
struct SeedThings {
  std::uint32_t confirmed = 0;    // of the group; 0: nobody, and no things
  std::vector<SeedThing> things;  // ascending
};

// By group, whose members are given, ascending: what draws newcomers in.
std::vector<SeedThings> seed_things(const Snapshot& snapshot, const Habits& habits, const Weights& weights,
                                    const Decisions& decisions, const std::vector<std::span<const Vertex>>& groups);

// By layer: things of an account that has any, in the mean. O(accounts · layers).
std::vector<double> mean_things(const BipartiteGraph& graph);

}  // namespace ringscope
