#include "algorithms/merge_tree.h"

#include <set>

#include <doctest/doctest.h>

#include "algorithms/components.h"
#include "tests/algorithms/graphs.h"

namespace ringscope {
namespace {

std::vector<WeightedEdge> at_least(const std::vector<WeightedEdge>& edges, float cut) {
  std::vector<WeightedEdge> kept;
  for (const WeightedEdge& edge : edges) {
    if (edge.weight >= cut && edge.u != edge.v) kept.push_back(edge);
  }
  return kept;
}

// Filter and compute anew: sizes, edges, and the strongest cut at which the members are of one piece.
void check_cut(const MergeTree& tree, Vertex n, const std::vector<WeightedEdge>& edges, const std::set<float>& cuts,
               float cut) {
  const std::vector<WeightedEdge> kept = at_least(edges, cut);
  const Partition partition = connected_components(n, kept);
  REQUIRE(partition_at(tree, cut) == partition);
  const PartitionMembers members = members_of(partition);
  std::size_t large = 0;
  for (Vertex c = 0; c < partition.community_count; ++c) large += members.of(c).size() > 1 ? 1 : 0;
  const std::vector<std::uint32_t> found = components_at(tree.nodes, cut);
  REQUIRE(found.size() == large);
  for (const std::uint32_t number : found) {
    const MergeNode& node = tree.nodes[number];
    const Vertex community = partition.community_of[tree.members(node).front()];
    CHECK(node.size == members.of(community).size());
    std::uint64_t inside = 0;
    for (const WeightedEdge& edge : kept) inside += partition.community_of[edge.u] == community ? 1 : 0;
    CHECK(node.edges == inside);
    float whole = cut;
    for (const float above : cuts) {
      if (above < cut) continue;
      const Partition finer = connected_components(n, at_least(edges, above));
      const auto of = tree.members(node);
      const bool one =
          std::ranges::all_of(of, [&](Vertex v) { return finer.community_of[v] == finer.community_of[of.front()]; });
      if (one) whole = std::max(whole, above);
    }
    CHECK(node.bridge == whole);
  }
}

// At every cut there is, between two of them, above and below all.
void check_all_cuts(Vertex n, const std::vector<WeightedEdge>& edges) {
  const MergeTree tree = build_merge_tree(n, edges);
  std::set<float> cuts;
  for (const WeightedEdge& edge : edges) {
    if (edge.u != edge.v) cuts.insert(edge.weight);
  }
  for (const float cut : cuts) check_cut(tree, n, edges, cuts, cut);
  for (const float beside : {-1.0F, 0.1F, 1.1F, 100.0F}) {
    CHECK(partition_at(tree, beside) == connected_components(n, at_least(edges, beside)));
  }
  const std::vector<CutPoint> curve = merge_curve(tree.nodes);
  for (const CutPoint& point : curve) {
    const std::vector<WeightedEdge> kept = at_least(edges, point.strength);
    CHECK(point.edges == kept.size());
    const std::vector<std::uint32_t> found = components_at(tree.nodes, point.strength);
    CHECK(point.components == found.size());
    CHECK(point.largest == tree.nodes[found.at(0)].size);
    CHECK(point.second == (found.size() > 1 ? tree.nodes[found[1]].size : 0));
  }
}

TEST_CASE("merge tree: two triangles, a bridge between them, worked by hand") {
  const std::vector<WeightedEdge> edges{{0, 1, 5}, {1, 2, 5}, {0, 2, 4}, {3, 4, 3}, {4, 5, 3}, {3, 5, 3}, {2, 3, 1}};
  const MergeTree tree = build_merge_tree(7, edges);
  REQUIRE(tree.nodes.size() == 4);
  CHECK(tree.nodes[0] == MergeNode{5, 5, 1, tree.nodes[0].begin, 3, 3, 2});  // a path of 0, 1, 2
  CHECK(tree.nodes[1] == MergeNode{4, 5, 3, tree.nodes[1].begin, 3, 1, 3});  // closed: still of one piece at 5
  CHECK(tree.nodes[2] == MergeNode{3, 3, 3, tree.nodes[2].begin, 3, 3, 3});
  CHECK(tree.nodes[3] == MergeNode{1, 1, MergeNode::kNone, 0, 6, 2, 7});
  CHECK(tree.order.back() == 6);
  CHECK(tree.nodes[1].density() == 1.0);
  const std::vector<CutPoint> curve = merge_curve(tree.nodes);
  REQUIRE(curve.size() == 3);
  CHECK(curve[1].components == 2);
  CHECK(curve[1].others == 3.0);
  CHECK(percolation_knee(curve)->strength == 3);
  const std::vector<Plateau> plateaus = stable_plateaus(tree.nodes, 3, 5);
  REQUIRE(plateaus.size() == 2);
  CHECK(plateaus[0].strongest == 5);
  CHECK(plateaus[0].weakest == 3);
  CHECK(plateaus[0].components == 1);
  CHECK(plateaus[1].components == 2);
}

TEST_CASE("merge tree: every cut is equal to filtering and computing anew, on 200 random graphs with ties") {
  for (std::uint64_t seed = 0; seed < 200; ++seed) {
    Random random(seed);
    const auto n = static_cast<Vertex>(1 + random.below(40));
    std::vector<WeightedEdge> edges = testing::random_edges(random, n, random.below(60));
    if (seed % 2 == 1) {
      for (WeightedEdge& edge : edges) edge.weight = static_cast<float>(random.uniform()) * 4;  // no ties
    }
    check_all_cuts(n, edges);
    const MergeTree tree = build_merge_tree(n, edges);
    testing::shuffle(edges, random);
    const MergeTree shuffled = build_merge_tree(n, edges);
    CHECK(shuffled.nodes == tree.nodes);
    CHECK(shuffled.order == tree.order);
  }
}

TEST_CASE("merge tree: nothing, no edges, only loops, and a star") {
  CHECK(build_merge_tree(0, {}).nodes.empty());
  CHECK(partition_at(build_merge_tree(3, {}), 1).community_count == 3);
  CHECK(merge_curve({}).empty());
  CHECK(percolation_knee({}) == nullptr);
  CHECK(stable_plateaus({}, 2, 3).empty());
  CHECK(build_merge_tree(2, std::vector<WeightedEdge>{{1, 1, 2}}).nodes.empty());
  std::vector<WeightedEdge> star;
  for (Vertex v = 1; v < 30; ++v) star.push_back({0, v, static_cast<float>(v % 7)});
  check_all_cuts(30, star);
}

TEST_CASE("merge tree: paths of a million, falling, rising and of one strength, need no stack") {
  constexpr Vertex kLong = 1'000'000;
  for (const int shape : {0, 1, 2}) {
    std::vector<WeightedEdge> path;
    for (Vertex v = 0; v + 1 < kLong; ++v) {
      const Vertex weight = shape == 0 ? v : shape == 1 ? kLong - v : 1;
      path.push_back({v, v + 1, static_cast<float>(weight)});
    }
    const MergeTree tree = build_merge_tree(kLong, path);
    CHECK(tree.nodes.size() == (shape == 2 ? 1 : kLong - 1));
    CHECK(tree.nodes.back().size == kLong);
    CHECK(tree.nodes.back().edges == kLong - 1);
    const float cut = 500'000;
    if (shape != 2) CHECK(tree.nodes[components_at(tree.nodes, cut).at(0)].size == (shape == 0 ? 500'000 : 500'002));
    CHECK(stable_plateaus(tree.nodes, 2, 3).size() == (shape == 2 ? 0 : 1));
  }
}

}  // namespace
}  // namespace ringscope
