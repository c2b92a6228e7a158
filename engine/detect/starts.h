// When accounts that are old began to ask: who buys aged accounts wakes them for his campaign, while people who signed
// up long ago have been asking all along.
#pragma once

#include <optional>
#include <span>

#include "engine/detect/profile.h"

namespace ringscope {

// The day by which half of those had asked who were old (signed up a fortnight before) when they first asked in the
// window: everybody's return from the holidays is no waking. Nothing where fewer than 30 were. O(profiles · log).
std::optional<Day> usual_start(std::span<const Profile> profiles);

// How surely the members, [0, 1], were silent for days after that and began within a short time: full measure when half
// of them or more were old when they first asked, three in four of these not before the fifth day after the usual one,
// and the middle half within half as many days as they had waited. Who seldom asks begins late as well, but each on a
// day of his own. O(members · log).
double woken_together(std::span<const Profile* const> profiles, const Population& population);

}  // namespace ringscope
