#include "algorithms/bursts.h"

#include <algorithm>

#include <doctest/doctest.h>

#include "base/random.h"

using namespace ringscope;

namespace {

constexpr std::int64_t kHour = 3600, kDay = 24 * kHour, kMonth = 30 * kDay;

std::vector<std::int64_t> scattered(std::size_t count, std::uint64_t seed) {
  Random random(seed);
  std::vector<std::int64_t> moments;
  for (std::size_t i = 0; i < count; ++i) moments.push_back(static_cast<std::int64_t>(random.below(kMonth)));
  std::sort(moments.begin(), moments.end());
  return moments;
}

}  // namespace

TEST_CASE("bursts: two waves in a trickle are found where they are, with what came in them") {
  std::vector<std::int64_t> moments = scattered(20, 1);
  for (int i = 0; i < 40; ++i) moments.push_back(10 * kDay + i * 300);
  for (int i = 0; i < 12; ++i) moments.push_back(20 * kDay + i * 600);
  std::sort(moments.begin(), moments.end());
  const auto bursts = find_bursts(moments, 0, kMonth);
  REQUIRE(bursts.size() == 2);
  CHECK(bursts[0].begin >= 10 * kDay - kHour);
  CHECK(bursts[0].begin <= 10 * kDay);
  CHECK(bursts[0].count >= 40);
  CHECK(bursts[0].count <= 42);
  CHECK(bursts[1].begin == 20 * kDay);
  CHECK(bursts[1].end == 20 * kDay + 11 * 600);
}

TEST_CASE("bursts: a steady sequence has none, nineteen times in twenty") {
  int with = 0;
  for (std::uint64_t seed = 0; seed < 200; ++seed) with += find_bursts(scattered(60, seed), 0, kMonth).empty() ? 0 : 1;
  CHECK(with <= 10);
}

TEST_CASE("bursts: everything at once is a burst, few moments and empty ranges are none") {
  const std::vector<std::int64_t> once(30, 15 * kDay);
  CHECK(find_bursts(once, 0, kMonth) == std::vector<Burst>{{15 * kDay, 15 * kDay, 30}});
  CHECK(find_bursts(std::vector<std::int64_t>{15 * kDay, 15 * kDay}, 0, kMonth).empty());
  CHECK(find_bursts({}, 0, kMonth).empty());
  CHECK(find_bursts(once, 15 * kDay, 15 * kDay).empty());
}

TEST_CASE("bursts: a month by the second is coarsened, not slow") {
  std::vector<std::int64_t> moments = scattered(100'000, 3);
  for (int i = 0; i < 50'000; ++i) moments.push_back(12 * kDay + i);
  std::sort(moments.begin(), moments.end());
  const auto bursts = find_bursts(moments, 0, kMonth, {.grain = 1});
  REQUIRE(!bursts.empty());
  CHECK(std::any_of(bursts.begin(), bursts.end(), [](const Burst& burst) { return burst.count >= 50'000; }));
}
