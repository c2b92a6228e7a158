// Joins groups that are one operator's: his cells share cards and devices only among themselves, yet most accounts of
// each are like the other's in several kinds of things, or ask prompts that hardly anybody else asks. Or cards and
// devices are dealt out to both as to one (dealt.h), whatever either asks.
#pragma once

#include <vector>

#include "engine/detect/cluster/group_gauge.h"
#include "engine/detect/project/cluster.h"

namespace ringscope {

// Groups of half of `least_size` accounts or more are looked at; those that took in others lose their cohesion, and
// have some likeness, to be described.
// Compares pairs of groups that have marks of two kinds in common. Cost: what the members of those pairs touch, for
// each pair.
void unite(GroupGauge& gauge, Vertex least_size, std::vector<Group>& groups);

}  // namespace ringscope
