// Rings of a run -> the rings that they were before: ids that last, versions, and what happened.
//
// Input    where every ring stood before the run, and the rings of the run, whose members are disjoint.
// Output   an id, a version and the parents of each ring of the run, in their order; the events, retired rings first,
//          then by id; the standings that changed.
// Units    overlap in accounts, and in days that these were in the ring before. Two rings are recognised in each other
//          when they share at least kLeastShared accounts and at least one in kLeastPart of the smaller; of those whom
//          a ring could be, days decide.
// Errors   internal: an account in two rings of the run.
// Cost     O(members log members) of all rings that ever were, and an assignment: a ring of the run before has no more
//          than kLeastPart partners that are as large as itself, and so has a ring of the run among those.
// Same     whatever the order of the rings given: ties go to the live ring, to the older one (run of birth, then id),
// then
//          to the ring of the smaller account key.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "engine/ledger/ring_event.h"

namespace ringscope {

inline constexpr std::uint64_t kLeastShared = 2;  // one account may wander; a pair is the least that is a ring
inline constexpr std::uint64_t kLeastPart = 3;
inline constexpr std::uint64_t kLiveWeight = 2;  // a day in a ring of the run before counts as two in a retired one

struct NewRing {
  std::string id;  // that its content gives it; taken when it is born, unless a ring ever had it
  Tier tier = Tier::watch;
  std::vector<LedgerMember> members;  // ascending by account, at least one
};

struct Reconciliation {
  struct Identity {
    std::string id;
    std::uint32_t version = 1;
    std::vector<std::string> parents;
  };
  std::vector<Identity> identities;  // of the rings of the run
  std::vector<RingEvent> events;     // without their numbers
  std::vector<Standing> standings;   // those that an event led to, in the order of the events and without their numbers
};

// `others`: ids of further rings before, which nothing happened to and none of `rings` has an account of.
Reconciliation reconcile(std::span<const Standing> before, std::span<const NewRing> rings, std::uint64_t run, Day day,
                         std::span<const std::string> others = {});

}  // namespace ringscope
