#include "engine/detect/incremental/kept.h"

#include <algorithm>
#include <unordered_map>

#include "base/error.h"
#include "engine/detect/attribute/attribute.h"
#include "engine/detect/ring/stored_rings.h"

namespace ringscope {
namespace {

bool is_decided(const Decisions& decisions, const Ring& ring) {
  if (ring.kept->decided || decisions.of_ring(ring.id) != nullptr || decisions.of_ring(ring.kept->id) != nullptr)
    return true;
  return std::ranges::any_of(ring.members,
                             [&](const Member& member) { return decisions.of_account(member.account) != nullptr; });
}

// As it was before campaigns were charged to it.
void clear_campaigns(Ring& ring) {
  ring.campaign.clear();
  ring.confidence = 0;
  ring.campaigns.clear();
  for (Member& member : ring.members) {
    member.campaign.clear();
    std::erase_if(member.reasons, is_campaign_reason);
  }
}

}  // namespace

void complete(const Store& store, std::uint64_t base, Ring& ring) {
  std::optional<Ring> whole = stored_ring(store, base, ring.kept->id);
  if (!whole) throw Error(ErrorCode::corrupt, "a ring of the last full run is gone", ring.kept->id);
  fill_members(store, *whole);
  whole->id = std::move(ring.id);
  whole->version = ring.version;
  whole->parents = std::move(ring.parents);
  whole->ban_waves = std::move(ring.ban_waves);
  whole->succeeds = std::move(ring.succeeds);
  std::unordered_map<KeyHash, Member*> found;
  for (Member& member : ring.members) found.emplace(member.account, &member);
  for (Member& member : whole->members) member.replaces = std::move(found.at(member.account)->replaces);
  ring = std::move(*whole);
}

void complete_decided(const Store& store, std::uint64_t base, const Decisions& decisions, std::vector<Ring>& rings) {
  for (Ring& ring : rings) {
    if (ring.kept && is_decided(decisions, ring)) complete(store, base, ring);
  }
}

void complete_changed(const Store& store, std::uint64_t base, std::vector<Ring>& rings) {
  for (Ring& ring : rings) {
    if (ring.kept && (!ring.kept->same || successions_hash(ring) != ring.kept->successions))
      complete(store, base, ring);
  }
}

void attribute_again(const Store& store, std::uint64_t base, const Setup& setup, const Snapshot& snapshot,
                     std::vector<Ring>& rings) {
  if (store.indicators().empty()) return;
  const AttributeOptions options{.systems = &setup.lists.systems(), .threads = setup.config.threads};
  const auto complete_if = [&](const auto& wanted) {
    for (Ring& ring : rings) {
      if (ring.kept && wanted(ring)) complete(store, base, ring);
    }
    for (Ring& ring : rings) clear_campaigns(ring);
  };
  complete_if([](const Ring& ring) { return ring.kept->attributed; });
  attribute_rings(store, snapshot, options, rings);
  // What is said of members names them.
  const auto is_listed = [](const Ring& ring) { return !ring.campaigns.empty(); };
  if (std::ranges::none_of(rings, [&](const Ring& ring) { return ring.kept && is_listed(ring); })) return;
  complete_if(is_listed);
  attribute_rings(store, snapshot, options, rings);
}

}  // namespace ringscope
