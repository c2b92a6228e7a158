#include "algorithms/shuffle.h"

#include <algorithm>
#include <span>
#include <utility>
#include <vector>

#include "base/random.h"

namespace ringscope {
namespace {

void draw_order(std::span<Vertex> values, Random& random) {
  for (std::size_t i = values.size(); i > 1; --i) std::swap(values[i - 1], values[random.below(i)]);
}

// What two left vertices have in one layer; trading keeps what both have and deals the rest out anew, as many to each
// as before.
class Trader {
 public:
  void trade(std::span<Vertex> a, std::span<Vertex> b, Random& random) {
    common_.clear();
    pool_.clear();
    std::ranges::set_intersection(a, b, std::back_inserter(common_));
    std::ranges::set_symmetric_difference(a, b, std::back_inserter(pool_));
    draw_order(pool_, random);
    const std::size_t first = a.size() - common_.size();
    give(a, std::span(pool_).first(first));
    give(b, std::span(pool_).subspan(first));
  }

 private:
  void give(std::span<Vertex> row, std::span<const Vertex> dealt) const {
    const auto rest = std::ranges::copy(common_, row.begin()).out;
    std::ranges::copy(dealt, rest);
    std::ranges::sort(row);
  }

  std::vector<Vertex> common_;
  std::vector<Vertex> pool_;
};

}  // namespace

BipartiteArrays shuffle_preserving_degrees(const BipartiteGraph& graph, const ShuffleOptions& options) {
  std::vector<ArcIndex> offsets{0};
  std::vector<Vertex> targets;
  for (Vertex l = 0; l < graph.left_count(); ++l) {
    const auto row = graph.rights_of(l);
    targets.insert(targets.end(), row.begin(), row.end());
    offsets.push_back(targets.size());
  }
  std::vector<Vertex> layers{graph.right_count()};
  Trader trader;
  for (std::size_t layer = 0; layer < graph.layer_count(); ++layer) {
    layers.insert(layers.end() - 1, graph.layer_begin(layer));
    std::vector<std::span<Vertex>> rows;  // the part of each row that lies in the layer
    for (Vertex l = 0; l < graph.left_count(); ++l) {
      const auto row = std::span(targets).subspan(offsets[l], graph.left_degree(l));
      const auto begin = std::ranges::lower_bound(row, graph.layer_begin(layer));
      const auto end = std::ranges::lower_bound(row, graph.layer_end(layer));
      if (begin != end) rows.emplace_back(begin, end);
    }
    std::vector<Vertex> order(rows.size());
    for (std::size_t i = 0; i < order.size(); ++i) order[i] = static_cast<Vertex>(i);
    Random random(options.seed, layer);
    for (int round = 0; round < options.rounds; ++round) {
      draw_order(order, random);
      for (std::size_t i = 0; i + 1 < order.size(); i += 2) trader.trade(rows[order[i]], rows[order[i + 1]], random);
    }
  }
  return build_bipartite(std::move(offsets), std::move(targets), graph.right_count(), std::move(layers));
}

}  // namespace ringscope
