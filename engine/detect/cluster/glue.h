// Groups that one kind of thing glued together: a ring and the other customers of its VPN, a ring and the campus it
// sits in.
//
// Method   Without the things of one kind, and with things that are mostly the group's own, a group falls into pieces.
//          The largest is the core. A piece that is like the core in anything but that kind (its other things, prompts,
//          what it asks for and when; algorithms/likeness.h) stays with it; the others go, and are a group by
//          themselves, which is looked at in the same way. Every kind is tried in turn. A core that has nothing of its
//          own about it, by which the others could be told, keeps all.
// Cost     O(edges of the groups' members) for each kind of things.
// Source   ours; the pieces are connected components of the bipartite graph without a layer.
#pragma once

#include <vector>

#include "engine/detect/project/cluster.h"
#include "engine/load/habits.h"

namespace ringscope {

// The groups, those that were glued in parts, in order of their smallest member.
std::vector<Group> unglue(const Snapshot& snapshot, const Habits& habits, std::vector<Group> groups, unsigned threads);

}  // namespace ringscope
