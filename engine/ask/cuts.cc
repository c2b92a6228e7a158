#include "engine/ask/cuts.h"

#include <algorithm>
#include <map>

#include <fmt/format.h>

#include "base/error.h"
#include "engine/detect/index/cut_tree.h"
#include "engine/json.h"

namespace ringscope {
namespace {

constexpr std::size_t kPlateaus = 5;

StoredCuts open_cuts(const Store& store, std::uint64_t run) {
  std::optional<StoredCuts> cuts = StoredCuts::open(store, run);
  if (!cuts)
    throw Error(ErrorCode::not_found,
                fmt::format("run {} has no cuts: an earlier program made it, or it is neither of the last two runs; "
                            "'ringscope detect' makes a run that has them",
                            run));
  return *cuts;
}

void find_ring(const Store& store, std::uint64_t run, std::span<const KeyHash> accounts, std::size_t most,
               CutGroup& group) {
  std::map<std::string, std::size_t> rings;
  const std::size_t looked = std::min(most, accounts.size());
  for (std::size_t i = 0; i < looked; ++i) {
    if (const auto ring = store.find_place(run, accounts[i * accounts.size() / looked])) ++rings[*ring];
  }
  const auto best = std::ranges::max_element(rings, {}, [](const auto& one) { return one.second; });
  if (best == rings.end()) return;
  group.ring = best->first;
  group.ring_share = static_cast<double>(best->second) / static_cast<double>(looked);
}

CutGroup describe(const Store& store, std::uint64_t run, const StoredCuts& cuts, const MergeNode& node,
                  const CutOptions& options) {
  CutGroup group;
  group.size = node.size;
  group.links = node.edges;
  group.density = node.density();
  group.bridge = static_cast<double>(node.bridge);
  const std::vector<KeyHash> accounts = cuts.accounts(node.begin, node.size);
  for (std::size_t i = 0; i < std::min(options.names, accounts.size()); ++i)
    group.accounts.push_back(store.name_of({kAccountKind, accounts[i]}).value_or(fmt::format("{:016x}", accounts[i])));
  find_ring(store, run, accounts, options.looked_at, group);
  return group;
}

Json point_json(const CutPoint& point) {
  return {{"cut", point.strength},      {"groups", point.components}, {"accounts", point.vertices},
          {"links", point.edges},       {"largest", point.largest},   {"second", point.second},
          {"others_mean", point.others}};
}

}  // namespace

Cut cut_run(const Store& store, std::uint64_t run, const CutOptions& options) {
  Cut result;
  result.run = run;
  const float cut = step_of_cut(options.cut);
  result.cut = static_cast<double>(cut);
  const StoredCuts cuts = open_cuts(store, run);
  const std::vector<MergeNode> nodes = cuts.nodes(cut);
  for (const std::uint32_t number : components_at(nodes, cut)) {
    const MergeNode& node = nodes[number];
    if (node.size < options.min_size) break;
    ++result.groups;
    result.accounts += node.size;
    if (options.limit != 0 && result.list.size() >= options.limit) continue;
    result.list.push_back(describe(store, run, cuts, node, options));
  }
  return result;
}

std::string group_to_json(const Cut& cut, const CutGroup& group) {
  const Json json = {{"schema", "ringscope.cut-group/1"},
                     {"run", cut.run},
                     {"cut", cut.cut},
                     {"size", group.size},
                     {"links", group.links},
                     {"density", group.density},
                     {"bridge", group.bridge},
                     {"ring", group.ring.empty() ? Json(nullptr) : Json(group.ring)},
                     {"ring_share", group.ring_share},
                     {"accounts", group.accounts}};
  return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

CutChart chart_cuts(const Store& store, std::uint64_t run, std::uint64_t min_size) {
  const StoredCuts cuts = open_cuts(store, run);
  const std::vector<MergeNode> nodes = cuts.nodes(0);
  CutChart chart;
  chart.run = run;
  chart.accounts = cuts.account_count();
  chart.curve = merge_curve(nodes);
  if (const CutPoint* knee = percolation_knee(chart.curve)) chart.knee = *knee;
  chart.min_size = min_size;
  chart.plateaus = stable_plateaus(nodes, static_cast<Vertex>(min_size), kPlateaus);
  return chart;
}

std::string chart_to_json(const CutChart& chart) {
  Json curve = Json::array(), plateaus = Json::array();
  for (const CutPoint& point : chart.curve) curve.push_back(point_json(point));
  for (const Plateau& one : chart.plateaus)
    plateaus.push_back({{"from", one.strongest}, {"to", one.weakest}, {"groups", one.components}});
  const Json json = {{"schema", "ringscope.cuts/1"},
                     {"run", chart.run},
                     {"accounts", chart.accounts},
                     {"knee", chart.knee ? point_json(*chart.knee) : Json(nullptr)},
                     {"min_size", chart.min_size},
                     {"plateaus", plateaus},
                     {"curve", curve}};
  return json.dump();
}

}  // namespace ringscope
