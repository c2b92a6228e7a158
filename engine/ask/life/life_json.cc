// The lives of rings as JSON: the halves of ring_life.h and flow.h that are printed.
#include "engine/ask/life/flow.h"
#include "engine/ask/life/ring_life.h"
#include "engine/detect/ring/json_parts.h"
#include "engine/ledger/account_names.h"

namespace ringscope {

std::string changed_to_json(const ChangedRing& changed) {
  const Standing& standing = changed.standing;
  Json events = Json::array();
  for (const RingEvent& event : changed.events) {
    events.push_back({{"seq", event.seq},
                      {"event_id", event_id(event)},
                      {"type", to_string(event.change)},
                      {"run", event.run},
                      {"version", event.version},
                      {"came", event.came.size()},
                      {"went", event.went.size()},
                      {"regraded", event.regraded.size()},
                      {"parents", event.parents},
                      {"children", event.children}});
  }
  return dump({{"schema", "ringscope.ring-change/1"},
               {"ring", standing.ring},
               {"version", standing.version},
               {"run", standing.run},
               {"live", standing.live},
               {"tier", standing.live ? Json(to_string(standing.tier)) : Json(nullptr)},
               {"size", standing.live ? standing.members.size() : 0},
               {"events", std::move(events)}});
}

std::string version_to_json(const Store& store, const Standing& standing, const RingVersion& version,
                            std::uint64_t run) {
  const std::vector<std::string> names = account_names(store, version.members);
  Json members = Json::array();
  for (std::size_t i = 0; i < names.size(); ++i)
    members.push_back({{"account", names[i]}, {"tier", to_string(version.members[i].tier)}});
  return dump({{"schema", "ringscope.ring-version/1"},
               {"ring", standing.ring},
               {"version", version.version},
               {"run", run},
               {"since_run", version.run},
               {"tier", to_string(version.tier)},
               {"size", version.members.size()},
               {"members", std::move(members)}});
}

std::string link_to_json(const Flow& flow, const FlowLink& link) {
  return dump({{"schema", "ringscope.ring-flow/1"},
               {"ring", flow.lanes[link.to].ring},
               {"relation", to_string(link.kind)},
               {"other", flow.lanes[link.from].ring},
               {"run", link.run},
               {"accounts", link.accounts}});
}

}  // namespace ringscope
