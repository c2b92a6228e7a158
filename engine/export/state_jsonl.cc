// All that the feed has led to, to begin a consumer with: schema "ringscope.state/1", the head first, then the rings by
// id, then the accounts that machines were told of, by key.
#include "engine/detect/ring/json_parts.h"
#include "engine/export/export.h"
#include "engine/ledger/account_names.h"
#include "engine/ledger/chronicle.h"
#include "engine/ledger/feed_json.h"
#include "engine/ledger/ring_event_json.h"
#include "engine/release/journal.h"

namespace ringscope {
namespace {

std::string ring_line(const Store& store, const Standing& standing) {
  const std::vector<std::string> names = account_names(store, standing.members);
  Json members = Json::array();
  for (std::size_t i = 0; i < names.size(); ++i)
    members.push_back({{"account", names[i]}, {"tier", to_string(standing.members[i].tier)}});
  return dump({{"schema", "ringscope.state/1"},
               {"kind", "ring"},
               {"ring", standing.ring},
               {"version", standing.version},
               {"tier", to_string(standing.tier)},
               {"members", std::move(members)}});
}

// A ring that may come back: its next version follows this one.
std::string gone_line(const Standing& standing) {
  return dump(
      {{"schema", "ringscope.state/1"}, {"kind", "gone"}, {"ring", standing.ring}, {"version", standing.version}});
}

std::string action_line(const Store& store, const ActionEvent& event) {
  Json json = Json::parse(event_to_json(FeedEvent(event), store));
  Json line = {{"schema", "ringscope.state/1"}, {"kind", "action"}};
  for (const char* key : {"type", "account", "version", "ring", "event_id", "seq", "reasons"}) line[key] = json[key];
  return dump(line);
}

}  // namespace

std::uint64_t write_state_jsonl(const Store& store, const ExportFilter&, const ExportSink& sink) {
  std::uint64_t rows = 0;
  const auto put = [&](const std::string& line) {
    sink(line + "\n");
    ++rows;
  };
  put(dump({{"schema", "ringscope.state/1"},
            {"kind", "head"},
            {"seq", store.last_event()},
            {"run", store.counts().runs},
            {"halted", read_journal(store).halt() != nullptr}}));
  store.scan_standings([&](const StoredRing& stored) {
    const Standing standing = standing_from_json(stored.payload);
    put(standing.live ? ring_line(store, standing) : gone_line(standing));
  });
  store.scan_actions([&](KeyHash, std::string_view payload) { put(action_line(store, action_from_json(payload))); });
  return rows;
}

}  // namespace ringscope
