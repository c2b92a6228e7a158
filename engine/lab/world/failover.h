// Pools that are banned in one wave and whose traffic moves within a day to a pool with nothing exact in common, beside
// what only looks so: rings born in the same days, rings banned for good, honest sign-up bursts.
#pragma once

#include "engine/lab/world/planner.h"

namespace ringscope::world {

// Plans options.failovers such pairs; each with its look-alikes takes some 500 accounts.
void plan_failovers(Planner& planner);

}  // namespace ringscope::world
