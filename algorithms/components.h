// Connected components.
//
// Input    undirected graph, or edges in any order; weights are not read.
// Output   Partition: one community a component, numbered by smallest member.
// Errors   none.
// Cost     O(V + A) in practice, O(V) scratch; parallel over vertices. Of a giant component found early, only the
//          first two arcs of each vertex are read.
// Same     bit for bit at any thread count and edge order: a tree's root is its smallest vertex, however it grew.
// Source   Sutton, Ben-Nun, Barak, "Optimizing parallel graph connectivity computation via subgraph sampling"
//          (Afforest), IPDPS 2018.
#pragma once

#include <span>

#include "algorithms/csr_graph.h"
#include "algorithms/partition.h"

namespace ringscope {

struct ComponentsOptions {
  unsigned threads = 0;  // 0: as many as the machine has
};

Partition connected_components(const CsrGraph& graph, const ComponentsOptions& options = {});

// The same of a list of edges; O(V + E).
Partition connected_components(Vertex vertex_count, std::span<const WeightedEdge> edges,
                               const ComponentsOptions& options = {});

}  // namespace ringscope
