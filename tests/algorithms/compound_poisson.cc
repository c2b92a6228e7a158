#include "algorithms/compound_poisson.h"

#include <algorithm>
#include <cmath>

#include <doctest/doctest.h>

#include "base/parallel.h"
#include "base/random.h"

using namespace ringscope;

TEST_CASE("compound Poisson: events worth one give the Poisson tail") {
  const std::vector<double> intensity = {0, 1.0};
  const CompoundPoissonTails tails(intensity, 40);
  double mass = std::exp(-2.0), below = 0;
  for (unsigned n = 0; n < 20; ++n) {
    CHECK(tails.tail(2.0, n) == doctest::Approx(1 - below).epsilon(1e-9));
    below += mass;
    mass *= 2.0 / (n + 1);
  }
}

TEST_CASE("compound Poisson: tails agree with simulation and are never too small") {
  const std::vector<double> intensity = {0, 0, 0.3, 0, 0, 0.2, 0, 0, 0, 0.05};
  const CompoundPoissonTails tails(intensity, 60);
  const double scale = 1.5;  // between two rows of the table
  std::vector<int> at_least(61, 0);
  constexpr int kDraws = 200'000;
  Random random(1);
  for (int draw = 0; draw < kDraws; ++draw) {
    unsigned sum = 0;
    for (unsigned b = 1; b < intensity.size(); ++b)
      sum += b * static_cast<unsigned>(random.poisson(scale * intensity[b]));
    for (unsigned s = 0; s <= std::min(sum, 60U); ++s) ++at_least[s];
  }
  for (const unsigned s : {1U, 2U, 5U, 7U, 10U, 14U, 18U}) {
    const double seen = static_cast<double>(at_least[s]) / kDraws;
    const double noise = 5 * std::sqrt(seen / kDraws);
    CHECK(tails.tail(scale, s) >= seen - noise);
    CHECK(tails.tail(scale, s) <= 1.7 * seen + noise);  // the scale is rounded up by at most a quarter octave
  }
}

TEST_CASE("compound Poisson: a larger sum is never more likely, a larger scale never less") {
  const std::vector<double> intensity = {0, 1e-4, 0, 1e-6, 1e-7};
  const CompoundPoissonTails tails(intensity, 100);
  for (double scale = 1e-3; scale < 1e6; scale *= 3) {
    for (unsigned s = 1; s <= 110; ++s) {
      CHECK(tails.tail(scale, s) <= tails.tail(scale, s - 1));
      CHECK(tails.tail(scale * 3, s) >= tails.tail(scale, s));
    }
  }
  CHECK(tails.tail(1, 3) == doctest::Approx(1e-6).epsilon(0.02));  // one event worth 3, or three worth 1
  CHECK(tails.surprise(1, 3) == doctest::Approx(-std::log2(tails.tail(1, 3))));
  CHECK(tails.tail(1, 0) == doctest::Approx(1.0));
}

TEST_CASE("compound Poisson: scales made when they are asked for are those of the whole table, on any thread") {
  const std::vector<double> intensity = {0, 0, 0.3, 0, 0, 0.2, 0, 0, 0, 0.05};
  constexpr unsigned kMostSum = 60;
  const CompoundPoissonTails tails(intensity, kMostSum);
  const CompoundPoissonSurprises surprises(intensity, kMostSum);
  const std::vector<double> scales = {0, 1e-40, 1e-6, 0.3, 1.5, 1.5001, 80, 1e5, 1e30};
  std::vector<char> same(1000, 1);
  parallel_for(
      same.size(), 4,
      [&](std::size_t i) {
        for (unsigned sum = 0; sum < kMostSum + 5; ++sum) {
          const double scale = scales[i % scales.size()];
          if (surprises.surprise(scale, sum) != tails.surprise(scale, sum)) same[i] = 0;
        }
      },
      10);
  CHECK(std::ranges::count(same, 1) == 1000);
}
