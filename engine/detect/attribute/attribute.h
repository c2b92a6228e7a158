// Rings -> rings with campaigns: what the indicators that an operator has imported say about who runs them.
#pragma once

#include <vector>

#include "engine/detect/ring/ring.h"
#include "engine/load/address_table.h"
#include "engine/load/snapshot.h"
#include "storage/store.h"

namespace ringscope {

inline constexpr double kNamedConfidence = 0.8;   // least confidence under which a ring bears a campaign's name …
inline constexpr std::uint32_t kNamedFacts = 2;   // … and least number of independent facts
inline constexpr double kListedConfidence = 0.5;  // least confidence of a campaign that a ring lists
inline constexpr double kMostConfidence = 0.999;  // whatever is counted: the indicators' source may be wrong
inline constexpr double kHoursShare = 0.8;        // of a ring's requests, for an active-hours indicator to fit

struct AttributeOptions {
  const AddressTable* systems = nullptr;  // address -> autonomous system; none: such indicators meet nothing
  unsigned threads = 0;
};

// Sets campaign, confidence and campaigns of every ring, and campaign and reasons of members that touch indicators of a
// campaign the ring lists. Does nothing when the store has no indicators. The rings' order stays; scores and tiers too:
// knowing an operator's name makes nobody guiltier. Confidence and its assumptions: docs/attribution.md.
// Cost: find_indicator_users(), one more reading of the members' activity where something is attributed.
void attribute_rings(const Store& store, const Snapshot& snapshot, const AttributeOptions& options,
                     std::vector<Ring>& rings);

// Whether it is a member's reason that attribute_rings() gave.
bool is_campaign_reason(const std::string& reason);

}  // namespace ringscope
