#include "engine/detect/publish.h"

#include <algorithm>
#include <optional>

#include "engine/detect/ring_json.h"
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

}  // namespace

LedgerEntries conclude(const Store& store, const Setup& setup, const Snapshot& snapshot, const Habits& habits,
                       std::vector<Ring>& rings, std::uint64_t base) {
  LedgerEntries entries;
  {
    const Stage stage("reconcile");
    entries = reconcile_ruled(store, last_day(store, snapshot.window), setup.decisions, rings, base);
    if (base != 0) entries.base_lines = indexed_lines(store, base);
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
