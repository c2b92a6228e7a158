// Random histories of a store: runs, verdicts, undoings, retractions, releases, the kill switch, by a seed.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/random.h"
#include "engine/config.h"
#include "storage/store.h"

namespace ringscope {

inline constexpr int kHistoryAccounts = 40;  // "a0", "a1", …

// Names of all accounts, and a first day of data.
void begin_history(Store& store);

// One step: what it is and whom it is about follow from the random numbers. Steps that make no sense are refused and
// change nothing.
void take_step(Store& store, Random& random, Seconds now);

// Guards that let everything through.
Config lenient();

// What the engine holds, read the way that its commands read: tier by account, by ring, of the latest run as verdicts
// make it. One line a ring, sorted.
std::vector<std::string> told_by_reading(const Store& store);
// The same by replaying all events from the first.
std::vector<std::string> told_by_replay(const Store& store);
// Who is banned, as stored and by replay of the actions.
std::vector<std::string> banned_as_stored(const Store& store);
std::vector<std::string> banned_by_replay(const Store& store);

}  // namespace ringscope
