// How good a partition of a graph is.
//
// Input    undirected graph, weights > 0; one community a vertex.
// Cost     O(V + A), sums in the order of the arcs.
// Same     bit for bit, always.
// Source   Newman, Girvan, Phys. Rev. E 69:026113 (2004), resolution by Reichardt, Bornholdt (2006);
//          Traag, Van Dooren, Nesterov, Phys. Rev. E 84:016114 (2011) for the constant Potts model.
#pragma once

#include <span>

#include "algorithms/csr_graph.h"
#include "algorithms/partition.h"

namespace ringscope {

// Sum over communities of (share of the weight inside) - resolution * (share of the strength)^2; without edges 0.
double modularity(const CsrGraph& graph, const Partition& partition, double resolution = 1.0);

// Sum over communities of (weight inside) - resolution * (pairs of members, a pair counting the product of its vertex
// weights; empty: 1 each).
double cpm_quality(const CsrGraph& graph, const Partition& partition, double resolution,
                   std::span<const float> vertex_weights = {});

// Number of communities that are not connected inside.
Vertex disconnected_communities(const CsrGraph& graph, const Partition& partition);

}  // namespace ringscope
