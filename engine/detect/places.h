// Where the accounts of a group are: people who meet at a place are at few of them, who leaves by a pool of addresses
// is at many.
#pragma once

#include <span>

#include "engine/load/habits.h"
#include "engine/load/snapshot.h"

namespace ringscope {

// In networks; in addresses where networks are not derived; 0 where no addresses are known.
struct Places {
  double hold_half = 0;  // so many hold half of the members, the fullest first
  double common = 0;     // that a member has in common with two others beyond chance, in the mean
};

// `members` ascending; no `habits`: nothing is derived. O(what the members touch · log).
Places places_of(const Snapshot& snapshot, const Habits* habits, std::span<const Vertex> members);

}  // namespace ringscope
