#include "algorithms/multicover.h"

#include <bit>

#include <doctest/doctest.h>

#include "base/random.h"

using namespace ringscope;

namespace {

bool meets(std::uint32_t chosen, const std::vector<CoverDemand>& demands) {
  for (const CoverDemand& demand : demands) {
    std::uint64_t given = 0;
    for (const auto& [item, amount] : demand.entries) given += (chosen >> item & 1) != 0 ? amount : 0;
    if (given < demand.need) return false;
  }
  return true;
}

// Over all subsets; -1: none does.
int fewest(std::uint32_t items, const std::vector<CoverDemand>& demands) {
  int best = -1;
  for (std::uint32_t chosen = 0; chosen < 1U << items; ++chosen) {
    if (meets(chosen, demands) && (best < 0 || std::popcount(chosen) < best)) best = std::popcount(chosen);
  }
  return best;
}

std::uint32_t bits_of(const std::vector<std::uint32_t>& items) {
  std::uint32_t bits = 0;
  for (const std::uint32_t item : items) bits |= 1U << item;
  return bits;
}

std::vector<CoverDemand> random_demands(Random& random, std::uint32_t items) {
  std::vector<CoverDemand> demands(1 + random.below(8));
  for (CoverDemand& demand : demands) {
    std::uint64_t all = 0;
    for (std::uint32_t i = 0; i < items; ++i) {
      if (random.below(3) != 0) continue;
      demand.entries.push_back({i, 1 + random.below(20)});
      all += demand.entries.back().amount;
    }
    demand.need = random.below(all + 2);
  }
  return demands;
}

}  // namespace

TEST_CASE("multicover: as few items as trying all subsets finds") {
  int possible = 0;
  for (std::uint64_t seed = 0; seed < 300; ++seed) {
    CAPTURE(seed);
    Random random(seed);
    const auto items = static_cast<std::uint32_t>(3 + random.below(9));
    const std::vector<CoverDemand> demands = random_demands(random, items);
    const int least = fewest(items, demands);
    const Cover cover = least_cover(items, demands);
    CHECK(cover.possible == (least >= 0));
    if (!cover.possible) continue;
    ++possible;
    CHECK(cover.proven);
    CHECK(static_cast<int>(cover.items.size()) == least);
    CHECK(meets(bits_of(cover.items), demands));
  }
  CHECK(possible > 50);
}

TEST_CASE("multicover: nothing needed is nothing taken; what cannot be met is impossible") {
  CHECK(least_cover(3, {}).items.empty());
  CHECK(least_cover(3, {{{{0, 5}}, 0}}).items.empty());
  CHECK(!least_cover(3, {{{{0, 5}, {1, 2}}, 8}}).possible);
  CHECK(least_cover(3, {{{{0, 5}, {1, 2}}, 7}}).items == std::vector<std::uint32_t>{0, 1});
}

TEST_CASE("multicover: cut short, it still gives a cover and does not claim to be the least") {
  Random random(4);
  std::vector<CoverDemand> demands(60);
  for (CoverDemand& demand : demands) {
    for (std::uint32_t i = 0; i < 30; ++i) {
      if (random.below(8) == 0) demand.entries.push_back({i, 1});
    }
    demand.need = demand.entries.empty() ? 0 : 1;
  }
  const Cover cover = least_cover(30, demands, {.most_steps = 2});
  CHECK(cover.possible);
  CHECK(!cover.proven);
  CHECK(meets(bits_of(cover.items), demands));
}
