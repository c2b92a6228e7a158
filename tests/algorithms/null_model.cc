#include "algorithms/null_model.h"

#include <vector>

#include <doctest/doctest.h>

#include "algorithms/shuffle.h"
#include "base/error.h"
#include "tests/algorithms/graphs.h"

namespace ringscope {
namespace {

struct Degrees {
  std::vector<Vertex> left;
  std::vector<Vertex> right;
};

Degrees degrees_of(const BipartiteGraph& graph) {
  Degrees degrees;
  for (Vertex l = 0; l < graph.left_count(); ++l) degrees.left.push_back(static_cast<Vertex>(graph.left_degree(l)));
  for (Vertex r = 0; r < graph.right_count(); ++r) degrees.right.push_back(static_cast<Vertex>(graph.right_degree(r)));
  return degrees;
}

TEST_CASE("bicm: equal degrees on both sides give every edge the same probability") {
  const BicmModel model = fit_bicm(std::vector<Vertex>(6, 2), std::vector<Vertex>(4, 3));
  CHECK(model.probability(2, 3) == doctest::Approx(0.5).epsilon(1e-8));
  CHECK(model.left_classes().size() == 1);
  CHECK(model.right_classes()[0].count == 4);
}

TEST_CASE("bicm: two classes a side, solved by hand") {
  // Lefts of degree 1, 1, 2 and rights of degree 1, 1, 2: with a = p(1,1), b = p(1,2) = p(2,1), c = p(2,2) we have 2a +
  // b = 1, 2b + c = 2 and, because odds are products, (odds b)^2 = odds a * odds c.
  const BicmModel model = fit_bicm(std::vector<Vertex>{1, 2, 1}, std::vector<Vertex>{2, 1, 1});
  const double a = model.probability(1, 1);
  const double b = model.probability(1, 2);
  const double c = model.probability(2, 2);
  const auto odds = [](double p) { return p / (1 - p); };
  CHECK(2 * a + b == doctest::Approx(1).epsilon(1e-8));
  CHECK(2 * b + c == doctest::Approx(2).epsilon(1e-8));
  CHECK(odds(b) * odds(b) == doctest::Approx(odds(a) * odds(c)).epsilon(1e-6));
  CHECK(model.probability(2, 1) == doctest::Approx(b).epsilon(1e-8));
}

TEST_CASE("bicm: expected degrees are met on 200 random graphs, whatever their density") {
  for (std::uint64_t seed = 0; seed < 200; ++seed) {
    Random random(seed);
    const auto left = static_cast<Vertex>(1 + random.below(30));
    const auto right = static_cast<Vertex>(1 + random.below(30));
    const BipartiteArrays arrays = testing::random_bipartite(random, left, right, random.uniform());
    const Degrees degrees = degrees_of(arrays.view());
    const BicmModel model = fit_bicm(degrees.left, degrees.right);
    CHECK(model.degree_error() < 1e-6);
    for (const DegreeClass& l : model.left_classes()) {
      for (const DegreeClass& r : model.right_classes()) {
        const double p = model.probability(l.degree, r.degree);
        CHECK(p >= 0);
        CHECK(p <= 1);
      }
    }
  }
}

TEST_CASE("bicm: heavy-tailed degrees, as of addresses and people, are met") {
  Random random(8);
  std::vector<std::vector<Vertex>> rows(20'000);
  for (auto& row : rows) {
    const auto size = static_cast<std::size_t>(std::min(400.0, 1 / random.uniform()));
    for (std::size_t i = 0; i < size; ++i) {
      row.push_back(static_cast<Vertex>(30'000 * random.uniform() * random.uniform() * random.uniform()));
    }
    std::ranges::sort(row);
    row.erase(std::unique(row.begin(), row.end()), row.end());
  }
  const Degrees degrees = degrees_of(testing::bipartite_of_rows(rows, 30'000).view());
  CHECK(fit_bicm(degrees.left, degrees.right).degree_error() < 1e-6);
}

TEST_CASE("bicm: vertices joined to all or to none leave no doubt, and those joined to all others follow") {
  const BicmModel model = fit_bicm(std::vector<Vertex>{4, 0, 2, 2}, std::vector<Vertex>{3, 1, 2, 2});
  CHECK(model.probability(4, 1) == 1);
  CHECK(model.probability(0, 3) == 0);
  CHECK(model.probability(2, 3) == 1);  // degree 3 of three lefts that are not empty
  CHECK(model.probability(2, 1) == 0);  // its only edge is to the full one
  CHECK(model.probability(2, 2) == doctest::Approx(0.5));
}

TEST_CASE("bicm: forced blocks without a full vertex are found in the limit") {
  // The lefts of degree 3 and the rights of degree 3 must all be joined; the others must not.
  const BicmModel model = fit_bicm(std::vector<Vertex>{3, 3, 1, 1}, std::vector<Vertex>{3, 3, 1, 1});
  CHECK(model.probability(3, 3) == doctest::Approx(1).epsilon(1e-5));
  CHECK(model.probability(1, 1) < 1e-5);
  CHECK(model.probability(3, 1) == doctest::Approx(0.5).epsilon(1e-5));
}

TEST_CASE("bicm: degrees that no graph has are an error") {
  CHECK_THROWS_AS(fit_bicm(std::vector<Vertex>{1, 1}, std::vector<Vertex>{1}), Error);
  CHECK_THROWS_AS(fit_bicm(std::vector<Vertex>{3}, std::vector<Vertex>{2, 1}), Error);
  CHECK_THROWS_AS(fit_bicm(std::vector<Vertex>{2, 2, 0, 0}, std::vector<Vertex>{3, 1, 0, 0}), Error);
  CHECK(fit_bicm({}, {}).degree_error() == 0);
}

TEST_CASE("chung-lu: close to the configuration model where degrees are small") {
  const std::vector<Vertex> degrees(10'000, 3);
  const BicmModel model = fit_bicm(degrees, degrees);
  CHECK(model.probability(3, 3) == doctest::Approx(chung_lu_probability(3, 3, 30'000)).epsilon(1e-3));
  CHECK(chung_lu_probability(300, 300, 30'000) == 1);
}

TEST_CASE("shuffle: every degree is kept in every layer, edges are not") {
  for (std::uint64_t seed = 0; seed < 50; ++seed) {
    Random random(seed);
    BipartiteArrays arrays = testing::random_bipartite(random, 30, 40, 0.2);
    arrays.layer_offsets = {0, 15, 15, 40};
    const BipartiteArrays mixed = shuffle_preserving_degrees(arrays.view(), {.seed = seed});
    CHECK(mixed.left_offsets == arrays.left_offsets);
    CHECK(mixed.right_offsets == arrays.right_offsets);
    CHECK(mixed.layer_offsets == arrays.layer_offsets);
    CHECK(mixed.left_targets != arrays.left_targets);
    for (Vertex l = 0; l < 30; ++l) {
      const auto old_row = arrays.view().rights_of(l);
      const auto row = mixed.view().rights_of(l);
      CHECK(std::ranges::adjacent_find(row, std::ranges::greater_equal{}) == row.end());
      CHECK(std::ranges::count_if(row, [](Vertex r) { return r < 15; }) ==
            std::ranges::count_if(old_row, [](Vertex r) { return r < 15; }));
    }
    CHECK(mixed.left_targets == shuffle_preserving_degrees(arrays.view(), {.seed = seed}).left_targets);
  }
}

TEST_CASE("shuffle: two of many edges among many of few keep nothing of what they shared") {
  // Lefts 0 and 1 have the same hundred rights, of degree two; a thousand others have one or two rights each.
  std::vector<std::vector<Vertex>> rows(1002);
  for (Vertex r = 0; r < 100; ++r) {
    rows[0].push_back(r);
    rows[1].push_back(r);
  }
  for (Vertex l = 2; l < 1002; ++l) rows[l] = {100 + l / 2, 700 + l};
  const BipartiteArrays arrays = testing::bipartite_of_rows(rows, 1702);
  for (std::uint64_t seed = 0; seed < 20; ++seed) {
    const BipartiteArrays mixed = shuffle_preserving_degrees(arrays.view(), {.seed = seed});
    const auto a = mixed.view().rights_of(0), b = mixed.view().rights_of(1);
    std::vector<Vertex> common;
    std::ranges::set_intersection(a, b, std::back_inserter(common));
    CHECK(common.size() <= 12);  // 3.5 are expected
  }
}

TEST_CASE("shuffle: the three graphs of a small degree sequence come up equally often") {
  // Lefts of degree 1, 1, 1 and rights of degree 2, 1: the odd one out is any of the three.
  const BipartiteArrays arrays = testing::bipartite_of_rows({{0}, {0}, {1}}, 2);
  std::vector<int> times(3, 0);
  for (std::uint64_t seed = 0; seed < 3000; ++seed) {
    const BipartiteArrays mixed = shuffle_preserving_degrees(arrays.view(), {.seed = seed});
    for (Vertex l = 0; l < 3; ++l) times[l] += mixed.left_targets[l] == 1;
  }
  for (const int n : times) CHECK(std::abs(n - 1000) < 130);  // five standard deviations
}

}  // namespace
}  // namespace ringscope
