// Bans that crowd in time, ring by ring.
#pragma once

#include <cstddef>
#include <limits>
#include <vector>

#include "engine/detect/succession/lives.h"

namespace ringscope {

inline constexpr std::size_t kNoRing = std::numeric_limits<std::size_t>::max();

// Rings as the snapshot numbers their accounts.
struct RingPlaces {
  std::vector<std::vector<Vertex>> members;  // by ring
  std::vector<std::size_t> ring_of;          // by account; kNoRing: none
  std::vector<char> suspect;                 // by account: 1 in a ring of review or ban
};

struct Wave {
  std::size_t ring = 0;
  std::vector<Seconds> bans;    // ascending
  std::vector<Vertex> members;  // banned in it, ascending

  Seconds first() const { return bans.front(); }
  Seconds last() const { return bans.back(); }
  // From the last ban before that moment; of a moment before them all, the time until the first, negative.
  Seconds lag(Seconds moment) const;
};

// By ring, then time. `rings`: the members of each. How crowded is crowded follows from each ring's own bans over its
// life (algorithms/bursts.h): bans that trickle steadily are no wave, nor is what goes on
// for more than two days. O(members + bursts).
std::vector<Wave> find_waves(const Lives& lives, const std::vector<std::vector<Vertex>>& rings);

}  // namespace ringscope
