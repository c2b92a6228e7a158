#include "engine/detect/askers.h"

#include <algorithm>
#include <cmath>

#include "algorithms/agreement.h"
#include "algorithms/leiden.h"

namespace ringscope {
namespace {

constexpr double kMargin = 3;  // bits: by chance an account agrees so well with one of eight others

}  // namespace

std::vector<std::vector<Vertex>> askers(const LikenessPlan& plan, std::uint64_t seed, unsigned threads) {
  const LikenessView& view = plan.views[kHabitView];
  std::vector<std::vector<Vertex>> groups;
  for (std::size_t layer = 0; layer < view.layers.size(); ++layer) {
    if (plan.kinds[view.layers[layer].family].name != kPrompts || view.layers[layer].weight <= 0) continue;
    const Vertex accounts = view.graph.left_count();
    const std::vector<WeightedEdge> pairs = agreeing_pairs(
        view.graph, layer, {.least_bits = std::log2(std::max(2U, accounts)) + kMargin, .threads = threads});
    const Partition partition = leiden(build_csr(accounts, pairs).view(), {.seed = seed, .threads = threads});
    const PartitionMembers members = members_of(partition);
    for (Vertex c = 0; c < partition.community_count; ++c) {
      const auto of = members.of(c);
      if (of.size() >= kLeastAskers) groups.emplace_back(of.begin(), of.end());
    }
  }
  std::stable_sort(groups.begin(), groups.end(), [](const auto& a, const auto& b) { return a.size() > b.size(); });
  return groups;
}

}  // namespace ringscope
