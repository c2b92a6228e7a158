// What bans say of a group beside everything else.
#pragma once

#include <cstddef>
#include <span>

#include "engine/detect/judge/profile.h"
#include "engine/detect/project/cluster.h"

namespace ringscope {

inline constexpr double kMostBanOdds = 4;  // nats: a provider may have been wrong about all of them at once

// How many times likelier so many banned members are in an operator's group than in an honest one, as natural
// logarithm, [0, kMostBanOdds]; one ban happens to everybody: 0. `elsewhere`: what share is banned as usual
// (usual_bans()), (0, 1). Three beta-binomial distributions (Skellam 1948): honest people are banned as those elsewhere
// are, or, three groups in a hundred, nearly all of them by one mistake; of operators' groups half are as little known
// as honest ones, the others lost a fifth in the mean. O(1).
double ban_odds(std::size_t banned, std::size_t members, double elsewhere);

// Share of banned accounts that is usual, (0, 1): of those in no group (the population's), unless fewer are banned of
// the groups whose bans this share explains; accounts of operators who were not found are in no group as well. Groups
// are left out until none is banned beyond chance (one in a thousand). O(members · log accounts).
double usual_bans(std::span<const Group> groups, const Profiles& profiles);

}  // namespace ringscope
