// Events from the beginning -> any version of every ring.
#pragma once

#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <vector>

#include "engine/ledger/ring_event.h"

namespace ringscope {

struct RingVersion {
  std::uint32_t version = 0;
  std::uint64_t run = 0;  // in which it came to be
  Day day = kNoDay;       // that this run looked at last
  Tier tier = Tier::watch;
  std::vector<LedgerMember> members;  // ascending by account; none: retired
  friend bool operator==(const RingVersion&, const RingVersion&) = default;
};

// Applies one event to the version before it. Throws Error corrupt when it does not fit: it skips a version, takes what
// is not there or brings what is. O(members).
void apply(const RingEvent& event, RingVersion& ring);

// All rings after the events, which must be in order and complete for the rings they name. O(sum over events of the
// ring's members).
std::map<std::string, RingVersion> replay(std::span<const RingEvent> events);

}  // namespace ringscope
