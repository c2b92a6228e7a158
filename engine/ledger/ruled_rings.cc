#include "engine/ledger/ruled_rings.h"

#include "engine/detect/ring/overrule.h"
#include "engine/detect/ring/ring_json.h"
#include "engine/detect/ring/stored_rings.h"

namespace ringscope {

RuledRings::RuledRings(const Store& store, const Decisions& decisions, std::uint64_t run)
    : store_(store), decisions_(decisions), run_(run) {
  // Of a ring that was carried only those count that still are confirmed, and an account asked for here is.
  for (Ring& ring : carried_rings(store, decisions, run,
                                  {[&](KeyHash account) { return store_.find_place(run_, account).has_value(); },
                                   [&](const std::string& id) { return found(id).has_value(); }}))
    carried_.emplace(ring.id, std::move(ring));
}

std::vector<std::string> RuledRings::carried() const {
  std::vector<std::string> ids;
  for (const auto& [id, ring] : carried_) ids.push_back(id);
  return ids;
}

std::optional<Ring> RuledRings::ring(const std::string& id, std::vector<Member> members) const {
  std::optional<Ring> ring = found(id, std::move(members));
  if (!ring) {
    const auto carried = carried_.find(id);
    if (carried == carried_.end()) return std::nullopt;
    ring = carried->second;
  }
  overrule(decisions_, *ring);
  return ring;
}

std::optional<Ring> RuledRings::found(const std::string& id, std::vector<Member> members) const {
  const auto stored = store_.find_ring(run_, id, Reading::once);
  if (!stored) return std::nullopt;
  Ring ring = ring_head_from_json(stored->payload, std::move(members));
  fill_members(store_, ring, Reading::once);
  if (ring.carried) std::erase_if(ring.members, [&](const Member& m) { return !decisions_.is_confirmed(m.account); });
  return ring.members.empty() ? std::nullopt : std::optional(std::move(ring));
}

}  // namespace ringscope
