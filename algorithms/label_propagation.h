// Label propagation: every vertex takes the label that weighs most among its neighbours, until none changes.
//
// Input    undirected graph, weights > 0.
// Output   Partition.
// Units    max_rounds count.
// Errors   none.
// Cost     O(rounds * A log(degree)), O(V) scratch; one thread.
// Same     bit for bit: vertices are visited in an order shuffled by the seed, ties keep the label, else go to the
//          smaller one.
// Source   Raghavan, Albert, Kumara, Phys. Rev. E 76:036106 (2007).
#pragma once

#include <cstdint>

#include "algorithms/csr_graph.h"
#include "algorithms/partition.h"

namespace ringscope {

struct LabelPropagationOptions {
  int max_rounds = 50;
  std::uint64_t seed = 1;
};

Partition label_propagation(const CsrGraph& graph, const LabelPropagationOptions& options = {});

}  // namespace ringscope
