#include "algorithms/load_balance.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <map>
#include <utility>
#include <vector>

#include <doctest/doctest.h>

#include "base/random.h"

namespace ringscope {
namespace {

constexpr std::uint32_t kDays = 30;
constexpr std::array<double, kSlots> kHuman = {2, 1, 0, 0, 0, 0, 1, 2, 4, 5, 5, 5, 4, 5, 5, 5, 5, 5, 6, 7, 8, 8, 6, 4};

using Counts = std::map<std::pair<std::uint32_t, std::uint32_t>, std::uint32_t>;

std::vector<SlotCount> series_of(const Counts& counts) {
  std::vector<SlotCount> series;
  for (const auto& [at, count] : counts) series.push_back({at.first, at.second, count});
  return series;
}

// One person: Poisson in each hour, `rate` a day, after the common daily profile; sessions of `session` requests.
std::vector<SlotCount> person(Random& random, double rate, std::uint32_t session = 1, double weekend = 1) {
  double whole = 0;
  for (const double h : kHuman) whole += h;
  Counts counts;
  for (std::uint32_t d = 0; d < kDays; ++d) {
    for (std::uint32_t h = 0; h < kSlots; ++h) {
      const double mean = rate * kHuman[h] / whole / session * (d % 7 >= 5 ? weekend : 1);
      const auto n = static_cast<std::uint32_t>(random.poisson(mean));
      if (n > 0) counts[{d, h}] += n * session;
    }
  }
  return series_of(counts);
}

Balance balance_of(const std::vector<std::vector<SlotCount>>& group) {
  LoadBalance balance(kDays);
  for (const auto& series : group) balance.add(series);
  return balance.test();
}

std::vector<std::vector<SlotCount>> people(std::uint64_t seed, std::size_t n, double rate, std::uint32_t session = 1,
                                           double weekend = 1) {
  std::vector<std::vector<SlotCount>> group;
  for (std::size_t i = 0; i < n; ++i) {
    Random random(seed, i);
    group.push_back(person(random, rate, session, weekend));
  }
  return group;
}

// One dispatcher: requests come at the common daily profile, evenly within the hour, and go to the members in turn.
std::vector<std::vector<SlotCount>> round_robin(std::size_t n, double rate, double others, Random& random) {
  double whole = 0;
  for (const double h : kHuman) whole += h;
  std::vector<Counts> counts(n);
  std::size_t turn = 0;
  for (std::uint32_t d = 0; d < kDays; ++d) {
    for (std::uint32_t h = 0; h < kSlots; ++h) {
      const auto requests = static_cast<std::size_t>(static_cast<double>(n) * rate * kHuman[h] / whole);
      for (std::size_t i = 0; i < requests; ++i) ++counts[turn++ % n][{d, h}];
    }
  }
  std::vector<std::vector<SlotCount>> group;
  for (std::size_t i = 0; i < n; ++i)
    group.push_back(random.chance(others) ? person(random, rate) : series_of(counts[i]));
  return group;
}

TEST_CASE("load balance: 5,000 independent people with the same daily profile are not one dispatcher's") {
  for (std::uint64_t seed = 1; seed <= 5; ++seed) {
    const Balance balance = balance_of(people(seed, 5000, 5.6));
    MESSAGE("ratio ", balance.ratio, ", p ", balance.p_smooth, ", evenness ", balance.evenness, ", z of turns ",
            balance.z_turns);
    CHECK(balance.ratio > 0.8);
    CHECK(balance.p_smooth > 0.005);
    CHECK(std::abs(balance.z_turns) < 4);
  }
}

TEST_CASE("load balance: 5,000 vertices at five to six requests a day behind one dispatcher are") {
  Random random(1);
  for (const double others : {0.0, 0.3}) {
    const Balance balance = balance_of(round_robin(5000, 5.6, others, random));
    MESSAGE("share of strangers ", others, ": ratio ", balance.ratio, ", p ", balance.p_smooth, ", evenness ",
            balance.evenness, ", z of turns ", balance.z_turns);
    CHECK(balance.ratio < 0.1 + others * 1.1);
    CHECK(balance.p_smooth < 1e-6);
    CHECK(balance.z_turns < -20);
  }
}

TEST_CASE("load balance: sessions, weekends and single days off make a crowd rougher, never smoother") {
  const Balance sessions = balance_of(people(2, 2000, 12, 4));
  const Balance weekends = balance_of(people(3, 2000, 12, 1, 0.1));
  CHECK(sessions.p_smooth > 0.05);
  CHECK(weekends.p_smooth > 0.05);
  CHECK(sessions.z_turns > 10);
}

TEST_CASE("load balance: jobs by the clock are regular by themselves, not together") {
  std::vector<std::vector<SlotCount>> fixed, shifting;
  for (std::uint32_t i = 0; i < 500; ++i) {
    Random random(9, i);
    Counts same_hour, any_hour;
    const auto hour = static_cast<std::uint32_t>(random.below(kSlots));
    for (std::uint32_t d = 0; d < kDays; ++d) {
      same_hour[{d, hour}] = 1;
      any_hour[{d, static_cast<std::uint32_t>(random.below(kSlots))}] = 1;
    }
    fixed.push_back(series_of(same_hour));
    shifting.push_back(series_of(any_hour));
  }
  CHECK(balance_of(fixed).p_smooth == 1);
  CHECK(balance_of(shifting).p_smooth > 0.05);
  CHECK(balance_of(shifting).z_turns < -10);  // even shares, so these alone accuse nobody
}

TEST_CASE("load balance: the p-value of independent series is no smaller than it says") {
  std::array<int, 3> below{};
  constexpr int kWorlds = 600;
  for (int world = 0; world < kWorlds; ++world) {
    Random random(77, static_cast<std::uint64_t>(world));
    std::vector<std::vector<SlotCount>> group;
    const std::size_t n = 5 + random.below(60);
    for (std::size_t i = 0; i < n; ++i)
      group.push_back(person(random, 0.5 / (1.02 - random.uniform()), random.chance(0.3) ? 3 : 1));
    const double p = balance_of(group).p_smooth;
    for (std::size_t i = 0; i < below.size(); ++i) below[i] += p < std::array{0.1, 0.01, 0.001}[i] ? 1 : 0;
  }
  MESSAGE("of 600 groups below 0.1, 0.01, 0.001: ", below[0], ", ", below[1], ", ", below[2]);
  CHECK(below[0] <= 78);
  CHECK(below[1] <= 14);
  CHECK(below[2] <= 4);
}

TEST_CASE("load balance: too little to test says nothing") {
  CHECK(balance_of({}).p_smooth == 1);
  Random random(4);
  CHECK(balance_of({person(random, 5)}).p_smooth == 1);
  CHECK(balance_of({{{0, 1, 5}}, {{1, 2, 5}}}).p_smooth == 1);
}

}  // namespace
}  // namespace ringscope
