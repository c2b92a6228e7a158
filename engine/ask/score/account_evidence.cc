#include "engine/ask/score/account_evidence.h"

#include <algorithm>
#include <limits>
#include <tuple>

namespace ringscope {
namespace {

constexpr float kSupport = 2;  // bits by which a kind speaks for an account
constexpr double kDraws = 6;   // of all its hours, and of all its capabilities, so many count
constexpr std::size_t kMostText = 128;
constexpr float kRounding = 1e-3F;  // bits, of sums in another order

// Layers of one kind tell one story, so the best of them counts, be it one that the account has nothing of.
void fold_kinds(const IndexHead& head, std::span<const float> by_layer, std::span<float> by_kind) {
  constexpr float kNone = -std::numeric_limits<float>::infinity();
  std::fill(by_kind.begin(), by_kind.end(), kNone);
  for (std::size_t k = 0; k < head.layers.size(); ++k) {
    const IndexLayer& layer = head.layers[k];
    if (layer.weight <= 0) continue;
    float& best = by_kind[layer.kind];
    best = std::max(best, layer.weight * std::min(layer.most_bits, by_layer[k]));
  }
  std::replace(by_kind.begin(), by_kind.end(), kNone, 0.0F);
}

// Sums up; the ring is the caller's to fill in.
RingMatch support_of(const IndexHead& head, std::span<const float> by_kind) {
  RingMatch match;
  for (std::size_t f = 0; f < by_kind.size(); ++f) {
    match.bits += static_cast<double>(by_kind[f]);
    if (head.kinds[f].habit || by_kind[f] < kSupport) continue;
    ++match.kinds;
    match.tangible += head.kinds[f].tangible ? 1 : 0;
  }
  return match;
}

}  // namespace

// One pass over what is known, not a search and a shift for each ring.
void AccountEvidence::add_postings(std::uint32_t layer, const HeldValue& value) {
  const std::uint32_t cut = value.cut ? 1 : 0;
  const auto key = [](const Sum& sum) { return std::pair(sum.ring, sum.layer); };
  const std::size_t known = sums_.size();
  std::size_t at = 0;
  for (std::size_t i = 0; i < value.postings.size(); ++i) {
    const std::uint32_t ring = value.postings[i].ring;
    while (at < known && key(sums_[at]) < std::pair(ring, layer)) ++at;
    if (at < known && key(sums_[at]) == std::pair(ring, layer)) {
      ++sums_[at].values;
      sums_[at].cut += cut;
      sums_[at].bits += value.bits[i];
    } else {
      sums_.push_back({ring, layer, 1, cut, value.bits[i]});
    }
  }
  std::inplace_merge(sums_.begin(), sums_.begin() + static_cast<std::ptrdiff_t>(known), sums_.end(),
                     [&](const Sum& a, const Sum& b) { return key(a) < key(b); });
}

void AccountEvidence::look_up(RingIndex& index, const Touch& touch, std::string_view text) {
  if (layers_.size() <= touch.layer) layers_.resize(index.head().layers.size());
  LayerCount& layer = layers_[touch.layer];
  ++layer.values;
  const HeldValue* const value = index.find(touch.layer, touch.value);
  if (value == nullptr) return;
  layer.cut += value->cut ? 1 : 0;
  add_postings(touch.layer, *value);
  if (named_.size() < kMostNamed || !value->seeds.empty())
    named_.push_back({touch.layer, touch.value, std::string(text.substr(0, kMostText))});
}

void AccountEvidence::touch(RingIndex& index, std::size_t layer, std::uint64_t value, std::string_view text) {
  if (touches_.size() >= kMostTouches) return;
  const Touch touch{static_cast<std::uint32_t>(layer), value};
  const auto at = std::lower_bound(touches_.begin(), touches_.end(), touch);
  if (at != touches_.end() && *at == touch) return;
  touches_.insert(at, touch);
  look_up(index, touch, text);
}

void AccountEvidence::count(std::size_t layer, std::uint64_t value, double n) {
  for (Counted& known : counted_) {
    if (known.layer == layer && known.value == value) {
      known.n += n;
      return;
    }
  }
  if (counted_.size() < kMostTouches) counted_.push_back({layer, value, n});
}

AccountEvidence::Scratch AccountEvidence::scratch_for(const IndexHead& head) const {
  Scratch scratch{std::vector<float>(head.layers.size()), std::vector<float>(head.kinds.size()),
                  std::vector<double>(head.layers.size(), 0)};
  for (const Counted& one : counted_) scratch.counted[one.layer] += one.n;
  return scratch;
}

// `sums` are those of the ring: what it touches of the account's values; of the rest it touches nothing.
void AccountEvidence::add_values(const IndexRing& ring, std::span<const Sum> sums, Scratch& scratch) const {
  for (std::size_t k = 0; k < scratch.by_layer.size(); ++k)
    scratch.by_layer[k] =
        k < layers_.size() ? static_cast<float>(layers_[k].values - layers_[k].cut) * ring.others[k] : 0;
  for (const Sum& sum : sums)
    scratch.by_layer[sum.layer] += sum.bits - static_cast<float>(sum.values - sum.cut) * ring.others[sum.layer];
}

// As the likeness model counts them: the shares of a few draws.
void AccountEvidence::add_habits(const IndexRing& ring, Scratch& scratch) const {
  for (const Counted& one : counted_) {
    if (ring.amounts[one.layer] <= 0) continue;
    const auto& ratios = ring.habits[one.layer];
    const auto at = std::lower_bound(ratios.begin(), ratios.end(), one.value,
                                     [](const auto& entry, std::uint64_t value) { return entry.first < value; });
    const double ratio = at != ratios.end() && at->first == one.value ? static_cast<double>(at->second) : 0.0;
    const double all = scratch.counted[one.layer];
    scratch.by_layer[one.layer] += static_cast<float>(one.n / all * std::min(all, kDraws) * mixture_bits(ratio));
  }
}

std::size_t AccountEvidence::end_of_ring(std::size_t begin) const {
  std::size_t end = begin;
  while (end < sums_.size() && sums_[end].ring == sums_[begin].ring) ++end;
  return end;
}

// Can a kind of a ring's speak for the account? What it touches besides, and the ring does not, only takes away. Most
// rings are asked for one popular value, and fall here, before anything of the ring is read.
bool AccountEvidence::may_match(const IndexHead& head, std::span<const Sum> sums) {
  return std::ranges::any_of(sums, [&](const Sum& sum) {
    const IndexLayer& layer = head.layers[sum.layer];
    return !head.kinds[layer.kind].habit && layer.weight * std::min(layer.most_bits, sum.bits) >= kSupport - kRounding;
  });
}

// Of one ring, by its sums.
std::optional<RingMatch> AccountEvidence::match_by(const IndexHead& head, std::span<const Sum> sums,
                                                   Scratch& scratch) const {
  if (!may_match(head, sums)) return std::nullopt;
  const IndexRing& ring = head.rings[sums.front().ring];
  add_values(ring, sums, scratch);
  fold_kinds(head, scratch.by_layer, scratch.by_kind);
  if (support_of(head, scratch.by_kind).kinds == 0) return std::nullopt;  // habits are no support
  add_habits(ring, scratch);
  fold_kinds(head, scratch.by_layer, scratch.by_kind);
  RingMatch match = support_of(head, scratch.by_kind);
  match.ring = sums.front().ring;
  return match;
}

std::vector<RingMatch> AccountEvidence::matches(const RingIndex& index) const {
  const IndexHead& head = index.head();
  std::vector<RingMatch> result;
  Scratch scratch = scratch_for(head);
  for (std::size_t begin = 0, end = 0; begin < sums_.size(); begin = end) {
    end = end_of_ring(begin);
    if (const auto match = match_by(head, std::span(sums_).subspan(begin, end - begin), scratch))
      result.push_back(*match);
  }
  return result;
}

std::vector<std::uint32_t> AccountEvidence::candidates(const RingIndex& index) const {
  std::vector<std::uint32_t> rings;
  for (std::size_t begin = 0, end = 0; begin < sums_.size(); begin = end) {
    end = end_of_ring(begin);
    if (may_match(index.head(), std::span(sums_).subspan(begin, end - begin))) rings.push_back(sums_[begin].ring);
  }
  return rings;
}

std::span<const AccountEvidence::Sum> AccountEvidence::sums_of(std::uint32_t ring) const {
  const auto at = std::lower_bound(sums_.begin(), sums_.end(), ring,
                                   [](const Sum& sum, std::uint32_t number) { return sum.ring < number; });
  if (at == sums_.end() || at->ring != ring) return {};
  const auto begin = static_cast<std::size_t>(at - sums_.begin());
  return std::span(sums_).subspan(begin, end_of_ring(begin) - begin);
}

std::optional<RingMatch> AccountEvidence::match_of(const RingIndex& index, std::uint32_t ring) const {
  const std::span<const Sum> sums = sums_of(ring);
  if (sums.empty()) return std::nullopt;
  Scratch scratch = scratch_for(index.head());
  return match_by(index.head(), sums, scratch);
}

std::vector<float> AccountEvidence::bits_by_kind(const RingIndex& index, std::uint32_t ring) const {
  const IndexHead& head = index.head();
  Scratch scratch = scratch_for(head);
  add_values(head.rings[ring], sums_of(ring), scratch);
  add_habits(head.rings[ring], scratch);
  fold_kinds(head, scratch.by_layer, scratch.by_kind);
  return scratch.by_kind;
}

void AccountEvidence::move_to(const RingIndex& old_index, RingIndex& index) {
  AccountEvidence moved;
  const auto layer_now = [&](std::size_t layer) { return index.layer_of(old_index.head().layers[layer].name); };
  for (const Touch& touch : touches_) {
    const auto layer = layer_now(touch.layer);
    if (!layer) continue;
    const auto name = std::find_if(named_.begin(), named_.end(), [&](const NamedValue& one) {
      return one.layer == touch.layer && one.value == touch.value;
    });
    moved.touch(index, *layer, touch.value, name == named_.end() ? std::string_view() : std::string_view(name->text));
  }
  for (const Counted& one : counted_) {
    if (const auto layer = layer_now(one.layer)) moved.count(*layer, one.value, one.n);
  }
  *this = std::move(moved);
}

std::size_t AccountEvidence::bytes() const {
  std::size_t bytes = touches_.capacity() * sizeof(Touch) + layers_.capacity() * sizeof(LayerCount) +
                      sums_.capacity() * sizeof(Sum) + counted_.capacity() * sizeof(Counted) +
                      named_.capacity() * sizeof(NamedValue);
  for (const NamedValue& one : named_) bytes += one.text.capacity();
  return bytes;
}

}  // namespace ringscope
