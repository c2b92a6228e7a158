// What machines were told to ban and was not taken back: the list for those who do not follow the feed.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include "base/error.h"
#include "engine/export/csv_text.h"
#include "engine/export/export.h"
#include "engine/ledger/account_names.h"
#include "engine/ledger/feed_json.h"

namespace ringscope {
namespace {

// Calls visit(event, account's name), ascending by key.
template <class Visit>
std::uint64_t visit_bans(const Store& store, const Visit& visit) {
  std::uint64_t rows = 0;
  store.scan_actions([&](KeyHash, std::string_view payload) {
    const ActionEvent event = action_from_json(payload);
    if (event.type != ActionType::ban) return;
    visit(event, account_names(store, std::vector{event}).front());
    ++rows;
  });
  return rows;
}

}  // namespace

std::uint64_t write_bans_csv(const Store& store, const ExportFilter&, const ExportSink& sink) {
  sink("account,ring,score,seq,event_id,reasons,sentence_1,sentence_2\n");
  return visit_bans(store, [&](const ActionEvent& event, const std::string& name) {
    sink(fmt::format("{},{},{},{},{},{},{},{}\n", csv_field(name), csv_field(event.ring), event.score, event.seq,
                     event_id(event), fmt::join(event.reasons, "; "), csv_field(event.sentences.at(0)),
                     csv_field(event.sentences.at(1))));
  });
}

std::uint64_t write_bans_jsonl(const Store& store, const ExportFilter&, const ExportSink& sink) {
  return visit_bans(store, [&](const ActionEvent& event, const std::string&) {
    sink(event_to_json(FeedEvent(event), store) + "\n");
  });
}

std::uint64_t write_bans_ids(const Store& store, const ExportFilter&, const ExportSink& sink) {
  return visit_bans(store, [&](const ActionEvent&, const std::string& name) {
    if (name.find_first_of("\r\n") != std::string::npos)
      throw Error(ErrorCode::usage, "an account's name has a line break; take --format jsonl", name);
    sink(name + "\n");
  });
}

}  // namespace ringscope
