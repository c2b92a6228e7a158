#include "engine/detect/project.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <optional>

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

class PairScorer {
 public:
  PairScorer(const PairNull& null, const Vouching& vouching, double least_surprise, const ProjectOptions& options)
      : null_(null), vouching_(vouching), least_surprise_(least_surprise), options_(options) {}

  // Positive: a core edge. Negative: an attaching edge.
  std::optional<float> operator()(Vertex l, Vertex other, Vertex, double sum) const {
    const double bins = std::fmod(sum, kVouches);
    const float surprise = null_.surprise(l, other, bins);
    const float weight = std::max(1.0F, surprise);
    if (static_cast<double>(surprise) >= least_surprise_) return weight;
    if (sum < kVouches) return std::nullopt;
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

}  // namespace

Similarity project(const BipartiteGraph& graph, const Weights& weights, const ProjectOptions& options) {
  const PairNull null = weights.null(graph);
  const Corroboration corroboration = corroborate(null, options.corroboration);
  const Vouching vouching = options.calibration == nullptr
                                ? vouch(null, corroboration.joined_pairs)
                                : measure_vouching(options.calibration->null(graph), options.corroboration);
  const std::uint64_t accounts = graph.left_count();
  Similarity result;
  result.least_surprise = least_significant(corroboration.surprise_counts,
                                            accounts * (std::max<std::uint64_t>(accounts, 1) - 1) / 2, options.alpha);
  result.vouching = vouching.fitted;

  const PairScorer scorer(null, vouching, result.least_surprise, options);
  const ProjectionOptions projection{.max_degree = weights.hub_accounts, .threads = options.corroboration.threads};
  for (const WeightedEdge& edge : project_pairs(graph, marked_rarities(null, scorer), scorer, projection)) {
    if (edge.weight > 0) {
      result.core.push_back(edge);
    } else {
      result.attach.push_back({edge.u, edge.v, -edge.weight});
    }
  }
  return result;
}

}  // namespace ringscope
