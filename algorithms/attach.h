// Attach: grows the communities of a first partition along weaker edges, strongest edge first, without ever joining two
// of them.
//
// Input    a partition whose communities of two or more are cores, and candidate edges in any order.
// Output   the partition of single linkage (Kruskal) over the edges in descending weight, ties to the smaller (u, v),
// where an edge
//          between two groups that both hold a core is skipped. Vertices outside any core may form groups of their own.
// Errors   none; vertices must be below the partition's size.
// Cost     O(V + E log E).
// Same     whatever the order of the edges.
// Source   Constrained single linkage: Kruskal, Proc. AMS 7:48 (1956), with cannot-link constraints as in Wagstaff,
// Cardie (2000).
#pragma once

#include <span>

#include "algorithms/csr_graph.h"
#include "algorithms/partition.h"

namespace ringscope {

Partition attach(const Partition& cores, std::span<const WeightedEdge> edges);

}  // namespace ringscope
