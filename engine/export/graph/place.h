// Where the nodes of a graph are drawn.
#pragma once

#include "engine/export/graph/graph.h"

namespace ringscope {

// Sets x and y. Up to 1,500 nodes by stress_layout(); more: each ring's accounts on a disc, those in no ring on
// another, discs beside each other, each thing amid its accounts. O(nodes + edges) then. The same bits every time.
void place_nodes(ActivityGraph& graph);

}  // namespace ringscope
