#include "engine/detect/cluster/communities.h"

#include <algorithm>
#include <utility>

#include "algorithms/leiden.h"
#include "base/random.h"

namespace ringscope {
namespace {

// What at least two of the members touch; of `things` only, unless they are none. By a hash of who of them touches it:
// not by name, so that a store that keeps values as tokens has the same communities. What the same members touch is the
// same to them, whichever stands first. `touches`, by thing, is 0 before and after.
std::vector<Vertex> common_things(const BipartiteGraph& graph, const std::vector<Vertex>& members,
                                  const std::vector<Vertex>& things, std::vector<Vertex>& touches) {
  struct Met {
    std::uint64_t users = 0;
    Vertex thing = 0, count = 0;
  };
  std::vector<Met> met;  // what any member touches
  for (Vertex i = 0; i < members.size(); ++i) {
    for (const Vertex r : graph.rights_of(members[i])) {
      if (touches[r] == 0) {
        met.push_back({.thing = r});
        touches[r] = static_cast<Vertex>(met.size());
      }
      Met& one = met[touches[r] - 1];
      one.users = mix64(one.users ^ i);
      ++one.count;
    }
  }
  std::vector<std::pair<std::uint64_t, Vertex>> order;
  const auto add = [&](const Met& one) {
    if (one.count >= 2) order.emplace_back(one.users, one.thing);
  };
  if (things.empty()) std::ranges::for_each(met, add);
  for (const Vertex r : things) {
    if (touches[r] != 0) add(met[touches[r] - 1]);
  }
  for (const Met& one : met) touches[one.thing] = 0;
  std::sort(order.begin(), order.end());
  std::vector<Vertex> common(order.size());
  std::ranges::transform(order, common.begin(), [](const auto& one) { return one.second; });
  return common;
}

}  // namespace

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
  const std::vector<Vertex> common = common_things(graph, members, things, touches);
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
