#include "engine/ask/life/ring_life.h"

#include <fmt/format.h>

#include "base/error.h"

namespace ringscope {

RingVersion version_at(const Store& store, const Standing& standing, std::uint64_t run) {
  RingVersion ring;
  for (const RingEvent& event : events_of(store, standing, run)) apply(event, ring);
  if (ring.version == 0)
    throw Error(ErrorCode::not_found, fmt::format("{} was born in run {} only", standing.ring, standing.born));
  if (ring.members.empty())
    throw Error(ErrorCode::not_found, fmt::format("{} retired in run {}; --at {} shows it as it was last",
                                                  standing.ring, ring.run, ring.run - 1));
  return ring;
}

std::vector<ChangedRing> changed_since(const Store& store, std::uint64_t run) {
  std::vector<ChangedRing> changed;
  for (Standing& standing : read_standings(store)) {
    if (standing.run <= run) continue;
    ChangedRing one{std::move(standing), {}};
    for (RingEvent& event : events_of(store, one.standing)) {
      if (event.run > run) one.events.push_back(std::move(event));
    }
    changed.push_back(std::move(one));
  }
  return changed;
}

}  // namespace ringscope
