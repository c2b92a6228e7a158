#include "engine/detect/judge/common_traits.h"

#include <algorithm>
#include <cmath>
#include <map>

#include <fmt/format.h>

#include "base/parallel.h"
#include "base/time.h"

namespace ringscope {
namespace {

constexpr double kLeastLift = 8;
constexpr double kLeastShare = 0.1;     // of the members
constexpr std::size_t kLeastUsers = 3;  // members
constexpr std::size_t kMostTraits = 15;

struct Trait {
  Vertex right = 0;
  std::size_t members = 0;
  double weight = 0;  // bits, over all members that have it
};

std::size_t layer_of(const BipartiteGraph& graph, Vertex right) {
  std::size_t layer = 0;
  while (right >= graph.layer_end(layer)) ++layer;
  return layer;
}

class Explainer {
 public:
  Explainer(const Store& store, const Snapshot& snapshot, const Habits& habits, const HabitOptions& options)
      : store_(store), snapshot_(snapshot), habits_(habits), options_(options), graph_(habits.graph()) {}

  std::vector<CommonTrait> common_of(const Ring& ring) const {
    const std::vector<Vertex> members = vertices_of(ring);
    std::vector<CommonTrait> common;
    for (const Trait& trait : traits_of(members)) {
      const std::size_t layer = layer_of(graph_, trait.right);
      const auto population = static_cast<std::uint32_t>(graph_.right_degree(trait.right));
      common.push_back({habits_.layers[layer], value_of(trait.right, members),
                        static_cast<std::uint32_t>(trait.members), population});
    }
    return common;
  }

 private:
  std::vector<Vertex> vertices_of(const Ring& ring) const {
    std::vector<Vertex> vertices;
    for (const Member& member : ring.members) {
      if (const auto vertex = snapshot_.vertex_of(member.account)) vertices.push_back(*vertex);
    }
    return vertices;
  }

  bool is_told(std::size_t layer) const {  // hours and capabilities have a place of their own in the report
    const std::string& name = habits_.layers[layer];
    return layer < options_.facets.size() || name == "template" || name == "signup";
  }

  // Heaviest first, ties to the smaller vertex.
  std::vector<Trait> traits_of(const std::vector<Vertex>& members) const {
    std::map<Vertex, std::size_t> users;
    for (const Vertex member : members) {
      for (const Vertex right : graph_.rights_of(member)) ++users[right];
    }
    const double least = std::max(static_cast<double>(kLeastUsers), kLeastShare * static_cast<double>(members.size()));
    const double everybody = static_cast<double>(snapshot_.accounts.size()) / static_cast<double>(members.size());
    std::vector<Trait> traits;
    for (const auto& [right, count] : users) {
      const auto n = static_cast<double>(count);
      const double lift = n / static_cast<double>(graph_.right_degree(right)) * everybody;
      if (n >= least && lift >= kLeastLift && is_told(layer_of(graph_, right)))
        traits.push_back({right, count, n * std::log2(lift)});
    }
    std::stable_sort(traits.begin(), traits.end(), [](const Trait& a, const Trait& b) { return a.weight > b.weight; });
    if (traits.size() > kMostTraits) traits.resize(kMostTraits);
    return traits;
  }

  std::string value_of(Vertex right, const std::vector<Vertex>& members) const {
    const auto has = [&](Vertex member) {
      const auto rights = graph_.rights_of(member);
      return std::binary_search(rights.begin(), rights.end(), right);
    };
    return habit_value(store_, snapshot_, habits_, options_, right, *std::find_if(members.begin(), members.end(), has));
  }

  const Store& store_;
  const Snapshot& snapshot_;
  const Habits& habits_;
  const HabitOptions& options_;
  BipartiteGraph graph_;
};

// Derived once more, from the things of an account that has it.
std::string facet_value(const Store& store, const Snapshot& snapshot, const Facet& facet, std::uint64_t key,
                        Vertex account) {
  for (const Vertex entity : snapshot.graph().rights_of(account)) {
    const VertexKey& thing = snapshot.entities[entity];
    if (store.kind_name(thing.kind) != facet.kind.source) continue;
    const auto text = store.text_of(thing);
    const auto value = text ? facet.derive(*text) : std::nullopt;
    if (value && hash_value(*value) == key) return *value;
  }
  return "?";
}

}  // namespace

std::string habit_value(const Store& store, const Snapshot& snapshot, const Habits& habits, const HabitOptions& options,
                        Vertex right, Vertex account) {
  const std::size_t layer = layer_of(habits.graph(), right);
  const std::uint64_t key = habits.keys[right];
  if (layer < options.facets.size()) return facet_value(store, snapshot, options.facets[layer], key, account);
  if (habits.layers[layer] == "signup") return format_time(static_cast<Seconds>(key) * options.signup_bucket);
  return fmt::format("{:016x}", key);
}

void explain_likeness(const Store& store, const Snapshot& snapshot, const Habits& habits, const HabitOptions& options,
                      std::vector<Ring>& rings) {
  const Explainer explainer(store, snapshot, habits, options);
  parallel_for(
      rings.size(), options.threads, [&](std::size_t i) { rings[i].common = explainer.common_of(rings[i]); }, 8);
}

}  // namespace ringscope
