// A ring over the runs, out of the ledger.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "engine/ledger/chronicle.h"
#include "engine/ledger/replay.h"

namespace ringscope {

// The version that a ring had after a run, rebuilt from its events: for runs whose own rows are gone as well. Throws
// Error not_found when it was not born yet or had retired, saying when.
RingVersion version_at(const Store& store, const Standing& standing, std::uint64_t run);

// A ring whose version changed after a run.
struct ChangedRing {
  Standing standing;
  std::vector<RingEvent> events;  // after that run, in order
};

// Those that live and those that do not any more, ascending by id. O(rings that ever were, and those events).
std::vector<ChangedRing> changed_since(const Store& store, std::uint64_t run);

// Schema "ringscope.ring-change/1", one line.
std::string changed_to_json(const ChangedRing& changed);
// A version with its members by name, schema "ringscope.ring-version/1", one line; `run` is the run that was asked for.
std::string version_to_json(const Store& store, const Standing& standing, const RingVersion& version,
                            std::uint64_t run);

}  // namespace ringscope
