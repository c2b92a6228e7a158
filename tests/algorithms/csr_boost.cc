#include "algorithms/csr_boost.h"

#include <map>
#include <set>
#include <vector>

#include <boost/graph/adjacency_list.hpp>
#include <boost/graph/betweenness_centrality.hpp>
#include <boost/graph/biconnected_components.hpp>
#include <boost/graph/connected_components.hpp>
#include <boost/graph/dijkstra_shortest_paths.hpp>
#include <boost/graph/graph_concepts.hpp>
#include <doctest/doctest.h>

#include "algorithms/components.h"
#include "tests/algorithms/graphs.h"

namespace ringscope {
namespace {

template <class Graph>
struct Models {
  BOOST_CONCEPT_ASSERT((boost::VertexListGraphConcept<Graph>));
  BOOST_CONCEPT_ASSERT((boost::IncidenceGraphConcept<Graph>));
  BOOST_CONCEPT_ASSERT((boost::BidirectionalGraphConcept<Graph>));
  BOOST_CONCEPT_ASSERT((boost::AdjacencyGraphConcept<Graph>));
  BOOST_CONCEPT_ASSERT((boost::AdjacencyMatrixConcept<Graph>));
  BOOST_CONCEPT_ASSERT((boost::EdgeListGraphConcept<Graph>));
  BOOST_CONCEPT_ASSERT((boost::ReadablePropertyGraphConcept<Graph, CsrEdge, boost::edge_weight_t>));
  BOOST_CONCEPT_ASSERT((boost::ReadablePropertyGraphConcept<Graph, Vertex, boost::vertex_index_t>));
};
template struct Models<CsrGraph>;
template struct Models<const CsrGraph>;

using Copy = boost::adjacency_list<boost::vecS, boost::vecS, boost::undirectedS, boost::no_property,
                                   boost::property<boost::edge_weight_t, float>>;

Copy copy_of(const CsrGraph& graph) {
  Copy copy(graph.vertex_count());
  for (Vertex v = 0; v < graph.vertex_count(); ++v) {
    for (ArcIndex arc = graph.arcs_begin(v); arc < graph.arcs_end(v); ++arc) {
      if (graph.target(arc) > v) boost::add_edge(v, graph.target(arc), graph.weight(arc), copy);
    }
  }
  return copy;
}

template <class Graph>
std::vector<Vertex> components(const Graph& graph) {
  std::vector<Vertex> label(num_vertices(graph));
  boost::connected_components(graph, boost::make_iterator_property_map(label.begin(), get(boost::vertex_index, graph)));
  return label;
}

template <class Graph>
std::vector<float> distances(const Graph& graph) {
  std::vector<float> distance(num_vertices(graph));
  boost::dijkstra_shortest_paths(
      graph, *vertices(graph).first,
      boost::distance_map(boost::make_iterator_property_map(distance.begin(), get(boost::vertex_index, graph))));
  return distance;
}

template <class Graph>
std::vector<double> betweenness(const Graph& graph) {
  std::vector<double> centrality(num_vertices(graph));
  boost::brandes_betweenness_centrality(
      graph, boost::make_iterator_property_map(centrality.begin(), get(boost::vertex_index, graph)));
  return centrality;
}

template <class Graph>
std::set<std::size_t> cut_vertices(const Graph& graph) {
  std::vector<std::size_t> cut;
  boost::articulation_points(graph, std::back_inserter(cut));
  return {cut.begin(), cut.end()};
}

TEST_CASE("csr_boost: Boost's components, Dijkstra, betweenness and cut vertices equal those of an adjacency_list") {
  for (std::uint64_t seed = 0; seed < 200; ++seed) {
    Random random(seed);
    const auto n = static_cast<Vertex>(1 + random.below(40));
    const CsrArrays arrays = build_csr(n, testing::random_edges(random, n, random.below(std::uint64_t{3} * n)));
    const CsrGraph graph = arrays.view();
    const Copy copy = copy_of(graph);
    CHECK(components(graph) == components(copy));
    CHECK(canonical_partition(components(graph)) == connected_components(graph));
    CHECK(distances(graph) == distances(copy));
    CHECK(cut_vertices(graph) == cut_vertices(copy));
    const std::vector<double> ours = betweenness(graph);
    const std::vector<double> theirs = betweenness(copy);
    for (Vertex v = 0; v < n; ++v) CHECK(ours[v] == doctest::Approx(theirs[v]).epsilon(1e-9));
  }
}

TEST_CASE(
    "csr_boost: the karate club's instructor has the betweenness that NetworkX documents, 0.437635 of 528 pairs") {
  const CsrArrays arrays = build_csr(34, testing::karate_club());
  CHECK(betweenness(arrays.view())[0] == doctest::Approx(0.437635 * 528).epsilon(1e-5));
}

TEST_CASE("csr_boost: edges() gives each edge once, its two directions compare equal, and edge() finds it") {
  for (std::uint64_t seed = 0; seed < 50; ++seed) {
    Random random(seed);
    const CsrArrays arrays = build_csr(30, testing::random_edges(random, 30, 60));
    const CsrGraph graph = arrays.view();
    std::set<CsrEdge> seen;
    for (auto [it, end] = edges(graph); it != end; ++it) {
      const CsrEdge e = *it;
      CHECK(seen.insert(e).second);
      const auto [back, found] = edge(e.target, e.source, graph);
      CHECK(found);
      CHECK(back == e);
      CHECK(hash_value(back) == hash_value(e));
      CHECK(get(boost::edge_weight, graph, back) == get(boost::edge_weight, graph, e));
    }
    CHECK(seen.size() == num_edges(graph));
    for (Vertex v = 0; v < 30; ++v) {
      auto in = in_edges(v, graph).first;
      for (auto [it, end] = out_edges(v, graph); it != end; ++it, ++in) {
        CHECK(source(*it, graph) == v);
        CHECK(target(*in, graph) == v);
        CHECK(*it == *in);
        CHECK(seen.contains(*it));
      }
    }
    CHECK_FALSE(edge(3, 3, graph).second);
  }
}

TEST_CASE("csr_boost: an empty graph has no edge to iterate") {
  const CsrGraph graph;
  CHECK(num_vertices(graph) == 0);
  CHECK(edges(graph).first == edges(graph).second);
}

}  // namespace
}  // namespace ringscope
