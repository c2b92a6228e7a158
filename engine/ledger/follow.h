// Verdicts -> what they do to rings at once: events and standings, as a run would write them.
#pragma once

#include <map>
#include <span>
#include <string>
#include <vector>

#include "engine/detect/ring/verdict.h"
#include "engine/ledger/ring_event.h"
#include "storage/store.h"

namespace ringscope {

struct Aftermath {
  std::vector<RingEvent> events;  // ascending by ring, without their numbers
  std::vector<Standing> standings;
  std::map<KeyHash, Tier> tiers;  // now, of members of the rings that were looked at
};

// What changes in the ledger when the latest run's rings are as `after` makes them instead of as `before` did. Rings
// that no differing word touches are not looked at. O(members of the rings that one touches + confirmed accounts).
Aftermath follow(const Store& store, const Decisions& before, const Decisions& after, std::uint64_t verdict);

// Appends verdicts, given their numbers here, with what follows from them, in one durable step:
//   a notice of each, the events of the rings, and an unban of every account that was told to be banned and that a
//   verdict has cleared or taken out of tier ban.
// What follows from several is put down to the last that decides something. Returns the numbers. Throws Error io,
// no_space, and then nothing is written.
std::vector<std::uint64_t> record_verdicts(Store& store, std::span<const Verdict> verdicts);

// The same for verdicts that are in the log already and that the latest run did not know of: it was made with `known`.
void follow_late_verdicts(Store& store, const Decisions& known);

}  // namespace ringscope
