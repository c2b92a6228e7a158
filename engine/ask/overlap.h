// Accounts that have to do with several rings or campaigns, and rings that several have to do with: pools with two
// tenants.
//
// An account's share in a ring: bits of its links to members of that ring, over those of its links to members of any,
// its own links in the run's graph. Its share in a campaign: the weight of the indicators of that campaign which it
// touches, over those of all its ring's campaigns; if it touches none, the campaigns' shares in the ring. Shares sum to
// one.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "engine/detect/index/shared_rings.h"
#include "engine/detect/ring/ring.h"
#include "storage/store.h"

namespace ringscope {

struct AccountOverlap {
  std::vector<Share> rings;      // largest first; empty: linked to no ring's member and in none
  std::vector<Share> campaigns;  // … empty: its ring is of no campaign
};

// `own`: the account's ring with its members' keys; null: it is in none. `things`: what the account touches, kind and
// value. O(links of the account and members of its ring), a look-up for each that is linked from elsewhere. Throws
// Error corrupt, io.
AccountOverlap account_overlap(const Store& store, std::uint64_t run, KeyHash account, const Ring* own,
                               const std::vector<std::pair<std::string, std::string>>& things);

struct RingOverlap {
  std::string ring;
  std::uint64_t run = 0;
  std::uint64_t looked_at = 0;    // members: all, or kMostLookedAt at even steps
  std::vector<SharedRing> rings;  // most accounts first
  std::vector<Share> tenants;     // campaigns by accounts charged to them, largest first; weight: those accounts
};

// Of a large ring as the run kept it: one look-up. Else O(links of the members looked at), a look-up each. `ring` with
// members.
RingOverlap ring_overlap(const Store& store, const Ring& ring);
// Schema "ringscope.ring-overlap/1", one line.
std::string overlap_to_json(const RingOverlap& overlap);

}  // namespace ringscope
