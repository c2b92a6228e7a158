// Leiden: communities that are connected inside, by refining Louvain's.
//
// Input    undirected graph; weights > 0, larger = closer; no self-loops.
// Output   Partition, numbered by smallest member; every community is connected.
// Units    resolution: modularity 1 = Newman's; cpm = least mean weight a pair of a community should have.
//          max_passes count. vertex_weights: what a vertex counts for in the cpm's pairs, > 0.
// Errors   Error usage: vertex_weights or names of a wrong length.
// Cost     O(passes * A) time; 8 bytes an arc and 60 bytes a vertex of the components at work; parallel over
//          components, so that a giant one keeps one thread busy.
// Same     bit for bit at any thread count and edge order: each component is clustered by itself, in breadth-first
//          order shuffled by (seed, its smallest vertex); ties go to the smaller community.
// Source   Traag, Waltman, van Eck, Sci. Rep. 9:5233 (2019); here a vertex joins the best refined community
//          instead of a random one (their theta -> 0).
#pragma once

#include <cstdint>
#include <span>

#include "algorithms/csr_graph.h"
#include "algorithms/partition.h"

namespace ringscope {

enum class LeidenObjective {
  modularity,  // see modularity() in quality.h; the whole graph's weight is the frame, also within a component
  cpm,         // see cpm_quality() in quality.h
};

struct LeidenOptions {
  LeidenObjective objective = LeidenObjective::modularity;
  double resolution = 1.0;
  std::uint64_t seed = 1;
  int max_passes = 5;                       // it ends earlier when a pass moves fewer than one vertex in 200
  std::span<const float> vertex_weights{};  // cpm only; empty: 1 each
  unsigned threads = 0;                     // 0: as many as the machine has
  // What the vertices of a part are called in the whole, ascending, so that a component by itself is clustered as it is
  // among the others; empty: their numbers. cpm only.
  std::span<const Vertex> names{};
};

Partition leiden(const CsrGraph& graph, const LeidenOptions& options = {});

}  // namespace ringscope
