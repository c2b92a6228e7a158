// Accounts that touch a ring which people confirmed, and which no pair test would have brought there.
//
// The ordinary cut is strict because its prior is low: that two accounts of a whole population are one operator's.
// Beside accounts that people looked at and confirmed it is higher, and fewer bits do.
//
// Prior    of a ring with C confirmed accounts, kHiddenPart * C more are thought to be still hidden among the N of the
//          window: odds of kHiddenPart * C / N that a given account is one of them. A guess: of the rings
//          that detection finds it leaves out few. At one hidden for each one known, addresses that honest accounts
//          share with a ring's proxies drew in 55 strangers for one member (docs/decisions/0013).
// Sharing  of the confirmed, c have a thing that the account has, too. Were it of the ring, it would have it with a
//          chance of c / C. As a stranger it has it by the null of every pair: by the number of strangers on the thing
//          (kUnseenStrangers more than were seen) over N, in proportion to its own number of such things. The log2 of
//          their ratio are the bits of the thing; of each kind the best thing counts, for those of one kind come in
//          bundles. So a card that three confirmed accounts and nobody else have says much, and an address that two of
//          them were behind among forty strangers says nothing.
// Joins    who has posterior odds of `odds` or more: log2(odds * N / (kHiddenPart * C)) bits, the fewer the more of the
//          ring is known. Of those who join so one in odds + 1 is expected to be a stranger. So at review at most: the
//          word of a person about others makes no machine act.
// Not so   by a thing that only one confirmed account has (its family's, or lent); by hubs and listed things, by things
// on which a crowd meets besides the ring's members (crowd.h: a NAT, an
//          office, …), by what the cleared have in the measure of clearing.h; nor accounts that were cleared, or that
//          are in a group already.
// Cost     the things of the confirmed accounts, their users, and the things of those.
// Source   naive Bayes over kinds, as for the members of pools; that a family of tests with a higher share of true ones
//          deserves a cut of its own: Efron, Annals of Applied Statistics 2:197 (2008).
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "engine/detect/project/cluster.h"
#include "engine/detect/project/weigh.h"
#include "engine/detect/ring/verdict.h"
#include "engine/load/habits.h"

namespace ringscope {

inline constexpr double kHiddenPart = 0.05;       // of a ring that people confirmed, still hidden for each one known
inline constexpr double kUnseenStrangers = 0.25;  // on a thing, besides those who were seen on it
inline constexpr double kMostOfSeeding = 0.9;     // score of who joins so: below every ban

struct SeedOptions {
  double odds = 10;  // that the account is of the ring; 0: nobody joins
};

// An account that joins a group so.
struct Seed {
  Vertex account = 0;
  Vertex thing = 0;             // of what it shares with confirmed members, the thing worth most; ties to the smaller
  std::uint32_t confirmed = 0;  // members on it
  std::uint32_t things = 0;     // shared with confirmed members in all
  float bits = 0;               // of all kinds
  float needed = 0;
  float cohesion = 0;  // share of its bits that it shares inside the group
  float odds = 0;      // log2, that it is of the ring
  friend bool operator==(const Seed&, const Seed&) = default;
};
// The probability that it is of the ring, as far as a score goes.
double score_of(const Seed& seed);

// By group, whose members are given, ascending; of each ascending by account; empty where nobody is confirmed.
// `weights` lowered by clearings (clearing.h). An account that touches several goes to that of the best odds, ties to
// the first.
std::vector<std::vector<Seed>> seed_groups(const Snapshot& snapshot, const Habits& habits, const Weights& weights,
                                           const Decisions& decisions,
                                           const std::vector<std::span<const Vertex>>& groups,
                                           const SeedOptions& options);

// The group with who joins it; their cohesion and likeness are not among those of the members.
std::vector<Vertex> with_seeds(std::span<const Vertex> members, const std::vector<Seed>& seeds);

}  // namespace ringscope
