#include "engine/ask/account_evidence.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <tuple>

#include "engine/detect/clearing.h"

namespace ringscope {
namespace {

constexpr float kSupport = 2;  // bits by which a kind speaks for an account
constexpr double kDraws = 6;   // of all its hours, and of all its capabilities, so many count
constexpr std::size_t kMostText = 128;

double mixture_bits(double ratio) { return std::log2(0.5 + 0.5 * ratio); }

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

double posting_bits(const IndexHead& head, std::size_t layer, const HeldValue& value, const Posting& posting) {
  const double group = posting.members / static_cast<double>(head.rings[posting.ring].amounts[layer]);
  const double all = value.accounts / head.layers[layer].all;
  const double bits = mixture_bits(group / all);
  return bits > 0 ? bits * left_of(value.cleared, value.accounts) : bits;
}

AccountEvidence::Sum& AccountEvidence::sum_of(std::uint32_t ring, std::uint32_t layer) {
  const auto at = std::lower_bound(sums_.begin(), sums_.end(), std::pair(ring, layer),
                                   [](const Sum& sum, auto key) { return std::pair(sum.ring, sum.layer) < key; });
  if (at != sums_.end() && at->ring == ring && at->layer == layer) return *at;
  return *sums_.insert(at, {ring, layer});
}

void AccountEvidence::look_up(RingIndex& index, const Touch& touch, std::string_view text) {
  if (layers_.size() <= touch.layer) layers_.resize(index.head().layers.size());
  LayerCount& layer = layers_[touch.layer];
  ++layer.values;
  const HeldValue* const value = index.find(touch.layer, touch.value);
  if (value == nullptr) return;
  const std::uint32_t cut = value->cut ? 1 : 0;
  layer.cut += cut;
  for (const Posting& posting : value->postings) {
    Sum& sum = sum_of(posting.ring, touch.layer);
    ++sum.values;
    sum.cut += cut;
    sum.bits += static_cast<float>(posting_bits(index.head(), touch.layer, *value, posting));
  }
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

std::vector<RingMatch> AccountEvidence::matches(const RingIndex& index) const {
  const IndexHead& head = index.head();
  std::vector<RingMatch> result;
  Scratch scratch = scratch_for(head);
  for (std::size_t begin = 0, end = 0; begin < sums_.size(); begin = end) {
    end = end_of_ring(begin);
    const IndexRing& ring = head.rings[sums_[begin].ring];
    add_values(ring, std::span(sums_).subspan(begin, end - begin), scratch);
    fold_kinds(head, scratch.by_layer, scratch.by_kind);
    if (support_of(head, scratch.by_kind).kinds == 0) continue;  // habits are no support
    add_habits(ring, scratch);
    fold_kinds(head, scratch.by_layer, scratch.by_kind);
    RingMatch match = support_of(head, scratch.by_kind);
    match.ring = sums_[begin].ring;
    result.push_back(match);
  }
  return result;
}

std::vector<float> AccountEvidence::bits_by_kind(const RingIndex& index, std::uint32_t ring) const {
  const IndexHead& head = index.head();
  Scratch scratch = scratch_for(head);
  const auto at = std::lower_bound(sums_.begin(), sums_.end(), ring,
                                   [](const Sum& sum, std::uint32_t number) { return sum.ring < number; });
  const auto begin = static_cast<std::size_t>(at - sums_.begin());
  add_values(head.rings[ring], std::span(sums_).subspan(begin, end_of_ring(begin) - begin), scratch);
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
