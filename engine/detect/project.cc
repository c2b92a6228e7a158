#include "engine/detect/project.h"

#include <algorithm>
#include <atomic>
#include <bit>
#include <cmath>
#include <limits>
#include <memory>
#include <optional>
#include <utility>

#include "algorithms/fdr.h"
#include "algorithms/projection.h"

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
  PairScorer(const PairNull& null, const Vouching& vouching, double least_surprise, const ProjectOptions& options,
             NearMisses& near_misses)
      : null_(null),
        vouching_(vouching),
        least_surprise_(least_surprise),
        options_(options),
        near_misses_(near_misses) {}

  // Positive: a core edge. Negative: an attaching edge.
  std::optional<float> operator()(Vertex l, Vertex other, Vertex, double sum) const {
    const double bins = std::fmod(sum, kVouches);
    const float surprise = null_.surprise(l, other, bins);
    const float weight = std::max(1.0F, surprise);
    if (static_cast<double>(surprise) >= least_surprise_) return weight;
    if (sum < kVouches) {
      near_misses_.note(l, other, surprise);
      return std::nullopt;
    }
    return shared_vouches(l, other).core ? weight : -weight;
  }

  Vouches vouches(Vertex r) const {
    const bool core = static_cast<double>(vouching_.observed[r]) >= options_.vouch_core;
    return {core, core || static_cast<double>(vouching_.fitted[r]) >= options_.vouch_attach};
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
  const Vouching& vouching_;
  double least_surprise_;
  const ProjectOptions& options_;
  NearMisses& near_misses_;
};

std::vector<float> marked_rarities(const PairNull& null, const PairScorer& scorer) {
  std::vector<float> marked(null.rarity.begin(), null.rarity.end());
  for (Vertex r = 0; r < marked.size(); ++r) {
    if (marked[r] > 0 && scorer.vouches(r).attach) marked[r] += static_cast<float>(kVouches);
  }
  return marked;
}

// The least surprise, in bits, of a pair that the false discovery rate keeps; infinity when it keeps none.
double least_significant(std::span<const std::uint64_t> surprise_counts, std::uint64_t tests, double alpha) {
  std::vector<CountedPValue> p_values;
  for (std::size_t bin = 0; bin < surprise_counts.size(); ++bin) {
    p_values.push_back({std::exp2(-Corroboration::bits_of(bin)), surprise_counts[bin]});
  }
  const std::optional<double> most_p = fdr_threshold(p_values, tests, {.alpha = alpha});
  for (std::size_t bin = 0; most_p && bin < p_values.size(); ++bin) {
    if (p_values[bin].p <= *most_p) return Corroboration::bits_of(bin);
  }
  return std::numeric_limits<double>::infinity();
}

Vouching measure_vouching(const PairNull& null, const CorroborationOptions& options) {
  return vouch(null, corroborate(null, options).joined_pairs);
}

// Entities of a class have the same rates.
std::vector<VouchClass> classes_of(const PairNull& null, const Vouching& vouching) {
  std::vector<VouchClass> classes;
  for (std::size_t k = 0; k < null.graph.layer_count(); ++k) {
    std::vector<VouchClass> of_layer(std::numeric_limits<Vertex>::digits);
    for (Vertex r = null.graph.layer_begin(k); r < null.graph.layer_end(k); ++r) {
      const auto degree = static_cast<Vertex>(null.graph.right_degree(r));
      if (degree < 2 || null.rarity[r] <= 0) continue;
      const auto size = static_cast<unsigned>(std::bit_width(degree)) - 1;
      VouchClass& one = of_layer[size];
      one = {k, size, std::max(one.observed, vouching.observed[r]), std::max(one.fitted, vouching.fitted[r])};
    }
    std::copy_if(of_layer.begin(), of_layer.end(), std::back_inserter(classes),
                 [](const VouchClass& one) { return one.log2_accounts > 0; });
  }
  return classes;
}

}  // namespace

Similarity project(const BipartiteGraph& graph, const Weights& weights, const ProjectOptions& options) {
  const PairNull null = weights.null(graph);
  Corroboration corroboration = corroborate(null, options.corroboration);
  const Vouching vouching = options.calibration == nullptr
                                ? vouch(null, corroboration.joined_pairs)
                                : measure_vouching(options.calibration->null(graph), options.corroboration);
  const std::uint64_t accounts = graph.left_count();
  Similarity result;
  result.least_surprise = std::numeric_limits<double>::infinity();
  if (options.significant) {
    result.least_surprise = least_significant(corroboration.surprise_counts,
                                              accounts * (std::max<std::uint64_t>(accounts, 1) - 1) / 2, options.alpha);
  }
  result.vouching = vouching.fitted;
  result.classes = classes_of(null, vouching);

  NearMisses near_misses(graph.left_count());
  const PairScorer scorer(null, vouching, result.least_surprise, options, near_misses);
  const ProjectionOptions projection{.max_degree = weights.hub_accounts, .threads = options.corroboration.threads};
  for (const WeightedEdge& edge : project_pairs(graph, marked_rarities(null, scorer), scorer, projection)) {
    if (edge.weight > 0) {
      result.core.push_back(edge);
    } else {
      result.attach.push_back({edge.u, edge.v, -edge.weight});
    }
  }
  result.near_misses = near_misses.take();
  result.surprise_counts = std::move(corroboration.surprise_counts);
  return result;
}

}  // namespace ringscope
