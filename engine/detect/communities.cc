#include "engine/detect/communities.h"

#include <algorithm>

#include "algorithms/leiden.h"

namespace ringscope {

Communities::Communities(const LikenessPlan& plan, std::uint64_t seed, unsigned threads)
    : plan_(plan),
      seed_(seed),
      threads_(threads),
      touches_{std::vector<Vertex>(plan.views[0].graph.right_count(), 0),
               std::vector<Vertex>(plan.views[kHabitView].graph.right_count(), 0)} {}

std::vector<std::vector<Vertex>> Communities::among(std::size_t view, const std::vector<Vertex>& members,
                                                    const std::vector<Vertex>& things, double resolution,
                                                    Vertex least_size) {
  const BipartiteGraph& graph = plan_.views[view].graph;
  std::vector<Vertex>& touches = touches_[view];
  std::vector<Vertex> met;  // what any member touches
  for (const Vertex account : members) {
    for (const Vertex r : graph.rights_of(account)) {
      if (touches[r]++ == 0) met.push_back(r);
    }
  }
  std::vector<Vertex> common;
  for (const Vertex r : things.empty() ? met : things) {
    if (touches[r] >= 2) common.push_back(r);
  }
  std::sort(common.begin(), common.end());
  for (const Vertex r : met) touches[r] = 0;
  const auto accounts = static_cast<Vertex>(members.size());
  for (Vertex i = 0; i < common.size(); ++i) touches[common[i]] = accounts + i;  // its vertex
  std::vector<WeightedEdge> edges;
  for (Vertex i = 0; i < accounts; ++i) {
    for (const Vertex r : graph.rights_of(members[i])) {
      if (touches[r] != 0) edges.push_back({i, touches[r], 1});
    }
  }
  for (const Vertex r : common) touches[r] = 0;
  const Partition partition = leiden(build_csr(accounts + static_cast<Vertex>(common.size()), edges).view(),
                                     {.resolution = resolution, .seed = seed_, .threads = threads_});
  const PartitionMembers of = members_of(partition);
  std::vector<std::vector<Vertex>> result;
  for (Vertex c = 0; c < partition.community_count; ++c) {
    std::vector<Vertex> community;  // accounts stand first
    for (const Vertex v : of.of(c)) {
      if (v < accounts) community.push_back(members[v]);
    }
    if (community.size() >= least_size) result.push_back(std::move(community));
  }
  return result;
}

}  // namespace ringscope
