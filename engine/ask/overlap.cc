#include "engine/ask/overlap.h"

#include <algorithm>
#include <map>
#include <set>
#include <unordered_set>

#include "engine/ask/ring_shares.h"
#include "engine/ask/shares_json.h"

namespace ringscope {
namespace {

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

namespace {

std::vector<SharedRing> count_shared(const Store& store, const Ring& ring) {
  RingShares shares(store, ring.run);
  shares.know(ring);
  SharedRings others(ring.id);
  const std::size_t members = ring.members.size();
  for (std::size_t i = 0; i < looked_at(members); ++i)
    others.add(shares.of(ring.members[place_looked_at(i, members)].account));
  return others.list();
}

}  // namespace

RingOverlap ring_overlap(const Store& store, const Ring& ring) {
  RingOverlap overlap{.ring = ring.id, .run = ring.run, .rings = {}, .tenants = tenants_of(ring)};
  overlap.looked_at = looked_at(ring.members.size());
  auto kept = stored_shared(store, ring.run, ring.id, ring.members.size());
  overlap.rings = kept ? *std::move(kept) : count_shared(store, ring);
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
