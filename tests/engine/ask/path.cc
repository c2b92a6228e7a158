#include "engine/ask/path.h"

#include <limits>
#include <map>

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

}  // namespace

TEST_CASE("path: two strong links beat one weak one") {
  const Scratch scratch("path");
  const auto store = Store::open(scratch.path("db"), {.mode = OpenMode::create});
  Links links;
  join(links, 1, 2, 30);
  join(links, 2, 3, 30);
  join(links, 1, 3, 10);
  publish_links(*store, links);
  const Path path = strongest_path(*store, 1, 1, 3, {});
  CHECK(path.end == PathEnd::found);
  REQUIRE(path.steps.size() == 3);
  CHECK(path.steps[1].account == 2);
  CHECK(strongest_path(*store, 1, 1, 9, {}).end == PathEnd::no_path);
  CHECK(strongest_path(*store, 1, 1, 3, {.most_expanded = 0}).end == PathEnd::gave_up);
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
      const Path path = strongest_path(*store, 1, 1, to, {});
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
