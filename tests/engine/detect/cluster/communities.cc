#include "engine/detect/cluster/communities.h"

#include <algorithm>
#include <numeric>

#include <doctest/doctest.h>

#include "base/random.h"

namespace ringscope {
namespace {

constexpr Vertex kAccounts = 60, kThings = 90;

// Who touches what at random, each thing under the number that it is given.
BipartiteArrays touches_of(std::uint64_t seed, const std::vector<Vertex>& number) {
  Random random(seed);
  std::vector<ArcIndex> offsets{0};
  std::vector<Vertex> targets;
  for (Vertex account = 0; account < kAccounts; ++account) {
    std::vector<Vertex> row;
    for (Vertex thing = 0; thing < kThings; ++thing) {
      if (random.chance(0.05)) row.push_back(number[thing]);
    }
    std::sort(row.begin(), row.end());
    targets.insert(targets.end(), row.begin(), row.end());
    offsets.push_back(targets.size());
  }
  return build_bipartite(std::move(offsets), std::move(targets), kThings, {0, kThings});
}

std::vector<std::vector<Vertex>> communities_of(const BipartiteArrays& arrays, const std::vector<Vertex>& things) {
  LikenessPlan plan;
  plan.views = {{arrays.view(), {}, {}}, {arrays.view(), {}, {}}};
  std::vector<Vertex> members(kAccounts);
  std::iota(members.begin(), members.end(), Vertex{0});
  auto found = Communities(plan, 7, 1).among(0, members, things, 1, 2);
  std::sort(found.begin(), found.end());
  return found;
}

TEST_CASE("communities: how things are numbered, which their names decide, is all the same to accounts") {
  for (std::uint64_t seed = 0; seed < 20; ++seed) {
    CAPTURE(seed);
    std::vector<Vertex> number(kThings);
    std::iota(number.begin(), number.end(), Vertex{0});
    const BipartiteArrays arrays = touches_of(seed, number);
    std::vector<Vertex> some(number.begin(), number.begin() + kThings / 2);
    const auto all = communities_of(arrays, {}), of_some = communities_of(arrays, some);
    REQUIRE(all.size() > 2);
    Random random(seed, 1);
    for (std::size_t i = number.size(); i > 1; --i) std::swap(number[i - 1], number[random.below(i)]);
    const BipartiteArrays renamed = touches_of(seed, number);
    for (Vertex& thing : some) thing = number[thing];
    CHECK(communities_of(renamed, {}) == all);
    CHECK(communities_of(renamed, some) == of_some);
  }
}

}  // namespace
}  // namespace ringscope
