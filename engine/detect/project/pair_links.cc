#include "engine/detect/project/pair_links.h"

#include <algorithm>
#include <atomic>
#include <bit>
#include <cmath>
#include <memory>
#include <optional>

#include "algorithms/projection.h"
#include "engine/detect/project/pair_block.h"

namespace ringscope {
namespace {

// A vouching entity adds this to a pair's sum of bins, so that the sum tells at once whether one is shared. Above every
// sum of bins, and with it still a whole number in single precision.
constexpr double kVouches = 4194304;  // 2^22

struct Vouches {
  bool core = false;
  bool attach = false;
};

// The best pair that was not kept of each account, found by all threads at once: the largest of (surprise, complement
// of the other account), packed into one word, so that it does not matter who was first.
class NearMisses {
 public:
  explicit NearMisses(Vertex accounts) : count_(accounts), best_(new std::atomic<std::uint64_t>[accounts]()) {}

  void note(Vertex a, Vertex b, float surprise) {
    const std::uint64_t high = std::uint64_t{std::bit_cast<std::uint32_t>(std::max(0.0F, surprise))} << 32;
    raise(a, high | static_cast<std::uint32_t>(~b));
    raise(b, high | static_cast<std::uint32_t>(~a));
  }
  std::vector<NearMiss> take() const {
    std::vector<NearMiss> list(count_);
    for (Vertex a = 0; a < count_; ++a) {
      const std::uint64_t word = best_[a].load(std::memory_order_relaxed);
      if (word == 0) continue;
      list[a] = {static_cast<Vertex>(~static_cast<std::uint32_t>(word)),
                 std::bit_cast<float>(static_cast<std::uint32_t>(word >> 32))};
    }
    return list;
  }

 private:
  void raise(Vertex at, std::uint64_t word) {
    std::uint64_t now = best_[at].load(std::memory_order_relaxed);
    while (now < word && !best_[at].compare_exchange_weak(now, word, std::memory_order_relaxed)) {
    }
  }

  Vertex count_;
  std::unique_ptr<std::atomic<std::uint64_t>[]> best_;
};

class PairScorer {
 public:
  PairScorer(const PairNull& null, const PairCuts& cuts, NearMisses& near_misses)
      : null_(null), cuts_(cuts), near_misses_(near_misses) {}

  // Positive: a core edge. Negative: an attaching edge.
  std::optional<float> operator()(Vertex l, Vertex other, Vertex, double sum) const {
    const double bins = std::fmod(sum, kVouches);
    const float surprise = null_.surprise(l, other, bins);
    const float weight = std::max(1.0F, surprise);
    if (static_cast<double>(surprise) >= cuts_.least_surprise) return weight;
    if (sum < kVouches) {
      near_misses_.note(l, other, surprise);
      return std::nullopt;
    }
    return shared_vouches(l, other).core ? weight : -weight;
  }

  Vouches vouches(Vertex r) const {
    const bool core = static_cast<double>(cuts_.vouching.observed[r]) >= cuts_.vouch_core;
    return {core, core || static_cast<double>(cuts_.vouching.fitted[r]) >= cuts_.vouch_attach};
  }

 private:
  Vouches shared_vouches(Vertex l, Vertex other) const {
    const auto a = null_.graph.rights_of(l);
    const auto b = null_.graph.rights_of(other);
    Vouches best;
    for (std::size_t i = 0, j = 0; i < a.size() && j < b.size();) {
      if (a[i] == b[j]) best.core = best.core || (null_.rarity[a[i]] > 0 && vouches(a[i]).core);
      const bool step_a = a[i] <= b[j];
      const bool step_b = b[j] <= a[i];
      i += step_a ? 1 : 0;
      j += step_b ? 1 : 0;
    }
    best.attach = true;
    return best;
  }

  const PairNull& null_;
  const PairCuts& cuts_;
  NearMisses& near_misses_;
};

std::vector<float> marked_rarities(const PairNull& null, const PairScorer& scorer) {
  std::vector<float> marked(null.rarity.begin(), null.rarity.end());
  for (Vertex r = 0; r < marked.size(); ++r) {
    if (marked[r] > 0 && scorer.vouches(r).attach) marked[r] += static_cast<float>(kVouches);
  }
  return marked;
}

// `project` gives the kept pairs, attaching ones with a negative weight.
template <class Project>
PairLinks keep(const PairNull& null, const PairCuts& cuts, const Project& project) {
  NearMisses near_misses(null.graph.left_count());
  const PairScorer scorer(null, cuts, near_misses);
  PairLinks links;
  for (const WeightedEdge& edge : project(marked_rarities(null, scorer), scorer)) {
    if (edge.weight > 0) {
      links.core.push_back(edge);
    } else {
      links.attach.push_back({edge.u, edge.v, -edge.weight});
    }
  }
  links.near_misses = near_misses.take();
  return links;
}

}  // namespace

PairLinks keep_pairs(const BipartiteGraph& graph, const Weights& weights, const PairCuts& cuts, unsigned threads) {
  return keep(weights.null(graph), cuts, [&](const std::vector<float>& rarities, const PairScorer& scorer) {
    return project_pairs(graph, rarities, scorer, {.max_degree = weights.hub_accounts, .threads = threads});
  });
}

PairLinks keep_pairs_of(const BipartiteGraph& graph, const Weights& weights, const PairCuts& cuts,
                        std::span<const Vertex> rows, unsigned threads) {
  return keep(weights.null(graph), cuts, [&](const std::vector<float>& rarities, const PairScorer& scorer) {
    return project_pairs_of(graph, rarities, rows, scorer, {.max_degree = weights.hub_accounts, .threads = threads});
  });
}

PairLinks keep_rows(const PairNull& null, const PairCuts& cuts, Vertex begin, Vertex end) {
  return keep(null, cuts, [&](const std::vector<float>& rarities, const PairScorer& scorer) {
    RowAccumulator accumulator(null.graph.left_count());
    std::vector<WeightedEdge> kept;
    for (Vertex l = begin; l < end; ++l) {
      const auto row_begin = static_cast<std::ptrdiff_t>(kept.size());
      accumulator.visit_row(null.graph, rarities, l, [&](Vertex other, Vertex shared, double sum) {
        if (const std::optional<float> value = scorer(l, other, shared, sum)) kept.push_back({l, other, *value});
      });
      std::sort(kept.begin() + row_begin, kept.end(),
                [](const WeightedEdge& a, const WeightedEdge& b) { return a.v < b.v; });
    }
    return kept;
  });
}

}  // namespace ringscope
