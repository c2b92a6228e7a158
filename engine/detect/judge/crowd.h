// What meets on one entity: an operator's accounts, or strangers who would meet there anyway? An address of a carrier,
// an exit of a VPN, a campus, an office, a popular device, a reseller's card bind nobody, even where a ring uses them.
// Judged by those of its users who are not in the group it is evidence for, so that no ring can be its own alibi.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "engine/load/habits.h"
#include "engine/load/snapshot.h"

namespace ringscope {

// How the users outside a group use an entity. Shares are in [0, 1]; nothing: fewer than half of them tell.
struct EntityUse {
  std::size_t users = 0;              // outside the group; the rest is of an even sample of at most 256
  double churn = 0;                   // share of them who were seen on it on one day alone
  std::optional<double> own_prompts;  // of the prompts they ask, the share that is not common among them beyond chance
  std::optional<double> ages;         // entropy of their buckets of sign-up, over that of as many different ones
  std::optional<double> payers;       // distinct payments per user who has one
  std::optional<double> addresses;    // distinct addresses per user who has one
  EntityClass listed = EntityClass::none;
};

// An honest class of an entity and the probability that it is that; no name: nothing speaks for any.
struct EntityCrowd {
  std::string name{};
  double probability = 0;
};
// From here on an entity binds nobody.
inline constexpr double kCrowdBinds = 0.5;

// Users outside; of fewer nothing can be said.
inline constexpr std::size_t kLeastCrowd = 8;

// `members` ascending. O(touches of the sample · log).
EntityUse use_of(const Snapshot& snapshot, const Habits& habits, Vertex entity, std::span<const Vertex> members);

// The most probable class of an entity of the kind ("ip", "payment", …). Fewer than eight users outside, or neither
// prompts nor sign-ups known: none.
EntityCrowd classify_crowd(std::string_view kind, const EntityUse& use);

}  // namespace ringscope
