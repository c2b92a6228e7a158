#include "engine/ask/overlap.h"

#include <algorithm>
#include <map>
#include <set>
#include <unordered_set>

#include "engine/ask/ring_shares.h"
#include "engine/ask/shares_json.h"

namespace ringscope {
namespace {

// Largest first, then by name; over their sum.
std::vector<Share> shares_of(const std::map<std::string, double>& weights) {
  double sum = 0;
  for (const auto& [of, weight] : weights) sum += weight;
  std::vector<Share> shares;
  for (const auto& [of, weight] : weights) {
    if (weight > 0) shares.push_back({of, weight / sum, weight});
  }
  std::ranges::stable_sort(shares, std::greater<>(), &Share::share);
  return shares;
}

std::vector<Share> tenants_of(const Ring& ring) {
  std::map<std::string, double> charged;
  for (const CampaignMatch& one : ring.campaigns) charged[one.campaign] = one.accounts;
  return shares_of(charged);
}

std::vector<Share> campaign_shares(const Ring& ring, const std::string& name,
                                   const std::vector<std::pair<std::string, std::string>>& things) {
  const std::set<std::pair<std::string, std::string>> touched(things.begin(), things.end());
  std::map<std::string, double> weights;
  for (const CampaignMatch& campaign : ring.campaigns) {
    for (const MatchedIndicator& one : campaign.indicators) {
      const bool listed = std::ranges::find(one.members, name) != one.members.end();
      if (listed || touched.contains({one.kind, one.value})) weights[campaign.campaign] += one.weight;
    }
  }
  if (!weights.empty()) return shares_of(weights);
  std::vector<Share> shares = tenants_of(ring);
  for (Share& one : shares) one.weight = 0;
  return shares;
}

}  // namespace

const std::string& RingShares::ring_of(KeyHash account) {
  const auto [at, fresh] = known_.try_emplace(account);
  if (fresh) at->second = store_.find_place(run_, account).value_or("");
  return at->second;
}

void RingShares::place(KeyHash account, const Ring& ring) {
  std::unordered_set<KeyHash> linked;
  for (const StoredLink& link : store_.links_of(run_, account)) linked.insert(link.other);
  for (const Member& member : ring.members) {
    if (linked.contains(member.account)) known_.try_emplace(member.account, ring.id);
  }
}

void RingShares::know(const Ring& ring) {
  for (const Member& member : ring.members) known_.try_emplace(member.account, ring.id);
}

std::vector<Share> RingShares::of(KeyHash account) {
  std::map<std::string, double> bits;
  for (const StoredLink& link : store_.links_of(run_, account)) {
    if (const std::string& ring = ring_of(link.other); !ring.empty()) bits[ring] += static_cast<double>(link.bits);
  }
  if (const std::string& own = ring_of(account); bits.empty() && !own.empty()) return {{own, 1, 0}};
  return shares_of(bits);
}

AccountOverlap account_overlap(const Store& store, std::uint64_t run, KeyHash account, const Ring* own,
                               const std::vector<std::pair<std::string, std::string>>& things) {
  AccountOverlap overlap;
  RingShares shares(store, run);
  if (own != nullptr) shares.place(account, *own);
  overlap.rings = shares.of(account);
  if (own == nullptr || own->campaigns.empty()) return overlap;
  const std::string name = store.name_of({kAccountKind, account}).value_or("");
  overlap.campaigns = campaign_shares(*own, name, things);
  return overlap;
}

RingOverlap ring_overlap(const Store& store, const Ring& ring) {
  RingOverlap overlap{.ring = ring.id, .run = ring.run, .rings = {}, .tenants = tenants_of(ring)};
  overlap.looked_at = std::min(ring.members.size(), kMostLookedAt);
  RingShares shares(store, ring.run);
  shares.know(ring);
  std::map<std::string, SharedRing> others;
  for (std::size_t i = 0; i < overlap.looked_at; ++i) {
    const Member& member = ring.members[i * ring.members.size() / overlap.looked_at];
    for (const Share& one : shares.of(member.account)) {
      if (one.of == ring.id) continue;
      SharedRing& other = others[one.of];
      other.ring = one.of;
      other.accounts += one.share;
      other.members += one.share >= kLeastShare ? 1 : 0;
    }
  }
  for (auto& [id, other] : others) overlap.rings.push_back(std::move(other));
  std::ranges::stable_sort(overlap.rings, std::greater<>(), &SharedRing::accounts);
  return overlap;
}

std::string overlap_to_json(const RingOverlap& overlap) {
  Json rings = Json::array();
  for (const SharedRing& one : overlap.rings)
    rings.push_back({{"ring", one.ring}, {"accounts", one.accounts}, {"members", one.members}});
  const Json json = {{"schema", "ringscope.ring-overlap/1"},
                     {"ring", overlap.ring},
                     {"run", overlap.run},
                     {"looked_at", overlap.looked_at},
                     {"rings", rings},
                     {"tenants", shares_json(overlap.tenants, "campaign")}};
  return dump(json);
}

}  // namespace ringscope
