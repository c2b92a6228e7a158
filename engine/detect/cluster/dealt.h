// Were cards and devices dealt out to two groups as if they were one? Two operators may have one dealer for all they
// buy, addresses above all, and each his own prompts; but nobody sells a card twice.
//
// Method   things but addresses that a few accounts have, nearly all of them in groups: pairs of their users, one in
//          each group, as a share of all such pairs, held against pairs of users within either group. Dealt without a
//          look at the groups both shares are the same; two operators have none across.
// Cost     what the two groups touch, and the users of it.
#pragma once

#include <span>
#include <vector>

#include "engine/detect/cluster/group_gauge.h"

namespace ringscope {

// `a` and `b` ascending, with no account in common; `in_group` by account: 1 for those in any group.
bool are_dealt_to_both(const GroupGauge& gauge, std::span<const char> in_group, const std::vector<Vertex>& a,
                       const std::vector<Vertex>& b);

}  // namespace ringscope
