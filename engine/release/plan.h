// What a release would tell machines now, and what the guards say of it: nothing is written.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "engine/config.h"
#include "engine/ledger/feed_event.h"
#include "engine/release/journal.h"

namespace ringscope {

// Accounts that would be banned, by something that is known of them.
struct ReleaseShare {
  std::string name;
  std::uint64_t accounts = 0;
};

// An account that would be banned but for the allow-list.
struct BlockedAccount {
  KeyHash account = 0;
  std::string name;
  std::string ring;
  std::uint64_t entry = 0;  // of the journal
  std::string why;          // "ip 203.0.113.7 is spared until 2027-01-01: our own office (owner bob)"
};

// A guard that says no.
struct GuardRefusal {
  std::string guard;  // "kill_switch", "most_accounts", "most_share", "most_multiple", "daily_accounts", "daily_share"
  std::string message;
  bool may_override = true;  // by two persons with a reason; the kill switch is to be taken off instead
};

struct ReleasePlan {
  std::uint64_t run = 0;
  std::uint64_t active = 0;  // accounts that the run looked at
  bool shadow = false;
  double rollout = 1;
  std::vector<ActionEvent> bans;    // of accounts at ban that machines were not told of, ascending by account
  std::vector<ActionEvent> unbans;  // of accounts that they were told of and that are not at ban any more
  std::vector<BlockedAccount> blocked;
  std::uint64_t held_back = 0;  // at ban, and outside the share that is rolled out
  std::uint64_t banned = 0;     // that machines were told of until now
  std::string digest;           // of all that would be told: 16 hex digits
  // Of the bans; most accounts first, at most 20. An account may be of several systems and countries.
  std::vector<ReleaseShare> rings, plans, ages, systems, countries, honest;
  std::vector<std::uint64_t> lapsed;   // entries of the allow-list that have ended
  std::vector<GuardRefusal> refusals;  // empty: it may go
};

// Of the latest run, as verdicts make it. Throws Error not_found when there is none; config, input as Spared does.
// O(members of the run + things of the accounts that would be banned).
ReleasePlan plan_release(const Store& store, const Config& config, const Journal& journal, Seconds now);

// Whether machines may act on the account at this share: always the same accounts, more of them with a larger share.
bool is_rolled_out(KeyHash account, double share);

// Schema "ringscope.release-plan/1", one line: counts, shares, refusals, the first `listed` accounts of each list.
std::string plan_to_json(const ReleasePlan& plan, const Store& store, std::size_t listed);

}  // namespace ringscope
