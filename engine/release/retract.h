// Undo: what machines were told of a ring or an account is taken back, and those who were wronged are remembered.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "engine/detect/ring/verdict.h"
#include "engine/ledger/feed_event.h"
#include "storage/store.h"

namespace ringscope {

struct RetractRequest {
  std::string target;    // a ring's id or its beginning, or an account
  bool account = false;  // it is an account, whatever it looks like
  std::string by;
  std::string reason;
  Seconds now = kNoTime;
};

struct Retraction {
  Verdict verdict;                            // "reject", of all that were in the ring or were told to be banned for it
  std::uint64_t unbanned = 0;                 // accounts that machines are told of
  std::uint64_t kept = 0;                     // that stay banned: a verdict of their own confirms them
  std::uint64_t first_seq = 0, last_seq = 0;  // of all events that it led to
};

// One durable step: a verdict that stands at once, however large the ring, what follows from it for rings, and an unban
// for every ban that it cancels. Also of rings that are in no run any more. Throws Error usage without a name or a
// reason; not_found.
Retraction retract(Store& store, const RetractRequest& request);

// Schema "ringscope.retraction/1", one line.
std::string retraction_to_json(const Retraction& retraction);

// A ban that people took back: a negative label, and a case that no later detection may get wrong again.
struct OverturnedBan {
  std::string account;
  std::string ring;
  std::uint64_t run = 0;  // the latest when it was taken back
  std::uint64_t verdict = 0;
  std::string by, reason;
  std::string engine_tier;  // what the latest run says of it by itself; empty: in no ring
  double engine_score = 0;
  bool banned_again = false;  // the engine alone would ban it
};

// All of them, ascending by name. O(accounts that machines were told of + members of the latest run).
std::vector<OverturnedBan> overturned_bans(const Store& store);
// Schema "ringscope.overturned/1", one line.
std::string overturned_to_json(const OverturnedBan& ban);

}  // namespace ringscope
