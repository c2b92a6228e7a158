// The accounts of a graph as nodes.
#pragma once

#include <span>
#include <string>
#include <unordered_map>
#include <vector>

#include "engine/export/graph/graph.h"

namespace ringscope {

// What the node of an account in a ring says.
struct RingPlace {
  std::string ring;
  Tier tier = Tier::watch;
  double score = 0;
};
using RingPlaces = std::unordered_map<KeyHash, RingPlace>;

// The ring's members, unless they are in another that was added before.
void add_places(const Ring& ring, RingPlaces& places);
// Of the rings of a run only those of some accounts, ascending. O(members of the run).
RingPlaces places_of(const Store& store, std::uint64_t run, std::span<const KeyHash> accounts);

// In the order given, with their names; degrees and positions are not set.
std::vector<GraphNode> account_nodes(const Store& store, std::span<const KeyHash> accounts, const RingPlaces& places);

}  // namespace ringscope
