// When accounts began to ask and when they ended: who buys aged accounts wakes them for his campaign, while people who
// signed up long ago have been asking all along; and who lives on trials uses one account up and makes the next.
#pragma once

#include <optional>
#include <span>

#include "engine/detect/judge/profile.h"

namespace ringscope {

// The day by which half of those had asked who were old (signed up a fortnight before) when they first asked in the
// window: everybody's return from the holidays is no waking. Nothing where fewer than 30 were. O(profiles · log).
std::optional<Day> usual_start(std::span<const Profile> profiles);

// How surely the members, [0, 1], were silent for days after that and began within a short time: full measure when half
// of them or more were old when they first asked, three in four of these not before the fifth day after the usual one,
// and the middle half within half as many days as they had waited. Who seldom asks begins late as well, but each on a
// day of his own. O(members · log).
double woken_together(std::span<const Profile* const> profiles, const Population& population);

// How surely the members, [0, 1], are a relay: each asks from about its sign-up for some days, and the next begins when
// it has ended. Of all pairs of members the share in which one ended before the day on which the other began, counted
// from .4 to .7, times the share of members that first asked within two days of their sign-up, from .5 to .8. Whoever
// seldom asks is seen for a short time, too, but signed up before. 0 for fewer than four. O(members · log).
double relay_of(std::span<const Profile* const> profiles);

}  // namespace ringscope
