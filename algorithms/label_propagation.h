// Label propagation: every vertex, one after the other, takes the label that weighs most among its neighbours, until
// none changes.
//
// Input    undirected graph, weights > 0, larger = closer; no self-loops.
// Output   Partition: of vertices that end with one label. When it stopped by itself, no vertex has more weight to
//          another community than to its own; a community need not be connected. A vertex without arcs is alone.
// Units    max_rounds count: visits of every vertex. Each change adds to the weight inside communities, so rounds end
//          by themselves; the bound is for graphs where they are many.
// Errors   none.
// Cost     O(rounds * (V + A)) time, 16 bytes a vertex of scratch; one thread.
// Same     bit for bit: each round visits the vertices in an order shuffled by the seed; a vertex keeps its label when
//          none weighs more, and of several that weigh more takes the heaviest, then the smallest.
// Source   Raghavan, Albert, Kumara, Phys. Rev. E 76:036106 (2007), asynchronous; there ties are broken at random.
#pragma once

#include <cstdint>

#include "algorithms/csr_graph.h"
#include "algorithms/partition.h"

namespace ringscope {

struct LabelPropagationOptions {
  int max_rounds = 50;
  std::uint64_t seed = 1;
};

// Starts with a label of its own for every vertex.
Partition label_propagation(const CsrGraph& graph, const LabelPropagationOptions& options = {});

}  // namespace ringscope
