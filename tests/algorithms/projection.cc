#include "algorithms/projection.h"

#include <atomic>
#include <stdexcept>
#include <vector>

#include <doctest/doctest.h>

#include "algorithms/similarity.h"
#include "base/error.h"
#include "tests/algorithms/graphs.h"

namespace ringscope {
namespace {

struct Overlap {
  Vertex shared = 0;
  double weight = 0;
};

bool adjacent(const BipartiteGraph& graph, Vertex l, Vertex r) {
  return std::ranges::binary_search(graph.rights_of(l), r);
}

Overlap overlap_of(const BipartiteGraph& graph, const std::vector<float>& weights, Vertex max_degree, Vertex a,
                   Vertex b) {
  Overlap overlap;
  for (Vertex r = 0; r < graph.right_count(); ++r) {
    if (graph.right_degree(r) > max_degree || weights[r] <= 0 || !adjacent(graph, a, r) || !adjacent(graph, b, r))
      continue;
    ++overlap.shared;
    overlap.weight += static_cast<double>(weights[r]);
  }
  return overlap;
}

template <class Score>
std::vector<WeightedEdge> brute_force(const BipartiteGraph& graph, const std::vector<float>& weights, Vertex max_degree,
                                      const Score& score) {
  std::vector<WeightedEdge> pairs;
  for (Vertex a = 0; a < graph.left_count(); ++a) {
    for (Vertex b = a + 1; b < graph.left_count(); ++b) {
      const Overlap overlap = overlap_of(graph, weights, max_degree, a, b);
      if (overlap.shared == 0) continue;
      const std::optional<float> value = score(a, b, overlap.shared, overlap.weight);
      if (value) pairs.push_back({a, b, *value});
    }
  }
  return pairs;
}

std::vector<float> random_weights(Random& random, Vertex n) {
  std::vector<float> weights(n);
  for (float& w : weights) w = random.chance(0.1) ? 0.0F : static_cast<float>(random.uniform() * 20);
  return weights;
}

template <class Score>
void check_equals_brute_force(const BipartiteGraph& graph, const std::vector<float>& weights, Vertex max_degree,
                              const Score& score) {
  const std::vector<WeightedEdge> expected = brute_force(graph, weights, max_degree, score);
  for (const unsigned threads : {1U, 2U, 8U}) {
    CHECK(project_pairs(graph, weights, score, {.max_degree = max_degree, .threads = threads}) == expected);
  }
}

TEST_CASE("projection: each scorer equals brute force on 200 random graphs, at 1, 2 and 8 threads") {
  const HypergeometricTail tail(20);
  for (std::uint64_t seed = 0; seed < 200; ++seed) {
    Random random(seed);
    const auto left = static_cast<Vertex>(1 + random.below(25));
    const BipartiteArrays arrays = testing::random_bipartite(random, left, 20, 0.05 + 0.4 * random.uniform());
    const std::vector<float> weights = random_weights(random, 20);
    const auto cap = static_cast<Vertex>(1 + random.below(10));
    const RowSums rows = row_sums(arrays.view(), weights, cap);
    check_equals_brute_force(arrays.view(), weights, cap, JaccardScore{rows, 0.2});
    check_equals_brute_force(arrays.view(), weights, cap, CosineScore{rows, 0.3});
    check_equals_brute_force(arrays.view(), weights, cap, BitsScore{9.0});
    check_equals_brute_force(arrays.view(), weights, cap, TailScore{rows, tail, 0.2});
  }
}

TEST_CASE("projection: rows of several chunks give the same bits at 1, 2 and 8 threads") {
  Random random(5);
  std::vector<std::vector<Vertex>> lists(3000);
  for (auto& row : lists) {
    for (int i = 0; i < 6; ++i) row.push_back(static_cast<Vertex>(random.below(4000)));
    std::ranges::sort(row);
    row.erase(std::unique(row.begin(), row.end()), row.end());
  }
  const BipartiteArrays arrays = testing::bipartite_of_rows(lists, 4000);
  const std::vector<float> weights = random_weights(random, 4000);
  const auto one = project_pairs(arrays.view(), weights, BitsScore{}, {.threads = 1});
  CHECK(one.size() > 10'000);
  CHECK(project_pairs(arrays.view(), weights, BitsScore{}, {.threads = 2}) == one);
  CHECK(project_pairs(arrays.view(), weights, BitsScore{}, {.threads = 8}) == one);
  const CsrArrays graph = project_left(arrays.view(), weights, BitsScore{}, {.threads = 2});
  CHECK(graph.targets == build_csr(3000, one).targets);
  CHECK(graph.weights == build_csr(3000, one).weights);
}

TEST_CASE("projection: a hub above the cap is never enumerated") {
  // Right vertex 0 holds all 3,000 left vertices; 1,500 small ones hold two each.
  std::vector<std::vector<Vertex>> rows;
  for (Vertex l = 0; l < 3000; ++l) rows.push_back({0, 1 + l / 2});
  const BipartiteArrays arrays = testing::bipartite_of_rows(rows, 1501);
  std::atomic<std::size_t> met{0};
  const auto count = [&](Vertex, Vertex, Vertex, double) -> std::optional<float> {
    ++met;
    return std::nullopt;
  };
  project_pairs(arrays.view(), {}, count, {.max_degree = 2999, .threads = 2});
  CHECK(met == 1500);
  const PairCounts counts = estimate_pairs(arrays.view(), 2999);
  CHECK(counts.pairs == 1500);
  CHECK(counts.right_vertices == 1500);
  CHECK(counts.hubs == 1);
  CHECK(estimate_pairs(arrays.view(), 3000).pairs == 1500 + 3000U * 2999U / 2);
  met = 0;
  project_pairs(arrays.view(), {}, count, {.max_degree = 3000, .threads = 2});
  CHECK(met == 3000U * 2999U / 2);
}

TEST_CASE("projection: a drawn graph, by hand") {
  const BipartiteArrays arrays = testing::bipartite_of_rows({{0, 1, 2}, {1, 2, 3}, {0}, {}}, 4);
  const RowSums rows = row_sums(arrays.view(), {}, 10);
  const auto jaccard = project_pairs(arrays.view(), {}, JaccardScore{rows});
  CHECK(jaccard == std::vector<WeightedEdge>{{0, 1, 0.5F}, {0, 2, 1.0F / 3}});
  const std::vector<float> bits{1.0F, 2.0F, 4.0F, 8.0F};
  CHECK(project_pairs(arrays.view(), bits, BitsScore{2.0}) == std::vector<WeightedEdge>{{0, 1, 6.0F}});
}

TEST_CASE("projection: weights of a wrong length are an error, and so is a score that throws") {
  const BipartiteArrays arrays = testing::bipartite_of_rows({{0}, {0}}, 1);
  const std::vector<float> two{1.0F, 1.0F};
  CHECK_THROWS_AS(project_pairs(arrays.view(), two, BitsScore{}), Error);
  const auto fail = [](Vertex, Vertex, Vertex, double) -> std::optional<float> { throw std::runtime_error("no"); };
  CHECK_THROWS_AS(project_pairs(arrays.view(), {}, fail), std::runtime_error);
}

TEST_CASE("hypergeometric tail: equals the sum over all draws, and the tea-tasting lady") {
  // Fisher, The Design of Experiments (1935): 4 of 4 cups right by chance 1/70, 3 or more 17/70.
  const HypergeometricTail cups(8);
  CHECK(cups(4, 4, 4) == doctest::Approx(1.0 / 70).epsilon(1e-12));
  CHECK(cups(4, 4, 3) == doctest::Approx(17.0 / 70).epsilon(1e-12));
  CHECK(cups(4, 4, 0) == 1);
  CHECK(cups(2, 3, 3) == 0);
  const auto choose = [](int n, int k) {
    double c = k < 0 || k > n ? 0 : 1;
    for (int i = 0; c > 0 && i < k; ++i) c = c * (n - i) / (i + 1);
    return c;
  };
  for (int n = 1; n <= 14; ++n) {
    const HypergeometricTail tail(static_cast<Vertex>(n));
    for (int a = 0; a <= n; ++a) {
      for (int b = 0; b <= n; ++b) {
        double sum = 0;
        for (int x = std::min(a, b); x >= 0; --x) {
          sum += choose(b, x) * choose(n - b, a - x) / choose(n, a);
          const double p = tail(static_cast<Vertex>(a), static_cast<Vertex>(b), static_cast<Vertex>(x));
          CHECK(p == doctest::Approx(sum).epsilon(1e-9));
        }
      }
    }
  }
}

}  // namespace
}  // namespace ringscope
