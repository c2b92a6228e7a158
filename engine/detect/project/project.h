// The pairs of accounts whose sharing chance cannot explain.
#pragma once

#include <cstdint>
#include <limits>
#include <vector>

#include "engine/detect/project/pair_links.h"

namespace ringscope {

struct ProjectOptions {
  double alpha = 0.01;      // false discovery rate over all possible pairs of accounts
  bool significant = true;  // false: no pair is kept for its surprise
  double vouch_core =
      0.9;  // entities of a class with this rate of corroboration join their accounts like a significant pair …
  double vouch_attach = 0.5;  // … with this rate they attach accounts to a ring, but never join two rings
  CorroborationOptions corroboration;
  // What vouching is measured with; null: the weights that pairs are tested with. A list of known hubs takes their ties
  // away, and not what they say about how often the pairs of a class belong together.
  const Weights* calibration = nullptr;
};

// How far sharing an entity of a class vouches for a pair, rates of corroboration in [0, 1].
struct VouchClass {
  std::size_t layer = 0;
  unsigned log2_accounts = 0;  // entities of 2^this accounts up to twice as many
  float observed = 0;          // at least ProjectOptions::vouch_core joins
  float fitted = 0;            // at least ProjectOptions::vouch_attach attaches
};

struct Similarity {
  std::vector<WeightedEdge> core;    // ascending (u, v), u < v; weight: surprise in bits, at least 1
  std::vector<WeightedEdge> attach;  // weaker, disjoint from core
  double least_surprise = 0;         // bits a pair needed by the false discovery rate; infinity: no pair had it
  std::vector<char> held;            // per account: 1 for one tied by what it does; empty: none. It need not share more
  std::vector<float> vouching;       // per entity: rate of corroboration of its class, [0, 1]
  std::vector<VouchClass> classes{};             // ascending by layer and size
  std::vector<NearMiss> near_misses{};           // per account; ties to the smaller account
  std::vector<std::uint64_t> surprise_counts{};  // of the pairs that share something (Corroboration)
};

// O(pairs sharing an entity that is no hub), three times.
Similarity project(const BipartiteGraph& graph, const Weights& weights, const ProjectOptions& options);

}  // namespace ringscope
