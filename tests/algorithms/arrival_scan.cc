#include "algorithms/arrival_scan.h"

#include <algorithm>
#include <cmath>
#include <vector>

#include <doctest/doctest.h>

#include "algorithms/coaction.h"
#include "base/error.h"
#include "base/random.h"
#include "tests/algorithms/graphs.h"

using namespace ringscope;

namespace {

constexpr std::int64_t kDay = 86400;

// Lefts that come one every hour, in a drawn order; each touches one right vertex, of which the i-th has sizes[i]
// lefts.
struct World {
  BipartiteArrays arrays;
  std::vector<std::int64_t> arrivals;
};

World strangers(const std::vector<Vertex>& sizes, std::uint64_t seed) {
  std::vector<std::vector<Vertex>> rows;
  for (Vertex right = 0; right < sizes.size(); ++right) rows.insert(rows.end(), sizes[right], {right});
  World world{testing::bipartite_of_rows(rows, static_cast<Vertex>(sizes.size())), {}};
  for (std::size_t l = 0; l < rows.size(); ++l) world.arrivals.push_back(static_cast<std::int64_t>(l) * 3600);
  Random random(seed);
  testing::shuffle(world.arrivals, random);
  return world;
}

// The lefts of a right vertex, all but the last `away` of them, come within `seconds` from `when` on.
void gather(World& world, Vertex right, std::int64_t when, std::int64_t seconds, std::size_t away = 0) {
  const auto lefts = world.arrays.view().lefts_of(right);
  for (std::size_t i = 0; i + away < lefts.size(); ++i)
    world.arrivals[lefts[i]] = when + static_cast<std::int64_t>(i) * seconds / static_cast<std::int64_t>(lefts.size());
}

std::vector<Vertex> rights_of(const std::vector<ArrivalCluster>& found) {
  std::vector<Vertex> rights;
  for (const ArrivalCluster& one : found) rights.push_back(one.right);
  return rights;
}

}  // namespace

TEST_CASE("arrival scan: what came all at once is found, with who came and how surprising that is") {
  World world = strangers(std::vector<Vertex>(400, 5), 1);
  gather(world, 7, 20 * kDay, 60);
  gather(world, 90, 40 * kDay, 60, 1);  // one of five came at another time
  gather(world, 91, 40 * kDay, 60, 2);  // two: too few are left
  const auto found = scan_arrivals(world.arrays.view(), world.arrivals, {});
  CHECK(rights_of(found) == std::vector<Vertex>{7, 90});
  CHECK(found[0].lefts == 5);
  CHECK(found[1].lefts == 4);
  CHECK(found[0].first == 20 * kDay);
  CHECK(found[0].last == 20 * kDay + 48);
  // All five in a span with five or six of 2,000 arrivals: 2 sizes are tried, 5 windows of C(4, 4) others.
  const auto inside = std::count_if(world.arrivals.begin(), world.arrivals.end(),
                                    [](std::int64_t at) { return at >= 20 * kDay && at <= 20 * kDay + 48; });
  const double p = 2 * 5 * std::pow(static_cast<double>(inside) / 2000, 4);
  CHECK(static_cast<double>(found[0].surprise) == doctest::Approx(-std::log2(p)).epsilon(1e-5));
}

TEST_CASE("arrival scan: strangers who came when they liked are found no oftener than stated") {
  std::size_t worlds_with_any = 0;
  for (std::uint64_t seed = 0; seed < 60; ++seed) {
    std::vector<Vertex> sizes;
    for (Vertex i = 0; i < 600; ++i) sizes.push_back(2 + i % 12);
    const World world = strangers(sizes, seed);
    worlds_with_any += scan_arrivals(world.arrays.view(), world.arrivals, {.alpha = 0.1}).empty() ? 0 : 1;
  }
  CHECK(worlds_with_any <= 12);  // 6 in the mean; 13 or more at chance .006
}

TEST_CASE("arrival scan: a busy day is no cluster, nor is a long life") {
  World world = strangers(std::vector<Vertex>(400, 5), 2);
  for (std::size_t l = 0; l < world.arrivals.size(); l += 2) world.arrivals[l] = 30 * kDay + world.arrivals[l] / 100;
  CHECK(scan_arrivals(world.arrays.view(), world.arrivals, {}).empty());
  World slow = strangers({40, 40, 40, 40, 40, 800}, 3);
  gather(slow, 2, 5 * kDay, 6 * kDay);  // surprising, and a seventh of all time
  CHECK(scan_arrivals(slow.arrays.view(), slow.arrivals, {}).empty());
  CHECK(rights_of(scan_arrivals(slow.arrays.view(), slow.arrivals, {.most_width = 0.5})) == std::vector<Vertex>{2});
}

TEST_CASE("arrival scan: without a time an account did not come; threads do not show; nonsense is refused") {
  World world = strangers(std::vector<Vertex>(9000, 4), 4);
  for (Vertex right = 0; right < 200; ++right) gather(world, right * 40, (right + 1) * kDay, 30);
  const BipartiteGraph graph = world.arrays.view();
  const auto one = scan_arrivals(graph, world.arrivals, {.threads = 1});
  const auto two = scan_arrivals(graph, world.arrivals, {.threads = 2});
  CHECK(one.size() >= 200);
  CHECK(rights_of(one) == rights_of(two));
  for (const Vertex left : graph.lefts_of(40)) world.arrivals[left] = kNoArrival;
  world.arrivals[graph.lefts_of(80)[0]] = kNoArrival;  // three of four are fewer than eight in ten
  const auto without = rights_of(scan_arrivals(graph, world.arrivals, {}));
  CHECK(std::ranges::count(without, Vertex{40}) == 0);
  CHECK(std::ranges::count(without, Vertex{80}) == 0);
  CHECK(std::ranges::count(without, Vertex{120}) == 1);
  CHECK_THROWS_AS(scan_arrivals(graph, std::span(world.arrivals).first(3), {}), Error);
  CHECK_THROWS_AS(scan_arrivals(graph, world.arrivals, {.least = 1}), Error);
  CHECK_THROWS_AS(scan_arrivals(graph, world.arrivals, {.least_share = 0.5}), Error);
  CHECK_THROWS_AS(scan_arrivals(graph, world.arrivals, {.most_width = 0}), Error);
}
