// Who never comes back: an exit of a pool of addresses is used once and another the next time, while people are at
// home, at work and on their carrier again and again.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "engine/detect/judge/places.h"
#include "engine/load/habits.h"
#include "engine/load/snapshot.h"

namespace ringscope {

// Method  Networks of an account for each day on which it was at an address, as a rank among all accounts that were at
//         addresses on about as many days (a power of the root of two): who is seen often is on more networks, and
//         comes back to them oftener. What is usual differs between services and between countries; the rank does not.
// Cost    O(addresses and networks of the accounts, accounts · log).
class Wandering {
 public:
  // No `habits`, or no networks among them: addresses in their place. Both must outlive it.
  Wandering(const Snapshot& snapshot, const Habits* habits);

  // The members' mean rank in [0, 1], of anybody .5; nothing when fewer than four of them, or fewer than half, were at
  // addresses on five days (an address and a day each). The fullest networks that a third of the members are on, eight
  // at most, are one: a firm may leave by several exits, which are its place all the same. O(networks of the members ·
  // log).
  std::optional<double> of(std::span<const Vertex> members) const;

 private:
  std::span<const Vertex> networks_of(Vertex account) const;

  WhereLayer networks_;
  std::vector<std::uint32_t> days_;        // by account: at an address
  std::vector<std::vector<float>> alike_;  // by about the days: networks a day of those accounts, ascending
};

}  // namespace ringscope
