// A random bipartite graph in which every vertex keeps its degree, in every layer.
//
// Input    bipartite graph; seed; swaps: how often an edge is tried, in the mean.
// Output   arrays of the same shape, layers and degrees.
// Cost     O(swaps * E), 24 bytes an edge; one thread.
// Same     one result a (graph, seed, swaps).
// Source   switching two edges: Rao, Jana, Bandyopadhyay, Sankhya A 58:225 (1996); Maslov, Sneppen, Science 296:910
//          (2002). A switch that would double an edge is no step, so that all graphs are equally likely in the end.
//          Trades of whole rows (curveball) need as many trades as a row has edges: twenty each left rows
//          of many edges with most of what they had.
#pragma once

#include <cstdint>

#include "algorithms/bipartite_graph.h"

namespace ringscope {

struct ShuffleOptions {
  std::uint64_t seed = 1;
  int swaps = 20;
};

BipartiteArrays shuffle_preserving_degrees(const BipartiteGraph& graph, const ShuffleOptions& options = {});

}  // namespace ringscope
