// Groups that no pair shows: accounts on one entity that nearly all share in another layer as well.
#pragma once

#include "engine/detect/project.h"

namespace ringscope {

// Adds, as core pairs of the least significant surprise, the pairs of accounts on an enriched entity that share
// elsewhere. Pairs that are there already stay as they are. O(edges * layers + pairs added · log).
Similarity with_enriched(const BipartiteGraph& graph, const Weights& weights, Similarity similarity, double alpha);

}  // namespace ringscope
