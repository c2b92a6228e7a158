#include "engine/load/habits.h"

#include <algorithm>
#include <array>
#include <iterator>
#include <map>
#include <numeric>
#include <tuple>

#include "base/parallel.h"
#include "engine/load/facets.h"

namespace ringscope {
namespace {

constexpr std::size_t kParts = 64;
constexpr std::size_t kBlock = std::size_t{1} << 16;  // touches that one thread looks at at a time
// Requests of one account are not independent: of all its hours, and of all its capabilities, so many draws count.
constexpr double kDraws = 6;
constexpr std::size_t kPromptsOfAccount = 64;
constexpr std::array<const char*, 4> kHabits = {"signup", "template", "capability", "hour"};
enum Habit : std::uint32_t { kSignup, kTemplate, kCapability, kHour };

struct Touch {
  std::uint32_t layer;
  Vertex account;
  std::uint64_t key;
  float amount;
};

bool before(const Touch& a, const Touch& b) {
  return std::tie(a.account, a.layer, a.key) < std::tie(b.account, b.layer, b.key);
}

// Layers of facets are numbered as `facets` are; those of one kind are derived in one reading of its names.
void add_facets(const Store& store, const Snapshot& snapshot, std::span<const Facet> facets,
                std::vector<Touch>& touches) {
  const BipartiteGraph graph = snapshot.graph();
  for (std::size_t k = 0; k < snapshot.layers.size(); ++k) {
    std::vector<std::uint32_t> mine;
    for (std::uint32_t f = 0; f < facets.size(); ++f) {
      if (facets[f].kind.source == snapshot.layers[k].name) mine.push_back(f);
    }
    if (mine.empty()) continue;
    scan_texts_of(store, snapshot, k, [&](Vertex r, std::string_view value) {
      for (const std::uint32_t f : mine) {
        const std::optional<std::string> derived = facets[f].derive(value);
        if (!derived) continue;
        const std::uint64_t key = hash_value(*derived);
        for (const Vertex account : graph.lefts_of(r)) touches.push_back({f, account, key, 1});
      }
    });
  }
}

// Of some accounts only.
void add_facets_of(const Store& store, const Snapshot& snapshot, std::span<const Facet> facets,
                   std::span<const Vertex> accounts, std::vector<Touch>& touches) {
  const BipartiteGraph graph = snapshot.graph();
  for (std::size_t k = 0; k < snapshot.layers.size(); ++k) {
    const auto of_layer = [&](const Facet& facet) { return facet.kind.source == snapshot.layers[k].name; };
    if (std::ranges::none_of(facets, of_layer)) continue;
    std::vector<std::pair<Vertex, Vertex>> users;  // entity, account
    for (const Vertex account : accounts) {
      for (const Vertex r : graph.rights_of(account)) {
        if (r >= graph.layer_begin(k) && r < graph.layer_end(k)) users.emplace_back(r, account);
      }
    }
    std::sort(users.begin(), users.end());
    std::vector<VertexKey> keys;
    for (std::size_t i = 0; i < users.size(); ++i) {
      if (i == 0 || users[i].first != users[i - 1].first) keys.push_back(snapshot.entities[users[i].first]);
    }
    const auto texts = store.texts_of(keys);
    for (std::uint32_t f = 0; f < facets.size(); ++f) {
      if (!of_layer(facets[f])) continue;
      std::optional<std::string> derived;
      for (std::size_t i = 0, key = 0; i < users.size(); ++i) {
        if (i == 0 || users[i].first != users[i - 1].first) {
          derived = texts[key] ? facets[f].derive(*texts[key]) : std::nullopt;
          ++key;
        }
        if (derived) touches.push_back({f, users[i].second, hash_value(*derived), 1});
      }
    }
  }
}

void add_signup(const AccountFacts& facts, std::uint32_t layer, Seconds seconds, Vertex account,
                std::vector<Touch>& touches) {
  if (facts.created == kNoTime) return;
  touches.push_back({layer, account, signup_bucket_of(facts.created, seconds), 1});
}

void add_signups(const Store& store, const Snapshot& snapshot, std::uint32_t layer, Seconds seconds,
                 std::vector<Touch>& touches) {
  if (seconds == 0) return;
  scan_facts(store, snapshot.window, snapshot.unread(), [&](KeyHash account, const AccountFacts& facts) {
    if (const auto vertex = snapshot.vertex_of(account)) add_signup(facts, layer, seconds, *vertex, touches);
  });
}

void add_shares(const std::map<std::uint64_t, double>& counts, std::uint32_t layer, Vertex account,
                std::vector<Touch>& touches) {
  double total = 0;
  for (const auto& [key, count] : counts) total += count;
  for (const auto& [key, count] : counts)
    touches.push_back({layer, account, key, static_cast<float>(count / total * std::min(total, kDraws))});
}

// Adds what the days of an account of the snapshot's say.
class ActivityTouches {
 public:
  ActivityTouches(const Store& store, const Snapshot& snapshot, std::uint32_t first_layer, std::vector<Touch>& touches)
      : snapshot_(snapshot), capability_(store.find_kind("capability")), first_layer_(first_layer), touches_(touches) {}

  void operator()(KeyHash account, std::span<const ActivityDay> days) {
    const auto vertex = snapshot_.vertex_of(account);
    if (!vertex) return;
    std::map<std::uint64_t, double> capabilities, hours;
    for (const ActivityDay& day : days) {
      for (const TagCount& tag : day.tags) {
        if (capability_ && tag.tag.kind == *capability_) capabilities[tag.tag.hash] += static_cast<double>(tag.count);
      }
      for (std::size_t h = 0; h < day.hours.size(); ++h) {
        if (day.hours[h] > 0) hours[h] += day.hours[h];
      }
    }
    for (const TemplateCount& entry : prompts_by_use(snapshot_.prompts, days, kPromptsOfAccount))
      touches_.push_back({first_layer_ + kTemplate, *vertex, entry.template_hash, 1});
    add_shares(capabilities, first_layer_ + kCapability, *vertex, touches_);
    add_shares(hours, first_layer_ + kHour, *vertex, touches_);
  }

 private:
  const Snapshot& snapshot_;
  std::optional<KindId> capability_;
  std::uint32_t first_layer_;
  std::vector<Touch>& touches_;
};

std::vector<Touch> activity_of_part(const Store& store, const Snapshot& snapshot, std::uint32_t first_layer,
                                    std::size_t part) {
  std::vector<Touch> touches;
  scan_activity(store, snapshot.window, snapshot.unread(), part, kParts,
                ActivityTouches(store, snapshot, first_layer, touches));
  return touches;
}

void sort_touches(std::vector<Touch>& touches) {
  std::sort(touches.begin(), touches.end(), before);
  const auto same = [](const Touch& a, const Touch& b) { return !before(a, b) && !before(b, a); };
  touches.erase(std::unique(touches.begin(), touches.end(), same), touches.end());
}

// Touches as they were read, cut into what one thread looks at at a time.
struct Touches {
  std::vector<std::vector<Touch>> read;
  std::vector<std::span<const Touch>> blocks;
};

Touches all_touches(const Store& store, const Snapshot& snapshot, const HabitOptions& options) {
  const auto layer = static_cast<std::uint32_t>(options.facets.size());
  Touches touches;
  touches.read = parallel_map_chunks<std::vector<Touch>>(kParts, 1, options.threads, [&](const Chunk& c, unsigned) {
    return activity_of_part(store, snapshot, layer, c.index);
  });
  std::vector<Touch>& others = touches.read.emplace_back();
  add_facets(store, snapshot, options.facets, others);
  add_signups(store, snapshot, layer + kSignup, options.signup_bucket, others);
  for (const std::span<const Touch> all : touches.read) {
    for (std::size_t begin = 0; begin < all.size(); begin += kBlock)
      touches.blocks.push_back(all.subspan(begin, std::min(kBlock, all.size() - begin)));
  }
  return touches;
}

using Right = std::pair<std::uint32_t, std::uint64_t>;  // layer, key

void sort_unique(std::vector<Right>& rights) {
  std::sort(rights.begin(), rights.end());
  rights.erase(std::unique(rights.begin(), rights.end()), rights.end());
}

std::vector<Right> rights_of(const Touches& touches, unsigned threads) {
  std::vector<Right> rights;
  for (const auto& some :
       parallel_map_chunks<std::vector<Right>>(touches.blocks.size(), 1, threads, [&](const Chunk&c, unsigned) {
         std::vector<Right> met;
         for (const Touch& touch : touches.blocks[c.index]) met.emplace_back(touch.layer, touch.key);
         sort_unique(met);
         return met;
       }))
    rights.insert(rights.end(), some.begin(), some.end());
  sort_unique(rights);
  return rights;
}

struct Edge {
  Vertex right;
  float amount;
};

// By account, each row ascending by right vertex, what was met twice once; offsets[a] is where row a begins.
std::vector<Edge> edges_of(const Touches& touches, const std::vector<Right>& rights, unsigned threads,
                           std::vector<ArcIndex>& offsets) {
  const auto numbers =
      parallel_map_chunks<std::vector<Vertex>>(touches.blocks.size(), 1, threads, [&](const Chunk& c, unsigned) {
        std::vector<Vertex> of;
        of.reserve(touches.blocks[c.index].size());
        for (const Touch& touch : touches.blocks[c.index]) {
          const auto at = std::lower_bound(rights.begin(), rights.end(), Right(touch.layer, touch.key));
          of.push_back(static_cast<Vertex>(at - rights.begin()));
        }
        return of;
      });
  for (const std::span<const Touch> block : touches.blocks) {
    for (const Touch& touch : block) ++offsets[touch.account + 1];
  }
  std::partial_sum(offsets.begin(), offsets.end(), offsets.begin());
  std::vector<Edge> edges(offsets.back());
  std::vector<ArcIndex> next(offsets.begin(), offsets.end() - 1);
  for (std::size_t b = 0; b < touches.blocks.size(); ++b) {
    for (std::size_t i = 0; i < touches.blocks[b].size(); ++i) {
      const Touch& touch = touches.blocks[b][i];
      edges[next[touch.account]++] = {numbers[b][i], touch.amount};
    }
  }
  parallel_for(next.size(), threads, [&](std::size_t account) {
    const auto begin = edges.begin() + static_cast<std::ptrdiff_t>(offsets[account]);
    const auto end = edges.begin() + static_cast<std::ptrdiff_t>(offsets[account + 1]);
    std::sort(begin, end, [](const Edge& a, const Edge& b) { return a.right < b.right; });
    const auto same = [](const Edge& a, const Edge& b) { return a.right == b.right; };
    next[account] = static_cast<ArcIndex>(std::unique(begin, end, same) - edges.begin());
  });
  ArcIndex end = 0;
  for (std::size_t account = 0; account < next.size(); ++account) {
    const ArcIndex begin = offsets[account];
    offsets[account] = end;
    for (ArcIndex edge = begin; edge < next[account]; ++edge) edges[end++] = edges[edge];
  }
  offsets.back() = end;
  edges.resize(end);
  return edges;
}

}  // namespace

std::span<const char* const> habit_names() { return kHabits; }

bool Habits::has_activity() const {
  const std::size_t hours = layers.size() - 1;
  return graph().layer_begin(hours) < graph().layer_end(hours);
}

std::optional<std::size_t> Habits::find_layer(std::string_view name) const {
  const auto at = std::ranges::find(layers, name);
  if (at == layers.end()) return std::nullopt;
  return static_cast<std::size_t>(at - layers.begin());
}

std::optional<double> signup_span(const Habits& habits, std::int64_t bucket) {
  const auto layer = habits.find_layer(kHabits[kSignup]);
  if (bucket <= 0 || !layer) return std::nullopt;
  const BipartiteGraph graph = habits.graph();
  std::size_t known = 0;
  for (Vertex right = graph.layer_begin(*layer); right < graph.layer_end(*layer); ++right)
    known += graph.right_degree(right);
  if (known == 0 || 2 * known < graph.left_count()) return std::nullopt;
  std::uint64_t quarters[2] = {};
  std::size_t before = 0;
  for (Vertex right = graph.layer_begin(*layer); right < graph.layer_end(*layer); ++right) {  // keys ascend in a layer
    for (std::size_t quarter : {0, 1}) {
      if (before <= (2 * quarter + 1) * known / 4) quarters[quarter] = habits.keys[right];
    }
    before += graph.right_degree(right);
  }
  return static_cast<double>(static_cast<std::int64_t>(quarters[1] - quarters[0]) * bucket) / kSecondsPerDay;
}

Habits load_habits(const Store& store, const Snapshot& snapshot, const HabitOptions& options) {
  Habits habits;
  for (const Facet& facet : options.facets) habits.layers.emplace_back(facet.kind.name);
  habits.layers.insert(habits.layers.end(), kHabits.begin(), kHabits.end());
  std::vector<Vertex> layer_offsets(habits.layers.size() + 1, 0);
  std::vector<ArcIndex> offsets(snapshot.accounts.size() + 1, 0);
  std::vector<Edge> edges;
  {
    const Touches touches = all_touches(store, snapshot, options);
    const std::vector<Right> rights = rights_of(touches, options.threads);
    edges = edges_of(touches, rights, options.threads, offsets);
    for (const auto& [layer, key] : rights) {
      habits.keys.push_back(key);
      ++layer_offsets[layer + 1];
    }
  }
  std::partial_sum(layer_offsets.begin(), layer_offsets.end(), layer_offsets.begin());
  std::vector<Vertex> targets;
  targets.reserve(edges.size());
  habits.amounts.reserve(edges.size());
  for (const Edge& edge : edges) {
    targets.push_back(edge.right);
    habits.amounts.push_back(edge.amount);
  }
  const auto right_count = static_cast<Vertex>(habits.keys.size());
  habits.arrays = build_bipartite(std::move(offsets), std::move(targets), right_count, std::move(layer_offsets));
  return habits;
}

std::vector<std::vector<HabitTouch>> load_habit_rows(const Store& store, const Snapshot& snapshot,
                                                     const HabitOptions& options, std::span<const Vertex> accounts) {
  std::vector<KeyHash> keys;
  for (const Vertex account : accounts) keys.push_back(snapshot.accounts[account]);
  std::vector<Touch> touches;
  const auto layer = static_cast<std::uint32_t>(options.facets.size());
  add_facets_of(store, snapshot, options.facets, accounts, touches);
  if (options.signup_bucket > 0) {
    visit_facts(store, snapshot.window, snapshot.unread(), keys, [&](KeyHash account, const AccountFacts& facts) {
      add_signup(facts, layer + kSignup, options.signup_bucket, *snapshot.vertex_of(account), touches);
    });
  }
  visit_activity(store, snapshot.window, snapshot.unread(), keys, ActivityTouches(store, snapshot, layer, touches));
  sort_touches(touches);
  std::vector<std::vector<HabitTouch>> rows(accounts.size());
  auto touch = touches.begin();
  for (std::size_t i = 0; i < accounts.size(); ++i) {
    for (; touch != touches.end() && touch->account == accounts[i]; ++touch)
      rows[i].push_back({touch->layer, touch->key, touch->amount});
  }
  return rows;
}

}  // namespace ringscope
