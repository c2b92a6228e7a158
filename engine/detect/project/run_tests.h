// What a run tested with: its cuts, and the null model of its pair test. Kept with the run, so that it can be said
// later which test an account or a pair failed, and by how much.
#pragma once

#include <cstdint>
#include <limits>
#include <string>
#include <utility>
#include <vector>

namespace ringscope {

struct Similarity;
struct Snapshot;
struct Weights;

// The cuts in force.
struct RunTests {
  double pair_cut = std::numeric_limits<double>::infinity();  // bits a pair needed; infinity: no pair had it
  std::uint32_t hub_accounts = 0;  // an entity of more accounts was a hub; 0: the run did not keep its tests
  double least_trust = 0;          // share of an entity's pairs that other kinds must corroborate
  double vouch_core = 0;           // rate of a class of entities that joins a pair by itself …
  double vouch_attach = 0;         // … and that attaches an account to a ring
  double resolution = 0;           // bits that a group's pairs share in the mean
  double least_cohesion = 0;       // share of its own bits that a member shares with its group
  std::uint32_t min_ring = 0;      // accounts
  double review_score = 0;
  double ban_score = 0;
  double ban_benign = 0;  // most probability of an honest explanation under a ban

  bool known() const { return hub_accounts > 0; }
};

// One kind of entities in the null model.
struct LayerModel {
  std::string kind;
  std::uint64_t edges = 0;                              // account-entity pairs in the window
  std::vector<std::pair<std::uint32_t, float>> scales;  // of an account with so many entities; ascending
  struct Vouch {
    unsigned log2_accounts = 0;
    float observed = 0;
    float fitted = 0;
  };
  std::vector<Vouch> vouches;  // by size of entity, ascending
};

// Enough to compute the surprise of any pair again, bit for bit.
struct PairModel {
  std::vector<std::pair<std::uint32_t, double>> intensity;  // bin, expected events at scale 1; ascending, none of 0
  std::vector<LayerModel> layers;                           // by name
};

// O(entities + accounts * layers + edges).
PairModel pair_model(const Snapshot& snapshot, const Weights& weights, const Similarity& similarity);

}  // namespace ringscope
