// Pools: groups that no pair gives away. Where every account has a card and a device of its own and leaves by another
// address each time, two accounts share hardly more than chance; a thousand of them share a pool of addresses, a few
// card issuers and mail domains, and what they ask.
//
// Method   Leiden on the bipartite graphs themselves, of things and of what is derived of them and asked, finds
//          accounts that draw on common ones, at the cost of their edges. Each community is a first guess that is then
//          refined like a mixture: its own mix of things, in all layers, says which accounts look like members
//          (algorithms/likeness.h), they make the next mix, until it stands. A pool is kept when its members are alike
//          in several independent kinds of things.
// Cost     O(edges), times a dozen; no pair is ever enumerated. Up to four seeds are tried at once, with 40 bytes a
//          thing for each that is tried beside the first.
// Source   bipartite modularity: Barber, Phys. Rev. E 76:066102 (2007); the refinement is expectation-maximisation of
//          one component against a background. The combination is ours.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "engine/detect/cluster/group_gauge.h"
#include "engine/detect/project/cluster.h"
#include "engine/load/habits.h"

namespace ringscope {

struct PoolOptions {
  Vertex least_size = 12;
  double least_kinds = 3.0;           // mean number of independent kinds in which a member is like the others …
  double least_kinds_of_three = 2.5;  // … where half of the members are alike in the same three
  double least_kinds_of_own = 1.75;  // … where one of two is prompts that hardly anybody else asks, or where things of
                                     // two kinds are the members' own
  std::uint64_t seed = 1;
  unsigned threads = 0;
  // Ascending. First guesses are sought among them as well, where a pool stands out more; and two kinds in common are
  // enough where more members are banned than chance explains.
  std::vector<Vertex> banned{};
};

// The groups and the pools among the accounts that are in none of them; those of one operator are united, and take in
// who is as like them as a pool's members are. Groups of fewer than `least_size` accounts are
// no obstacle (data without activity has no pools): by chance some pairs of a pool share a thing or two, and those that
// a pool claims leave their group.
std::vector<Group> with_pools(const Snapshot& snapshot, const Habits& habits, std::vector<Group> groups,
                              const PoolOptions& options);

// What with_pools() does to groups that pairs made, and no more: those who ask nothing that the others ask are told
// apart, and what the members have in common is filled in. Cohesion as well.
std::vector<Group> divide_and_describe(GroupGauge& gauge, std::vector<Group> groups, const PoolOptions& options);

// The pools among `accounts` alone (ascending), which are in no group. Cost: what they touch, and what those touch who
// look like them.
std::vector<Group> pools_among(GroupGauge& gauge, std::span<const Vertex> accounts, const PoolOptions& options);

}  // namespace ringscope
