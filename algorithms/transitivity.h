// Merging by transitivity: of three communities, each tied to both others by edges of its own, none stands alone.
//
// One edge between two communities may be one misplaced vertex, and so may several at one vertex. But where a is tied
// to b and to c, b and c are tied too, and no single vertex of any of the three has both of its ties, three ties
// vouch for each other. So blocks of one large group are found to belong together that share far too little weight to
// be joined by density or conductance, while neighbours that meet in pairs stay apart. Of large communities a few
// vertices are tied by chance, so a tie is one vertex in ten of the smaller of two communities at least (of
// two of one size, of the first).
//
// Input    a partition of the graph's vertices; edges between them, in any order (weights are not looked at).
// Output   the coarser partition that joins the three communities of every such triangle.
// Errors   none.
// Cost     O(E log E + T sqrt(T) log T) for T pairs of tied communities; 16 bytes an edge that leaves its community.
// Same     whatever the order of the edges.
// Source   transitivity as evidence of a group: Watts, Strogatz, Nature 393:440 (1998); the rule: ours.
#pragma once

#include <span>

#include "algorithms/csr_graph.h"
#include "algorithms/partition.h"

namespace ringscope {

Partition merge_transitive(const Partition& partition, std::span<const WeightedEdge> edges);

}  // namespace ringscope
