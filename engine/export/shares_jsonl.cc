#include <algorithm>

#include "engine/ask/read_run.h"
#include "engine/ask/ring_shares.h"
#include "engine/detect/ring/json_parts.h"
#include "engine/export/shares.h"

namespace ringscope {

std::uint64_t visit_shares(const Store& store, const ExportFilter& filter,
                           const std::function<void(const ShareRow&)>& visit) {
  const std::uint64_t run = latest_run_number(store);
  RingShares shares(store, run);
  std::uint64_t rows = 0;
  visit_rings(store, run, [&](const Ring& ring) {
    for (const Member& member : ring.members) {
      if (!filter.keeps(member.tier)) continue;
      std::vector<Share> of_member = shares.of(member.account);
      // A ring that only a verdict makes has all of it; one that its member has no link into, nothing.
      if (std::ranges::find(of_member, ring.id, &Share::of) == of_member.end())
        of_member.push_back({ring.id, of_member.empty() ? 1.0 : 0.0, 0});
      for (const Share& one : of_member) visit({member.name, one.of, one.of == ring.id, one.share, one.weight});
      rows += of_member.size();
    }
  });
  return rows;
}

std::uint64_t write_shares_jsonl(const Store& store, const ExportFilter& filter, const ExportSink& sink) {
  return visit_shares(store, filter, [&](const ShareRow& row) {
    const Json json = {{"schema", "ringscope.account-share/1"},
                       {"account", row.account},
                       {"ring", row.ring},
                       {"member", row.member},
                       {"share", row.share},
                       {"bits", row.bits}};
    sink(dump(json) + "\n");
  });
}

}  // namespace ringscope
