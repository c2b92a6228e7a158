#include "algorithms/attach.h"

#include <algorithm>
#include <numeric>
#include <tuple>

namespace ringscope {
namespace {

class Groups {
 public:
  explicit Groups(const Partition& cores) : parent_(cores.community_of.size()), has_core_(parent_.size(), 0) {
    std::iota(parent_.begin(), parent_.end(), Vertex{0});
    std::vector<Vertex> first(cores.community_count, static_cast<Vertex>(parent_.size()));
    for (Vertex v = 0; v < parent_.size(); ++v) {
      Vertex& root = first[cores.community_of[v]];
      if (root == parent_.size()) {
        root = v;
      } else {
        parent_[v] = root;
        has_core_[root] = 1;
      }
    }
  }
  Vertex find(Vertex v) {
    while (parent_[v] != v) v = parent_[v] = parent_[parent_[v]];
    return v;
  }
  void join(Vertex u, Vertex v) {
    u = find(u);
    v = find(v);
    if (u == v || (has_core_[u] != 0 && has_core_[v] != 0)) return;
    if (v < u) std::swap(u, v);
    parent_[v] = u;
    has_core_[u] = static_cast<char>(has_core_[u] | has_core_[v]);
  }

 private:
  std::vector<Vertex> parent_;  // a root is the smallest of its group
  std::vector<char> has_core_;
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
