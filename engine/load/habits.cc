#include "engine/load/habits.h"

#include <algorithm>
#include <array>
#include <iterator>
#include <map>
#include <tuple>

#include "base/parallel.h"
#include "engine/load/facets.h"

namespace ringscope {
namespace {

constexpr std::size_t kParts = 64;
// Requests of one account are not independent: of all its hours, and of all its capabilities, so many draws count.
constexpr double kDraws = 6;
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
    scan_names_of(store, snapshot, k, [&](Vertex r, std::string_view value) {
      for (const std::uint32_t f : mine) {
        const std::optional<std::string> derived = facets[f].derive(value);
        if (!derived) continue;
        const std::uint64_t key = hash_value(*derived);
        for (const Vertex account : graph.lefts_of(r)) touches.push_back({f, account, key, 1});
      }
    });
  }
}

void add_signups(const Store& store, const Snapshot& snapshot, std::uint32_t layer, Seconds seconds,
                 std::vector<Touch>& touches) {
  if (seconds == 0) return;
  scan_facts(store, snapshot.window, snapshot.unread(), [&](KeyHash account, const AccountFacts& facts) {
    const auto vertex = snapshot.vertex_of(account);
    if (!vertex || facts.created == kNoTime) return;
    touches.push_back({layer, *vertex, signup_bucket_of(facts.created, seconds), 1});
  });
}

void add_shares(const std::map<std::uint64_t, double>& counts, std::uint32_t layer, Vertex account,
                std::vector<Touch>& touches) {
  double total = 0;
  for (const auto& [key, count] : counts) total += count;
  for (const auto& [key, count] : counts)
    touches.push_back({layer, account, key, static_cast<float>(count / total * std::min(total, kDraws))});
}

std::vector<Touch> activity_of_part(const Store& store, const Snapshot& snapshot, std::uint32_t first_layer,
                                    std::size_t part) {
  std::vector<Touch> touches;
  const std::optional<KindId> capability = store.find_kind("capability");
  const Unread unread = snapshot.unread();
  scan_activity(store, snapshot.window, unread, part, kParts, [&](KeyHash account, std::span<const ActivityDay> days) {
    const auto vertex = snapshot.vertex_of(account);
    if (!vertex) return;
    std::map<std::uint64_t, double> capabilities, hours;
    for (const ActivityDay& day : days) {
      for (const TagCount& tag : day.tags) {
        if (capability && tag.tag.kind == *capability) capabilities[tag.tag.hash] += static_cast<double>(tag.count);
      }
      for (std::size_t h = 0; h < day.hours.size(); ++h) {
        if (day.hours[h] > 0) hours[h] += day.hours[h];
      }
    }
    for (const TemplateCount& entry : prompts_by_use(snapshot.prompts, days))
      touches.push_back({first_layer + kTemplate, *vertex, entry.template_hash, 1});
    add_shares(capabilities, first_layer + kCapability, *vertex, touches);
    add_shares(hours, first_layer + kHour, *vertex, touches);
  });
  return touches;
}

std::vector<Touch> all_touches(const Store& store, const Snapshot& snapshot, const HabitOptions& options) {
  std::vector<Touch> touches;
  const auto layer = static_cast<std::uint32_t>(options.facets.size());
  add_facets(store, snapshot, options.facets, touches);
  add_signups(store, snapshot, layer + kSignup, options.signup_bucket, touches);
  for (const auto& part : parallel_map_chunks<std::vector<Touch>>(
           kParts, 1, options.threads,
           [&](const Chunk&c, unsigned) { return activity_of_part(store, snapshot, layer, c.index); }))
    touches.insert(touches.end(), part.begin(), part.end());
  std::sort(touches.begin(), touches.end(), before);
  const auto same = [](const Touch& a, const Touch& b) { return !before(a, b) && !before(b, a); };
  touches.erase(std::unique(touches.begin(), touches.end(), same), touches.end());
  return touches;
}

}  // namespace

std::span<const char* const> habit_names() { return kHabits; }

bool Habits::has_activity() const {
  const std::size_t hours = layers.size() - 1;
  return graph().layer_begin(hours) < graph().layer_end(hours);
}

Habits load_habits(const Store& store, const Snapshot& snapshot, const HabitOptions& options) {
  const std::vector<Touch> touches = all_touches(store, snapshot, options);
  Habits habits;
  for (const Facet& facet : options.facets) habits.layers.emplace_back(facet.kind.name);
  habits.layers.insert(habits.layers.end(), kHabits.begin(), kHabits.end());
  std::vector<std::pair<std::uint32_t, std::uint64_t>> rights;
  rights.reserve(touches.size());
  for (const Touch& touch : touches) rights.emplace_back(touch.layer, touch.key);
  std::sort(rights.begin(), rights.end());
  rights.erase(std::unique(rights.begin(), rights.end()), rights.end());
  for (const auto& [layer, key] : rights) habits.keys.push_back(key);
  std::vector<Vertex> layer_offsets(habits.layers.size() + 1, 0);
  for (const auto& [layer, key] : rights) ++layer_offsets[layer + 1];
  for (std::size_t l = 1; l < layer_offsets.size(); ++l) layer_offsets[l] += layer_offsets[l - 1];
  std::vector<ArcIndex> offsets(snapshot.accounts.size() + 1, 0);
  std::vector<Vertex> targets;
  for (const Touch& touch : touches) {
    const auto at = std::lower_bound(rights.begin(), rights.end(), std::pair(touch.layer, touch.key));
    targets.push_back(static_cast<Vertex>(at - rights.begin()));
    habits.amounts.push_back(touch.amount);
    ++offsets[touch.account + 1];
  }
  for (std::size_t a = 1; a < offsets.size(); ++a) offsets[a] += offsets[a - 1];
  habits.arrays = build_bipartite(std::move(offsets), std::move(targets), static_cast<Vertex>(rights.size()),
                                  std::move(layer_offsets));
  return habits;
}

}  // namespace ringscope
