#include "algorithms/dense_block.h"

#include <algorithm>
#include <cmath>
#include <queue>
#include <utility>

namespace ringscope {
namespace {

// Peels one block after the other off the edges that are left. Nodes: left vertices, then right ones.
class Peeler {
 public:
  Peeler(const BipartiteGraph& graph, std::span<const char> taking_part, const DenseBlockOptions& options)
      : graph_(graph),
        options_(options),
        nodes_(graph.left_count() + graph.right_count()),
        gone_(graph.edge_count(), 0) {
    for (Vertex l = 0; l < graph.left_count(); ++l) {
      for (std::size_t i = 0; i < graph.left_degree(l); ++i) {
        if (taking_part[l] == 0 || graph.right_degree(graph.rights_of(l)[i]) > options.most_degree)
          gone_[graph.left_begin(l) + i] = 1;
      }
    }
  }

  std::vector<Vertex> next() {
    start();
    peel();
    return take();
  }

 private:
  using Entry = std::pair<double, std::size_t>;  // weight lost with it, node

  double weight_of(Vertex r) const { return 1.0 / std::log(static_cast<double>(graph_.right_degree(r)) + 5.0); }
  std::size_t node_of(Vertex r) const { return graph_.left_count() + r; }

  void start() {
    lost_.assign(nodes_, 0);
    step_.assign(nodes_, 0);
    total_ = 0;
    for (Vertex l = 0; l < graph_.left_count(); ++l) {
      const auto rights = graph_.rights_of(l);
      for (std::size_t i = 0; i < rights.size(); ++i) {
        if (gone_[graph_.left_begin(l) + i] != 0) continue;
        const double weight = weight_of(rights[i]);
        lost_[l] += weight;
        lost_[node_of(rights[i])] += weight;
        total_ += weight;
      }
    }
    left_over_ = 0;
    std::vector<Entry> entries;
    entries.reserve(nodes_);
    for (std::size_t node = 0; node < nodes_; ++node) {
      if (lost_[node] <= 0) continue;
      entries.emplace_back(lost_[node], node);
      ++left_over_;
    }
    queue_ = std::priority_queue<Entry, std::vector<Entry>, std::greater<>>(std::greater<>(), std::move(entries));
  }

  // Numbers the nodes by when they go; remembers after how many the rest was densest.
  void peel() {
    std::size_t gone = 0;
    double best = left_over_ > 0 ? total_ / static_cast<double>(left_over_) : 0;
    best_step_ = 0;
    while (!queue_.empty()) {
      const auto [weight, node] = queue_.top();
      queue_.pop();
      if (step_[node] != 0 || weight > lost_[node]) continue;  // an entry of before a neighbour went
      step_[node] = ++gone;
      total_ -= lost_[node];
      for_neighbours(node, [&](std::size_t other, double w) {
        if (step_[other] != 0) return;
        lost_[other] = std::max(0.0, lost_[other] - w);
        queue_.emplace(lost_[other], other);
      });
      const std::size_t rest = left_over_ - gone;
      if (rest > 0 && total_ / static_cast<double>(rest) > best) {
        best = total_ / static_cast<double>(rest);
        best_step_ = gone;
      }
    }
  }

  template <class Visit>
  void for_neighbours(std::size_t node, const Visit& visit) const {
    if (node < graph_.left_count()) {
      const auto l = static_cast<Vertex>(node);
      const auto rights = graph_.rights_of(l);
      for (std::size_t i = 0; i < rights.size(); ++i) {
        if (gone_[graph_.left_begin(l) + i] == 0) visit(node_of(rights[i]), weight_of(rights[i]));
      }
      return;
    }
    const auto r = static_cast<Vertex>(node - graph_.left_count());
    const auto lefts = graph_.lefts_of(r);
    const auto edges = graph_.edges_of(r);
    for (std::size_t i = 0; i < lefts.size(); ++i) {
      if (gone_[edges[i]] == 0) visit(lefts[i], weight_of(r));
    }
  }

  // The left vertices of the densest rest; its edges go.
  std::vector<Vertex> take() {
    std::vector<Vertex> block;
    for (Vertex l = 0; l < graph_.left_count(); ++l) {
      if (step_[l] <= best_step_) continue;
      block.push_back(l);
      const auto rights = graph_.rights_of(l);
      for (std::size_t i = 0; i < rights.size(); ++i) {
        if (step_[node_of(rights[i])] > best_step_) gone_[graph_.left_begin(l) + i] = 1;
      }
    }
    return block;
  }

  BipartiteGraph graph_;
  DenseBlockOptions options_;
  std::size_t nodes_;
  std::vector<char> gone_;  // edges
  std::vector<double> lost_;
  std::vector<std::size_t> step_;  // 0: still there
  double total_ = 0;
  std::size_t left_over_ = 0, best_step_ = 0;
  std::priority_queue<Entry, std::vector<Entry>, std::greater<>> queue_;
};

}  // namespace

std::vector<std::vector<Vertex>> dense_blocks(const BipartiteGraph& graph, std::span<const char> taking_part,
                                              const DenseBlockOptions& options) {
  Peeler peeler(graph, taking_part, options);
  std::vector<std::vector<Vertex>> blocks;
  blocks.reserve(options.max_blocks);
  while (blocks.size() < options.max_blocks) {
    std::vector<Vertex> block = peeler.next();
    if (block.size() < options.least_left) break;
    blocks.push_back(std::move(block));
  }
  return blocks;
}

}  // namespace ringscope
