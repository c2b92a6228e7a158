#include "algorithms/conductance.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <numeric>
#include <set>
#include <utility>
#include <vector>

namespace ringscope {
namespace {

// Weights are kept as whole 1/1024ths, so that sums do not depend on the order of the edges.
using Weight = std::int64_t;
Weight whole(float weight) { return std::llround(static_cast<double>(weight) * 1024.0); }

class Communities {
 public:
  Communities(const Partition& partition, std::span<const WeightedEdge> edges, double most_leak)
      : most_leak_(most_leak),
        root_(partition.community_count),
        touching_(partition.community_count, 0),
        leaving_(partition.community_count, 0),
        shared_(partition.community_count) {
    std::iota(root_.begin(), root_.end(), Vertex{0});
    for (const WeightedEdge& edge : edges)
      add(partition.community_of[edge.u], partition.community_of[edge.v], edge.weight);
    for (Vertex c = 0; c < root_.size(); ++c) watch(c);
  }

  void merge_until_closed() {
    while (!leaky_.empty()) {
      const Vertex community = leaky_.begin()->second;
      merge(community, closest(community));
    }
  }
  Vertex find(Vertex c) const {
    while (root_[c] != c) c = root_[c];
    return c;
  }

 private:
  void add(Vertex a, Vertex b, float weight) {
    const Weight w = whole(weight);
    touching_[a] += w;
    touching_[b] += w;
    if (a == b) return;
    leaving_[a] += w;
    leaving_[b] += w;
    shared_[a][b] += w;
    shared_[b][a] += w;
  }
  double leak(Vertex c) const { return static_cast<double>(leaving_[c]) / static_cast<double>(touching_[c]); }
  bool is_leaky(Vertex c) const { return leaving_[c] > 0 && leak(c) >= most_leak_; }
  void watch(Vertex c) {
    if (is_leaky(c)) leaky_.insert({-leak(c), c});
  }
  void unwatch(Vertex c) {
    if (is_leaky(c)) leaky_.erase({-leak(c), c});
  }
  Vertex closest(Vertex c) const {
    const auto more = [](const auto& a, const auto& b) { return a.second < b.second; };  // the first of equals wins
    return std::max_element(shared_[c].begin(), shared_[c].end(), more)->first;
  }
  void merge(Vertex a, Vertex b) {
    unwatch(a);
    unwatch(b);
    if (shared_[a].size() > shared_[b].size()) std::swap(a, b);
    root_[a] = b;
    const Weight between = shared_[a].at(b);
    touching_[b] += touching_[a];
    leaving_[b] += leaving_[a] - 2 * between;
    shared_[a].erase(b);
    shared_[b].erase(a);
    for (const auto& [other, weight] : shared_[a]) {
      shared_[b][other] += weight;
      shared_[other].erase(a);
      shared_[other][b] += weight;
    }
    shared_[a].clear();
    watch(b);
  }

  double most_leak_;
  std::vector<Vertex> root_;
  std::vector<Weight> touching_;
  std::vector<Weight> leaving_;
  std::vector<std::map<Vertex, Weight>> shared_;  // a few neighbours each, and only while communities are merged
  std::set<std::pair<double, Vertex>> leaky_;     // leakiest first
};

}  // namespace

Partition merge_leaky(const Partition& partition, std::span<const WeightedEdge> edges, double most_leak) {
  Communities communities(partition, edges, most_leak);
  communities.merge_until_closed();
  std::vector<Vertex> labels(partition.community_of.size());
  for (Vertex v = 0; v < labels.size(); ++v) labels[v] = communities.find(partition.community_of[v]);
  return canonical_partition(labels);
}

}  // namespace ringscope
