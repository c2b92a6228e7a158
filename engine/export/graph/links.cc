#include <algorithm>
#include <iterator>

#include "base/error.h"
#include "engine/ask/account.h"
#include "engine/ask/read_run.h"
#include "engine/ask/run_links.h"
#include "engine/export/graph/account_nodes.h"
#include "engine/export/graph/graph.h"
#include "engine/export/graph/place.h"

namespace ringscope {
namespace {

std::vector<KeyHash> members_of(const Ring& ring) {
  std::vector<KeyHash> members;
  for (const Member& member : ring.members) members.push_back(member.account);
  std::ranges::sort(members);
  return members;
}

// Breadth first: what links lead to in so many steps, ascending.
std::vector<KeyHash> around(const Store& store, std::uint64_t run, KeyHash account, unsigned depth) {
  std::vector<KeyHash> reached = {account}, last = reached;
  for (unsigned step = 0; step < depth && !last.empty(); ++step) {
    std::vector<KeyHash> next;
    for (const KeyHash one : last) {
      for (const StoredLink& link : store.links_of(run, one)) next.push_back(link.other);
    }
    std::ranges::sort(next);
    next.erase(std::unique(next.begin(), next.end()), next.end());
    last.clear();
    std::ranges::set_difference(next, reached, std::back_inserter(last));
    const auto known = static_cast<std::ptrdiff_t>(reached.size());
    reached.insert(reached.end(), last.begin(), last.end());
    std::inplace_merge(reached.begin(), reached.begin() + known, reached.end());
  }
  return reached;
}

void add_edges(const CsrGraph& links, ActivityGraph& graph) {
  for (Vertex u = 0; u < links.vertex_count(); ++u) {
    graph.nodes[u].degree = static_cast<std::uint32_t>(links.degree(u));
    for (ArcIndex arc = links.arcs_begin(u); arc < links.arcs_end(u); ++arc) {
      if (links.target(arc) > u)
        graph.edges.push_back({.account = u, .thing = links.target(arc), .weight = links.weight(arc)});
    }
  }
}

}  // namespace

ActivityGraph build_links(const Store& store, const GraphScope& scope) {
  if (!scope.ring.empty() && !scope.account.empty())
    throw Error(ErrorCode::usage, "links are of a ring or around an account, not both", "--ring, --account");
  ActivityGraph graph;
  graph.of = GraphEdges::links;
  graph.run = latest_run_number(store);
  RunLinks links;
  RingPlaces places;
  if (!scope.ring.empty()) {
    const Ring ring = find_ring(store, graph.run, scope.ring);
    links = links_among(store, graph.run, members_of(ring));
    add_places(ring, places);
  } else {
    links = scope.account.empty()
                ? links_of_run(store, graph.run)
                : links_among(store, graph.run,
                              around(store, graph.run, require_account(store, scope.account), scope.depth));
    places = places_of(store, graph.run, links.accounts);
  }
  graph.nodes = account_nodes(store, links.accounts, places);
  graph.accounts = graph.nodes.size();
  add_edges(links.view(), graph);
  place_nodes(graph);
  return graph;
}

}  // namespace ringscope
