// Letting machines be told: guards, two persons, one durable step.
#pragma once

#include <cstdint>
#include <string>

#include "engine/config.h"
#include "engine/release/plan.h"

namespace ringscope {

struct ReleaseRequest {
  std::string by;
  std::string reason;          // needed to override a guard
  bool override_caps = false;  // two persons are needed then, whatever guards.persons says
  std::string digest;          // of the plan that was looked at; empty: whatever it is now
  Seconds now = kNoTime;
};

enum class ReleaseState { released, proposed, shadow, nothing };
const char* to_string(ReleaseState state);

struct ReleaseReport {
  ReleaseState state{};
  ReleasePlan plan;
  JournalEntry entry;           // that was written; of `nothing` none
  std::uint64_t first_seq = 0;  // of the events that were told; 0: none
  std::uint64_t last_seq = 0;
};

// Plans and, when no guard says no and enough persons have said the same, writes events, what holds of each account,
// and an entry of the journal in one durable step. The first of two persons leaves a proposal; the second must meet the
// same plan, by its digest, or what he says is a new proposal. In shadow mode only the journal is written.
// Throws Error refused, and then nothing is written: by a guard, or because the plan is not that of `digest`; usage
// without a name or, to override, without a reason.
ReleaseReport release(Store& store, const Config& config, const ReleaseRequest& request);

// Schema "ringscope.release/1", one line.
std::string release_to_json(const ReleaseReport& report, const Store& store);

struct GuardRequest {
  std::string by;
  std::string reason;
  Seconds now = kNoTime;
};

// The kill switch: from now on no release, no list of bans; the feed says so to consumers. Throws Error usage when it
// is so already, or without a name or a reason.
JournalEntry halt(Store& store, const GuardRequest& request);
JournalEntry resume(Store& store, const GuardRequest& request);

// `target` is an account, KIND:VALUE of a thing, or AS64500. Throws Error usage for a time that is past, an address
// that is none, an empty owner; not_found for what the store has never seen.
JournalEntry allow(Store& store, const GuardRequest& request, const std::string& target, const std::string& owner,
                   Seconds until);
// Takes entry `number` back. Throws Error not_found, usage.
JournalEntry disallow(Store& store, const GuardRequest& request, std::uint64_t number);

// Lets go of all events but the last `keep`: a cursor before them gets an answer that says where to start. What the
// ledger knows of rings stays. Throws Error usage.
JournalEntry trim_feed(Store& store, const GuardRequest& request, std::uint64_t keep);

}  // namespace ringscope
