#include "base/random.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <set>

#include <doctest/doctest.h>

using namespace ringscope;

TEST_CASE("random: mix64 is the generator that was published") {
  // The first outputs of SplitMix64 with seed 1234567, as its authors' reference code gives them.
  std::uint64_t state = 1234567;
  for (const std::uint64_t expected : {6457827717110365317ULL, 3203168211198807973ULL, 9817491932198370423ULL}) {
    CHECK(mix64(state) == expected);
    state += 0x9e3779b97f4a7c15ULL;
  }
}

TEST_CASE("random: a stream is given by seed and index, and streams differ") {
  Random a(1, 2);
  Random b(1, 2);
  for (int i = 0; i < 100; ++i) CHECK(a() == b());
  std::set<std::uint64_t> words;
  for (std::uint64_t seed = 0; seed < 100; ++seed)
    for (std::uint64_t index = 0; index < 100; ++index) words.insert(random_word(seed, index));
  CHECK(words.size() == 10'000);
}

TEST_CASE("random: uniform numbers fill their range evenly") {
  Random random(7);
  std::array<int, 10> tenths{};
  std::array<int, 7> sevenths{};
  for (int i = 0; i < 70'000; ++i) {
    const double u = random.uniform();
    REQUIRE(u >= 0);
    REQUIRE(u < 1);
    ++tenths[static_cast<std::size_t>(u * 10)];
    ++sevenths[random.below(7)];
  }
  for (const int n : tenths) CHECK(std::abs(n - 7000) < 5 * std::sqrt(7000));
  for (const int n : sevenths) CHECK(std::abs(n - 10'000) < 5 * std::sqrt(10'000));
  CHECK(random.below(1) == 0);
}

TEST_CASE("random: distributions have the mean and variance they promise") {
  constexpr int n = 100'000;
  const auto check = [](double mean, double variance, const auto& draw) {
    CAPTURE(mean);
    Random random(11);
    double sum = 0;
    double squares = 0;
    for (int i = 0; i < n; ++i) {
      const double x = static_cast<double>(draw(random));
      sum += x;
      squares += x * x;
    }
    const double found = sum / n;
    CHECK(std::abs(found - mean) < 5 * std::sqrt(variance / n) + 0.02);
    CHECK(squares / n - found * found == doctest::Approx(variance).epsilon(0.05));
  };
  check(0.3, 0.21, [](Random& r) { return r.chance(0.3) ? 1 : 0; });
  check(4, 16, [](Random& r) { return r.exponential(4); });
  check(0, 1, [](Random& r) { return r.normal(); });
  check(3, 3, [](Random& r) { return r.poisson(3); });
  check(200, 200, [](Random& r) { return r.poisson(200); });
  Random random(1);
  CHECK(random.poisson(0) == 0);
  CHECK(random.poisson(-1) == 0);
}
