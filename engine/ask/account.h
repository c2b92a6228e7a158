// All that the store knows of one account.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "engine/ask/decisions_on.h"
#include "engine/ask/expel.h"
#include "engine/ask/overlap.h"
#include "engine/ask/why_not.h"
#include "engine/detect/ring/ring.h"
#include "storage/store.h"

namespace ringscope {

struct AccountEntity {
  std::string kind;
  std::string value;
  VertexKey entity;
  std::uint64_t count = 0;  // sightings
  std::uint32_t days = 0;   // distinct days
  Seconds first = kNoTime;
  Seconds last = kNoTime;
  std::uint32_t accounts = 0;  // that share it, in the latest run's window; 0: no run has seen it
  double bits = 0;             // what sharing it is worth in the latest run; 0: nothing (a hub, or nobody shares it)
  std::optional<ThingVerdict> verdict;  // of the latest run; nothing: there is none, or it did not keep its tests
  double trust = 0;                     // of the uncorroborated: share of its pairs that other kinds corroborate
  std::uint32_t cleared = 0;            // of the accounts, those that people had cleared: they lower the bits
};

struct ActivitySummary {
  std::uint64_t requests = 0;
  std::uint64_t tokens_in = 0;
  std::uint64_t tokens_out = 0;
  std::uint64_t templated = 0;
  std::uint32_t active_days = 0;
  Seconds first_day = kNoTime;  // start of the first and of the last active day
  Seconds last_day = kNoTime;
  std::array<std::uint64_t, 24> hours{};                     // requests by UTC hour
  std::vector<std::pair<std::string, double>> capabilities;  // share of requests, descending
  std::vector<std::pair<std::string, double>> models;
};

struct RingMembership {
  std::string ring;
  Tier ring_tier = Tier::watch;
  std::uint64_t ring_size = 0;
  Member member;
};

struct AccountPage {
  std::string account;
  KeyHash key = 0;
  AccountFacts facts;
  ActivitySummary activity;
  std::optional<Extraction> extraction;  // of its activity in the latest run's window; nothing: no run, no activity
  std::vector<AccountEntity> entities;   // by bits, then sightings, descending, then by kind and value
  std::optional<RingMembership> ring;    // in the latest run; nothing: in no ring
  std::uint64_t run = 0;                 // the latest run; 0: no detection yet
  std::optional<AccountWhyNot> why_not;  // of an account in no ring, or in one that is only watched
  std::optional<Expulsion> expulsion;    // of a member
  std::vector<DecisionOn> decisions{};   // on it or on a ring that it was in, in order of time
  AccountOverlap overlap{};              // its shares in rings and campaigns
};

// O(things and links of the account), for a member O(members of its ring) besides. Throws Error not_found when the
// store has never seen the account.
AccountPage account_page(const Store& store, std::string_view account);
// The same for whoever asks often: the latest run as asked_run() read it, and its view_of(), which may be null.
AccountPage account_page(const Store& store, std::string_view account, const RunSummary& run, const RunView* view,
                         const Checkpoint& check = {});
// Schema "ringscope.account/1", one line.
std::string account_to_json(const AccountPage& page);

// The account's key. Throws Error not_found, with a hint, when the store has never seen it.
KeyHash require_account(const Store& store, std::string_view account);
// What the account was seen with, in all time, with what the run (number 0: none) knew of it; ordered as in
// AccountPage. O(things), one look-up each.
std::vector<AccountEntity> entities_of(const Store& store, KeyHash account, const RunSummary& run);

}  // namespace ringscope
