#include "engine/detect/incremental/overlay.h"

#include <algorithm>
#include <array>
#include <iterator>
#include <optional>
#include <string_view>
#include <unordered_set>
#include <utility>

#include "engine/detect/incremental/kept.h"
#include "engine/detect/index/cut_tree.h"
#include "engine/detect/index/held_things.h"
#include "engine/detect/index/keep_shapes.h"
#include "engine/detect/index/taught_index.h"
#include "engine/detect/project/likeness_plan.h"
#include "engine/profile.h"

namespace ringscope {
namespace {

class Overlay {
 public:
  Overlay(const OverlayInput& input, RunWriter& writer)
      : in_(input), writer_(writer), snapshot_(input.patched.snapshot) {}

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
  // Rings and members that changed are written anew; of the base's those go that are none any more.
  void drop_rings(const std::vector<Ring>& rings) {
    std::unordered_set<std::string_view> ids;
    std::vector<KeyHash> members, before;
    for (const Ring& ring : rings) {
      ids.insert(ring.id);
      if (ring.kept) continue;
      for (const Member& member : ring.members) members.push_back(member.account);
    }
    std::unordered_set<std::string_view> kept;
    for (const Ring& ring : rings) {
      if (ring.kept) kept.insert(ring.kept->id);
    }
    const auto look_at = [&](const ImageRing& ring) {
      if (!ids.contains(ring.id)) writer_.drop_ring(ring.id);
      if (kept.contains(ring.id)) return;
      for (const ImageMember& member : ring.members) before.push_back(member.account);
    };
    for (const ImageGroup& group : in_.image.groups) look_at(group.ring);
    for (const ImageRing& ring : in_.image.carried) look_at(ring);
    std::ranges::sort(members);
    std::ranges::sort(before);
    std::vector<KeyHash> gone;
    std::ranges::set_difference(before, members, std::back_inserter(gone));
    for (const KeyHash account : gone) writer_.drop_member(account);
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

  const OverlayInput& in_;
  RunWriter& writer_;
  const Snapshot& snapshot_;
  std::vector<char> linked_;  // by account
};

// What of the index for scoring may be otherwise than the base's.
class IndexTouched {
 public:
  IndexTouched(const OverlayInput& input, std::uint64_t base)
      : image_(input.image),
        patched_(input.patched),
        now_{input.patched.snapshot.graph(), input.patched.habits.graph()},
        before_{input.image.snapshot.graph(), input.image.habits.graph()} {
    change_.base = base;
    added_.assign(patched_.account_old.size(), 0);
    for (std::size_t v = 0; v < now_.size(); ++v) change_.changed[v].assign(now_[v].right_count(), 0);
  }

  IndexChange find(const std::vector<Ring>& rings) {
    for (const Vertex l : patched_.touched) {
      add_now(l);
      if (patched_.account_old[l] != kGone) add_before(patched_.account_old[l]);
    }
    for (Vertex old = 0; old < patched_.account_now.size(); ++old) {
      if (patched_.account_now[old] == kGone) add_before(old);
    }
    std::unordered_set<std::string_view> kept;
    for (const Ring& ring : rings) {
      if (ring.kept) kept.insert(ring.kept->id);
      for (std::size_t m = 0; !ring.kept && m < ring.members.size(); ++m) add(ring.members[m].account);
    }
    for (const ImageGroup& group : image_.groups) {
      if (kept.contains(group.ring.id)) continue;
      for (const Vertex old : group.group.members) add_now(patched_.account_now[old]);
      for (const Seed& seed : group.seeds) add_now(patched_.account_now[seed.account]);
    }
    for (auto& gone : change_.gone) {
      std::ranges::sort(gone);
      gone.erase(std::unique(gone.begin(), gone.end()), gone.end());
    }
    return std::move(change_);
  }

 private:
  void add(KeyHash account) {
    if (const auto l = patched_.snapshot.vertex_of(account)) add_now(*l);
  }

  // The things and habits of an account that is there, once.
  void add_now(Vertex now) {
    if (now == kGone || std::exchange(added_[now], 1) != 0) return;
    for (std::size_t v = 0; v < now_.size(); ++v) {
      for (const Vertex r : now_[v].rights_of(now)) change_.changed[v][r] = 1;
    }
  }

  // What it had at the base. Who has no row since has the same.
  void add_before(Vertex old) {
    for (std::size_t v = 0; v < now_.size(); ++v) {
      const std::vector<Vertex>& to = v == kHabitView ? patched_.habit_now : patched_.entity_now;
      for (const Vertex r : before_[v].rights_of(old)) {
        if (to[r] != kGone) {
          change_.changed[v][to[r]] = 1;
        } else {
          change_.gone[v].emplace_back(layer_of(before_[v], r), key_of(v, r));
        }
      }
    }
  }

  static std::size_t layer_of(const BipartiteGraph& graph, Vertex r) {
    std::size_t layer = 0;
    while (r >= graph.layer_end(layer)) ++layer;
    return layer;
  }
  std::uint64_t key_of(std::size_t view, Vertex r) const {
    return view == kHabitView ? image_.habits.keys[r] : image_.snapshot.entities[r].hash;
  }

  const Image& image_;
  const Patched& patched_;
  std::array<BipartiteGraph, 2> now_, before_;
  IndexChange change_;
  std::vector<char> added_;  // by account
};

}  // namespace

void publish_over(Store& store, const OverlayInput& input, const Setup& setup, std::vector<Ring>& rings,
                  RunSummary& summary) {
  const Snapshot& snapshot = input.patched.snapshot;
  const std::uint64_t base = summary.renewal.base;
  const LedgerEntries entries = conclude(store, setup, snapshot, input.patched.habits, rings, base);
  complete_changed(store, base, rings);
  check_basis(store, entries);
  const std::unique_ptr<RunWriter> writer = store.run_writer(base);
  RunGraph graph = [&] {
    const Stage stage("overlay");
    return Overlay(input, *writer).write(rings);
  }();
  {
    const Stage stage("index");
    graph.index = index_over(store, snapshot, input.patched.habits, setup.config.facets, rings,
                             IndexTouched(input, base).find(rings));
    std::ranges::move(index_of_verdicts({snapshot, input.patched.habits, input.weights, input.clearing, setup.decisions,
                                         setup.config.verdicts},
                                        rings, graph.index, base),
                      std::back_inserter(graph.index));
  }
  {
    const Stage stage("cuts");
    add_cuts(snapshot.accounts, input.similarity, graph.index);
  }
  const Stage stage("write");
  add_held(snapshot, rings, input.patched.touched, graph.index);
  std::vector<char> dirty = input.dirty;
  for (const Vertex account : input.patched.touched) dirty[account] = 1;
  add_shapes_over({snapshot, input.weights, input.similarity, setup.config.threads},
                  {store, base, dirty, graph.entities}, rings, graph.index);
  publish(*writer, rings, summary, graph, entries);
  catch_up(store, setup);
}

}  // namespace ringscope
