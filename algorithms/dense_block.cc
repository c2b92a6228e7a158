#include "algorithms/dense_block.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <utility>

namespace ringscope {
namespace {

// Nodes by what is lost with them, the least first, ties to the smaller node. Losses only fall. Nodes lie in buckets of
// equal width, and move only when they fall into another; those of the lowest bucket that is not empty, and of all
// below it, are in a heap, which alone is exact. So the order is that of one large heap, and few entries are ever in
// it.
class LossQueue {
 public:
  // `lost` by node, which the queue reads as it changes; nodes that lose nothing are not taken in.
  explicit LossQueue(const std::vector<double>& lost) : lost_(lost) {
    double most = 0;
    std::size_t count = 0;
    for (const double one : lost) {
      most = std::max(most, one);
      count += one > 0 ? 1 : 0;
    }
    const std::size_t buckets = std::clamp<std::size_t>(count / kNodesABucket, 1, kMostBuckets);
    buckets_.resize(buckets + 1);
    per_unit_ = most > 0 ? static_cast<double>(buckets) / most : 0;
    bucket_of_.assign(lost.size(), 0);
    for (std::size_t node = 0; node < lost.size(); ++node) {
      if (lost[node] > 0) put(node, bucket(lost[node]));
    }
  }

  // The node's loss has become smaller.
  void fell(std::size_t node) {
    const std::size_t now = bucket(lost_[node]);
    if (now <= open_) {
      push(node);
    } else if (now < bucket_of_[node]) {
      put(node, now);
    }
  }

  // False when none is left. A node comes again for each time it fell while it was in the heap: whoever asks passes
  // over what is not its loss any more, and nodes that went.
  bool pop(double& weight, std::size_t& node) {
    while (heap_.empty()) {
      if (!opened_) {
        opened_ = true;
      } else if (++open_ >= buckets_.size()) {
        return false;
      }
      for (const std::uint32_t one : buckets_[open_]) {
        if (bucket_of_[one] == open_) heap_.emplace_back(lost_[one], one);
      }
      std::ranges::make_heap(heap_, std::greater<>());
    }
    std::ranges::pop_heap(heap_, std::greater<>());
    weight = heap_.back().first;
    node = heap_.back().second;
    heap_.pop_back();
    return true;
  }

 private:
  static constexpr std::size_t kNodesABucket = 16, kMostBuckets = std::size_t{1} << 16;

  std::size_t bucket(double lost) const {
    return std::min(static_cast<std::size_t>(lost * per_unit_), buckets_.size() - 1);
  }
  void put(std::size_t node, std::size_t bucket) {
    bucket_of_[node] = static_cast<std::uint32_t>(bucket);
    buckets_[bucket].push_back(static_cast<std::uint32_t>(node));
  }
  void push(std::size_t node) {
    heap_.emplace_back(lost_[node], static_cast<std::uint32_t>(node));
    std::ranges::push_heap(heap_, std::greater<>());
  }

  const std::vector<double>& lost_;
  double per_unit_ = 0;                              // buckets
  std::vector<std::vector<std::uint32_t>> buckets_;  // a node that has fallen further is in a lower one as well
  std::vector<std::uint32_t> bucket_of_;             // by node, the lowest that it was put in
  std::size_t open_ = 0;                             // the heap has the nodes of this bucket and of those below
  bool opened_ = false;
  std::vector<std::pair<double, std::uint32_t>> heap_;
};

// Peels one block after the other off the edges that are left. Nodes: left vertices, then right ones.
class Peeler {
 public:
  Peeler(const BipartiteGraph& graph, std::span<const char> taking_part, const DenseBlockOptions& options)
      : graph_(graph),
        options_(options),
        nodes_(graph.left_count() + graph.right_count()),
        gone_(graph.edge_count(), 0),
        weight_of_(graph.right_count()) {
    for (Vertex r = 0; r < graph.right_count(); ++r)
      weight_of_[r] = 1.0 / std::log(static_cast<double>(graph.right_degree(r)) + 5.0);
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
  double weight_of(Vertex r) const { return weight_of_[r]; }
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
    left_over_ = static_cast<std::size_t>(std::ranges::count_if(lost_, [](double lost) { return lost > 0; }));
  }

  // Numbers the nodes by when they go; remembers after how many the rest was densest.
  void peel() {
    std::size_t gone = 0;
    double best = left_over_ > 0 ? total_ / static_cast<double>(left_over_) : 0;
    best_step_ = 0;
    LossQueue queue(lost_);
    double weight = 0;
    for (std::size_t node = 0; queue.pop(weight, node);) {
      if (step_[node] != 0 || weight > lost_[node]) continue;  // an entry of before a neighbour went
      step_[node] = ++gone;
      total_ -= lost_[node];
      for_neighbours(node, [&](std::size_t other, double w) {
        if (step_[other] != 0) return;
        lost_[other] = std::max(0.0, lost_[other] - w);
        queue.fell(other);
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
  std::vector<double> weight_of_;  // right vertices
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
