#include "engine/ask/score/cleared_since.h"

#include <algorithm>
#include <set>

#include "engine/detect/ring/ring_json.h"

namespace ringscope {

ClearedSince::ClearedSince(const Store& store, const RunSummary& run, const Decisions& now, std::uint64_t known,
                           const LayerOf& layer_of) {
  const std::vector<Verdict>& log = now.verdicts();
  if (log.size() <= known) return;
  const Decisions then({log.begin(), log.begin() + static_cast<std::ptrdiff_t>(known)});
  std::size_t followed = 0;
  for (const KeyHash account : now.accounts_unlike(then)) {
    const bool cleared = now.is_cleared(account);
    if (cleared == then.is_cleared(account)) continue;
    if (++followed > kMostClearedSince) break;
    const auto member = store.find_member(run.run, account);
    std::set<VertexKey> things;
    for (const Cell& cell : store.cells_of(account, run.window)) things.insert(cell.entity);
    for (const VertexKey& thing : things) {
      const auto layer = layer_of(thing.kind);
      if (!layer) continue;
      Change& change = things_[{*layer, thing.hash}];
      change.cleared += cleared ? 1 : -1;
      if (cleared && member) change.spoke.push_back({member->ring, member_from_json(member->payload).tier});
    }
  }
}

void ClearedSince::correct(std::size_t layer, std::uint64_t thing, const IndexHead& head, const IdOf& id_of,
                           IndexedValue& value, std::uint32_t& cleared) const {
  const auto at = things_.find({layer, thing});
  if (at == things_.end()) return;
  const std::int64_t now = std::int64_t{cleared} + at->second.cleared;
  cleared = static_cast<std::uint32_t>(std::clamp<std::int64_t>(now, 0, value.accounts));
  for (const Spoke& one : at->second.spoke) {
    const auto posting =
        std::ranges::find_if(value.postings, [&](const Posting& of_ring) { return id_of(of_ring.ring) == one.ring; });
    if (posting == value.postings.end() || one.tier < std::min(head.rings[posting->ring].tier, Tier::review)) continue;
    if (--posting->members == 0) value.postings.erase(posting);
  }
}

}  // namespace ringscope
