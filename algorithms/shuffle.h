// A random bipartite graph in which every vertex keeps its degree, in every layer.
//
// Input    bipartite graph; seed; rounds: in each, every left vertex trades with one other, layer by layer.
// Output   arrays of the same shape, layers and degrees.
// Cost     O(rounds * E log d), O(E) scratch; one thread.
// Same     one result a (graph, seed, rounds).
// Source   curveball: Strona et al., Nat. Commun. 5:4114 (2014);
//          trades of all pairs at once: Carstens, Hamann, Meyer, Penschuck, Tran, Wagner, ESA 2018.
#pragma once

#include <cstdint>

#include "algorithms/bipartite_graph.h"

namespace ringscope {

struct ShuffleOptions {
  std::uint64_t seed = 1;
  int rounds = 20;
};

BipartiteArrays shuffle_preserving_degrees(const BipartiteGraph& graph, const ShuffleOptions& options = {});

}  // namespace ringscope
