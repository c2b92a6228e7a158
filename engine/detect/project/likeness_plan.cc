#include "engine/detect/project/likeness_plan.h"

#include "engine/load/facets.h"

namespace ringscope {
namespace {

constexpr float kMostEntity = 20, kMostTemplate = 20, kMostFacet = 8, kMostHabit = 3;
constexpr float kMostWeak = 1.5;  // less than speaks for an account: a weak facet never does by itself

std::string base_of(const std::string& layer) { return layer.substr(0, layer.find('/')); }

}  // namespace

std::size_t LikenessPlan::kind(const std::string& name, bool habit, bool tangible) {
  for (std::size_t i = 0; i < kinds.size(); ++i) {
    if (kinds[i].name == name) return i;
  }
  kinds.push_back({name, habit, tangible});
  return kinds.size() - 1;
}

std::vector<Vertex> telling_habits(const LikenessPlan& plan) {
  const LikenessView& view = plan.views[kHabitView];
  std::vector<Vertex> telling;
  for (std::size_t k = 0; k < view.layers.size(); ++k) {
    const LikenessLayer& layer = view.layers[k];
    if (plan.kinds[layer.family].habit || layer.most_bits <= kMostWeak || layer.weight <= 0) continue;
    for (Vertex r = view.graph.layer_begin(k); r < view.graph.layer_end(k); ++r) telling.push_back(r);
  }
  return telling;
}

LikenessPlan likeness_plan(const Snapshot& snapshot, const Habits& habits) {
  LikenessPlan plan;
  const auto weight = [&](const std::string& layer) { return static_cast<float>(weight_of(snapshot.weights, layer)); };
  LikenessView things{snapshot.graph(), {}, {}};
  for (const Layer& layer : snapshot.layers)
    things.layers.push_back({plan.kind(base_of(layer.name), false, true), kMostEntity, weight(layer.name)});
  LikenessView others{habits.graph(), habits.amounts, {}};
  for (const std::string& layer : habits.layers) {
    const bool facet = layer.find('/') != std::string::npos;
    const bool prompts = layer == kPrompts;
    const float most = is_weak_facet(layer) ? kMostWeak : facet ? kMostFacet : prompts ? kMostTemplate : kMostHabit;
    const bool habit = !facet && !prompts;
    others.layers.push_back({plan.kind(base_of(layer), habit, facet), most, weight(layer), prompts});
  }
  plan.views = {std::move(things), std::move(others)};
  return plan;
}

}  // namespace ringscope
