// Does the pair test keep the error rate that it states? The store's own graph is shuffled, layer by layer and with
// every degree kept, so that all sharing is chance, and tested as detection tests it. docs/calibration.md
//
// Source   shuffles: Maslov, Sneppen, Science 296:910 (2002), algorithms/shuffle.h; the test of a test by the
//          uniformity of its p-values under the null: Wilk, Gnanadesikan, Biometrika 55:1 (1968).
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "algorithms/bipartite_graph.h"
#include "engine/config.h"
#include "engine/detect/project/project.h"
#include "engine/lab/calibrate.h"
#include "storage/store.h"

namespace ringscope {

struct NullCheckOptions {
  std::uint32_t shuffles = 100;
  std::uint64_t first_seed = 1;
};

// A way of testing the pairs of a graph.
struct PairTest {
  std::string name;
  std::function<Similarity(const BipartiteGraph&)> pairs;
};

// Pairs with a p-value of 2^-bits or less.
struct NullQuantile {
  double bits = 0;
  double expected = 0;  // of one shuffle, were p-values uniform
  Estimate observed{};  // of one shuffle
};

// One way of testing, over all shuffles.
struct NullTrial {
  std::string name;
  double alpha = 0;  // the false discovery rate stated: as all sharing is chance, the share of shuffles with a
                     // significant pair may not surpass it
  std::uint64_t accounts = 0;
  std::uint64_t edges = 0;  // account-entity pairs
  std::uint32_t shuffles = 0;
  std::uint32_t with_significant = 0;  // shuffles that have a pair kept for its surprise
  std::uint32_t with_kept = 0;         // … or because something that it shares vouches
  Estimate significant_share{}, kept_share{};
  double chance = 1;                               // of so many with a significant pair, or more, at a rate of alpha
  Estimate significant{}, vouched{}, attaching{};  // pairs kept of one shuffle, by what keeps them
  std::vector<NullQuantile> quantiles{};           // by bits, ascending, as far as there are pairs
  double excess = 0;  // the largest ratio of observed to expected pairs, of p <= 2^-kTailBits and 20 expected in all
  double excess_bits = 0;  // where
};

inline constexpr double kTailBits = 7;

// Tests each shuffle of the graph in each of the ways. Same figures at any number of threads.
std::vector<NullTrial> try_shuffles(const BipartiteGraph& graph, double alpha, const std::vector<PairTest>& tests,
                                    const NullCheckOptions& options, CalibrateProgress& progress);

// Two trials of the store's window: tested as detection does, which finds hubs in each shuffle anew; and with the
// weights and hubs of the store itself. Cost: for each shuffle, a shuffle, weigh_trusted() and project() twice. Throws
// Error usage, memory, and as load_window() does.
std::vector<NullTrial> check_null(const Store& store, const Config& config, const NullCheckOptions& options,
                                  CalibrateProgress& progress);

// One JSON object: docs/schema/calibrate-null.schema.json.
std::string null_trial_to_json(const NullTrial& trial);

// A QQ plot: p-values of the shuffles against uniform ones, a panel a trial.
std::string null_trials_to_svg(const std::vector<NullTrial>& trials);

}  // namespace ringscope
