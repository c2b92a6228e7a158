// Parts of a ring's page that have files of their own.
#pragma once

#include "engine/ask/dossier.h"
#include "engine/ask/overlap.h"

namespace ringscope::cli {

// What it does together.
void print_behavior(const Behavior& behavior);
// What known indicators say; at most `limit` of them.
void print_campaign(const CampaignMatch& campaign, std::size_t limit);
// How the score came to be, step by step, with bars.
void print_waterfall(const Waterfall& waterfall);
// Sub-communities, and what bridges them.
void print_structure(const Structure& structure, std::size_t limit);
// A page of members, and what there is beside it; `more_hint` completes "… and 12 more; ".
void print_members(const MembersPage& page, const std::string& more_hint);

// Other rings that its members are linked to, and campaigns that have it in common; nothing when there are none.
void print_overlap(const RingOverlap& overlap);

}  // namespace ringscope::cli
