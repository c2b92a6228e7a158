#include "engine/detect/index/score_index.h"

#include <algorithm>
#include <cmath>
#include <tuple>

#include "algorithms/likeness.h"
#include "engine/detect/index/score_index_codec.h"
#include "engine/detect/project/likeness_plan.h"

namespace ringscope {
namespace {

constexpr double kLeastScore = 0.05;      // of a ring that is worth recognising
constexpr std::size_t kMostLayers = 250;  // a key has a byte for the layer

// A thing of a ring.
struct Touch {
  std::size_t layer = 0;
  std::uint64_t value = 0;
  Posting posting;
  std::uint32_t accounts = 0;  // of everybody
};

class IndexBuilder {
 public:
  IndexBuilder(const Snapshot& snapshot, const Habits& habits, const FacetConfig& facets)
      : snapshot_(snapshot),
        habits_(habits),
        plan_(likeness_plan(snapshot, habits)),
        likeness_(plan_.views, plan_.kinds.size()) {
    head_.accounts = snapshot.accounts.size();
    head_.facets = facets;
    for (const LikenessKind& kind : plan_.kinds) head_.kinds.push_back({kind.name, kind.habit, kind.tangible});
    for (std::size_t v = 0; v < plan_.views.size(); ++v) {
      first_layer_.push_back(head_.layers.size());
      for (std::size_t k = 0; k < plan_.views[v].layers.size(); ++k) add_layer(v, k);
    }
  }

  ScoreIndex build(const std::vector<Ring>& rings) {
    ScoreIndex index;
    index.numbers.assign(rings.size(), kNotIndexed);
    if (head_.layers.size() > kMostLayers) return index;
    for (std::size_t i = 0; i < rings.size(); ++i) index.numbers[i] = add_ring(rings[i], true);
    index.entries = value_entries();
    add_prompts([&](std::string key, KeyHash leader, bool asked) {
      if (asked) index.entries.push_back({std::move(key), encode_index_prompt(leader)});
    });
    index.entries.push_back({index_head_key(), encode_index_head(head_)});
    return index;
  }

  std::vector<IndexEntry> build_over(const Store& store, const std::vector<Ring>& rings, const IndexChange& change) {
    const std::optional<std::string> before = store.find_index(change.base, index_head_key());
    if (!before) return {};
    take_numbers(decode_index_head(*before), rings);
    for (std::size_t v = 0; v < plan_.views.size(); ++v) add_touches(v, change.changed[v]);
    std::vector<IndexEntry> entries = value_entries();
    drop_values(store, change, entries);
    drop_or_add_prompts(store, change, entries);
    entries.push_back({index_head_key(), encode_index_head(head_)});
    return entries;
  }

 private:
  void add_layer(std::size_t view, std::size_t k) {
    const LikenessView& from = plan_.views[view];
    const std::string& name = view == kHabitView ? habits_.layers[k] : snapshot_.layers[k].name;
    IndexLayer layer{name, static_cast<std::uint32_t>(from.layers[k].family), from.layers[k].most_bits,
                     from.layers[k].weight};
    layer.kept_with_ring = name == "capability" || name == "hour";
    if (const Vertex first = from.graph.layer_begin(k); first < from.graph.layer_end(k))
      layer.all = likeness_.amounts_on(view, first).layer_all;
    head_.layers.push_back(std::move(layer));
  }

  std::vector<Vertex> speakers_of(const Ring& ring) const {
    const Tier least = std::min(ring.tier, Tier::review);
    std::vector<Vertex> speakers;
    for (const Member& member : ring.members) {
      const auto at = std::lower_bound(snapshot_.accounts.begin(), snapshot_.accounts.end(), member.account);
      if (member.seeded) continue;  // what it shares made it one: no evidence of the ring
      if (member.tier >= least && at != snapshot_.accounts.end() && *at == member.account)
        speakers.push_back(static_cast<Vertex>(at - snapshot_.accounts.begin()));
    }
    std::sort(speakers.begin(), speakers.end());
    return speakers;
  }

  // Its number; kNotIndexed when it is left out.
  std::uint32_t add_ring(const Ring& ring, bool touches) {
    if (ring.score < kLeastScore) return kNotIndexed;
    const std::vector<Vertex> speakers = speakers_of(ring);
    if (speakers.empty()) return kNotIndexed;
    const std::size_t layers = head_.layers.size();
    IndexRing entry{snapshot_.accounts[speakers.front()], ring.tier, static_cast<float>(ring.score),
                    static_cast<std::uint32_t>(ring.members.size())};
    entry.amounts.assign(layers, 0);
    entry.others.assign(layers, 0);
    entry.habits.resize(layers);
    std::vector<double> single(layers, 0), touched(layers, 0);  // amounts: on what one member touches; of everybody
    likeness_.set_group(speakers);
    for (std::size_t v = 0; v < plan_.views.size(); ++v) {
      for (const Vertex r : likeness_.touched(v)) add_touch(v, r, touches, entry, single, touched);
    }
    for (std::size_t k = 0; k < layers; ++k) entry.others[k] = others_bits(entry, k, single[k], touched[k]);
    head_.rings.push_back(std::move(entry));
    return static_cast<std::uint32_t>(head_.rings.size() - 1);
  }

  void add_touch(std::size_t view, Vertex r, bool touches, IndexRing& entry, std::vector<double>& single,
                 std::vector<double>& touched) {
    const Likeness::Amounts amounts = likeness_.amounts_on(view, r);
    const std::size_t layer = first_layer_[view] + likeness_.layer_of(view, r);
    const std::uint64_t value = value_of(view, r);
    entry.amounts[layer] = static_cast<float>(amounts.layer_group);
    touched[layer] += amounts.all;
    if (head_.layers[layer].kept_with_ring) {
      entry.habits[layer].emplace_back(value, static_cast<float>(likeness_.lift(view, r)));
      return;
    }
    if (amounts.group <= 1) single[layer] += amounts.group;
    if (!touches) return;
    touches_.push_back({layer,
                        value,
                        {static_cast<std::uint32_t>(head_.rings.size()), static_cast<std::uint32_t>(amounts.group)},
                        static_cast<std::uint32_t>(amounts.all)});
  }

  // The share of a ring's next touches that fall on what no member has touched is about that of its touches that are
  // the only ones of their kind (Good, Biometrika 40:237, 1953). It is held against everybody's share of all that.
  float others_bits(const IndexRing& ring, std::size_t layer, double single, double touched) const {
    const double group = static_cast<double>(ring.amounts[layer]), all = head_.layers[layer].all;
    if (group <= 0 || touched >= all) return 0;
    const double ratio = std::min(1.0, (single / group) / (1 - touched / all));
    return static_cast<float>(std::log2(0.5 + 0.5 * ratio));
  }

  std::vector<IndexEntry> value_entries() {
    std::sort(touches_.begin(), touches_.end(), [](const Touch& a, const Touch& b) {
      return std::tie(a.layer, a.value, a.posting.ring) < std::tie(b.layer, b.value, b.posting.ring);
    });
    std::vector<IndexEntry> entries;
    for (std::size_t begin = 0, end = 0; begin < touches_.size(); begin = end) {
      IndexedValue value{touches_[begin].accounts};
      for (; end < touches_.size() && touches_[end].layer == touches_[begin].layer &&
             touches_[end].value == touches_[begin].value;
           ++end)
        value.postings.push_back(touches_[end].posting);
      cut(touches_[begin].layer, value);
      entries.push_back({index_value_key(touches_[begin].layer, touches_[begin].value), encode_indexed_value(value)});
    }
    return entries;
  }

  // Keeps the rings that have the most of it for what they touch, of equal ones the first.
  void cut(std::size_t layer, IndexedValue& value) const {
    if (value.postings.size() <= kMostRings) return;
    value.cut = true;
    const auto share = [&](const Posting& posting) {
      return static_cast<double>(posting.members) / static_cast<double>(head_.rings[posting.ring].amounts[layer]);
    };
    std::stable_sort(value.postings.begin(), value.postings.end(),
                     [&](const Posting& a, const Posting& b) { return share(a) > share(b); });
    value.postings.resize(kMostRings);
    std::sort(value.postings.begin(), value.postings.end(),
              [](const Posting& a, const Posting& b) { return a.ring < b.ring; });
  }

  // Rings as the base numbers them, holes where one is no more, and then those that are new or have changed.
  void take_numbers(IndexHead before, const std::vector<Ring>& rings) {
    head_.rings = std::move(before.rings);
    std::vector<char> there(head_.rings.size(), 0);
    for (const Ring& ring : rings) {
      if (ring.kept && ring.kept->number != kNotIndexed) there.at(ring.kept->number) = 1;
    }
    for (std::size_t i = 0; i < there.size(); ++i) {
      if (there[i] == 0) head_.rings[i] = hole();
    }
    ring_of_.assign(snapshot_.accounts.size(), kNotIndexed);
    for (const Ring& ring : rings) {
      const std::uint32_t number = ring.kept ? ring.kept->number : add_ring(ring, false);
      if (number == kNotIndexed) continue;
      for (const Vertex v : speakers_of(ring)) ring_of_[v] = number;
    }
  }

  IndexRing hole() const {
    const std::size_t layers = head_.layers.size();
    IndexRing ring;
    ring.amounts.assign(layers, 0);
    ring.others.assign(layers, 0);
    ring.habits.resize(layers);
    return ring;
  }

  // Of these right vertices, which rings touch them.
  void add_touches(std::size_t view, const std::vector<char>& wanted) {
    const BipartiteGraph& graph = plan_.views[view].graph;
    const std::span<const float> amounts = plan_.views[view].amounts;
    std::vector<std::pair<std::uint32_t, double>> found;  // ring, amount of one member
    for (Vertex r = 0; r < wanted.size(); ++r) {
      if (wanted[r] == 0) continue;  // as most are
      const std::size_t layer = first_layer_[view] + likeness_.layer_of(view, r);
      if (head_.layers[layer].kept_with_ring) continue;
      found.clear();
      const auto lefts = graph.lefts_of(r);
      const auto edges = graph.edges_of(r);
      for (std::size_t i = 0; i < lefts.size(); ++i) {
        if (ring_of_[lefts[i]] != kNotIndexed)
          found.emplace_back(ring_of_[lefts[i]], amounts.empty() ? 1.0 : static_cast<double>(amounts[edges[i]]));
      }
      std::stable_sort(found.begin(), found.end(), [](const auto& a, const auto& b) { return a.first < b.first; });
      for (std::size_t begin = 0, end = 0; begin < found.size(); begin = end) {
        double amount = 0;
        for (; end < found.size() && found[end].first == found[begin].first; ++end) amount += found[end].second;
        touches_.push_back({layer,
                            value_of(view, r),
                            {found[begin].first, static_cast<std::uint32_t>(amount)},
                            static_cast<std::uint32_t>(likeness_.amounts_on(view, r).all)});
      }
    }
  }

  std::uint64_t value_of(std::size_t view, Vertex r) const {
    return view == kHabitView ? habits_.keys[r] : snapshot_.entities[r].hash;
  }

  bool is_asked(std::size_t layer, std::uint64_t value) const {
    const auto at =
        std::lower_bound(touches_.begin(), touches_.end(), std::pair(layer, value),
                         [](const Touch& touch, const auto& key) { return std::pair(touch.layer, touch.value) < key; });
    return at != touches_.end() && at->layer == layer && at->value == value;
  }

  // Entries of the base that no ring has any more.
  void drop_values(const Store& store, const IndexChange& change, std::vector<IndexEntry>& entries) const {
    const auto drop = [&](std::size_t layer, std::uint64_t value) {
      if (head_.layers[layer].kept_with_ring || is_asked(layer, value)) return;
      std::string key = index_value_key(layer, value);
      if (store.find_index(change.base, key)) entries.push_back({std::move(key), {}});
    };
    for (std::size_t v = 0; v < plan_.views.size(); ++v) {
      for (Vertex r = 0; r < change.changed[v].size(); ++r) {
        if (change.changed[v][r] != 0) drop(first_layer_[v] + likeness_.layer_of(v, r), value_of(v, r));
      }
      for (const auto& [layer, value] : change.gone[v]) drop(first_layer_[v] + layer, value);
    }
  }

  void drop_or_add_prompts(const Store& store, const IndexChange& change, std::vector<IndexEntry>& entries) const {
    const auto layer = static_cast<std::size_t>(std::ranges::find(habits_.layers, kPrompts) - habits_.layers.begin());
    if (layer == habits_.layers.size()) return;
    const BipartiteGraph graph = habits_.graph();
    const auto begin = habits_.keys.begin() + graph.layer_begin(layer),
               end = habits_.keys.begin() + graph.layer_end(layer);
    add_prompts([&](std::string key, KeyHash leader, bool asked) {
      const auto at = std::lower_bound(begin, end, leader);
      const bool there = at != end && *at == leader;
      if (there && change.changed[kHabitView][static_cast<std::size_t>(at - habits_.keys.begin())] == 0) return;
      const bool was = store.find_index(change.base, key).has_value();
      if (was != asked) entries.push_back({std::move(key), asked ? encode_index_prompt(leader) : std::string()});
    });
  }

  // Calls put(key, leader, whether a ring asks it) for prompts that stand for another: others are found as themselves.
  template <class Put>
  void add_prompts(const Put& put) const {
    const auto layer = std::ranges::find(head_.layers, kPrompts, &IndexLayer::name);
    if (layer == head_.layers.end()) return;
    const auto number = static_cast<std::size_t>(layer - head_.layers.begin());
    for (const auto& [prompt, leader] : snapshot_.prompts.followers())
      put(index_prompt_key(prompt), leader, is_asked(number, leader));
  }

  const Snapshot& snapshot_;
  const Habits& habits_;
  LikenessPlan plan_;
  Likeness likeness_;
  std::vector<std::size_t> first_layer_;  // by view
  IndexHead head_;
  std::vector<Touch> touches_;
  std::vector<std::uint32_t> ring_of_;  // by account: the number of the ring that it speaks for
};

}  // namespace

ScoreIndex index_for_scoring(const Snapshot& snapshot, const Habits& habits, const FacetConfig& facets,
                             const std::vector<Ring>& rings) {
  if (snapshot.accounts.empty()) return {{}, std::vector<std::uint32_t>(rings.size(), kNotIndexed)};
  return IndexBuilder(snapshot, habits, facets).build(rings);
}

std::vector<IndexEntry> index_over(const Store& store, const Snapshot& snapshot, const Habits& habits,
                                   const FacetConfig& facets, const std::vector<Ring>& rings,
                                   const IndexChange& change) {
  return IndexBuilder(snapshot, habits, facets).build_over(store, rings, change);
}

}  // namespace ringscope
