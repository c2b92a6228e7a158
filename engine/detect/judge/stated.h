// What the log, or a person, states of accounts: sign-ups and bans.
#pragma once

#include <span>
#include <vector>

#include "engine/detect/judge/profile.h"
#include "engine/detect/judge/traits.h"
#include "engine/detect/ring/verdict.h"

namespace ringscope {

// The last day of the store's data, or that a fact was stated on. O(accounts).
Day last_known_day(const Store& store);

// Accounts of the snapshot with status banned by its window's last day, and those that people confirmed; ascending.
// O(accounts).
std::vector<Vertex> banned_accounts(const Store& store, const Snapshot& snapshot, const Decisions& decisions);

// When the members signed up, and how many of them were banned: `signup_*`, `woken`, `relay`, `banned`, `ban_chance`,
// `ban_odds` and `renewed` of the traits. O(members · log).
void add_stated(std::span<const Profile* const> profiles, const Population& population, Traits& traits);

}  // namespace ringscope
