// Groups that no pair shows: accounts on one entity that nearly all share in another layer as well.
#pragma once

#include <span>
#include <vector>

#include "engine/detect/project/project.h"

namespace ringscope {

// Core pairs of the least significant surprise: accounts on an enriched entity that share elsewhere. Ascending. O(edges
// * layers + pairs · log).
std::vector<WeightedEdge> enriched_pairs(const BipartiteGraph& graph, const Weights& weights,
                                         const Similarity& similarity, double alpha);

// Adds such pairs; those that are there already stay as they are.
Similarity with_enriched(Similarity similarity, std::span<const WeightedEdge> pairs);

}  // namespace ringscope
