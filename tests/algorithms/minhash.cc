#include "algorithms/minhash.h"

#include <algorithm>
#include <cmath>

#include <doctest/doctest.h>

#include "base/random.h"

namespace ringscope {
namespace {

// Two sets of `size` elements with `common` in common.
std::pair<MinHashSketch, MinHashSketch> sketches(std::size_t size, std::size_t common, Random& random) {
  std::vector<std::uint64_t> a, b;
  for (std::size_t i = 0; i < size; ++i) {
    a.push_back(random());
    b.push_back(i < common ? a.back() : random());
  }
  return {minhash(a), minhash(b)};
}

TEST_CASE("minhash: the order of the elements does not matter, nor that one comes twice") {
  const std::vector<std::uint64_t> one = {5, 7, 9, 11}, other = {11, 5, 9, 7, 7};
  CHECK(minhash(one) == minhash(other));
  CHECK(minhash(one) != minhash(std::vector<std::uint64_t>{5, 7, 9, 12}));
  CHECK(minhash({}) == MinHashSketch{});
}

TEST_CASE("minhash: the estimate is the Jaccard coefficient in the mean") {
  Random random(1);
  for (const std::size_t size : {std::size_t{20}, std::size_t{200}, std::size_t{2000}}) {
    for (const double share : {0.0, 0.3, 0.6, 0.9, 1.0}) {
      const auto common = static_cast<std::size_t>(share * static_cast<double>(size));
      const double jaccard = static_cast<double>(common) / static_cast<double>(2 * size - common);
      double apart = 0;
      constexpr int kPairs = 400;
      for (int i = 0; i < kPairs; ++i) {
        const auto [a, b] = sketches(size, common, random);
        apart += 1 - estimated_jaccard(a, b);
      }
      CAPTURE(size);
      CAPTURE(share);
      // At no overlap the estimate is cut at 0, so it is above it by half of its mean deviation, 0.035.
      const double bias = common == 0 ? 0.036 : 0;
      CHECK(apart / kPairs == doctest::Approx(1 - jaccard - bias).epsilon(0.03));
    }
  }
}

TEST_CASE("minhash: near-equal sketches meet, others do not, and groups do not chain") {
  Random random(2);
  std::vector<MinHashSketch> all;
  std::vector<std::uint64_t> base;
  for (int i = 0; i < 60; ++i) base.push_back(random());
  for (int i = 0; i < 50; ++i) {  // nine tenths in common with the base each
    std::vector<std::uint64_t> mine = base;
    for (int j = 0; j < 3; ++j) mine[random.below(mine.size())] = random();
    all.push_back(minhash(mine));
  }
  for (int i = 0; i < 5000; ++i) {
    std::vector<std::uint64_t> mine;
    for (int j = 0; j < 60; ++j) mine.push_back(random());
    all.push_back(minhash(mine));
  }
  const std::vector<std::uint32_t> leader = near_equal(all, 0.5);
  CHECK(std::count(leader.begin(), leader.begin() + 50, 0U) == 50);
  int strangers = 0;
  for (std::uint32_t i = 50; i < leader.size(); ++i) strangers += leader[i] == i ? 0 : 1;
  CHECK(strangers <= 5);

  for (std::uint32_t i = 0; i < leader.size(); ++i) {  // each is near its leader, which leads itself
    CHECK(leader[leader[i]] == leader[i]);
    CHECK(estimated_jaccard(all[i], all[leader[i]]) >= 0.5);
  }
}

TEST_CASE("minhash: of sketches in any number the groups are those of all pairs, but for those no band shows") {
  Random random(3);
  std::vector<MinHashSketch> all;
  for (int group = 0; group < 40; ++group) {
    std::vector<std::uint64_t> base;
    for (int i = 0; i < 40; ++i) base.push_back(random());
    for (int i = 0; i < 10; ++i) {
      std::vector<std::uint64_t> mine = base;
      for (int j = 0; j < 6; ++j) mine[random.below(mine.size())] = random();
      all.push_back(minhash(mine));
    }
  }
  std::vector<std::uint32_t> brute(all.size(), ~0U);
  for (std::uint32_t i = 0; i < all.size(); ++i) {
    if (brute[i] != ~0U) continue;
    for (std::uint32_t j = i; j < all.size(); ++j) {
      if (brute[j] == ~0U && (j == i || estimated_jaccard(all[i], all[j]) >= 0.5)) brute[j] = i;
    }
  }
  const std::vector<std::uint32_t> leader = near_equal(all, 0.5);
  int differ = 0;
  for (std::size_t i = 0; i < all.size(); ++i) differ += leader[i] == brute[i] ? 0 : 1;
  // Two thirds in common or more: a band of 8 bits shows such a pair once in four times, one of 16 nearly always.
  CHECK(differ <= 40);
  CHECK(near_equal({}, 0.5).empty());
}

}  // namespace
}  // namespace ringscope
