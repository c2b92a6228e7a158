#include "algorithms/agreement.h"

#include <algorithm>
#include <cmath>
#include <vector>

#include <doctest/doctest.h>

#include "base/random.h"

namespace ringscope {
namespace {

BipartiteArrays of_rows(const std::vector<std::vector<Vertex>>& rows, Vertex rights) {
  std::vector<ArcIndex> offsets{0};
  std::vector<Vertex> targets;
  for (const std::vector<Vertex>& row : rows) {
    targets.insert(targets.end(), row.begin(), row.end());
    offsets.push_back(targets.size());
  }
  return build_bipartite(offsets, targets, rights, {0, rights});
}

double choose_bits(double n, double k) {
  return (std::lgamma(n + 1) - std::lgamma(k + 1) - std::lgamma(n - k + 1)) / std::log(2.0);
}

TEST_CASE("agreement: what two have in common is weighed by how rare it is and how many ways there were") {
  // Accounts 0 and 1 have 0 and 1 in common; everybody has 2.
  const BipartiteArrays arrays = of_rows({{0, 1, 2}, {0, 1, 2}, {2, 3}, {2, 4}}, 5);
  const auto pairs = agreeing_pairs(arrays.view(), 0, {.least_common = 2, .least_bits = 0.1});
  // 10 edges; 3 of 3 agree, with chances 3 * 2 / 10 twice and min(1, 3 * 4 / 10); one way.
  REQUIRE(pairs.size() == 1);
  CHECK(pairs[0].u == 0);
  CHECK(pairs[0].v == 1);
  CHECK(static_cast<double>(pairs[0].weight) == doctest::Approx(-2 * std::log2(0.6)));
  CHECK(agreeing_pairs(arrays.view(), 0, {.least_common = 4, .least_bits = 0.1}).empty());
}

TEST_CASE(
    "agreement: all pairs are found when each is held against all others, and with any number of threads the same") {
  for (std::uint64_t seed = 0; seed < 50; ++seed) {
    Random random(seed);
    std::vector<std::vector<Vertex>> rows(40);
    for (std::vector<Vertex>& row : rows) {
      for (Vertex r = 0; r < 60; ++r) {
        if (random.chance(r < 8 ? 0.3 : 0.08)) row.push_back(r);
      }
    }
    const BipartiteArrays arrays = of_rows(rows, 60);
    const BipartiteGraph graph = arrays.view();
    const auto bits = [&](Vertex u, Vertex v) {
      std::vector<Vertex> common;
      std::set_intersection(rows[u].begin(), rows[u].end(), rows[v].begin(), rows[v].end(), std::back_inserter(common));
      if (common.size() < 2) return 0.0;
      double sum = 0;
      for (const Vertex r : common)
        sum -= std::log2(std::min(1.0, static_cast<double>(rows[v].size() * graph.right_degree(r)) /
                                           static_cast<double>(graph.edge_count())));
      return sum - choose_bits(static_cast<double>(rows[u].size()), static_cast<double>(common.size()));
    };
    const auto pairs = agreeing_pairs(graph, 0, {.next = 40, .least_bits = 3, .threads = 1});
    std::size_t expected = 0;
    for (Vertex u = 0; u < 40; ++u) {
      for (Vertex v = u + 1; v < 40; ++v) expected += std::max(bits(u, v), bits(v, u)) >= 3 ? 1 : 0;
    }
    CAPTURE(seed);
    CHECK(pairs.size() == expected);
    for (const WeightedEdge& pair : pairs)
      CHECK(static_cast<double>(pair.weight) ==
            doctest::Approx(std::max(bits(pair.u, pair.v), bits(pair.v, pair.u))).epsilon(1e-4));
    CHECK(pairs == agreeing_pairs(graph, 0, {.next = 40, .least_bits = 3, .threads = 3}));
  }
}

TEST_CASE("agreement: a group of hundreds hangs together though each meets only a few on each thing") {
  Random random(7);
  std::vector<std::vector<Vertex>> rows(3000);
  for (std::size_t l = 0; l < rows.size(); ++l) {
    for (int i = 0; i < 8; ++i)
      rows[l].push_back(static_cast<Vertex>(l < 400 ? random.below(16) : 16 + random.below(40000)));
    std::sort(rows[l].begin(), rows[l].end());
    rows[l].erase(std::unique(rows[l].begin(), rows[l].end()), rows[l].end());
  }
  const BipartiteArrays arrays = of_rows(rows, 40016);
  const auto pairs = agreeing_pairs(arrays.view(), 0, {.least_common = 3, .least_bits = 12});
  std::vector<int> met(rows.size(), 0);
  for (const WeightedEdge& pair : pairs) {
    CHECK(pair.v < 400);
    met[pair.u] += 1;
    met[pair.v] += 1;
  }
  CHECK(std::count_if(met.begin(), met.begin() + 400, [](int n) { return n > 0; }) >= 390);
}

}  // namespace
}  // namespace ringscope
