#include "algorithms/transitivity.h"

#include <algorithm>
#include <tuple>
#include <utility>
#include <vector>

#include "algorithms/disjoint_sets.h"

namespace ringscope {
namespace {

// What ties one community to another: of its vertices with such an edge, the smallest and the largest.
struct Tie {
  Vertex to;
  Vertex first;
  Vertex last;
};

// Per community its ties, ascending by the other community.
class Ties {
 public:
  Ties(const Partition& partition, std::span<const WeightedEdge> edges) : offsets_(partition.community_count + 1, 0) {
    std::vector<std::tuple<Vertex, Vertex, Vertex>> ends;  // community, other community, vertex
    for (const WeightedEdge& edge : edges) {
      const Vertex a = partition.community_of[edge.u], b = partition.community_of[edge.v];
      if (a == b) continue;
      ends.emplace_back(a, b, edge.u);
      ends.emplace_back(b, a, edge.v);
    }
    std::sort(ends.begin(), ends.end());
    for (std::size_t i = 0, j = 0; i < ends.size(); i = j) {
      const auto [community, other, first] = ends[i];
      while (j < ends.size() && std::get<0>(ends[j]) == community && std::get<1>(ends[j]) == other) ++j;
      ties_.push_back({other, first, std::get<2>(ends[j - 1])});
      ++offsets_[community + 1];
    }
    std::partial_sum(offsets_.begin(), offsets_.end(), offsets_.begin());
  }

  std::span<const Tie> of(Vertex community) const {
    return std::span(ties_).subspan(offsets_[community], offsets_[community + 1] - offsets_[community]);
  }
  const Tie* find(Vertex community, Vertex other) const {
    const auto ties = of(community);
    const auto at =
        std::lower_bound(ties.begin(), ties.end(), other, [](const Tie& tie, Vertex to) { return tie.to < to; });
    return at != ties.end() && at->to == other ? &*at : nullptr;
  }

 private:
  std::vector<std::size_t> offsets_;
  std::vector<Tie> ties_;
};

bool one_vertex(const Tie& x, const Tie& y) { return x.first == x.last && y.first == y.last && x.first == y.first; }

// Joins a and b with every c above both that closes a triangle. Walks the shorter of their lists.
void join_triangles(const Ties& ties, Vertex a, const Tie& ab, DisjointSets& roots) {
  const Vertex b = ab.to;
  const Tie& ba = *ties.find(b, a);
  const bool swap = ties.of(b).size() < ties.of(a).size();
  const Vertex walked = swap ? b : a, looked_up = swap ? a : b;
  for (const Tie& walked_c : ties.of(walked)) {
    const Vertex c = walked_c.to;
    if (c <= b) continue;
    const Tie* const looked_up_c = ties.find(looked_up, c);
    if (looked_up_c == nullptr) continue;
    const Tie& ac = swap ? *looked_up_c : walked_c;
    const Tie& bc = swap ? walked_c : *looked_up_c;
    if (one_vertex(ab, ac) || one_vertex(ba, bc) || one_vertex(*ties.find(c, a), *ties.find(c, b))) continue;
    roots.join(a, b);
    roots.join(a, c);
  }
}

}  // namespace

Partition merge_transitive(const Partition& partition, std::span<const WeightedEdge> edges) {
  const Ties ties(partition, edges);
  DisjointSets roots(partition.community_count);
  for (Vertex a = 0; a < partition.community_count; ++a) {
    for (const Tie& tie : ties.of(a)) {
      if (tie.to > a) join_triangles(ties, a, tie, roots);
    }
  }
  std::vector<Vertex> labels(partition.community_of.size());
  for (Vertex v = 0; v < labels.size(); ++v) labels[v] = roots.find(partition.community_of[v]);
  return canonical_partition(labels);
}

}  // namespace ringscope
