// How far the members of a group differ, which people do and accounts of one dispatcher do not.
#pragma once

#include <span>

#include "engine/detect/judge/profile.h"
#include "engine/detect/judge/traits.h"
#include "storage/store.h"

namespace ringscope {

// Fills in hour_spread, capability_spread and rate_spread. O(hours, capabilities and days of the members, members ·
// log).
void add_spreads(std::span<const Profile* const> profiles, const Store& store, Traits& traits);

}  // namespace ringscope
