#include "engine/ask/known_rings.h"

#include <algorithm>
#include <functional>
#include <optional>

namespace ringscope {

void KnownRings::put_in_order() {
  const auto place = [](const Known& one) {
    return place_in_list(one.hit.tier, one.score, one.hit.size, one.hit.ring);
  };
  if (!std::ranges::is_sorted(rings_, {}, place)) std::ranges::sort(rings_, {}, place);
}

const HitRing* KnownRings::find(std::string_view id) const {
  std::call_once(made_, [&] {
    by_id_.reserve(rings_.size());
    for (const Known& one : rings_) by_id_.emplace(one.hit.ring, &one.hit);
  });
  const auto at = by_id_.find(id);
  return at == by_id_.end() ? nullptr : at->second;
}

ThingRings::ThingRings(const Store& store, std::uint64_t run, const KnownRings& known)
    : store_(store), run_(run), known_(known) {
  const auto head = run == 0 ? std::nullopt : store.find_index(run, index_head_key());
  if (head) head_ = decode_index_head(*head);
}

std::vector<HitRing> ThingRings::of(const std::string& kind, KeyHash value, std::size_t most) const {
  const auto layer = std::ranges::find(head_.layers, kind, &IndexLayer::name);
  if (layer == head_.layers.end()) return {};
  const auto at = static_cast<std::size_t>(layer - head_.layers.begin());
  const auto bytes = store_.find_index(run_, index_value_key(at, value));
  if (!bytes) return {};
  std::vector<Posting> postings = decode_indexed_value(*bytes).postings;
  std::ranges::stable_sort(postings, std::greater<>(), &Posting::members);
  if (postings.size() > most) postings.resize(most);
  std::vector<HitRing> rings;
  for (const Posting& posting : postings) {
    const auto place = store_.find_place(run_, head_.rings.at(posting.ring).member);
    const HitRing* const ring = place ? known_.find(*place) : nullptr;
    if (ring == nullptr) continue;
    rings.push_back(*ring);
    rings.back().members = posting.members;
  }
  return rings;
}

}  // namespace ringscope
