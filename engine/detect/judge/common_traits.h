// What members of a ring have in common besides the things they share, by name and number: the receipt of a pool.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "engine/detect/ring/ring.h"
#include "engine/load/habits.h"

namespace ringscope {

// Fills in Ring::common: facets, prompts and sign-up times that at least a tenth of the members, and three, have, and
// that are eight times as common among them as among everybody. `options` are those the habits were loaded with.
// O(members, what they touch and do).
void explain_likeness(const Store& store, const Snapshot& snapshot, const Habits& habits, const HabitOptions& options,
                      std::vector<Ring>& rings);

// The text of a facet, prompt or sign-up that the account has: "203.0.113.0/24", a prompt's hash, the beginning of the
// bucket. O(things of the account), a look-up each.
std::string habit_value(const Store& store, const Snapshot& snapshot, const Habits& habits, const HabitOptions& options,
                        Vertex right, Vertex account);

}  // namespace ringscope
