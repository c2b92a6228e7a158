// Louvain: communities of large modularity, by moving vertices and then whole communities.
//
// Input    undirected graph; weights > 0; no self-loops.
// Output   Partition; unlike Leiden's, a community need not be connected.
// Units    resolution: 1 = Newman's modularity.
// Errors   none.
// Cost     O(levels * A) time; 8 bytes an arc, 60 a vertex; one thread.
// Same     bit for bit: the order of visits is shuffled by the seed.
// Source   Blondel, Guillaume, Lambiotte, Lefebvre, J. Stat. Mech. P10008 (2008); the moves are Leiden's, from a queue.
#pragma once

#include <cstdint>

#include "algorithms/csr_graph.h"
#include "algorithms/partition.h"

namespace ringscope {

struct LouvainOptions {
  double resolution = 1.0;
  std::uint64_t seed = 1;
};

Partition louvain(const CsrGraph& graph, const LouvainOptions& options = {});

}  // namespace ringscope
