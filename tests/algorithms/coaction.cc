#include "algorithms/coaction.h"

#include <algorithm>
#include <set>
#include <utility>
#include <vector>

#include <doctest/doctest.h>

#include "base/error.h"
#include "base/random.h"
#include "tests/algorithms/graphs.h"

namespace ringscope {
namespace {

struct Timed {
  BipartiteArrays arrays;
  std::vector<std::int64_t> arrivals;  // by edge
};

constexpr std::int64_t kDay = 86400;

// Popular things with bursts after their start, and lefts of very unequal activity: what a shuffle has to leave alone.
Timed bursty_world(std::uint64_t seed, Vertex lefts, Vertex rights) {
  Random random(seed);
  std::vector<std::vector<Vertex>> rows(lefts);
  for (auto& row : rows) {
    const auto degree = static_cast<std::size_t>(std::min(60.0, 2 / (1 - random.uniform())));
    std::set<Vertex> chosen;
    while (chosen.size() < degree) {
      const double u = random.uniform();
      chosen.insert(static_cast<Vertex>(rights * u * u));
    }
    row.assign(chosen.begin(), chosen.end());
  }
  Timed world{testing::bipartite_of_rows(rows, rights), {}};
  for (const auto& row : rows) {
    for (const Vertex r : row) {
      const std::int64_t start = static_cast<std::int64_t>(random_word(seed, r) % (20 * kDay));
      world.arrivals.push_back(start + static_cast<std::int64_t>(random.exponential(0.3 * kDay)));
    }
  }
  return world;
}

// Deals the times of each thing anew among its arrivals.
void shuffle_times(Timed& world, Random& random) {
  const BipartiteGraph graph = world.arrays.view();
  for (Vertex r = 0; r < graph.right_count(); ++r) {
    std::vector<std::int64_t> times;
    for (const ArcIndex edge : graph.edges_of(r)) times.push_back(world.arrivals[edge]);
    testing::shuffle(times, random);
    for (std::size_t i = 0; i < times.size(); ++i) world.arrivals[graph.edges_of(r)[i]] = times[i];
  }
}

// The members come to `things` of what they share with the first of them within `seconds`.
void act_together(Timed& world, const std::vector<Vertex>& members, std::size_t things, std::uint64_t seconds,
                  Random& random) {
  const BipartiteGraph graph = world.arrays.view();
  const auto of_first = graph.rights_of(members.front());
  std::size_t done = 0;
  for (std::size_t j = 0; j < of_first.size() && done < things; ++j, ++done) {
    const std::int64_t at = world.arrivals[graph.left_begin(members.front()) + j];
    for (const Vertex m : members) {
      const auto row = graph.rights_of(m);
      const auto place = std::lower_bound(row.begin(), row.end(), of_first[j]);
      if (m == members.front() || place == row.end() || *place != of_first[j]) continue;
      world.arrivals[graph.left_begin(m) + static_cast<ArcIndex>(place - row.begin())] =
          at + static_cast<std::int64_t>(random.below(seconds));
    }
  }
}

std::vector<std::pair<Vertex, Vertex>> ends(const std::vector<Coaction>& coactions) {
  std::vector<std::pair<Vertex, Vertex>> pairs;
  for (const Coaction& one : coactions) pairs.emplace_back(one.u, one.v);
  return pairs;
}

TEST_CASE("coaction: the tail of unequal trials is that of all their outcomes") {
  const std::vector<double> p{0.1, 0.5, 0.25, 0.9, 0.03};
  for (std::size_t k = 0; k <= p.size() + 1; ++k) {
    double tail = 0;
    for (unsigned outcome = 0; outcome < 32; ++outcome) {
      double chance = 1;
      std::size_t happened = 0;
      for (std::size_t i = 0; i < p.size(); ++i) {
        const bool hit = (outcome >> i & 1) != 0;
        chance *= hit ? p[i] : 1 - p[i];
        happened += hit ? 1 : 0;
      }
      if (happened >= k) tail += chance;
    }
    CHECK(poisson_binomial_tail(p, k) == doctest::Approx(tail));
  }
}

TEST_CASE("coaction: shuffled times give no more pairs than the false discovery rate allows") {
  std::size_t worlds_with_a_pair = 0;
  for (std::uint64_t seed = 1; seed <= 60; ++seed) {
    Timed world = bursty_world(seed, 400, 300);
    Random random(seed, 1);
    shuffle_times(world, random);
    const auto found = find_coactions(world.arrays.view(), world.arrivals, {.alpha = 0.1, .threads = 1});
    worlds_with_a_pair += found.empty() ? 0 : 1;
  }
  // Where nothing is true every discovery is false, so a tenth of the worlds may have one: 6 ± 2.3.
  MESSAGE("worlds of 60 with a false pair at 0.1: ", worlds_with_a_pair);
  CHECK(worlds_with_a_pair <= 11);
}

TEST_CASE("coaction: members that come within seconds of each other are found, others are not") {
  Timed world = bursty_world(7, 3000, 200);
  const BipartiteGraph graph = world.arrays.view();
  std::vector<Vertex> busy;
  for (Vertex l = 0; l < graph.left_count() && busy.size() < 6; ++l) {
    if (graph.left_degree(l) >= 60) busy.push_back(l);
  }
  REQUIRE(busy.size() == 6);
  Random random(7, 2);
  act_together(world, busy, 60, 8, random);
  const auto found = find_coactions(graph, world.arrivals, {.threads = 1});
  std::size_t planted = 0;
  for (const Coaction& one : found) {
    const bool both = std::ranges::binary_search(busy, one.u) && std::ranges::binary_search(busy, one.v);
    planted += both ? 1 : 0;
    if (both) CHECK(one.times >= 2);
  }
  MESSAGE("planted pairs found: ", planted, " of 15, all pairs: ", found.size());
  CHECK(planted == 15);
  CHECK(found.size() <= planted);
}

TEST_CASE("coaction: what everybody does at one time proves nothing") {
  // Forty lefts come to each of ten things within one minute: a class that is told where to go.
  std::vector<std::vector<Vertex>> rows(40, {0, 1, 2, 3, 4, 5, 6, 7, 8, 9});
  Timed world{testing::bipartite_of_rows(rows, 10), {}};
  Random random(3);
  for (std::size_t l = 0; l < rows.size(); ++l) {
    for (std::int64_t r = 0; r < 10; ++r)
      world.arrivals.push_back(r * kDay + static_cast<std::int64_t>(random.below(60)));
  }
  CHECK(find_coactions(world.arrays.view(), world.arrivals, {.windows = {60, 3600}, .threads = 1}).empty());
}

TEST_CASE("coaction: things come to by one request are one trial") {
  // Two lefts among a hundred come to twelve things together, but all at one moment.
  std::vector<Vertex> all{0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11};
  std::vector<std::vector<Vertex>> rows(100, all);
  Timed at_once{testing::bipartite_of_rows(rows, 12), {}}, apart = at_once;
  Random random(5);
  for (std::size_t l = 0; l < rows.size(); ++l) {
    const auto moment = static_cast<std::int64_t>(random.below(static_cast<std::uint64_t>(30 * kDay)));
    for (std::int64_t r = 0; r < 12; ++r) {
      const auto own = static_cast<std::int64_t>(random.below(static_cast<std::uint64_t>(30 * kDay)));
      at_once.arrivals.push_back(l < 2 ? kDay : moment);
      apart.arrivals.push_back(l < 2 ? (r + 1) * kDay : own);
    }
  }
  CHECK(find_coactions(at_once.arrays.view(), at_once.arrivals, {.threads = 1}).empty());
  const auto found = find_coactions(apart.arrays.view(), apart.arrivals, {.threads = 1});
  REQUIRE(ends(found) == std::vector<std::pair<Vertex, Vertex>>{{0, 1}});
  CHECK(found.front().times == 12);
  CHECK(found.front().window == 10);
}

TEST_CASE("coaction: a rule keeps the pairs that a look at all pairs keeps") {
  const Timed world = bursty_world(11, 500, 200);
  const BipartiteGraph graph = world.arrays.view();
  for (const std::uint32_t least : {1U, 2U, 3U}) {
    std::vector<std::pair<Vertex, Vertex>> expected;
    for (Vertex u = 0; u < graph.left_count(); ++u) {
      for (Vertex v = u + 1; v < graph.left_count(); ++v) {
        std::uint32_t met = 0;
        for (std::size_t i = 0; i < graph.left_degree(u); ++i) {
          for (std::size_t j = 0; j < graph.left_degree(v); ++j) {
            const std::int64_t apart =
                world.arrivals[graph.left_begin(u) + i] - world.arrivals[graph.left_begin(v) + j];
            met += graph.rights_of(u)[i] == graph.rights_of(v)[j] && std::abs(apart) <= 600 ? 1 : 0;
          }
        }
        if (met >= least && graph.left_degree(u) >= 4 && graph.left_degree(v) >= 4) expected.emplace_back(u, v);
      }
    }
    CHECK(ends(apply_rule(graph, world.arrivals,
                          {.window = 600, .least_things = least, .least_arrivals = 4, .threads = 1})) == expected);
  }
}

TEST_CASE("coaction: a crowd in the window meets nobody and costs nothing; the thing's popularity does not matter") {
  std::vector<std::vector<Vertex>> rows(3000, {0});
  Timed world{testing::bipartite_of_rows(rows, 1), {}};
  for (std::int64_t l = 0; l < 3000; ++l) world.arrivals.push_back(l < 2000 ? 5 : l * 1000);  // a burst, then a trickle
  world.arrivals[2501] = world.arrivals[2500] + 4;
  const CoactionRule rule{.window = 10, .least_arrivals = 1, .most_near = 1000, .threads = 1};
  CHECK(ends(apply_rule(world.arrays.view(), world.arrivals, rule)) ==
        std::vector<std::pair<Vertex, Vertex>>{{2500, 2501}});
}

TEST_CASE("coaction: the same at any number of threads; edges without a time meet nobody") {
  Timed world = bursty_world(13, 2000, 500);
  for (std::size_t e = 0; e < world.arrivals.size(); e += 7) world.arrivals[e] = kNoArrival;
  const auto one = find_coactions(world.arrays.view(), world.arrivals, {.alpha = 0.4, .threads = 1});
  const auto four = find_coactions(world.arrays.view(), world.arrivals, {.alpha = 0.4, .threads = 4});
  CHECK(ends(one) == ends(four));
  const std::vector<std::int64_t> never(world.arrivals.size(), kNoArrival);
  CHECK(find_coactions(world.arrays.view(), never, {.threads = 1}).empty());
}

TEST_CASE("coaction: windows that do not ascend are refused") {
  const Timed world = bursty_world(1, 10, 10);
  CHECK_THROWS_AS(find_coactions(world.arrays.view(), world.arrivals, {.windows = {60, 10}}), Error);
  CHECK_THROWS_AS(find_coactions(world.arrays.view(), world.arrivals, {.windows = {}}), Error);
}

}  // namespace
}  // namespace ringscope
