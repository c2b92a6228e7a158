#include "engine/load/classify.h"

#include <algorithm>
#include <numeric>

#include "engine/load/facets.h"

namespace ringscope {

std::array<double, kEntityClasses> EntityClasses::share_of(const BipartiteGraph& graph,
                                                           std::span<const Vertex> accounts) const {
  std::array<double, kEntityClasses> touching{};
  if (of.empty() || accounts.empty()) return touching;
  for (const Vertex account : accounts) {
    std::array<bool, kEntityClasses> met{};
    for (const Vertex entity : graph.rights_of(account)) met[static_cast<std::size_t>(of[entity])] = true;
    for (std::size_t c = 1; c < met.size(); ++c) touching[c] += met[c] ? 1 : 0;
  }
  for (double& one : touching) one /= static_cast<double>(accounts.size());
  return touching;
}

EntityClasses classify(const Store& store, const Snapshot& snapshot, const OperatorLists& lists) {
  EntityClasses classes;
  for (std::size_t c = 1; c < classes.known.size(); ++c) classes.known[c] = lists.knows(static_cast<EntityClass>(c));
  if (std::ranges::count(classes.known, true) == 0) return classes;
  classes.of.resize(snapshot.entities.size(), EntityClass::none);
  for (std::size_t k = 0; k < snapshot.layers.size(); ++k) {
    const bool mail = snapshot.layers[k].name == "email";
    if (!mail && snapshot.layers[k].name != "ip") continue;
    scan_texts_of(store, snapshot, k, [&](Vertex r, std::string_view value) {
      const auto domain = mail ? domain_of(value) : std::nullopt;
      if (!mail) classes.of[r] = lists.class_of_address(value);
      if (domain) classes.of[r] = lists.class_of_domain(*domain);
    });
  }
  std::vector<Vertex> everybody(snapshot.accounts.size());
  std::iota(everybody.begin(), everybody.end(), Vertex{0});
  classes.share = classes.share_of(snapshot.graph(), everybody);
  return classes;
}

}  // namespace ringscope
