#include "engine/export/graph/place.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <numbers>

#include "algorithms/stress_layout.h"

namespace ringscope {
namespace {

constexpr std::size_t kMostPlaced = 1500;
constexpr double kApart = 1.2, kGap = 6;

void place_by_stress(ActivityGraph& graph) {
  std::vector<WeightedEdge> edges;
  for (const GraphEdge& edge : graph.edges) edges.push_back({edge.account, edge.thing, 1});
  const CsrArrays arrays = build_csr(static_cast<Vertex>(graph.nodes.size()), edges);
  const std::vector<Point> points = stress_layout(arrays.view());
  for (std::size_t i = 0; i < points.size(); ++i) {
    graph.nodes[i].x = points[i].x;
    graph.nodes[i].y = points[i].y;
  }
}

// The i-th of the seeds of a sunflower: a disc filled evenly (Vogel, Math. Biosci. 44:179, 1979).
Point sunflower(std::size_t i) {
  const double angle = static_cast<double>(i) * std::numbers::pi * (3 - std::sqrt(5.0));
  const double radius = kApart * std::sqrt(static_cast<double>(i) + 0.5);
  return {radius * std::cos(angle), radius * std::sin(angle)};
}

void place_on_discs(ActivityGraph& graph) {
  std::map<std::string, std::vector<std::size_t>> discs;
  for (std::size_t i = 0; i < graph.accounts; ++i) discs[graph.nodes[i].ring].push_back(i);
  std::vector<const std::vector<std::size_t>*> order;
  order.reserve(discs.size());
  for (const auto& [ring, accounts] : discs) order.push_back(&accounts);
  std::ranges::stable_sort(order, std::greater<>(), [](const auto* accounts) { return accounts->size(); });
  const double width = 3 * kApart * std::sqrt(static_cast<double>(graph.accounts));
  double x = 0, y = 0, height = 0;
  for (const auto* accounts : order) {
    const double radius = kApart * std::sqrt(static_cast<double>(accounts->size())) + kGap / 2;
    if (x > 0 && x + 2 * radius > width) {
      x = 0;
      y += height;
      height = 0;
    }
    for (std::size_t i = 0; i < accounts->size(); ++i) {
      const Point point = sunflower(i);
      graph.nodes[(*accounts)[i]].x = x + radius + point.x;
      graph.nodes[(*accounts)[i]].y = y + radius + point.y;
    }
    x += 2 * radius;
    height = std::max(height, 2 * radius);
  }
  for (const GraphEdge& edge : graph.edges) {
    if (edge.thing < graph.accounts) continue;  // a link: both ends are on discs
    graph.nodes[edge.thing].x += graph.nodes[edge.account].x / graph.nodes[edge.thing].degree;
    graph.nodes[edge.thing].y += graph.nodes[edge.account].y / graph.nodes[edge.thing].degree;
  }
}

}  // namespace

void place_nodes(ActivityGraph& graph) {
  if (graph.nodes.size() <= kMostPlaced) {
    place_by_stress(graph);
  } else {
    place_on_discs(graph);
  }
}

}  // namespace ringscope
