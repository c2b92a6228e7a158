#include "engine/detect/project/pair_block.h"

#include <algorithm>

#include <doctest/doctest.h>

#include "base/error.h"
#include "engine/detect/project/cluster_block.h"
#include "engine/detect/project/project.h"
#include "tests/engine/detect/worlds.h"

namespace ringscope {
namespace {

using testing::World;

BipartiteArrays small_world(std::uint64_t seed) {
  World world = testing::honest_world(seed, 300);
  Random random(seed);
  for (int ring = 0; ring < 4; ++ring)
    testing::plant_ring(world, {.members = 9, .addresses_each = 3, .payments = 2, .devices = 2}, random);
  return world.build();
}

// The columns of a block, cut out of a graph by the definition.
struct CutOut {
  std::vector<Vertex> right, degree, left, edge_left, edge_right;
  std::vector<std::uint32_t> layer;
  std::vector<float> rarity, with, observed, fitted, scale;
  PairBlockColumns columns;

  CutOut(const BipartiteGraph& graph, const Weights& weights, const Vouching& vouching, Vertex first, Vertex end) {
    std::vector<char> touched(graph.right_count(), 0), present(graph.left_count(), 0);
    for (Vertex l = first; l < end; ++l)
      for (const Vertex r : graph.rights_of(l)) touched[r] = weights.rarity[r] > 0;
    std::size_t k = 0;
    for (Vertex r = 0; r < graph.right_count(); ++r) {
      while (r >= graph.layer_end(k)) ++k;
      if (touched[r] == 0) continue;
      right.push_back(r);
      layer.push_back(static_cast<std::uint32_t>(k));
      degree.push_back(static_cast<Vertex>(graph.right_degree(r)));
      rarity.push_back(weights.rarity[r]);
      with.push_back(weights.with_consequences.empty() ? weights.rarity[r] : weights.with_consequences[r]);
      observed.push_back(vouching.observed[r]);
      fitted.push_back(vouching.fitted[r]);
      const auto lefts = graph.lefts_of(r);
      for (auto l = lefts.rbegin(); l != lefts.rend(); ++l) {
        if (*l < first) continue;
        present[*l] = 1;
        edge_left.push_back(*l);
        edge_right.push_back(r);
      }
    }
    for (Vertex l = 0; l < graph.left_count(); ++l) {
      if (present[l] == 0) continue;
      left.push_back(l);
      for (std::size_t layer_of = 0; layer_of < weights.layers; ++layer_of)
        scale.push_back(weights.left_scale[l * weights.layers + layer_of]);
    }
    columns = {right, layer, degree, rarity, with, observed, fitted, left, scale, edge_left, edge_right, first, end};
  }
};

void better(NearMiss& now, const NearMiss& next) {
  if (next.other == NearMiss::kNobody) return;
  if (now.other == NearMiss::kNobody || next.surprise > now.surprise ||
      (next.surprise == now.surprise && next.other < now.other))
    now = next;
}

bool same_edges(const std::vector<WeightedEdge>& a, const std::vector<WeightedEdge>& b) {
  return std::ranges::equal(a, b, [](const WeightedEdge& x, const WeightedEdge& y) {
    return x.u == y.u && x.v == y.v && x.weight == y.weight;
  });
}

}  // namespace

TEST_CASE("pair block: blocks of rows say together what one pass over all rows says, bit for bit") {
  for (std::uint64_t seed = 1; seed <= 5; ++seed) {
    const BipartiteArrays arrays = small_world(seed);
    const BipartiteGraph graph = arrays.view();
    const Weights weights = weigh_trusted(graph, {}, {.threads = 1});
    const PairNull null = weights.null(graph);
    for (const Corroborating by : {Corroborating::everything_else, Corroborating::other_layers}) {
      const CorroborationOptions options{.by = by, .threads = 1};
      const Corroboration whole = corroborate(null, options);
      const Vouching vouching = vouch(null, whole.joined_pairs);
      const PairLinks links = keep_pairs(graph, weights, {18, vouching, 0.9, 0.5}, 1);
      REQUIRE_FALSE(links.core.empty());
      for (const Vertex rows : {Vertex{1000}, Vertex{97}, Vertex{13}}) {
        std::vector<std::uint64_t> counts(Corroboration::kBins, 0);
        std::vector<JoinedLefts> joined;
        PairLinks together;
        together.near_misses.resize(graph.left_count());
        for (Vertex first = 0; first < graph.left_count(); first += rows) {
          const Vertex end = std::min(graph.left_count(), first + rows);
          const CutOut cut(graph, weights, vouching, first, end);
          const PairBlock block(cut.columns, weights.layers, weights.tails);
          const CorroboratedRows part = block.corroborate(options);
          for (std::size_t b = 0; b < counts.size(); ++b) counts[b] += part.surprise_counts[b];
          joined.insert(joined.begin(), part.joined.begin(), part.joined.end());  // any order
          const PairLinks kept = block.keep(18, 0.9, 0.5);
          together.core.insert(together.core.end(), kept.core.begin(), kept.core.end());
          together.attach.insert(together.attach.end(), kept.attach.begin(), kept.attach.end());
          for (std::size_t i = 0; i < kept.near_misses.size(); ++i)
            better(together.near_misses[block.lefts()[i]], kept.near_misses[i]);
        }
        const Corroboration combined = combine_corroborated(null, counts, joined, 1);
        CHECK(combined.surprise_counts == whole.surprise_counts);
        CHECK(combined.joined_pairs == whole.joined_pairs);
        CHECK(same_edges(together.core, links.core));
        CHECK(same_edges(together.attach, links.attach));
        CHECK(together.near_misses == links.near_misses);
      }
    }
  }
}

TEST_CASE("pair block: columns that do not fit together are refused") {
  const BipartiteArrays arrays = small_world(1);
  const Weights weights = weigh_trusted(arrays.view(), {}, {.threads = 1});
  const Vouching vouching{std::vector<float>(weights.rarity.size(), 0), std::vector<float>(weights.rarity.size(), 0)};
  CutOut cut(arrays.view(), weights, vouching, 0, 50);
  PairBlockColumns columns = cut.columns;
  columns.left = columns.left.subspan(1);
  CHECK_THROWS_AS(PairBlock(columns, weights.layers, weights.tails), Error);
  columns = cut.columns;
  cut.edge_left.front() = 99999;
  CHECK_THROWS_AS(PairBlock(columns, weights.layers, weights.tails), Error);
}

TEST_CASE("cluster block: components by themselves have the groups that they have in the whole") {
  for (std::uint64_t seed = 1; seed <= 5; ++seed) {
    const BipartiteArrays arrays = small_world(seed);
    const BipartiteGraph graph = arrays.view();
    const Weights weights = weigh_trusted(graph, {}, {.threads = 1});
    const Similarity similarity = project(graph, weights, {});
    const ClusterOptions options{.threads = 1};
    const std::vector<Group> whole = cluster(graph, similarity, options);
    REQUIRE_FALSE(whole.empty());
    std::vector<WeightedEdge> all(similarity.core);
    all.insert(all.end(), similarity.attach.begin(), similarity.attach.end());
    // Accounts by component, components dealt out over three bins.
    std::vector<Vertex> root(graph.left_count());
    for (Vertex a = 0; a < root.size(); ++a) root[a] = a;
    for (bool changed = true; changed;) {
      changed = false;
      for (const WeightedEdge& edge : all) {
        const Vertex least = std::min(root[edge.u], root[edge.v]);
        changed = changed || root[edge.u] != least || root[edge.v] != least;
        root[edge.u] = root[edge.v] = least;
      }
    }
    const std::vector<float> bits = cluster_bits(graph);
    std::vector<BlockGroup> groups;
    for (Vertex bin = 0; bin < 3; ++bin) {
      std::vector<Vertex> accounts;
      std::vector<std::uint64_t> offsets{0};
      std::vector<Vertex> things;
      std::vector<float> said;
      for (Vertex a = 0; a < root.size(); ++a) {
        if (root[a] % 3 != bin) continue;
        accounts.push_back(a);
        for (const Vertex r : graph.rights_of(a)) {
          things.push_back(r);
          said.push_back(bits[r]);
        }
        offsets.push_back(things.size());
      }
      const auto inside = [&](const std::vector<WeightedEdge>& edges) {
        std::vector<WeightedEdge> kept;
        for (const WeightedEdge& edge : edges) {
          if (root[edge.u] % 3 != bin) continue;
          const auto place = [&](Vertex a) {
            return static_cast<Vertex>(std::ranges::lower_bound(accounts, a) - accounts.begin());
          };
          kept.push_back({place(edge.u), place(edge.v), edge.weight});
        }
        return kept;
      };
      const auto core = inside(similarity.core), attach = inside(similarity.attach);
      const auto part = cluster_block({accounts, core, attach, {}, offsets, things, said}, options);
      groups.insert(groups.end(), part.begin(), part.end());
    }
    std::ranges::sort(groups, {}, &BlockGroup::first);
    REQUIRE(groups.size() == whole.size());
    for (std::size_t g = 0; g < groups.size(); ++g) {
      CHECK(groups[g].members == whole[g].members);
      CHECK(groups[g].cohesion == whole[g].cohesion);
    }
  }
}

}  // namespace ringscope
