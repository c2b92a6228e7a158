#include "engine/detect/publish.h"

#include "engine/detect/ring_json.h"

namespace ringscope {

void publish(RunWriter& writer, std::vector<Ring>& rings, RunSummary& summary, const RunGraph& graph) {
  summary.run = writer.run();
  for (Ring& ring : rings) {
    ring.run = summary.run;
    writer.add_ring({ring.id, ring_head_to_json(ring)});
    for (const Member& member : ring.members) writer.add_member({member.account, ring.id, member_to_json(member)});
  }
  for (const AccountLinks& account : graph.links) writer.add_links(account.account, account.links);
  for (const StoredEntity& entity : graph.entities) writer.add_entity(entity);
  for (const AccountLinks& account : graph.nearest) writer.add_nearest(account.account, account.links.front());
  writer.commit(stored_run_to_json(summary));
}

std::uint64_t publish(Store& store, std::vector<Ring>& rings, RunSummary& summary, const RunGraph& graph,
                      const std::function<void(RunWriter&)>& more) {
  const std::unique_ptr<RunWriter> writer = store.run_writer();
  if (more) more(*writer);
  publish(*writer, rings, summary, graph);
  return summary.run;
}

}  // namespace ringscope
