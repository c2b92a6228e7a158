#include "engine/detect/cluster/dealt.h"

#include <algorithm>
#include <string_view>

#include "algorithms/pairs_of.h"
#include "engine/detect/cluster/group_sets.h"

namespace ringscope {
namespace {

constexpr std::string_view kAddresses = "ip";  // leased to anybody
constexpr std::size_t kMostUsers = 100;        // of a thing; more are a crowd's
constexpr double kGrouped = 0.8;               // of them that must be in groups
constexpr std::size_t kLeastCrossing = 3;      // things on both sides, one of which may be borrowed
constexpr double kAsOne = 0.5;                 // of the share within, across: cells may be dealt to in turns

// What either group touches that could be dealt out, ascending.
std::vector<Vertex> things_of(const GroupGauge& gauge, const std::vector<Vertex>& a, const std::vector<Vertex>& b) {
  const BipartiteGraph& graph = gauge.plan().views[kThingView].graph;
  std::vector<Vertex> things;
  for (const std::vector<Vertex>* members : {&a, &b}) {
    for (const Vertex account : *members) {
      for (const Vertex r : graph.rights_of(account)) {
        const std::size_t users = graph.right_degree(r);
        if (users >= 2 && users <= kMostUsers && gauge.plan().kinds[gauge.kind_of({kThingView, r})].name != kAddresses)
          things.push_back(r);
      }
    }
  }
  std::sort(things.begin(), things.end());
  things.erase(std::unique(things.begin(), things.end()), things.end());
  return things;
}

}  // namespace

bool are_dealt_to_both(const GroupGauge& gauge, std::span<const char> in_group, const std::vector<Vertex>& a,
                       const std::vector<Vertex>& b) {
  double across = 0, within = 0;
  std::size_t crossing = 0;
  for (const Vertex thing : things_of(gauge, a, b)) {
    const auto users = gauge.users_of({kThingView, thing});
    const auto grouped = std::ranges::count_if(users, [&](Vertex user) { return in_group[user] != 0; });
    if (static_cast<double>(grouped) < kGrouped * static_cast<double>(users.size())) continue;
    const auto in_a = static_cast<double>(count_in(a, users)), in_b = static_cast<double>(count_in(b, users));
    across += in_a * in_b;
    within += pairs_of(in_a) + pairs_of(in_b);
    crossing += in_a > 0 && in_b > 0 ? 1 : 0;
  }
  const auto m = static_cast<double>(a.size()), n = static_cast<double>(b.size());
  return crossing >= kLeastCrossing && across * (pairs_of(m) + pairs_of(n)) >= kAsOne * within * m * n;
}

}  // namespace ringscope
