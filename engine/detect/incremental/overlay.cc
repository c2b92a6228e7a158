#include "engine/detect/incremental/overlay.h"

#include <algorithm>
#include <functional>
#include <optional>
#include <set>
#include <utility>

namespace ringscope {
namespace {

class Overlay {
 public:
  Overlay(const Store& store, const OverlayInput& input, RunWriter& writer)
      : store_(store), in_(input), writer_(writer), snapshot_(input.patched.snapshot) {}

  // What the base has and this run has not; what this run has otherwise.
  RunGraph write(const std::vector<Ring>& rings) {
    drop_rings(rings);
    RunGraph graph;
    add_links(graph);
    add_nearest(graph);
    add_entities(graph);
    return graph;
  }

 private:
  // Rings and members are written anew; of the base's those go that are none any more.
  void drop_rings(const std::vector<Ring>& rings) {
    const std::uint64_t base = in_.image.summary.run;
    std::set<std::string, std::less<>> ids;
    std::set<KeyHash> members;
    for (const Ring& ring : rings) {
      ids.insert(ring.id);
      for (const Member& member : ring.members) members.insert(member.account);
    }
    store_.scan_rings(base, [&](const StoredRing& ring) {
      if (!ids.contains(ring.id)) writer_.drop_ring(ring.id);
    });
    store_.scan_members(base, [&](const StoredMember& member) {
      if (!members.contains(member.account)) writer_.drop_member(member.account);
    });
  }

  void add_links(RunGraph& graph) {
    std::vector<std::vector<std::pair<Vertex, float>>> rows(snapshot_.accounts.size());
    linked_.assign(snapshot_.accounts.size(), 0);
    for (const auto* edges : {&in_.similarity.core, &in_.similarity.attach}) {
      for (const WeightedEdge& edge : *edges) {
        linked_[edge.u] = linked_[edge.v] = 1;
        if (in_.dirty[edge.u] != 0) rows[edge.u].emplace_back(edge.v, edge.weight);
        if (in_.dirty[edge.v] != 0) rows[edge.v].emplace_back(edge.u, edge.weight);
      }
    }
    for (Vertex l = 0; l < rows.size(); ++l) {
      if (rows[l].empty()) continue;
      std::sort(rows[l].begin(), rows[l].end());
      AccountLinks& links = graph.links.emplace_back(AccountLinks{snapshot_.accounts[l], {}});
      for (const auto& [other, bits] : rows[l]) links.links.push_back({snapshot_.accounts[other], bits});
    }
    for (Vertex l = 0; l < in_.linked_before.size(); ++l) {
      const Vertex now = in_.patched.account_now[l];
      if (in_.linked_before[l] != 0 && (now == kGone || linked_[now] == 0))
        writer_.drop_links(in_.image.snapshot.accounts[l]);
    }
  }

  using Nearest = std::optional<StoredLink>;

  Nearest nearest_before(Vertex old) const {
    const NearMiss& miss = in_.near_before[old];
    if (in_.linked_before[old] != 0 || miss.other == NearMiss::kNobody) return std::nullopt;
    return StoredLink{in_.image.snapshot.accounts[miss.other], miss.surprise};
  }

  Nearest nearest_now(Vertex l) const {
    const NearMiss& miss = in_.similarity.near_misses[l];
    if (linked_[l] != 0 || miss.other == NearMiss::kNobody) return std::nullopt;
    return StoredLink{snapshot_.accounts[miss.other], miss.surprise};
  }

  void add_nearest(RunGraph& graph) {
    for (Vertex l = 0; l < snapshot_.accounts.size(); ++l) {
      const Vertex old = in_.patched.account_old[l];
      const Nearest before = old == kGone ? std::nullopt : nearest_before(old);
      const Nearest now = nearest_now(l);
      if (now && now != before) graph.nearest.push_back({snapshot_.accounts[l], {*now}});
      if (before && !now) writer_.drop_nearest(snapshot_.accounts[l]);
    }
    for (Vertex old = 0; old < in_.patched.account_now.size(); ++old) {
      if (in_.patched.account_now[old] == kGone && nearest_before(old))
        writer_.drop_nearest(in_.image.snapshot.accounts[old]);
    }
  }

  void add_entities(RunGraph& graph) {
    const BipartiteGraph before = in_.image.snapshot.graph(), now = snapshot_.graph();
    std::vector<Vertex> old_of(snapshot_.entities.size(), kGone);
    for (Vertex old = 0; old < in_.patched.entity_now.size(); ++old) {
      const Vertex r = in_.patched.entity_now[old];
      if (r != kGone) old_of[r] = old;
      if (before.right_degree(old) >= 2 && (r == kGone || now.right_degree(r) < 2))
        writer_.drop_entity(in_.image.snapshot.entities[old]);
    }
    for (Vertex r = 0; r < old_of.size(); ++r) {
      if (now.right_degree(r) < 2) continue;
      const StoredEntity entity = stored_entity(snapshot_, in_.weights, r);
      const bool was = old_of[r] != kGone && before.right_degree(old_of[r]) >= 2;
      if (!was || entity != stored_entity(in_.image.snapshot, in_.weights_before, old_of[r]))
        graph.entities.push_back(entity);
    }
  }

  const Store& store_;
  const OverlayInput& in_;
  RunWriter& writer_;
  const Snapshot& snapshot_;
  std::vector<char> linked_;  // by account
};

}  // namespace

void publish_over(Store& store, const OverlayInput& input, const Setup& setup, std::vector<Ring>& rings,
                  RunSummary& summary) {
  const Snapshot& snapshot = input.patched.snapshot;
  const LedgerEntries entries = conclude(store, setup, snapshot, input.patched.habits, rings);
  check_basis(store, entries);
  const std::unique_ptr<RunWriter> writer = store.run_writer(summary.renewal.base);
  RunGraph graph = Overlay(store, input, *writer).write(rings);
  graph.index = index_for_scoring(snapshot, input.patched.habits, setup.config.facets, rings);
  publish(*writer, rings, summary, graph, entries);
}

}  // namespace ringscope
