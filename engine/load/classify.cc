#include "engine/load/classify.h"

#include <algorithm>

#include "engine/load/facets.h"

namespace ringscope {
namespace {

void count_shares(const BipartiteGraph& graph, std::size_t layer, EntityClasses& classes) {
  std::array<double, 5> edges{};
  double all = 0;
  for (Vertex r = graph.layer_begin(layer); r < graph.layer_end(layer); ++r) {
    edges[static_cast<std::size_t>(classes.of[r])] += static_cast<double>(graph.right_degree(r));
    all += static_cast<double>(graph.right_degree(r));
  }
  for (std::size_t c = 1; c < edges.size(); ++c) {
    if (all > 0) classes.share[c] += edges[c] / all;  // each class is of one layer
  }
}

}  // namespace

EntityClasses classify(const Store& store, const Snapshot& snapshot, const OperatorLists& lists) {
  EntityClasses classes;
  for (std::size_t c = 1; c < classes.known.size(); ++c)
    classes.known[c] = lists.knows(static_cast<EntityClass>(c)) ? 1 : 0;
  if (std::ranges::count(classes.known, 1) == 0) return classes;
  classes.of.resize(snapshot.entities.size(), EntityClass::none);
  for (std::size_t k = 0; k < snapshot.layers.size(); ++k) {
    const bool mail = snapshot.layers[k].name == "email";
    if (!mail && snapshot.layers[k].name != "ip") continue;
    scan_names_of(store, snapshot, k, [&](Vertex r, std::string_view value) {
      const auto domain = mail ? domain_of(value) : std::nullopt;
      if (!mail) classes.of[r] = lists.class_of_address(value);
      if (domain) classes.of[r] = lists.class_of_domain(*domain);
    });
    count_shares(snapshot.graph(), k, classes);
  }
  return classes;
}

}  // namespace ringscope
