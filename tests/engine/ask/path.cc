#include "engine/ask/path.h"

#include <algorithm>
#include <limits>
#include <map>
#include <set>
#include <tuple>

#include <doctest/doctest.h>

#include "base/random.h"
#include "engine/detect/publish.h"
#include "tests/engine/lab/scratch.h"

using namespace ringscope;

namespace {

using Links = std::map<std::pair<KeyHash, KeyHash>, float>;

void publish_links(Store& store, const Links& links) {
  RunGraph graph;
  for (const auto& [pair, bits] : links) {
    if (graph.links.empty() || graph.links.back().account != pair.first) graph.links.push_back({pair.first, {}});
    graph.links.back().links.push_back({pair.second, bits});
  }
  std::vector<Ring> none;
  RunSummary run;
  publish(store, none, run, graph);
}

void join(Links& links, KeyHash a, KeyHash b, float bits) {
  links[{a, b}] = bits;
  links[{b, a}] = bits;
}

double length_of(const Path& path) {
  double length = 0;
  for (std::size_t i = 1; i < path.steps.size(); ++i) length += 1 / path.steps[i].bits;
  return length;
}

// Floyd and Warshall's lengths of all pairs of vertices 1..n.
std::vector<std::vector<double>> all_lengths(const Links& links, std::size_t n) {
  std::vector<std::vector<double>> length(n + 1, std::vector<double>(n + 1, std::numeric_limits<double>::infinity()));
  for (std::size_t v = 1; v <= n; ++v) length[v][v] = 0;
  for (const auto& [pair, bits] : links) length[pair.first][pair.second] = 1 / static_cast<double>(bits);
  for (std::size_t k = 1; k <= n; ++k) {
    for (std::size_t i = 1; i <= n; ++i) {
      for (std::size_t j = 1; j <= n; ++j) length[i][j] = std::min(length[i][j], length[i][k] + length[k][j]);
    }
  }
  return length;
}

// Dijkstra over everything; of equally long chains the one through smaller keys. Empty: there is none.
std::vector<KeyHash> plain_path(const Links& links, std::size_t n, KeyHash from, KeyHash to,
                                const std::set<KeyHash>& avoid, bool direct) {
  const auto is_open = [&](KeyHash a, KeyHash b) {
    return !avoid.contains(a) && !avoid.contains(b) && (direct || a != from || b != to);
  };
  std::vector<double> length(n + 1, std::numeric_limits<double>::infinity());
  std::vector<KeyHash> before(n + 1, 0);
  std::set<std::pair<double, KeyHash>> open = {{0, from}};
  length[from] = 0;
  while (!open.empty()) {
    const KeyHash at = open.begin()->second;
    open.erase(open.begin());
    for (auto link = links.lower_bound({at, 0}); link != links.end() && link->first.first == at; ++link) {
      const KeyHash other = link->first.second;
      const double longer = length[at] + 1 / static_cast<double>(link->second);
      if (!is_open(at, other) || std::tie(longer, at) >= std::tie(length[other], before[other])) continue;
      open.erase({length[other], other});
      open.emplace(longer, other);
      length[other] = longer;
      before[other] = at;
    }
  }
  std::vector<KeyHash> path;
  if (length[to] == std::numeric_limits<double>::infinity()) return path;
  for (KeyHash at = to; at != from; at = before[at]) path.push_back(at);
  path.push_back(from);
  std::ranges::reverse(path);
  return path;
}

}  // namespace

TEST_CASE("path: the same chain as a search of everything finds, through a graph too large to measure from its end") {
  constexpr std::size_t kVertices = 1500;
  for (std::uint64_t seed = 0; seed < 3; ++seed) {
    Random random(seed);
    Links links;
    // A ring with chords: chains are long, and links of few strengths make many of one length.
    for (KeyHash v = 1; v <= kVertices; ++v) {
      for (KeyHash step = 1; step <= 4; ++step)
        join(links, v, 1 + (v - 1 + step) % kVertices, 25 * (1 + static_cast<float>(random.below(3))));
    }
    for (int i = 0; i < 60; ++i) join(links, 1 + random.below(kVertices - 10), kVertices - random.below(9), 0.5F);
    const Scratch scratch("path");
    const auto store = Store::open(scratch.path("db"), {.mode = OpenMode::create});
    publish_links(*store, links);
    for (int asked = 0; asked < 30; ++asked) {
      const KeyHash from = 1 + random.below(kVertices), to = 1 + random.below(kVertices);
      if (from == to) continue;
      CAPTURE(seed);
      CAPTURE(from);
      CAPTURE(to);
      PathFinder finder(*store, 1, from, to);
      std::vector<KeyHash> passed;
      for (int search = 0; search < 3; ++search) {
        const bool direct = search == 0;
        const Path path = finder.find({.avoid = passed, .direct = direct});
        std::vector<KeyHash> accounts;
        for (const PathStep& step : path.steps) accounts.push_back(step.account);
        CHECK(accounts == plain_path(links, kVertices, from, to, {passed.begin(), passed.end()}, direct));
        CHECK(path.end == (accounts.empty() ? PathEnd::no_path : PathEnd::found));
        for (std::size_t i = 1; i + 1 < accounts.size(); ++i) passed.push_back(accounts[i]);
      }
    }
  }
}

TEST_CASE("path: two strong links beat one weak one") {
  const Scratch scratch("path");
  const auto store = Store::open(scratch.path("db"), {.mode = OpenMode::create});
  Links links;
  join(links, 1, 2, 30);
  join(links, 2, 3, 30);
  join(links, 1, 3, 10);
  publish_links(*store, links);
  const Path path = PathFinder(*store, 1, 1, 3).find({});
  CHECK(path.end == PathEnd::found);
  REQUIRE(path.steps.size() == 3);
  CHECK(path.steps[1].account == 2);
  CHECK(PathFinder(*store, 1, 1, 9).find({}).end == PathEnd::no_path);
  CHECK(PathFinder(*store, 1, 1, 3).find({.most_expanded = 0}).end == PathEnd::gave_up);
}

TEST_CASE("path: as short as Floyd and Warshall find on random graphs") {
  constexpr std::size_t kVertices = 12;
  for (std::uint64_t seed = 0; seed < 20; ++seed) {
    CAPTURE(seed);
    Random random(seed);
    Links links;
    for (int i = 0; i < 14; ++i) {
      const KeyHash a = 1 + random.below(kVertices);
      const KeyHash b = 1 + random.below(kVertices);
      if (a != b) join(links, a, b, 1 + static_cast<float>(random.below(40)));
    }
    const Scratch scratch("path");
    const auto store = Store::open(scratch.path("db"), {.mode = OpenMode::create});
    publish_links(*store, links);
    const auto lengths = all_lengths(links, kVertices);
    for (KeyHash to = 2; to <= kVertices; ++to) {
      const Path path = PathFinder(*store, 1, 1, to).find({});
      if (path.end == PathEnd::found) {
        CHECK(length_of(path) == doctest::Approx(lengths[1][to]));
        CHECK(path.steps.front().account == 1);
        CHECK(path.steps.back().account == to);
      } else {
        CHECK(lengths[1][to] == std::numeric_limits<double>::infinity());
      }
    }
  }
}
