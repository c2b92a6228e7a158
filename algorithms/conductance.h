// Closing leaky communities: a community that shares too much of its edge weight with others is no community of its
// own.
//
// A modularity high enough to keep dense neighbours apart in a large graph also shatters a large sparse community. The
// pieces of a shattered one leak (they have a high conductance), true communities do not; so pieces are merged back
// until none leaks.
//
// Input    a partition of the graph's vertices; edges with weights > 0.
// Output   the coarser partition in which every community with edges to others has conductance < most_leak, where the
// conductance of A
//          is the weight of edges leaving A over the weight of edges touching it (inner edges count twice).
// Errors   none.
// Cost     O(E + C log C + merges * neighbours), the smaller neighbour list moved into the larger.
// Same     whatever the order of the edges: the leakiest first, ties to the smaller community; merged into the
//          neighbour it shares most with, ties to the smaller.
// Source   conductance: Kannan, Vempala, Vetta, J. ACM 51:497 (2004). The order of merging: ours.
#pragma once

#include <span>

#include "algorithms/csr_graph.h"
#include "algorithms/partition.h"

namespace ringscope {

Partition merge_leaky(const Partition& partition, std::span<const WeightedEdge> edges, double most_leak);

}  // namespace ringscope
