#include "engine/detect/publish.h"

#include <algorithm>
#include <cstdint>
#include <numeric>
#include <optional>

#include "engine/detect/ring/ring_json.h"
#include "engine/detect/succession/succession.h"
#include "engine/ledger/follow.h"
#include "engine/ledger/ring_line.h"
#include "engine/profile.h"

namespace ringscope {
namespace {

// The last day that was looked at; kNoDay in a store without times.
Day last_day(const Store& store, const DayWindow& window) {
  const std::optional<DayWindow> range = store.day_range();
  return range ? std::min(range->last, window.last) : kNoDay;
}

// Of accounts that no pair ties to anybody.
std::vector<AccountLinks> nearest_pairs(const Snapshot& snapshot, const Similarity& similarity) {
  std::vector<char> linked(snapshot.accounts.size(), 0);
  for (const auto* edges : {&similarity.core, &similarity.attach}) {
    for (const WeightedEdge& edge : *edges) linked[edge.u] = linked[edge.v] = 1;
  }
  std::vector<AccountLinks> nearest;
  for (std::size_t a = 0; a < similarity.near_misses.size(); ++a) {
    const NearMiss& miss = similarity.near_misses[a];
    if (linked[a] != 0 || miss.other == NearMiss::kNobody) continue;
    nearest.push_back({snapshot.accounts[a], {{snapshot.accounts[miss.other], miss.surprise}}});
  }
  return nearest;
}

// The edges (ascending by u, v) of one vertex after the other, at either end.
class EdgesByEnd {
 public:
  EdgesByEnd(const std::vector<WeightedEdge>& edges, std::size_t vertices) : edges_(edges), begin_(vertices + 1, 0) {
    for (const WeightedEdge& edge : edges) ++begin_[edge.v + 1];
    std::partial_sum(begin_.begin(), begin_.end(), begin_.begin());
    std::vector<std::uint32_t> next = begin_;
    by_upper_.resize(edges.size());
    for (std::uint32_t e = 0; e < edges.size(); ++e) by_upper_[next[edges[e].v]++] = e;
  }
  // Calls visit(other end, weight) for the edges of `vertex`, which ascends from call to call.
  template <class Visit>
  void visit(Vertex vertex, const Visit& visit) {
    for (std::uint32_t i = begin_[vertex]; i < begin_[vertex + 1]; ++i)
      visit(edges_[by_upper_[i]].u, edges_[by_upper_[i]].weight);
    for (; next_ < edges_.size() && edges_[next_].u == vertex; ++next_) visit(edges_[next_].v, edges_[next_].weight);
  }

 private:
  const std::vector<WeightedEdge>& edges_;
  std::vector<std::uint32_t> begin_;     // in by_upper_, by vertex, and the end
  std::vector<std::uint32_t> by_upper_;  // numbers of edges by their v
  std::size_t next_ = 0;                 // edge by its u
};

}  // namespace

RunGraph graph_for_questions(const Snapshot& snapshot, const Weights& weights, const Similarity& similarity) {
  RunGraph result;
  const BipartiteGraph graph = snapshot.graph();
  for (Vertex r = 0; r < graph.right_count(); ++r) {
    if (graph.right_degree(r) < 2) continue;
    result.entities.push_back(stored_entity(snapshot, weights, r));
  }
  result.nearest = nearest_pairs(snapshot, similarity);
  return result;
}

void write_links(RunWriter& writer, const Snapshot& snapshot, const Similarity& similarity) {
  EdgesByEnd core(similarity.core, snapshot.accounts.size()), attach(similarity.attach, snapshot.accounts.size());
  std::vector<StoredLink> links;
  for (Vertex account = 0; account < snapshot.accounts.size(); ++account) {
    links.clear();
    const auto add = [&](Vertex other, float bits) { links.push_back({snapshot.accounts[other], bits}); };
    core.visit(account, add);
    attach.visit(account, add);
    // Accounts are numbered in the order of their keys.
    std::ranges::sort(links, {}, &StoredLink::other);
    if (!links.empty()) writer.add_links(snapshot.accounts[account], links);
  }
}

LedgerEntries conclude(const Store& store, const Setup& setup, const Snapshot& snapshot, const Habits& habits,
                       std::vector<Ring>& rings, std::uint64_t base) {
  LedgerEntries entries;
  {
    const Stage stage("reconcile");
    entries = reconcile_ruled(store, last_day(store, snapshot.window), setup.decisions, rings, base);
    if (base != 0) visit_indexed_lines(store, base, [&](const RingLine& line) { entries.base_lines.push_back(line); });
  }
  const Stage stage("successions");
  trace_successions(store, snapshot, habits, setup.habits, {.decisions = &setup.decisions}, rings);
  return entries;
}

void publish(RunWriter& writer, std::vector<Ring>& rings, RunSummary& summary, const RunGraph& graph,
             const LedgerEntries& entries) {
  summary.run = writer.run();
  for (Ring& ring : rings) {
    ring.run = summary.run;
    if (ring.kept) continue;
    writer.add_ring({ring.id, ring_head_to_json(ring)});
    for (const Member& member : ring.members) writer.add_member({member.account, ring.id, member_to_json(member)});
  }
  for (const AccountLinks& account : graph.links) writer.add_links(account.account, account.links);
  for (const StoredEntity& entity : graph.entities) writer.add_entity(entity);
  for (const AccountLinks& account : graph.nearest) writer.add_nearest(account.account, account.links.front());
  write_entries(writer, entries);
  index_lines(rings, entries, [&](std::string_view key, std::string_view value) { writer.add_index(key, value); });
  for (const IndexEntry& entry : graph.index) writer.add_index(entry.key, entry.value);
  writer.commit(stored_run_to_json(summary));
}

std::uint64_t publish(Store& store, std::vector<Ring>& rings, RunSummary& summary, const RunGraph& graph,
                      const LedgerEntries& entries, const std::function<void(RunWriter&)>& more) {
  check_basis(store, entries);
  const std::unique_ptr<RunWriter> writer = store.run_writer();
  if (more) more(*writer);
  publish(*writer, rings, summary, graph, entries);
  return summary.run;
}

void catch_up(Store& store, const Setup& setup) { follow_late_verdicts(store, setup.decisions); }

}  // namespace ringscope
