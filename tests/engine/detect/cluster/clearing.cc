#include "engine/detect/cluster/clearing.h"

#include <algorithm>
#include <vector>

#include <doctest/doctest.h>

#include "base/random.h"
#include "engine/detect/incremental/frozen_null.h"
#include "tests/engine/detect/said.h"

namespace ringscope {
namespace {

using testing::World;

const std::vector<std::string> kKinds = {"ip", "payment", "fingerprint"};

PairCuts cuts_of(const BipartiteGraph& graph, const Weights& weights, const Similarity& similarity) {
  ProjectOptions options;
  return cuts_frozen(graph, weights, freeze_null(weights, similarity, options.vouch_core, options.vouch_attach),
                     freeze_entities(graph, weights, similarity));
}

// Three hundred honest accounts, then two rings: 300 to 309 and 310 to 317.
Snapshot two_rings(std::uint64_t seed) {
  World world = testing::honest_world(seed, 300);
  Random random(seed, 1);
  plant_ring(world, {.members = 10, .addresses_each = 3, .payments = 2, .devices = 2}, random);
  plant_ring(world, {.members = 8}, random);
  return testing::snapshot_of(world, kKinds);
}

// Such a world, its links, and what is left of them when people cleared some accounts.
struct Drawn {
  Drawn(std::uint64_t seed, const std::vector<Vertex>& cleared)
      : snapshot(two_rings(seed)),
        graph(snapshot.graph()),
        weights(weigh(graph, {})),
        unsaid(project(graph, weights, {})),
        clearing(clearing_of(snapshot, testing::said(VerdictWord::reject, cleared), {})),
        less(lowered(graph, weights, clearing)),
        cuts(cuts_of(graph, weights, unsaid)),
        heeded(heed_clearing({graph, less, cuts, clearing, {}, {}, 1}, unsaid)) {}

  Snapshot snapshot;
  BipartiteGraph graph;
  Weights weights;
  Similarity unsaid;
  Clearing clearing;
  Weights less;
  PairCuts cuts;
  Heeded heeded;
};

bool is_in(const std::vector<WeightedEdge>& edges, Vertex u, Vertex v) {
  return std::ranges::any_of(edges, [&](const WeightedEdge& edge) { return edge.u == u && edge.v == v; });
}

}  // namespace

TEST_CASE("clearing: what is left of a thing goes by the share of its cleared accounts") {
  CHECK(left_of(0, 5) == 1);
  CHECK(left_of(2, 14) == doctest::Approx(1 - 2.0 / 16));
  CHECK(left_of(1, 1000) > 0.998);
  CHECK(left_of(200, 210) < 0.06);
}

TEST_CASE("clearing: one decoy cleared in a thing of a thousand accounts takes no bit of it, five in eight take half") {
  World world(1400, 1);
  for (Vertex a = 0; a < 1000; ++a) world.touch(a, 0, 1);
  for (Vertex a = 1000; a < 1008; ++a) world.touch(a, 0, 2);
  for (Vertex a = 1008; a < 1400; ++a) world.touch(a, 0, world.fresh_value());
  const Snapshot snapshot = testing::snapshot_of(world, {"ip"});
  const BipartiteGraph graph = snapshot.graph();
  const Weights weights = weigh(graph, {});
  REQUIRE(weights.bits(0) > 0);
  const Weights less = lowered(
      graph, weights, clearing_of(snapshot, testing::said(VerdictWord::reject, {7, 1000, 1001, 1002, 1003, 1004}), {}));
  CHECK(less.bits(0) == weights.bits(0));
  CHECK(less.cleared.at(0) == 1);
  CHECK(less.bits(1) == doctest::Approx(weights.bits(1) / 2).epsilon(0.05));
  CHECK(less.cleared.at(1) == 5);
}

TEST_CASE("clearing: without a standing verdict, or switched off, weights and links are what they were") {
  const Drawn drawn(3, {});
  CHECK(drawn.clearing.empty());
  CHECK(drawn.less.rarity == drawn.weights.rarity);
  CHECK(drawn.heeded.similarity.core == drawn.unsaid.core);
  CHECK(drawn.heeded.similarity.attach == drawn.unsaid.attach);
  CHECK(drawn.heeded.similarity.near_misses == drawn.unsaid.near_misses);
  CHECK(drawn.heeded.changes.core.lost.empty());
  const Decisions cleared = testing::said(VerdictWord::benign, {1, 2});
  CHECK(clearing_of(drawn.snapshot, cleared, {.clearing = "off"}).empty());
  CHECK(clearing_of(drawn.snapshot, testing::said(VerdictWord::confirm, {1, 2}), {}).empty());
}

TEST_CASE("clearing: the links left are those of the lowered weights, on 40 drawn worlds; of the cleared all stay") {
  std::size_t lost = 0;
  for (std::uint64_t seed = 1; seed <= 40; ++seed) {
    const std::vector<Vertex> cleared = {300, 301, 302, static_cast<Vertex>(seed)};
    const Drawn drawn(seed, cleared);
    const PairLinks all = keep_pairs(drawn.graph, drawn.less, lowered(drawn.graph, drawn.cuts, drawn.clearing), 1);
    const auto of_nobody_cleared = [&](std::vector<WeightedEdge> edges) {
      std::erase_if(edges, [&](const WeightedEdge& edge) {
        return drawn.clearing.accounts[edge.u] != 0 || drawn.clearing.accounts[edge.v] != 0;
      });
      return edges;
    };
    CHECK(of_nobody_cleared(drawn.heeded.similarity.core) == of_nobody_cleared(all.core));
    CHECK(of_nobody_cleared(drawn.heeded.similarity.attach) == of_nobody_cleared(all.attach));
    for (const WeightedEdge& edge : drawn.unsaid.core) {
      const int ends = drawn.clearing.accounts[edge.u] + drawn.clearing.accounts[edge.v];
      if (ends == 1) CHECK(is_in(drawn.heeded.similarity.attach, edge.u, edge.v));
      if (ends == 2) CHECK(is_in(drawn.heeded.similarity.core, edge.u, edge.v));
    }
    lost += drawn.heeded.changes.core.lost.size();
  }
  CHECK(lost > 0);
}

TEST_CASE("clearing: the cut and the rates of classes stay, however many are cleared") {
  const Drawn drawn(5, {300, 301, 302, 303, 304, 305});
  CHECK(drawn.heeded.similarity.least_surprise == drawn.unsaid.least_surprise);
  CHECK(drawn.heeded.similarity.vouching == drawn.unsaid.vouching);
  CHECK(!drawn.heeded.changes.core.lost.empty());
}

}  // namespace ringscope
