#include "algorithms/isotonic.h"

#include <algorithm>

#include <doctest/doctest.h>

#include "base/random.h"

using namespace ringscope;

TEST_CASE("isotonic: violators are pooled to their weighted mean") {
  const std::vector<double> values = {0.5, 0.9, 0.8, 0.1}, weights = {1, 3, 1, 1};
  const std::vector<double> fitted = fit_non_increasing(values, weights);
  CHECK(fitted[0] == doctest::Approx(0.8));
  CHECK(fitted[1] == doctest::Approx(0.8));
  CHECK(fitted[2] == doctest::Approx(0.8));
  CHECK(fitted[3] == doctest::Approx(0.1));
}

TEST_CASE("isotonic: the fit never rises and no other step sequence on a grid is closer") {
  for (std::uint64_t seed = 0; seed < 200; ++seed) {
    Random random(seed);
    std::vector<double> values(4), weights(4);
    for (int i = 0; i < 4; ++i) {
      values[static_cast<std::size_t>(i)] = static_cast<double>(random.below(11)) / 10;
      weights[static_cast<std::size_t>(i)] = 1 + static_cast<double>(random.below(3));
    }
    const std::vector<double> fitted = fit_non_increasing(values, weights);
    const auto loss = [&](const std::vector<double>& fit) {
      double sum = 0;
      for (std::size_t i = 0; i < fit.size(); ++i) sum += weights[i] * (fit[i] - values[i]) * (fit[i] - values[i]);
      return sum;
    };
    CHECK(std::is_sorted(fitted.rbegin(), fitted.rend()));
    double best = 1e9;
    for (int a = 0; a <= 20; ++a) {
      for (int b = 0; b <= a; ++b) {
        for (int c = 0; c <= b; ++c) {
          for (int d = 0; d <= c; ++d) best = std::min(best, loss({a / 20.0, b / 20.0, c / 20.0, d / 20.0}));
        }
      }
    }
    CHECK(loss(fitted) <= best + 1e-12);
  }
}
