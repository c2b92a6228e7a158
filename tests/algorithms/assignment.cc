#include "algorithms/assignment.h"

#include <algorithm>
#include <set>

#include <doctest/doctest.h>

#include "base/random.h"

using namespace ringscope;

namespace {

std::int64_t weight_of(const std::vector<std::uint32_t>& partners, const std::vector<AssignmentEdge>& edges) {
  std::int64_t sum = 0;
  for (const AssignmentEdge& edge : edges) sum += partners[edge.left] == edge.right ? edge.weight : 0;
  return sum;
}

// Over all matchings of the lefts from `left` on.
std::int64_t heaviest(std::uint32_t left, std::uint32_t left_count, std::uint32_t taken,
                      const std::vector<AssignmentEdge>& edges) {
  if (left == left_count) return 0;
  std::int64_t best = heaviest(left + 1, left_count, taken, edges);
  for (const AssignmentEdge& edge : edges) {
    if (edge.left != left || (taken >> edge.right & 1) != 0) continue;
    best = std::max(best, edge.weight + heaviest(left + 1, left_count, taken | 1U << edge.right, edges));
  }
  return best;
}

std::vector<AssignmentEdge> random_edges(Random& random, std::uint32_t lefts, std::uint32_t rights) {
  std::vector<AssignmentEdge> edges;
  for (std::uint32_t l = 0; l < lefts; ++l) {
    for (std::uint32_t r = 0; r < rights; ++r) {
      if (random.below(2) == 0) edges.push_back({l, r, static_cast<std::int64_t>(random.below(12)) - 1});
    }
  }
  return edges;
}

bool is_matching(const std::vector<std::uint32_t>& partners, const std::vector<AssignmentEdge>& edges) {
  std::set<std::uint32_t> taken;
  for (std::uint32_t l = 0; l < partners.size(); ++l) {
    if (partners[l] == kUnassigned) continue;
    const bool edge = std::ranges::any_of(
        edges, [&](const AssignmentEdge& e) { return e.left == l && e.right == partners[l] && e.weight > 0; });
    if (!edge || !taken.insert(partners[l]).second) return false;
  }
  return true;
}

}  // namespace

TEST_CASE("assignment: the greedy choice gives way to the heavier whole") {
  // 0-0 is the heaviest edge, but 0-1 and 1-0 together weigh more.
  const std::vector<AssignmentEdge> edges = {{0, 0, 10}, {0, 1, 8}, {1, 0, 7}};
  CHECK(assign(2, 2, edges) == std::vector<std::uint32_t>{1, 0});
}

TEST_CASE("assignment: a vertex stays alone when the whole weighs more without it") {
  CHECK(assign(2, 1, {{0, 0, 3}, {1, 0, 5}}) == std::vector<std::uint32_t>{kUnassigned, 0});
  CHECK(assign(2, 2, {{0, 0, 0}, {1, 1, -4}}) == std::vector<std::uint32_t>{kUnassigned, kUnassigned});
  CHECK(assign(0, 3, {}).empty());
}

TEST_CASE("assignment: as heavy as the best of all matchings on 500 random graphs, in any order of the edges") {
  for (std::uint64_t seed = 0; seed < 500; ++seed) {
    CAPTURE(seed);
    Random random(seed);
    const auto lefts = static_cast<std::uint32_t>(1 + random.below(6));
    const auto rights = static_cast<std::uint32_t>(1 + random.below(6));
    std::vector<AssignmentEdge> edges = random_edges(random, lefts, rights);
    const std::vector<std::uint32_t> partners = assign(lefts, rights, edges);
    CHECK(is_matching(partners, edges));
    CHECK(weight_of(partners, edges) == heaviest(0, lefts, 0, edges));
    std::ranges::reverse(edges);
    CHECK(assign(lefts, rights, edges) == partners);
  }
}

TEST_CASE("assignment: the last of 20,000 shifts all the others") {
  // Each left has its own right and, for a little less, that of the one before it; the last wants the one before it
  // only.
  constexpr std::uint32_t kLength = 20'000;
  constexpr std::int64_t kOwn = 100'000;
  std::vector<AssignmentEdge> edges = {{0, 0, kOwn}, {0, kLength, kOwn - 1}, {kLength - 1, kLength - 2, kOwn}};
  for (std::uint32_t l = 1; l + 1 < kLength; ++l) {
    edges.push_back({l, l, kOwn});
    edges.push_back({l, l - 1, kOwn - 1});
  }
  const std::vector<std::uint32_t> partners = assign(kLength, kLength + 1, edges);
  CHECK(is_matching(partners, edges));
  CHECK(weight_of(partners, edges) == kOwn + (kOwn - 1) * (kLength - 1));
}
