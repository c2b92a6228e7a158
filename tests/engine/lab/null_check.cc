#include "engine/lab/null_check.h"

#include <algorithm>
#include <cmath>
#include <vector>

#include <doctest/doctest.h>

#include "base/error.h"
#include "engine/ingest/ingest.h"
#include "tests/engine/detect/worlds.h"
#include "tests/engine/lab/simulated.h"

namespace ringscope {
namespace {

constexpr double kAlpha = 0.01;  // as ProjectOptions has it

Similarity sound(const BipartiteGraph& graph) { return project(graph, weigh(graph, {}), {}); }

// The tails are those of the bits as they were.
Similarity with_doubled_bits(const BipartiteGraph& graph) {
  Weights weights = weigh(graph, {});
  for (float& rarity : weights.rarity) rarity *= 2;
  return project(graph, weights, {});
}

std::string all_json(const std::vector<NullTrial>& trials) {
  std::string text;
  for (const NullTrial& trial : trials) text += null_trial_to_json(trial) + "\n";
  return text;
}

}  // namespace

TEST_CASE("null check: a sound test stays within its error rate, one whose bits are doubled is seen") {
  testing::World world = testing::honest_world(3, 1500);
  Random random(7);
  for (int ring = 0; ring < 5; ++ring) testing::plant_ring(world, {}, random);
  const BipartiteArrays arrays = world.build();
  CHECK(sound(arrays.view()).core.size() >= 20);  // what the shuffles take away
  CalibrateProgress progress;
  const std::vector<NullTrial> trials = try_shuffles(
      arrays.view(), kAlpha, {{"sound", sound}, {"doubled", with_doubled_bits}}, {.shuffles = 60}, progress);
  CHECK(progress.runs_done == 60);
  REQUIRE(trials.size() == 2);
  CHECK(trials[0].with_significant <= 3);  // of 60 at 1%: more with a chance of .0003
  CHECK(trials[0].chance >= 0.003);
  CHECK(trials[0].excess < 1.1);
  CHECK(trials[0].excess > 0.05);  // strict, but not blind
  CHECK(trials[1].with_significant >= 30);
  CHECK(trials[1].chance < 1e-12);
  CHECK(trials[1].significant_share.low > 10 * kAlpha);
  CHECK(trials[1].excess > 10);
}

TEST_CASE("null check: expected pairs are those of uniform p-values, and observed ones are counted whole") {
  testing::World world(4, 1);  // two pairs that share one thing each, however it is shuffled
  for (Vertex a = 0; a < 4; ++a) world.touch(a, 0, a / 2);
  const BipartiteArrays arrays = world.build();
  CalibrateProgress progress;
  const auto one_pair = [](const BipartiteGraph&) {
    Similarity similarity;
    similarity.core = {{0, 1, 9.0F}, {2, 3, 3.0F}};
    similarity.attach = {{0, 2, 1.0F}};
    similarity.least_surprise = 8;
    similarity.surprise_counts.assign(Corroboration::kBins, 0);
    similarity.surprise_counts[9 * Corroboration::kBinsPerBit] = 1;
    similarity.surprise_counts[3 * Corroboration::kBinsPerBit] = 1;
    return similarity;
  };
  const NullTrial trial = try_shuffles(arrays.view(), 0.5, {{"made up", one_pair}}, {.shuffles = 3}, progress).front();
  CHECK(trial.significant.mean == 1);
  CHECK(trial.vouched.mean == 1);
  CHECK(trial.attaching.mean == 1);
  CHECK(trial.with_significant == 3);
  CHECK(trial.chance == doctest::Approx(0.125));
  REQUIRE(trial.quantiles.size() == 18);  // half bits up to nine
  CHECK(trial.quantiles[5].bits == 3);
  CHECK(trial.quantiles[5].expected == doctest::Approx(6.0 / 8));
  CHECK(trial.quantiles[5].observed.mean == 2);
  CHECK(trial.quantiles[6].observed.mean == 1);
}

TEST_CASE("null check: of a store, the same figures at any number of threads, in JSON and as a picture") {
  const Simulated world({.seed = 3, .accounts = 1000, .requests = 15'000});
  const Scratch scratch("null-check");
  const auto store = Store::open(scratch.path("db"), {.mode = OpenMode::create});
  IngestProgress reading;
  const std::vector<std::string> files{world.file("events.csv")};
  ingest(*store, files, {}, reading);
  Config one, three;
  one.threads = 1;
  three.threads = 3;
  CalibrateProgress progress;
  const std::vector<NullTrial> trials = check_null(*store, one, {.shuffles = 10}, progress);
  REQUIRE(trials.size() == 2);
  CHECK(all_json(trials) == all_json(check_null(*store, three, {.shuffles = 10}, progress)));
  CHECK(all_json(trials) != all_json(check_null(*store, one, {.shuffles = 10, .first_seed = 2}, progress)));
  for (const NullTrial& trial : trials) {
    CHECK(trial.with_significant <= 2);
    CHECK(trial.quantiles.size() >= 4);
  }
  const std::string svg = null_trials_to_svg(trials);
  for (const char* words : {"</svg>", "hubs of the store", "as detect", "10 shuffles"})
    CHECK_MESSAGE(svg.find(words) != std::string::npos, words);
  CHECK_THROWS_AS(check_null(*store, one, {.shuffles = 0}, progress), Error);
}

}  // namespace ringscope
