// Who asks alike: accounts whose prompts agree beyond chance, whatever else they share. What is asked cannot be bought
// fresh for every account, as cards, machines and addresses are.
//
// Method   pairs by algorithms/agreement.h over the layer of prompts, Leiden over them. A popular prompt hardly counts;
//          users of one application are such a group as well, and a course's students. So these are first guesses, and
//          prompts alone are one kind of evidence.
// Cost     O(edges of the layer of prompts).
#pragma once

#include <cstdint>
#include <vector>

#include "engine/detect/cluster/group_gauge.h"
#include "engine/detect/project/cluster.h"

namespace ringscope {

inline constexpr Vertex kLeastAskers = 4;

// Each ascending, the largest first, ties to the smaller account. Empty where prompts are not known.
std::vector<std::vector<Vertex>> askers(const LikenessPlan& plan, std::uint64_t seed, unsigned threads);

// Adds groups of those who ask what nobody else asks, from the first guesses. They take in the groups of which they are
// half or more, when these are like the rest of them in other things as well, and leave others that they are not like.
// Those in no group who are like each other in other things, and not like the groups taken in, are a group of their
// own: if they are most of those who are not like these, or an eighth, and fewer of them are `banned` (ascending) than
// chance has it among the taken in.
void gather_askers(GroupGauge& gauge, const std::vector<std::vector<Vertex>>& guesses,
                   const std::vector<Vertex>& banned, std::vector<Group>& groups);

}  // namespace ringscope
