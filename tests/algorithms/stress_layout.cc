#include "algorithms/stress_layout.h"

#include <cmath>

#include <doctest/doctest.h>

#include "base/error.h"
#include "tests/algorithms/graphs.h"

using namespace ringscope;

namespace {

double apart(const Point& a, const Point& b) { return std::hypot(a.x - b.x, a.y - b.y); }

CsrArrays cycle(Vertex n) {
  std::vector<WeightedEdge> edges;
  for (Vertex v = 0; v < n; ++v) edges.push_back({v, (v + 1) % n, 1});
  return build_csr(n, edges);
}

// Least and most of x and y of vertices [first, last).
struct Frame {
  double left = 1e30, right = -1e30, top = 1e30, bottom = -1e30;
};
Frame frame_of(const std::vector<Point>& points, Vertex first, Vertex last) {
  Frame frame;
  for (Vertex v = first; v < last; ++v) {
    frame.left = std::min(frame.left, points[v].x);
    frame.right = std::max(frame.right, points[v].x);
    frame.top = std::min(frame.top, points[v].y);
    frame.bottom = std::max(frame.bottom, points[v].y);
  }
  return frame;
}

}  // namespace

TEST_CASE("stress layout: a triangle is equilateral, a chain is nearly straight") {
  const std::vector<Point> triangle = stress_layout(cycle(3).view());
  CHECK(apart(triangle[0], triangle[1]) == doctest::Approx(1).epsilon(0.01));
  CHECK(apart(triangle[1], triangle[2]) == doctest::Approx(1).epsilon(0.01));
  CHECK(apart(triangle[2], triangle[0]) == doctest::Approx(1).epsilon(0.01));
  const std::vector<WeightedEdge> edges{{0, 1, 1}, {1, 2, 1}, {2, 3, 1}, {3, 4, 1}};
  const std::vector<Point> chain = stress_layout(build_csr(5, edges).view());
  CHECK(apart(chain[0], chain[4]) == doctest::Approx(4).epsilon(0.1));
  CHECK(apart(chain[1], chain[3]) == doctest::Approx(2).epsilon(0.1));
}

TEST_CASE("stress layout: a cycle of six is as round as its distances allow") {
  // The least stress of a hexagon of radius r against distances 1, 2, 3 in the cycle: r minimises
  // 6 (r - 1)^2 + 6 ((sqrt 3 r - 2) / 2)^2 + 3 ((2 r - 3) / 3)^2, which is at r = 1.1296.
  const std::vector<Point> points = stress_layout(cycle(6).view(), {.passes = 200});
  for (const Point& point : points) CHECK(std::hypot(point.x, point.y) == doctest::Approx(1.13).epsilon(0.05));
  CHECK(mean_stress(cycle(6).view(), points) < 0.03);
}

TEST_CASE("stress layout: random graphs are drawn far better than points at random, with the same bits every time") {
  for (std::uint64_t seed = 1; seed <= 40; ++seed) {
    Random random(seed);
    const Vertex n = 5 + static_cast<Vertex>(random.below(40));
    const CsrArrays graph = build_csr(n, testing::random_edges(random, n, 2 * n));
    const std::vector<Point> points = stress_layout(graph.view(), {.seed = seed});
    CHECK(points == stress_layout(graph.view(), {.seed = seed}));
    std::vector<Point> scattered(n);
    for (Point& point : scattered) point = {3 * random.uniform(), 3 * random.uniform()};
    CAPTURE(seed);
    CHECK(mean_stress(graph.view(), points) < 0.6 * mean_stress(graph.view(), scattered));
    CHECK(mean_stress(graph.view(), points) < 0.25);
  }
}

TEST_CASE("stress layout: components lie beside each other, the middle at 0") {
  std::vector<WeightedEdge> edges;
  for (Vertex v = 0; v < 5; ++v) edges.push_back({v, (v + 1) % 6, 1});
  edges.insert(edges.end(), {{6, 7, 1}, {7, 8, 1}});
  const std::vector<Point> points = stress_layout(build_csr(12, edges).view());
  const Frame first = frame_of(points, 0, 6), second = frame_of(points, 6, 9), single = frame_of(points, 9, 12);
  const auto beside = [](const Frame& a, const Frame& b) {
    return a.right < b.left || b.right < a.left || a.bottom < b.top || b.bottom < a.top;
  };
  CHECK(beside(first, second));
  CHECK(beside(first, single));
  CHECK(beside(second, single));
  const Frame all = frame_of(points, 0, 12);
  CHECK(all.left + all.right == doctest::Approx(0));
  CHECK(all.top + all.bottom == doctest::Approx(0));
}

TEST_CASE("stress layout: edges make room for the radii of their ends") {
  const std::vector<WeightedEdge> edges{{0, 1, 1}};
  const std::vector<float> radii{3, 2};
  const std::vector<Point> points = stress_layout(build_csr(2, edges).view(), {.radii = radii});
  CHECK(apart(points[0], points[1]) == doctest::Approx(6).epsilon(0.01));
  CHECK_THROWS_AS(stress_layout(cycle(3).view(), {.radii = radii}), Error);
  CHECK(stress_layout(CsrGraph{}).empty());
}
