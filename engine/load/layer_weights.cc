#include "engine/load/layer_weights.h"

#include <algorithm>
#include <vector>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "base/error.h"
#include "engine/load/facets.h"
#include "engine/load/habits.h"
#include "engine/load/snapshot.h"
#include "storage/store.h"

namespace ringscope {
namespace {

std::vector<std::string> known_layers(const Store& store) {
  std::vector<std::string> names;
  for (const KindInfo& kind : store.kinds()) {
    if (is_layer_kind(kind.name)) names.push_back(kind.name);
  }
  for (const FacetKind& facet : facet_kinds()) names.emplace_back(facet.name);
  for (const char* const habit : habit_names()) names.emplace_back(habit);
  return names;
}

}  // namespace

double weight_of(const LayerWeights& weights, std::string_view layer) {
  const auto at = weights.find(layer);
  return at == weights.end() ? 1.0 : at->second.weight;
}

void check_layers(const LayerWeights& weights, const Store& store) {
  if (weights.empty()) return;
  const std::vector<std::string> known = known_layers(store);
  for (const auto& [name, weight] : weights) {
    if (std::ranges::find(known, name) != known.end()) continue;
    throw Error(ErrorCode::config,
                fmt::format("unknown key \"{}\" in section [layers]: the store has no such kind of things, facet or "
                            "habit; it has: {}",
                            name, fmt::join(known, ", ")),
                weight.place.empty() ? "layers." + name : weight.place);
  }
}

}  // namespace ringscope
