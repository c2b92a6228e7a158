#include "engine/detect/publish.h"

#include <algorithm>
#include <optional>

#include "engine/detect/overrule.h"
#include "engine/detect/ring_json.h"
#include "engine/detect/succession/succession.h"
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
                       std::vector<Ring>& rings) {
  // What was decided while the stages ran counts as well.
  if (const Decisions now(read_verdicts(store)); now.verdicts().size() != setup.decisions.verdicts().size())
    overrule(store, now, 0, rings);
  LedgerEntries entries;
  {
    const Stage stage("reconcile");
    entries = reconcile_rings(store, last_day(store, snapshot.window), rings);
  }
  const Stage stage("successions");
  trace_successions(store, snapshot, habits, setup.habits,
                    {.decisions = &setup.decisions, .threads = setup.config.threads}, rings);
  return entries;
}

void publish(RunWriter& writer, std::vector<Ring>& rings, RunSummary& summary, const RunGraph& graph,
             const LedgerEntries& entries) {
  summary.run = writer.run();
  for (Ring& ring : rings) {
    ring.run = summary.run;
    writer.add_ring({ring.id, ring_head_to_json(ring)});
    for (const Member& member : ring.members) writer.add_member({member.account, ring.id, member_to_json(member)});
  }
  for (const AccountLinks& account : graph.links) writer.add_links(account.account, account.links);
  for (const StoredEntity& entity : graph.entities) writer.add_entity(entity);
  for (const AccountLinks& account : graph.nearest) writer.add_nearest(account.account, account.links.front());
  write_entries(writer, entries);
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

}  // namespace ringscope
