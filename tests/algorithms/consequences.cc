#include "algorithms/consequences.h"

#include <vector>

#include <doctest/doctest.h>

#include "tests/engine/detect/worlds.h"

namespace ringscope {
namespace {

constexpr std::size_t kName = 0, kSurname = 1, kTown = 2, kJob = 3;

// Namesakes: sixty names of four strangers each, five names a surname; towns and jobs at random among many.
testing::World namesakes(std::uint64_t seed) {
  testing::World world(240, 4);
  Random random(seed);
  for (Vertex a = 0; a < 240; ++a) {
    world.touch(a, kName, a / 4);
    world.touch(a, kSurname, a / 20);
    world.touch(a, kTown, random.below(100));
    world.touch(a, kJob, random.below(100));
  }
  return world;
}

std::vector<Vertex> of(const Consequences& consequences, Vertex right) {
  const auto list = consequences.of(right);
  return {list.begin(), list.end()};
}

TEST_CASE("consequences: who has a name has its surname, and nothing else follows") {
  const BipartiteArrays arrays = namesakes(1).build();
  const BipartiteGraph graph = arrays.view();
  const Consequences consequences = find_consequences(graph);
  for (Vertex r = 0; r < graph.right_count(); ++r) {
    if (r < graph.layer_end(kName)) {
      CHECK(of(consequences, r) == std::vector<Vertex>{graph.layer_begin(kSurname) + r / 5});
    } else {
      CHECK(consequences.of(r).empty());
    }
  }
}

TEST_CASE("consequences: what groups agree in does not follow, however exact") {
  // Sixty rings of four that share a card and a device one to one, and strangers with neither; towns and jobs are the
  // ring's own as well, so no pair that shares a card looks like strangers.
  testing::World world(240, 4);
  for (Vertex a = 0; a < 240; ++a) {
    for (std::size_t layer = 0; layer < 4; ++layer) world.touch(a, layer, a / 4);
  }
  CHECK(find_consequences(world.build().view()).empty());
}

TEST_CASE("consequences: an exception in ten, or too few things to tell, and nothing follows") {
  testing::World world = namesakes(2);
  for (Vertex a = 0; a < 240; a += 10) world.touch(world.add_account(), kName, a / 4);
  Vertex extra = 240;
  for (Vertex a = 0; a < 240; a += 10, ++extra) {  // namesakes of another surname
    world.touch(extra, kSurname, 1000 + a);
    world.touch(extra, kTown, 1000 + a);
    world.touch(extra, kJob, 1000 + a);
  }
  CHECK(find_consequences(world.build().view()).empty());
  CHECK(find_consequences(namesakes(3).build().view(), {.least_rights = 61}).empty());
}

TEST_CASE("consequences: of two layers that follow from each other the later one has the consequences") {
  testing::World world(240, 4);
  Random random(4);
  for (Vertex a = 0; a < 240; ++a) {
    world.touch(a, kName, a / 4);
    world.touch(a, kSurname, a / 4);
    world.touch(a, kTown, random.below(100));
    world.touch(a, kJob, random.below(100));
  }
  const BipartiteArrays arrays = world.build();
  const Consequences consequences = find_consequences(arrays.view());
  CHECK(consequences.of(0).empty());
  CHECK(of(consequences, 60) == std::vector<Vertex>{0});
}

}  // namespace
}  // namespace ringscope
