// Enrichment: right vertices whose left vertices share in another layer far more often than left vertices do in
// general.
//
// A pool whose members each share one card with some and one address with others has no significant pair: no two share
// two things. But look at one of its addresses: everybody on it holds a card that many hold, where in general one in
// fifty does. Such an address is enriched, and those on it that share elsewhere belong together.
//
// Input    bipartite graph with layers; a right vertex takes part when its rarity is above 0.
// Output   Per enriched right vertex: the layer and the degree that the sharing elsewhere has at least, and its
// p-value. Units    most_p: of one test, after the false discovery rate; least_share: of the left vertices of the right
// vertex. Errors   none. Cost     O(E * layers). Same     bit for bit at any order of the vertices. Source   enrichment
// by binomial tails is the over-representation test of gene sets (Rivals et al., Bioinformatics 23:401, 2007); its tail
//          here by Chernoff's bound exp(-n KL(k/n || q)) (Hoeffding, JASA 58:13, 1963), which also holds where chances
//          differ from vertex to vertex with mean q.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "algorithms/bipartite_graph.h"

namespace ringscope {

struct EnrichmentOptions {
  double alpha = 0.01;       // false discovery rate over all tests
  double least_share = 0.8;  // of its left vertices must share elsewhere: a mixed crowd is not enriched, however large
  Vertex least_degree = 4;   // of the right vertex itself
};

struct Enriched {
  Vertex right = 0;
  std::size_t layer = 0;  // where its left vertices share …
  Vertex degree = 0;      // … a right vertex of at least this degree
  double p = 1;           // upper bound
};

// Ascending by right vertex, at most one entry each: that of the smallest p.
// `open` marks the left vertices that nothing has explained yet; only they count as sharing elsewhere.
std::vector<Enriched> find_enriched(const BipartiteGraph& graph, std::span<const float> rarity,
                                    std::span<const char> open, const EnrichmentOptions& options);

// The open left vertices of an enriched right vertex that share as it says, ascending.
std::vector<Vertex> enriching_lefts(const BipartiteGraph& graph, std::span<const float> rarity,
                                    std::span<const char> open, const Enriched& enriched);

}  // namespace ringscope
