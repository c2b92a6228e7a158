#include "algorithms/named/named.h"
#include "algorithms/stress_layout.h"
#include "base/error.h"

namespace ringscope::named {
namespace {

constexpr const char* kEdges = "Graph: undirected edges, in any order; parallel ones are summed, loops dropped";

std::vector<WeightedEdge> edges_from(const Arguments& a, Vertex vertex_count) {
  const auto u = a.u32s("u"), v = a.u32s("v");
  const auto weight = a.f32s("weight");
  check_length("v", v.size(), u.size());
  check_length("weight", weight.size(), u.size(), true);
  check_below("u", u, vertex_count);
  check_below("v", v, vertex_count);
  std::vector<WeightedEdge> edges;
  for (std::size_t i = 0; i < u.size(); ++i) {
    if (!weight.empty() && !(weight[i] > 0)) throw Error(ErrorCode::usage, "must be above 0", "weight");
    edges.push_back({u[i], v[i], weight.empty() ? 1.0F : weight[i]});
  }
  return edges;
}

Outputs run_build(const Arguments& a) {
  const auto count = a.integer<Vertex>("vertex_count");
  return {build_csr(count, edges_from(a, count))};
}

Outputs run_induced(const Arguments& a) {
  const auto members = a.u32s("members");
  check_below("members", members, a.graph().vertex_count());
  check_ascending("members", members);
  return {induced_subgraph(a.graph(), members)};
}

Outputs run_layout(const Arguments& a) {
  const std::vector<Point> points =
      stress_layout(a.graph(), {a.f32s("radii"), a.integer<int>("passes"), a.integer<std::uint64_t>("seed")});
  return {column_of<double>(points, [](const Point& p) { return p.x; }),
          column_of<double>(points, [](const Point& p) { return p.y; })};
}

Outputs run_stress(const Arguments& a) {
  const auto x = a.f64s("x"), y = a.f64s("y");
  check_length("x", x.size(), a.graph().vertex_count());
  check_length("y", y.size(), x.size());
  check_length("radii", a.f32s("radii").size(), x.size(), true);
  std::vector<Point> points;
  for (std::size_t i = 0; i < x.size(); ++i) points.push_back({x[i], y[i]});
  return {mean_stress(a.graph(), points, a.f32s("radii"))};
}

}  // namespace

std::vector<Algorithm> graph_rows() {
  const StressLayoutOptions layout;
  const Parameter radii{"radii", ValueType::f32s, "[V] float32, >= 0; none: 0 each", no_array<float>()};
  return {
      {"build_graph",
       "csr_graph.h",
       "A graph out of its edges.",
       {{"vertex_count", ValueType::integer, "vertices are 0 … vertex_count - 1"},
        {"u", ValueType::u32s, "[E] uint32: one end"},
        {"v", ValueType::u32s, "[E] uint32: the other"},
        {"weight", ValueType::f32s, "[E] float32, > 0; none: 1 each", no_array<float>()}},
       {{"graph", kEdges}},
       run_build},
      {"induced_subgraph",
       "csr_graph.h",
       "The graph among some vertices; vertex i of it is members[i].",
       {graph_parameter(), {"members", ValueType::u32s, "[n] uint32, ascending"}},
       {{"graph", "Graph of n vertices"}},
       run_induced},
      {"stress_layout",
       "stress_layout.h",
       "Places vertices in the plane so that distances there are like distances in the graph; for up to some 2,000.",
       {graph_parameter(),
        radii,
        {"passes", ValueType::integer, "of stochastic gradient descent", std::int64_t{layout.passes}},
        {"seed", ValueType::integer, "of the order of pairs", static_cast<std::int64_t>(layout.seed)}},
       {{"x", "[V] float64; 1 = an edge between two vertices of radius 0"}, {"y", "[V] float64"}},
       run_layout},
      {"mean_stress",
       "stress_layout.h",
       "How far a drawing's distances are from the graph's: mean squared relative difference, 0 is perfect.",
       {graph_parameter(), {"x", ValueType::f64s, "[V] float64"}, {"y", ValueType::f64s, "[V] float64"}, radii},
       {{"stress", "float64"}},
       run_stress},
  };
}

}  // namespace ringscope::named
