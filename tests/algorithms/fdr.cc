#include "algorithms/fdr.h"

#include <algorithm>
#include <cmath>
#include <vector>

#include <doctest/doctest.h>

#include "base/error.h"
#include "base/random.h"
#include "tests/algorithms/graphs.h"

namespace ringscope {
namespace {

std::optional<double> by_sorting(std::vector<double> p, std::uint64_t tests, double alpha) {
  std::ranges::sort(p);
  for (std::size_t k = p.size(); k > 0; --k) {
    if (p[k - 1] <= alpha / static_cast<double>(tests) * static_cast<double>(k)) return p[k - 1];
  }
  return std::nullopt;
}

// A list of p-values, each of one test.
std::vector<CountedPValue> listed(const std::vector<double>& p) {
  std::vector<CountedPValue> values;
  for (const double x : p) values.push_back({x, 1});
  return values;
}

TEST_CASE("fdr: the fifteen p-values of Benjamini and Hochberg's own example keep four") {
  // Benjamini, Hochberg (1995), section 4.1: at 0.05, four hypotheses are rejected; Bonferroni rejects three.
  const std::vector<double> p{0.0001, 0.0004, 0.0019, 0.0095, 0.0201, 0.0278, 0.0298, 0.0344,
                              0.0459, 0.3240, 0.4262, 0.5719, 0.6528, 0.7590, 1.0000};
  CHECK(fdr_threshold(listed(p), 15, {.alpha = 0.05}) == 0.0095);
  CHECK(fdr_threshold(listed(p), 15, {.alpha = 0.05, .dependence = TestDependence::arbitrary}) == 0.0019);
}

TEST_CASE("fdr: tests whose p-value is not listed count as 1") {
  const std::vector<double> p{1e-6, 2e-6, 1e-3};
  CHECK(fdr_threshold(listed(p), 3, {.alpha = 0.01}) == 1e-3);
  CHECK(fdr_threshold(listed(p), 10'000, {.alpha = 0.01}) == 2e-6);
  CHECK(fdr_threshold(listed(p), 1'000'000'000, {.alpha = 0.01}) == std::nullopt);
  CHECK(fdr_threshold({}, 100) == std::nullopt);
  const std::vector<double> zero{0.0};
  CHECK(fdr_threshold(listed(zero), 1'000'000'000'000) == 0.0);
}

TEST_CASE("fdr: equals the sorted definition on 200 random lists, in any order") {
  for (std::uint64_t seed = 0; seed < 200; ++seed) {
    Random random(seed);
    std::vector<double> p(random.below(60));
    for (double& x : p) x = random.chance(0.5) ? random.uniform() : random.uniform() * 0.01;
    const std::uint64_t tests = p.size() + random.below(50) + 1;
    const std::optional<double> expected = by_sorting(p, tests, 0.1);
    CHECK(fdr_threshold(listed(p), tests, {.alpha = 0.1}) == expected);
    testing::shuffle(p, random);
    CHECK(fdr_threshold(listed(p), tests, {.alpha = 0.1}) == expected);
  }
}

TEST_CASE("fdr: Benjamini-Yekutieli divides by the harmonic number, also of many tests") {
  const std::vector<double> p{1e-12};
  const double harmonic = 21.300481502347944;  // of 1e9
  CHECK(fdr_threshold(listed(p), 1'000'000'000,
                      {.alpha = 1e-3 * harmonic * 1.0001, .dependence = TestDependence::arbitrary}));
  CHECK_FALSE(fdr_threshold(listed(p), 1'000'000'000,
                            {.alpha = 1e-3 * harmonic * 0.9999, .dependence = TestDependence::arbitrary}));
}

TEST_CASE("fdr: a histogram gives what its tests give one by one, empty bins count for nothing") {
  for (std::uint64_t seed = 0; seed < 200; ++seed) {
    Random random(seed);
    std::vector<CountedPValue> histogram;
    std::vector<double> p;
    for (int bin = 0; bin < 20; ++bin) {
      histogram.push_back({std::exp2(-bin), random.below(4)});
      p.insert(p.end(), histogram.back().count, histogram.back().p);
    }
    CHECK(fdr_threshold(histogram, 1000, {.alpha = 0.1}) == by_sorting(p, 1000, 0.1));
  }
}

TEST_CASE("fdr: nonsense is an error") {
  const std::vector<double> p{0.1, 0.2};
  CHECK_THROWS_AS(fdr_threshold(listed(p), 1), Error);
  CHECK_THROWS_AS(fdr_threshold(listed(p), 2, {.alpha = 0}), Error);
  CHECK_THROWS_AS(fdr_threshold(listed(p), 2, {.alpha = 1}), Error);
}

}  // namespace
}  // namespace ringscope
