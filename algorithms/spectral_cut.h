// Spectral communities: components are cut in two along the second eigenvector of the normalised adjacency, as long as
// a cut is cheap.
//
// Input    undirected graph, weights > 0.
// Output   Partition.
// Units    most_conductance: weight over the cut as a share of the smaller side's strength, [0, 1]; iterations count.
// Errors   none.
// Cost     O(cuts * iterations * A) time, one thread; 40 bytes a vertex. The eigenvector is by power iteration and not
//          exact: where the gap is small, the best cut along what there is after the last iteration is taken.
// Same     bit for bit: the first vector is drawn by the seed.
// Source   Shi, Malik, IEEE TPAMI 22:888 (2000); the sweep for the best cut after Cheeger's inequality, Chung, Spectral
//          Graph Theory, ch. 2 (1997).
#pragma once

#include <cstdint>

#include "algorithms/csr_graph.h"
#include "algorithms/partition.h"

namespace ringscope {

struct SpectralCutOptions {
  double most_conductance = 0.15;
  int iterations = 200;
  Vertex least = 2;  // vertices of a side
  std::uint64_t seed = 1;
};

Partition spectral_communities(const CsrGraph& graph, const SpectralCutOptions& options = {});

}  // namespace ringscope
