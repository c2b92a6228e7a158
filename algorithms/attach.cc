#include "algorithms/attach.h"

#include <algorithm>
#include <tuple>

#include "algorithms/disjoint_sets.h"

namespace ringscope {
namespace {

class Groups {
 public:
  explicit Groups(const Partition& cores)
      : sets_(static_cast<Vertex>(cores.community_of.size())), has_core_(cores.community_of.size(), 0) {
    const auto count = static_cast<Vertex>(cores.community_of.size());
    std::vector<Vertex> first(cores.community_count, count);
    for (Vertex v = 0; v < count; ++v) {
      Vertex& root = first[cores.community_of[v]];
      if (root == count) {
        root = v;
      } else {
        sets_.join(root, v);
        has_core_[root] = 1;
      }
    }
  }
  Vertex find(Vertex v) { return sets_.find(v); }
  void join(Vertex u, Vertex v) {
    u = find(u);
    v = find(v);
    if (u == v || (has_core_[u] != 0 && has_core_[v] != 0)) return;
    sets_.join(u, v);
    has_core_[find(u)] = static_cast<char>(has_core_[u] | has_core_[v]);
  }

 private:
  DisjointSets sets_;
  std::vector<char> has_core_;  // by root
};

}  // namespace

Partition attach(const Partition& cores, std::span<const WeightedEdge> edges) {
  std::vector<WeightedEdge> order(edges.begin(), edges.end());
  std::sort(order.begin(), order.end(), [](const WeightedEdge& a, const WeightedEdge& b) {
    return std::tuple(-a.weight, std::minmax({a.u, a.v})) < std::tuple(-b.weight, std::minmax({b.u, b.v}));
  });
  Groups groups(cores);
  for (const WeightedEdge& edge : order) groups.join(edge.u, edge.v);
  std::vector<Vertex> labels(cores.community_of.size());
  for (Vertex v = 0; v < labels.size(); ++v) labels[v] = groups.find(v);
  return canonical_partition(labels);
}

}  // namespace ringscope
