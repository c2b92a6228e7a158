// Who took whose place when accounts were banned: the rings' `ban_waves` and `succeeds`, the members' `replaces`.
//
// Input    the run's rings, and what was known at the end of its window; a ban is an account's status "banned" with the
//          time it was stated, or a verdict that confirms it.
// Output   fields of the rings; nothing where no account was banned.
// Cost     O(edges); the activity of those who were banned in waves and of who took over; for each wave the edges of
// those who came within the horizon, for each banned account
//          the users of its things, crowds left out.
// Same     bit for bit at any thread count and order of input.
#pragma once

#include <vector>

#include "engine/detect/ring/ring.h"
#include "engine/detect/ring/verdict.h"
#include "engine/load/habits.h"

namespace ringscope {

struct SuccessionOptions {
  double alpha = 0.05;                   // false discovery rate of take-overs
  double member_alpha = 0.1;             // most mean probability of chance of the members that replace somebody
  Seconds horizon = 7 * kSecondsPerDay;  // who comes later is not asked
  const Decisions* decisions = nullptr;  // nothing: nobody is confirmed
};

void trace_successions(const Store& store, const Snapshot& snapshot, const Habits& habits,
                       const HabitOptions& habit_options, const SuccessionOptions& options, std::vector<Ring>& rings);

}  // namespace ringscope
