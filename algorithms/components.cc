#include "algorithms/components.h"

#include <algorithm>
#include <atomic>
#include <numeric>
#include <utility>

#include "base/parallel.h"
#include "base/random.h"

namespace ringscope {
namespace {

constexpr ArcIndex kFirstArcs = 2;      // arcs of each vertex that are linked before the giant is looked for
constexpr std::size_t kSamples = 1024;  // vertices asked for the giant's root

// A forest over the vertices; a parent is never larger than its child, so a root is the smallest vertex of its tree.
class Forest {
 public:
  explicit Forest(Vertex vertex_count) : parent_(vertex_count) { std::iota(parent_.begin(), parent_.end(), Vertex{0}); }

  // Joins the trees of u and v: hooks the larger root onto the smaller. May run concurrently.
  void link(Vertex u, Vertex v) {
    Vertex a = load(u);
    Vertex b = load(v);
    while (a != b) {
      const Vertex high = std::max(a, b);
      const Vertex low = std::min(a, b);
      Vertex seen = load(high);
      if (seen == low) return;
      if (seen == high &&
          std::atomic_ref(parent_[high]).compare_exchange_strong(seen, low, std::memory_order_relaxed)) {
        return;
      }
      a = load(seen);
      b = load(low);
    }
  }

  void compress(unsigned threads) {
    parallel_for(parent_.size(), threads, [&](std::size_t v) {
      Vertex root = load(static_cast<Vertex>(v));
      while (root != load(root)) root = load(root);
      std::atomic_ref(parent_[v]).store(root, std::memory_order_relaxed);
    });
  }

  // The root met most often among sampled vertices; call after compress().
  Vertex frequent_root() const {
    std::vector<Vertex> roots;
    roots.reserve(kSamples);
    Random random(kSamples);
    for (std::size_t i = 0; i < kSamples; ++i) roots.push_back(parent_[random.below(parent_.size())]);
    std::ranges::sort(roots);
    Vertex best = roots.front();
    std::size_t best_run = 0;
    for (std::size_t i = 0, run = 0; i < roots.size(); ++i) {
      run = i > 0 && roots[i] == roots[i - 1] ? run + 1 : 1;
      if (run > best_run) {
        best_run = run;
        best = roots[i];
      }
    }
    return best;
  }

  Vertex load(Vertex v) { return std::atomic_ref(parent_[v]).load(std::memory_order_relaxed); }

  // After compress(): roots ascend with their number, so this is the canonical partition.
  Partition partition() && {
    Partition result;
    for (std::size_t v = 0; v < parent_.size(); ++v) {
      parent_[v] = parent_[v] == v ? result.community_count++ : parent_[parent_[v]];
    }
    result.community_of = std::move(parent_);
    return result;
  }

 private:
  std::vector<Vertex> parent_;
};

}  // namespace

Partition connected_components(const CsrGraph& graph, const ComponentsOptions& options) {
  if (graph.vertex_count() == 0) return {};
  Forest forest(graph.vertex_count());
  parallel_for(graph.vertex_count(), options.threads, [&](std::size_t i) {
    const auto v = static_cast<Vertex>(i);
    const ArcIndex end = std::min(graph.arcs_begin(v) + kFirstArcs, graph.arcs_end(v));
    for (ArcIndex arc = graph.arcs_begin(v); arc < end; ++arc) forest.link(v, graph.target(arc));
  });
  forest.compress(options.threads);

  const Vertex giant = forest.frequent_root();
  parallel_for(graph.vertex_count(), options.threads, [&](std::size_t i) {
    const auto v = static_cast<Vertex>(i);
    if (forest.load(v) == giant) return;  // its arcs that leave the giant are read from the other end
    const ArcIndex begin = std::min(graph.arcs_begin(v) + kFirstArcs, graph.arcs_end(v));
    for (ArcIndex arc = begin; arc < graph.arcs_end(v); ++arc) forest.link(v, graph.target(arc));
  });
  forest.compress(options.threads);
  return std::move(forest).partition();
}

Partition connected_components(Vertex vertex_count, std::span<const WeightedEdge> edges,
                               const ComponentsOptions& options) {
  Forest forest(vertex_count);
  parallel_for(edges.size(), options.threads, [&](std::size_t i) { forest.link(edges[i].u, edges[i].v); });
  forest.compress(options.threads);
  return std::move(forest).partition();
}

}  // namespace ringscope
