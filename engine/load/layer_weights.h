// How much each layer counts, as the operator says: kinds of things, their facets, habits.
#pragma once

#include <functional>
#include <map>
#include <string>
#include <string_view>

namespace ringscope {

class Store;

struct LayerWeight {
  double weight = 1;  // in [0, 100]; 0: as if the layer were not in the data
  std::string place;  // file and line that say so, for messages; may be empty
};
using LayerWeights = std::map<std::string, LayerWeight, std::less<>>;

// 1 for a layer that is not listed.
double weight_of(const LayerWeights& weights, std::string_view layer);

// Throws Error config, naming place and key: a layer that is neither a kind of the store, nor a facet, nor a habit.
void check_layers(const LayerWeights& weights, const Store& store);

}  // namespace ringscope
