#include "algorithms/transitivity.h"

#include <algorithm>
#include <iterator>
#include <numeric>
#include <tuple>
#include <utility>
#include <vector>

#include "algorithms/disjoint_sets.h"

namespace ringscope {
namespace {

constexpr std::size_t kPerTied = 10;  // of so many vertices of the smaller community, one has the tie at least

// What ties one community to another: of its vertices with such an edge, the smallest and the largest.
struct Tie {
  Vertex to;
  Vertex first;
  Vertex last;
  Vertex count;
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
      Tie tie{other, first, first, 0};
      for (; j < ends.size() && std::get<0>(ends[j]) == community && std::get<1>(ends[j]) == other; ++j) {
        if (j == i || std::get<2>(ends[j]) != tie.last) ++tie.count;
        tie.last = std::get<2>(ends[j]);
      }
      ties_.push_back(tie);
      ++offsets_[community + 1];
    }
    std::partial_sum(offsets_.begin(), offsets_.end(), offsets_.begin());
    drop_chance_ties(partition);
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
  // The larger two communities are, the more of their vertices are tied by chance.
  void drop_chance_ties(const Partition& partition) {
    std::vector<std::size_t> size(partition.community_count, 0);
    for (const Vertex community : partition.community_of) ++size[community];
    const auto stands = [&](Vertex community, const Tie& tie) {
      const bool smaller = std::pair(size[community], community) < std::pair(size[tie.to], tie.to);
      return smaller ? kPerTied * tie.count >= size[community]
                     : kPerTied * find(tie.to, community)->count >= size[tie.to];
    };
    std::vector<std::size_t> offsets(offsets_.size(), 0);
    std::vector<Tie> kept;
    for (Vertex community = 0; community < partition.community_count; ++community) {
      std::ranges::copy_if(of(community), std::back_inserter(kept),
                           [&](const Tie& tie) { return stands(community, tie); });
      offsets[community + 1] = kept.size();
    }
    offsets_ = std::move(offsets);
    ties_ = std::move(kept);
  }

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
