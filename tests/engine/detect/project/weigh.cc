#include "engine/detect/project/weigh.h"

#include <cmath>
#include <vector>

#include <doctest/doctest.h>

#include "algorithms/null_model.h"
#include "tests/engine/detect/worlds.h"

namespace ringscope {
namespace {

TEST_CASE("weigh: a sparse layer is worth what its shares of the edges say") {
  // 512 accounts of one address each: 256 addresses of two. Every account is equal, so x = 1 and 1 - p = odds of 1/256
  // to 255/256.
  testing::World world(512, 1);
  for (Vertex a = 0; a < 512; ++a) world.touch(a, 0, a / 2);
  const BipartiteArrays arrays = world.build();
  const Weights weights = weigh(arrays.view(), {});
  const double fitness = 1.0 / 255;  // xy / (1 + xy) = 2 / 512
  for (Vertex r = 0; r < 256; ++r) {
    CHECK(static_cast<double>(weights.rarity[r]) == std::floor(-2 * std::log2(fitness) * kBinsPerBit));
  }
  CHECK(weights.bits(0) == doctest::Approx(15.5));
  // Two accounts share an address with a chance of at most 256 y^2; the scale is read a quarter octave up at most.
  const double p = std::exp2(-static_cast<double>(weights.null(arrays.view()).surprise(0, 1, weights.rarity[0])));
  CHECK(p >= 256 * fitness * fitness * 0.99);
  CHECK(p <= 256 * fitness * fitness * 1.2);
}

TEST_CASE("weigh: what one account has, and what more have than a hub may, takes no part") {
  testing::World world(60, 2);
  for (Vertex a = 0; a < 60; ++a) world.touch(a, 0, 0);          // of sixty
  for (Vertex a = 0; a < 20; ++a) world.touch(a, 0, 1);          // of twenty
  for (Vertex a = 0; a < 60; ++a) world.touch(a, 0, 2 + a / 2);  // of two
  for (Vertex a = 0; a < 60; ++a) world.touch(a, 1, a);          // of one
  const BipartiteArrays arrays = world.build();
  const Weights weights = weigh(arrays.view(), {.hub_accounts = 20});
  CHECK(weights.hub_accounts == 20);
  CHECK(weights.rarity[0] == 0);
  CHECK(weights.rarity[1] > 0);
  CHECK(weights.rarity[2] > weights.rarity[1]);
  for (Vertex r = arrays.view().layer_begin(1); r < arrays.view().layer_end(1); ++r) CHECK(weights.rarity[r] == 0);
}

TEST_CASE("weigh: a full name counts once beside its surname, and is worth what it is alone") {
  // Sixty names of four strangers each, five names a surname.
  const auto people = [](bool surnames) {
    testing::World world(240, 4);
    Random random(1);
    for (Vertex a = 0; a < 240; ++a) {
      world.touch(a, 0, a / 4);
      if (surnames) world.touch(a, 1, a / 20);
      world.touch(a, 2, random.below(100));
      world.touch(a, 3, random.below(100));
    }
    return world.build();
  };
  const BipartiteArrays named = people(false), both = people(true);
  const Weights alone = weigh(named.view(), {}), together = weigh(both.view(), {});
  CHECK(together.rarity[0] + together.rarity[both.view().layer_begin(1)] == alone.rarity[0]);
  CHECK(together.with_consequences[0] == alone.rarity[0]);
  CHECK(alone.with_consequences.empty());
}

TEST_CASE("weigh: the hub limit falls until few enough pairs are enumerated") {
  // Ten addresses of 4 (60 pairs), ten of 6 (150 pairs), one of 30 (435 pairs).
  testing::World world(30, 1);
  for (std::uint64_t v = 0; v < 10; ++v) {
    for (Vertex a = 0; a < 4; ++a) world.touch((static_cast<Vertex>(v) * 4 + a) % 30, 0, v);
    for (Vertex a = 0; a < 6; ++a) world.touch((static_cast<Vertex>(v) * 6 + a) % 30, 0, 10 + v);
  }
  for (Vertex a = 0; a < 30; ++a) world.touch(a, 0, 20);
  const BipartiteArrays arrays = world.build();
  const auto enumerated = [&](const Weights& weights) {
    std::uint64_t pairs = 0;
    for (Vertex r = 0; r < arrays.view().right_count(); ++r) {
      const ArcIndex d = arrays.view().right_degree(r);
      if (weights.rarity[r] > 0) pairs += d * (d - 1) / 2;
    }
    return pairs;
  };
  for (const auto& [most, pairs] : {std::pair{645U, 645U}, {644U, 210U}, {210U, 210U}, {209U, 60U}, {59U, 0U}}) {
    const Weights weights = weigh(arrays.view(), {.most_pairs = most});
    CHECK(enumerated(weights) == pairs);
    CHECK(weights.hub_accounts <= 1000);
  }
}

TEST_CASE("weigh: a graph without edges, accounts or layers has weights") {
  const BipartiteArrays none = build_bipartite({0}, {}, 0, {0});
  CHECK(weigh(none.view(), {}).rarity.empty());
  const BipartiteArrays lonely = build_bipartite({0, 0, 0}, {}, 3, {0, 0, 3});
  const Weights weights = weigh(lonely.view(), {});
  CHECK(weights.rarity == std::vector<float>(3, 0.0F));
  CHECK(weights.left_scale == std::vector<float>(4, 0.0F));
}

// P(S >= s) for every s under the fitted model, one right vertex at a time.
std::vector<double> exact_tails(const BicmModel& model, const BipartiteGraph& graph, const Weights& weights, Vertex l,
                                Vertex other) {
  std::vector<double> mass(400, 0.0);
  mass[0] = 1;
  for (Vertex r = 0; r < graph.right_count(); ++r) {
    const auto bins = static_cast<std::size_t>(weights.rarity[r]);
    if (bins == 0) continue;
    const auto degree = static_cast<Vertex>(graph.right_degree(r));
    const double p = model.probability(static_cast<Vertex>(graph.left_degree(l)), degree) *
                     model.probability(static_cast<Vertex>(graph.left_degree(other)), degree);
    for (std::size_t s = mass.size(); s-- > 0;) mass[s] = (1 - p) * mass[s] + (s >= bins ? p * mass[s - bins] : 0);
  }
  for (std::size_t s = mass.size() - 1; s-- > 0;) mass[s] += mass[s + 1];
  return mass;
}

TEST_CASE("weigh: in one layer no chance is smaller than under the fitted configuration model") {
  int compared = 0;
  for (std::uint64_t seed = 0; seed < 100; ++seed) {
    Random random(seed);
    const auto accounts = static_cast<Vertex>(20 + random.below(60));
    testing::World world(accounts, 1);
    for (Vertex a = 0; a < accounts; ++a) {
      for (std::uint64_t i = 0; i <= random.below(5); ++i) {
        world.touch(a, 0, static_cast<std::uint64_t>(40 * random.uniform() * random.uniform()));
      }
    }
    const BipartiteArrays arrays = world.build();
    const BipartiteGraph graph = arrays.view();
    std::vector<Vertex> lefts, rights;
    for (Vertex l = 0; l < accounts; ++l) lefts.push_back(static_cast<Vertex>(graph.left_degree(l)));
    for (Vertex r = 0; r < graph.right_count(); ++r) rights.push_back(static_cast<Vertex>(graph.right_degree(r)));
    const BicmModel model = fit_bicm(lefts, rights);
    const Weights weights = weigh(graph, {});
    const PairNull null = weights.null(graph);
    for (Vertex l = 1; l < accounts; l += 7) {
      const std::vector<double> exact = exact_tails(model, graph, weights, 0, l);
      for (std::size_t s = 1; s < 200; s += 3) {
        if (exact[s] < 1e-12) break;
        CHECK(static_cast<double>(null.surprise(0, l, static_cast<double>(s))) <= -std::log2(exact[s]) + 1e-4);
        ++compared;
      }
    }
  }
  CHECK(compared > 1000);
}

TEST_CASE("weigh: relabelled accounts and entities keep their weights") {
  const testing::World world = testing::honest_world(3, 500);
  std::vector<Vertex> number_of(500);
  for (Vertex a = 0; a < 500; ++a) number_of[a] = (a * 7 + 3) % 500;
  const BipartiteArrays arrays = world.build(), turned = world.build_relabelled(number_of);
  const Weights weights = weigh(arrays.view(), {}), other = weigh(turned.view(), {});
  for (Vertex a = 0; a < 500; ++a) {
    for (std::size_t k = 0; k < 3; ++k) CHECK(weights.left_scale[a * 3 + k] == other.left_scale[number_of[a] * 3 + k]);
  }
  for (std::size_t k = 0; k < 3; ++k) {
    const Vertex begin = arrays.view().layer_begin(k), end = arrays.view().layer_end(k);
    for (Vertex r = begin; r < end; ++r) CHECK(weights.rarity[r] == other.rarity[begin + (end - 1 - r)]);
  }
}

TEST_CASE("weigh: weights multiply the bits of their layers, and a factor common to all changes nothing") {
  const BipartiteArrays arrays = testing::honest_world(1, 500).build();
  const BipartiteGraph graph = arrays.view();
  const std::vector<double> alike{3, 3, 3}, halved{0.5, 1, 1}, doubled{1, 2, 2};
  const Weights plain = weigh(graph, {}), half = weigh(graph, {.layer_weights = halved});
  CHECK(weigh(graph, {.layer_weights = alike}).rarity == plain.rarity);
  CHECK(weigh(graph, {.layer_weights = doubled}).rarity == half.rarity);
  for (Vertex r = 0; r < graph.right_count(); ++r) {
    if (r >= graph.layer_end(0)) {
      CHECK(half.rarity[r] == plain.rarity[r]);
    } else {
      CHECK(std::abs(half.rarity[r] - plain.rarity[r] / 2) <= 1);  // whole bins
    }
  }
}

}  // namespace
}  // namespace ringscope
