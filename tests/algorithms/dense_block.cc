#include "algorithms/dense_block.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <set>
#include <utility>

#include <doctest/doctest.h>

#include "base/random.h"

namespace ringscope {
namespace {

using Edges = std::set<std::pair<Vertex, Vertex>>;

BipartiteArrays graph_of(Vertex lefts, Vertex rights, const Edges& edges) {
  std::vector<ArcIndex> offsets(lefts + 1, 0);
  std::vector<Vertex> targets;
  targets.reserve(edges.size());
  for (const auto& [l, r] : edges) {
    ++offsets[l + 1];
    targets.push_back(r);
  }
  for (Vertex l = 0; l < lefts; ++l) offsets[l + 1] += offsets[l];
  return build_bipartite(std::move(offsets), std::move(targets), rights, {0, rights});
}

// Density of the densest block whose left side is given: the best right side takes each column that pays for itself.
double best_density(const BipartiteGraph& graph, unsigned lefts) {
  std::vector<double> gains;
  for (Vertex r = 0; r < graph.right_count(); ++r) {
    double gain = 0;
    for (const Vertex l : graph.lefts_of(r))
      gain += (lefts >> l & 1U) != 0 ? 1 / std::log(static_cast<double>(graph.right_degree(r)) + 5) : 0;
    gains.push_back(gain);
  }
  std::sort(gains.rbegin(), gains.rend());
  double best = 0, sum = 0;
  for (std::size_t n = 0; n < gains.size(); ++n) {
    sum += gains[n];
    best = std::max(best, sum / static_cast<double>(static_cast<std::size_t>(std::popcount(lefts)) + n + 1));
  }
  return best;
}

// The same peeling without a queue: the next to go is looked for among all. Sums in the same order, so equal bits.
std::vector<std::vector<Vertex>> slow_blocks(Vertex lefts, Vertex rights, Edges edges, std::size_t most) {
  std::vector<double> weight(rights, 0);
  std::vector<std::size_t> degree(rights, 0);
  for (const auto& edge : edges) ++degree[edge.second];
  for (Vertex r = 0; r < rights; ++r) weight[r] = 1 / std::log(static_cast<double>(degree[r]) + 5);
  std::vector<std::vector<Vertex>> blocks;
  while (blocks.size() < most) {
    std::vector<double> lost(lefts + rights, 0);
    double total = 0;
    for (const auto& [l, r] : edges) {
      lost[l] += weight[r];
      lost[lefts + r] += weight[r];
      total += weight[r];
    }
    std::vector<std::size_t> order;
    for (std::size_t node = 0; node < lost.size(); ++node) {
      if (lost[node] > 0) order.push_back(node);
    }
    std::size_t rest = order.size(), best_gone = 0;
    double best = rest > 0 ? total / static_cast<double>(rest) : 0;
    std::vector<char> gone(lost.size(), 0);
    std::vector<std::size_t> went;
    while (rest > 0) {
      std::size_t least = lost.size();
      for (const std::size_t node : order) {
        if (gone[node] == 0 && (least == lost.size() || lost[node] < lost[least])) least = node;
      }
      gone[least] = 1;
      went.push_back(least);
      total -= lost[least];
      for (const auto& [l, r] : edges) {
        if (l == least && gone[lefts + r] == 0) lost[lefts + r] = std::max(0.0, lost[lefts + r] - weight[r]);
        if (lefts + r == least && gone[l] == 0) lost[l] = std::max(0.0, lost[l] - weight[r]);
      }
      if (--rest > 0 && total / static_cast<double>(rest) > best) {
        best = total / static_cast<double>(rest);
        best_gone = went.size();
      }
    }
    std::vector<char> inside(lost.size(), 0);
    for (std::size_t i = best_gone; i < went.size(); ++i) inside[went[i]] = 1;
    std::vector<Vertex> block;
    for (Vertex l = 0; l < lefts; ++l) {
      if (inside[l] != 0) block.push_back(l);
    }
    std::erase_if(edges, [&](const auto& edge) { return inside[edge.first] != 0 && inside[lefts + edge.second] != 0; });
    if (block.empty()) break;
    blocks.push_back(block);
  }
  return blocks;
}

TEST_CASE("dense_blocks: the same blocks as peeling without a queue, on 120 random graphs") {
  for (std::uint64_t seed = 0; seed < 120; ++seed) {
    Random random(seed);
    const auto lefts = static_cast<Vertex>(1 + random.below(60)), rights = static_cast<Vertex>(1 + random.below(40));
    Edges edges;
    const std::uint64_t count = random.below(400);
    for (std::uint64_t i = 0; i < count; ++i)
      edges.emplace(static_cast<Vertex>(random.below(lefts)),
                    static_cast<Vertex>(random.below(seed % 3 == 0 ? rights : 1 + random.below(rights))));
    const BipartiteArrays arrays = graph_of(lefts, rights, edges);
    const std::vector<char> all(lefts, 1);
    CHECK(dense_blocks(arrays.view(), all, {.max_blocks = 4, .least_left = 1}) == slow_blocks(lefts, rights, edges, 4));
  }
}

TEST_CASE("dense_blocks: at least half as dense as the densest block of small graphs") {
  Random random(7);
  for (int round = 0; round < 40; ++round) {
    Edges edges;
    for (int i = 0; i < 22; ++i)
      edges.emplace(static_cast<Vertex>(random.below(8)), static_cast<Vertex>(random.below(9)));
    const BipartiteArrays arrays = graph_of(8, 9, edges);
    const BipartiteGraph graph = arrays.view();
    double densest = 0;
    for (unsigned lefts = 1; lefts < 256; ++lefts) densest = std::max(densest, best_density(graph, lefts));
    const std::vector<char> all(8, 1);
    const auto blocks = dense_blocks(graph, all, {.max_blocks = 1, .least_left = 1});
    REQUIRE(blocks.size() == 1);
    unsigned found = 0;
    for (const Vertex l : blocks[0]) found |= 1U << l;
    CHECK(best_density(graph, found) >= 0.5 * densest - 1e-12);
  }
}

TEST_CASE("dense_blocks: two planted blocks are found one after the other, camouflage or not") {
  Random random(11);
  Edges edges;
  for (Vertex l = 0; l < 2000; ++l) {
    for (int i = 0; i < 3; ++i) edges.emplace(l, static_cast<Vertex>(1000 + random.below(2000)));
    for (int i = 0; i < 4; ++i) edges.emplace(l, static_cast<Vertex>(3000 + random.below(20)));  // what everybody has
  }
  const auto plant = [&](Vertex first, Vertex count, Vertex things, int draws) {
    for (Vertex l = first; l < first + count; ++l) {
      for (int i = 0; i < draws; ++i) edges.emplace(l, static_cast<Vertex>(things + random.below(16)));
      for (int i = 0; i < 10; ++i) edges.emplace(l, static_cast<Vertex>(3000 + random.below(20)));  // camouflage
    }
  };
  plant(100, 60, 0, 14);
  plant(500, 40, 100, 7);
  const BipartiteArrays arrays = graph_of(2000, 3020, edges);
  std::vector<char> taking_part(2000, 1);
  const auto blocks = dense_blocks(arrays.view(), taking_part, {.max_blocks = 2, .least_left = 10, .most_degree = 100});
  REQUIRE(blocks.size() == 2);
  const auto inside = [](const std::vector<Vertex>& block, Vertex first, Vertex count) {
    return std::count_if(block.begin(), block.end(), [&](Vertex l) { return l >= first && l < first + count; });
  };
  CHECK(inside(blocks[0], 100, 60) >= 57);
  CHECK(blocks[0].size() <= 63);
  CHECK(inside(blocks[1], 500, 40) >= 38);
  CHECK(blocks[1].size() <= 42);

  std::fill(taking_part.begin() + 100, taking_part.begin() + 160, 0);
  const auto second = dense_blocks(arrays.view(), taking_part, {.max_blocks = 1, .least_left = 10, .most_degree = 100});
  REQUIRE(second.size() == 1);
  CHECK(inside(second[0], 500, 40) >= 38);
}

TEST_CASE("dense_blocks: nothing comes of nothing") {
  const BipartiteArrays arrays = graph_of(3, 2, {});
  const std::vector<char> all(3, 1);
  CHECK(dense_blocks(arrays.view(), all, {}).empty());
}

}  // namespace
}  // namespace ringscope
