// Parts of a group by what they ask that ask across each other, and so are no parts.
#pragma once

#include <span>
#include <vector>

#include "algorithms/bipartite_graph.h"

namespace ringscope {

// Where hardly two members ask the same, for an operator has each prompt put in other words, communities are found in
// what chance left in common: of many who ask little in common there is always a way to part them. Parts that are
// operators do not ask across each other. So a part of which, in the mean over its members and the prompts, one in five
// of the others who ask the same are of other parts is united with the one it has most of that with, until none is.
//
// `prompts` right vertices of the graph; parts disjoint, each ascending; who is in none is not counted. Parts stand as
// their first members do. O(askers of the prompts + parts^3).
std::vector<std::vector<Vertex>> unite_crossing(const BipartiteGraph& graph, std::span<const Vertex> prompts,
                                                std::vector<std::vector<Vertex>> parts);

}  // namespace ringscope
