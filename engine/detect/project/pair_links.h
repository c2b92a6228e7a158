// Which pairs of accounts are kept, once it is settled what they are held against.
#pragma once

#include <cstdint>
#include <limits>
#include <span>
#include <vector>

#include "engine/detect/project/weigh.h"

namespace ringscope {

// Of an account: the most surprising of its pairs that were not kept.
struct NearMiss {
  static constexpr Vertex kNobody = std::numeric_limits<Vertex>::max();
  Vertex other = kNobody;
  float surprise = 0;  // bits
  friend bool operator==(const NearMiss&, const NearMiss&) = default;
};

// What keeps a pair.
struct PairCuts {
  double least_surprise = std::numeric_limits<double>::infinity();  // bits; or …
  Vouching vouching;                                                // … an entity of a class that …
  double vouch_core = 0;                                            // … was observed to be corroborated so often …
  double vouch_attach = 0;  // … or by the fit so often: then the pair attaches only
};

struct PairLinks {
  std::vector<WeightedEdge> core;     // ascending (u, v), u < v; weight: surprise in bits, at least 1
  std::vector<WeightedEdge> attach;   // weaker, disjoint from core
  std::vector<NearMiss> near_misses;  // per account, of the pairs that were looked at; ties to the smaller account
};

// All pairs that share something. O(pairs sharing an entity that is no hub).
PairLinks keep_pairs(const BipartiteGraph& graph, const Weights& weights, const PairCuts& cuts, unsigned threads);

// Only pairs with an end among `rows` (ascending): the same as keep_pairs() says of them. O(entities) and the degrees
// of what the rows touch.
PairLinks keep_pairs_of(const BipartiteGraph& graph, const Weights& weights, const PairCuts& cuts,
                        std::span<const Vertex> rows, unsigned threads);

}  // namespace ringscope
