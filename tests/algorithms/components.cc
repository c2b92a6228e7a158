#include "algorithms/components.h"

#include <vector>

#include <doctest/doctest.h>

#include "tests/algorithms/graphs.h"

namespace ringscope {
namespace {

Partition by_repeated_minimum(Vertex n, const std::vector<WeightedEdge>& edges) {
  std::vector<Vertex> label(n);
  std::iota(label.begin(), label.end(), Vertex{0});
  for (bool changed = true; changed;) {
    changed = false;
    for (const WeightedEdge& e : edges) {
      const Vertex low = std::min(label[e.u], label[e.v]);
      changed = changed || label[e.u] != low || label[e.v] != low;
      label[e.u] = label[e.v] = low;
    }
  }
  return canonical_partition(label);
}

TEST_CASE("canonical_partition: communities are numbered by their smallest member, whatever the labels") {
  const std::vector<Vertex> expected{0, 1, 0, 2, 1};
  CHECK(canonical_partition(std::vector<Vertex>{7, 3, 7, 1, 3}).community_of == expected);
  const Partition sparse =
      canonical_partition(std::vector<Vertex>{4'000'000'000U, 5, 4'000'000'000U, 4'294'967'295U, 5});
  CHECK(sparse.community_of == expected);
  CHECK(sparse.community_count == 3);
  CHECK(canonical_partition({}).community_count == 0);
}

TEST_CASE("members_of: each community lists its members, ascending") {
  const PartitionMembers members = members_of({{0, 1, 0, 2, 1}, 3});
  CHECK(members.offsets == std::vector<Vertex>{0, 2, 4, 5});
  CHECK(members.members == std::vector<Vertex>{0, 2, 1, 4, 3});
  CHECK(members.of(1)[1] == 4);
}

TEST_CASE("components: a drawn graph of a path, a triangle and a single vertex") {
  const std::vector<WeightedEdge> edges{{5, 1, 1}, {1, 3, 1}, {0, 2, 1}, {2, 6, 1}, {6, 0, 1}};
  const Partition partition = connected_components(build_csr(7, edges).view());
  CHECK(partition.community_of == std::vector<Vertex>{0, 1, 0, 1, 2, 1, 0});
  CHECK(partition.community_count == 3);
  CHECK(connected_components(0, {}).community_count == 0);
  CHECK(connected_components(CsrGraph{}).community_count == 0);
}

TEST_CASE("components: equal to repeated minimum on 200 random graphs, at 1, 2 and 8 threads, in any order") {
  for (std::uint64_t seed = 0; seed < 200; ++seed) {
    Random random(seed);
    const auto n = static_cast<Vertex>(1 + random.below(60));
    std::vector<WeightedEdge> edges = testing::random_edges(random, n, random.below(70));
    const Partition expected = by_repeated_minimum(n, edges);
    const CsrArrays arrays = build_csr(n, edges);
    testing::shuffle(edges, random);
    for (const unsigned threads : {1U, 2U, 8U}) {
      CHECK(connected_components(arrays.view(), {.threads = threads}) == expected);
      CHECK(connected_components(n, edges, {.threads = threads}) == expected);
    }
  }
}

TEST_CASE("components: large enough for several chunks, threads race and still agree") {
  Random random(11);
  const Vertex n = 200'000;
  const std::vector<WeightedEdge> edges = testing::random_edges(random, n, 150'000);
  const CsrArrays arrays = build_csr(n, edges);
  const Partition one = connected_components(arrays.view(), {.threads = 1});
  CHECK(one.community_count > 40'000);
  CHECK(one == by_repeated_minimum(n, edges));
  CHECK(connected_components(arrays.view(), {.threads = 8}) == one);
  CHECK(connected_components(n, edges, {.threads = 8}) == one);
}

}  // namespace
}  // namespace ringscope
