// Whether an account is drawn in by what it shares with a ring's confirmed members: as detection draws accounts in
// (engine/detect/judge/seeding.h), for those that come after the run.
#pragma once

#include <optional>

#include "engine/ask/score/account_evidence.h"
#include "engine/detect/judge/seed_odds.h"

namespace ringscope {

struct SeedMatch {
  std::uint32_t ring = 0;  // number in IndexHead::rings
  Seed seed;               // its account and thing are of no meaning
  NamedValue thing;        // worth most
};

// Of rings that reach the odds, that of the best; nothing: none does. All users of a thing but the ring's members count
// as strangers, the account, if the run saw it there, among them. O(rings of its values).
std::optional<SeedMatch> seed_of(const AccountEvidence& evidence, RingIndex& index);

}  // namespace ringscope
