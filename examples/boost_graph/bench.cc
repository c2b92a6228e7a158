// bench DB: a researcher's own algorithm on the pairs that a run kept, through the concepts of Boost.Graph, with no
// copy and without detecting anew. DB may be a snapshot, DB@NAME.
//
// The algorithm asks how many accounts a ring would lose if one account were expelled: articulation points of the
// graph of pairs, and the size of what hangs on each. It is run on all pairs, and then on parts of them: one layer,
// the last week, the rings of a tier.
#include <algorithm>
#include <cstdio>
#include <iterator>
#include <map>
#include <string>
#include <vector>

#include <boost/graph/biconnected_components.hpp>
#include <boost/graph/connected_components.hpp>
#include <boost/graph/filtered_graph.hpp>
#include <boost/graph/graph_concepts.hpp>

#include "algorithms/csr_boost_maps.h"
#include "engine/detect/project/pair_facts.h"
#include "engine/engine.h"

namespace {

using ringscope::CsrGraph;
using ringscope::Vertex;

BOOST_CONCEPT_ASSERT((boost::VertexListGraphConcept<CsrGraph>));
BOOST_CONCEPT_ASSERT((boost::IncidenceGraphConcept<CsrGraph>));
BOOST_CONCEPT_ASSERT((boost::EdgeListGraphConcept<CsrGraph>));
BOOST_CONCEPT_ASSERT((boost::ReadablePropertyMapConcept<ringscope::ArcMap<std::int64_t>, ringscope::CsrEdge>));

// Of any undirected graph: how many vertices are articulation points, in how many components that have an edge.
template <class Graph>
void fragility(const char* name, const Graph& graph) {
  const auto count = num_vertices(graph);
  std::vector<Vertex> component(count, 0);
  boost::connected_components(graph, component.data());
  std::map<Vertex, std::size_t> sizes;
  for (const auto [at, end] = vertices(graph); const auto v : std::ranges::subrange(at, end)) ++sizes[component[v]];
  std::vector<Vertex> articulation;
  boost::articulation_points(graph, std::back_inserter(articulation));
  std::size_t largest = 0, linked = 0;
  for (const auto& [id, size] : sizes) {
    largest = std::max(largest, size);
    linked += size > 1 ? 1 : 0;
  }
  std::size_t edge_count = 0;
  for (const auto [at, end] = edges(graph); const auto e : std::ranges::subrange(at, end)) {
    (void)e;
    ++edge_count;
  }
  std::printf(
      "%-12s %7zu pairs, %5zu components of two or more, the largest of %5zu; %5zu accounts hold one together\n", name,
      edge_count, linked, largest, articulation.size());
}

// Of each account the tier of its ring's member; -1: in no ring.
std::vector<int> tiers_of(const ringscope::Engine& engine, const std::vector<ringscope::KeyHash>& accounts) {
  std::vector<int> tier(accounts.size(), -1);
  for (const ringscope::Ring& head : engine.rings()) {
    for (const ringscope::Member& member : engine.ring(head.id).members) {
      const auto at = std::ranges::lower_bound(accounts, member.account);
      if (at != accounts.end() && *at == member.account)
        tier[static_cast<std::size_t>(at - accounts.begin())] = static_cast<int>(member.tier);
    }
  }
  return tier;
}

}  // namespace

int main(int argc, char** argv) try {
  if (argc != 2) {
    std::fprintf(stderr, "bench DB\n");
    return 2;
  }
  const ringscope::Engine engine = ringscope::Engine::open(argv[1]);
  const ringscope::RunLinks links = engine.links();    // the latest run's pairs, as the store has them
  const CsrGraph graph = links.view();                 // from here on nothing is copied
  const ringscope::Snapshot snapshot = engine.load();  // what they share, and when
  const ringscope::PairFacts facts = pair_facts(snapshot, links);

  fragility("all", graph);
  const std::span<const float> bits = graph.weights();
  fragility("30 bits", boost::filtered_graph(graph, ringscope::ArcAtLeast<float>{bits, 30}));
  for (std::size_t k = 0; k < snapshot.layers.size(); ++k) {
    const ringscope::ArcHasBit<std::uint64_t> of_layer{facts.kinds, std::uint64_t{1} << k};
    fragility(snapshot.layers[k].name.c_str(), boost::filtered_graph(graph, of_layer));
  }
  const auto newest = std::ranges::max_element(facts.last);
  if (newest != facts.last.end()) {
    const ringscope::ArcAtLeast<std::int64_t> recent{facts.last, *newest - 7 * ringscope::kSecondsPerDay};
    fragility("last week", boost::filtered_graph(graph, recent));
  }
  const std::vector<int> tier = tiers_of(engine, links.accounts);
  const ringscope::VertexAtLeast<int> banned{tier, static_cast<int>(ringscope::Tier::ban)};
  fragility("ban", boost::filtered_graph(graph, boost::keep_all(), banned));
  const auto [first_edge, last_edge] = edges(graph);
  if (first_edge != last_edge) {
    const ringscope::ArcMap<std::int64_t> first(facts.first), last(facts.last);
    std::printf("the first pair: %.1f bits, seen from %s to %s\n", get(boost::edge_weight, graph, *first_edge),
                ringscope::format_time(get(first, *first_edge)).c_str(),
                ringscope::format_time(get(last, *first_edge)).c_str());
  }
  return 0;
} catch (const ringscope::Error& error) {
  std::fprintf(stderr, "%s\n", error.what());
  return ringscope::exit_status(error.code());
}
