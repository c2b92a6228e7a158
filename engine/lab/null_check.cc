#include "engine/lab/null_check.h"

#include <algorithm>
#include <cmath>
#include <span>

#include "algorithms/pairs_of.h"
#include "algorithms/shuffle.h"
#include "base/error.h"
#include "base/log_gamma.h"
#include "engine/detect/detect.h"
#include "engine/detect/project/pairs.h"
#include "engine/load/classify.h"
#include "engine/load/hub_list.h"

namespace ringscope {
namespace {

using Counts = std::vector<std::uint64_t>;  // by shuffle

constexpr std::size_t kBinsPerLevel = Corroboration::kBinsPerBit / 2;  // a level each half bit
constexpr std::size_t kLevels = Corroboration::kBins / kBinsPerLevel;
constexpr double kEnoughExpected = 20;  // pairs of all shuffles, for a ratio to mean something

// P(X >= k) of a binomial X.
double binomial_tail(std::uint32_t k, std::uint32_t n, double p) {
  double tail = 0;
  for (std::uint32_t x = k; x <= n; ++x) {
    const double ways = log_gamma(n + 1.0) - log_gamma(x + 1.0) - log_gamma(n - x + 1.0);
    tail += std::exp(ways + x * std::log(p) + (n - x) * std::log1p(-p));
  }
  return std::min(1.0, tail);
}

// What one way of testing found in the shuffles so far.
struct Tally {
  Counts significant, vouched, attaching;
  std::vector<Counts> at_least = std::vector<Counts>(kLevels);  // pairs by level, then shuffle

  void add(const Similarity& similarity) {
    const auto found = std::ranges::count_if(similarity.core, [&](const WeightedEdge& edge) {
      return static_cast<double>(edge.weight) >= similarity.least_surprise;
    });
    significant.push_back(static_cast<std::uint64_t>(found));
    vouched.push_back(similarity.core.size() - significant.back());
    attaching.push_back(similarity.attach.size());
    std::uint64_t pairs = 0;
    for (std::size_t level = kLevels; level-- > 0;) {
      for (std::size_t bin = 0; bin < kBinsPerLevel; ++bin)
        pairs += similarity.surprise_counts[level * kBinsPerLevel + bin];
      at_least[level].push_back(pairs);
    }
  }
};

void add_quantiles(const Tally& tally, NullTrial& trial) {
  for (std::size_t level = 1; level < kLevels; ++level) {
    const double bits = Corroboration::bits_of(level * kBinsPerLevel);
    const double expected = pairs_of(static_cast<double>(trial.accounts)) * std::exp2(-bits);
    const Estimate observed = calibration::estimate_count(tally.at_least[level]);
    if (observed.mean == 0) break;
    trial.quantiles.push_back({bits, expected, observed});
    if (bits < kTailBits || expected * trial.shuffles < kEnoughExpected) continue;
    if (observed.mean / expected <= trial.excess) continue;
    trial.excess = observed.mean / expected;
    trial.excess_bits = bits;
  }
}

NullTrial trial_of(const std::string& name, double alpha, const BipartiteGraph& graph, const Tally& tally) {
  NullTrial trial{.name = name, .alpha = alpha, .accounts = graph.left_count(), .edges = graph.edge_count()};
  trial.shuffles = static_cast<std::uint32_t>(tally.significant.size());
  for (std::size_t s = 0; s < trial.shuffles; ++s) {
    trial.with_significant += tally.significant[s] > 0 ? 1 : 0;
    trial.with_kept += tally.significant[s] + tally.vouched[s] + tally.attaching[s] > 0 ? 1 : 0;
  }
  const auto share = [&](std::uint32_t part) {
    const calibration::Share all{part, trial.shuffles};
    return calibration::estimate_share(std::span(&all, 1));
  };
  trial.significant_share = share(trial.with_significant);
  trial.kept_share = share(trial.with_kept);
  trial.chance = binomial_tail(trial.with_significant, trial.shuffles, alpha);
  trial.significant = calibration::estimate_count(tally.significant);
  trial.vouched = calibration::estimate_count(tally.vouched);
  trial.attaching = calibration::estimate_count(tally.attaching);
  add_quantiles(tally, trial);
  return trial;
}

}  // namespace

std::vector<NullTrial> try_shuffles(const BipartiteGraph& graph, double alpha, const std::vector<PairTest>& tests,
                                    const NullCheckOptions& options, CalibrateProgress& progress) {
  if (options.shuffles < 1 || options.shuffles > 100'000)
    throw Error(ErrorCode::usage, "--null must be 1 to 100000 shuffles");
  progress.runs = options.shuffles;
  std::vector<Tally> tallies(tests.size());
  for (std::uint32_t s = 0; s < options.shuffles; ++s) {
    const BipartiteArrays shuffled = shuffle_preserving_degrees(graph, {.seed = options.first_seed + s});
    for (std::size_t t = 0; t < tests.size(); ++t) tallies[t].add(tests[t].pairs(shuffled.view()));
    ++progress.runs_done;
  }
  std::vector<NullTrial> trials;
  trials.reserve(tests.size());
  for (std::size_t t = 0; t < tests.size(); ++t) trials.push_back(trial_of(tests[t].name, alpha, graph, tallies[t]));
  return trials;
}

std::vector<NullTrial> check_null(const Store& store, const Config& config, const NullCheckOptions& options,
                                  CalibrateProgress& progress) {
  const HubList listed = config.detect.hub_list.empty() ? HubList{} : read_hub_list(config.detect.hub_list);
  Snapshot snapshot = load_window(store, config);
  snapshot.classes = classify(store, snapshot, OperatorLists(config.facets, config.detect.asn_table));
  const PairStage stage(config, snapshot, listed);
  const PairStage::Weighed own = stage.weigh(snapshot.graph());
  const std::vector<PairTest> tests = {
      {"as detect", [&](const BipartiteGraph& graph) { return stage.project(graph, stage.weigh(graph)); }},
      {"hubs of the store", [&](const BipartiteGraph& graph) { return stage.project(graph, own); }}};
  return try_shuffles(snapshot.graph(), config.detect.alpha, tests, options, progress);
}

}  // namespace ringscope
