// What machines are to do, as events: our own lines, and those of moderation consoles (docs/exports.md).
#include <variant>

#include "engine/detect/ring/json_parts.h"
#include "engine/export/export.h"
#include "engine/export/feed.h"
#include "engine/ledger/account_names.h"
#include "engine/ledger/feed_json.h"
#include "engine/release/journal.h"

namespace ringscope {
namespace {

FeedQuery query_of(const ExportFilter& filter) { return {filter.after, filter.limit, {}, true}; }

// Lines made of the feed's. Consoles know no kill switch: while it is on they get no ban, and every unban.
template <class Make>
std::uint64_t write_lines(const Store& store, const ExportFilter& filter, const ExportSink& sink, const Make& make) {
  std::uint64_t rows = 0;
  const bool halted = read_journal(store).halt() != nullptr;
  read_feed(store, query_of(filter), [&](std::string_view line) {
    const Json event = Json::parse(line);
    if (event.at("schema") != "ringscope.action-event/1") return;
    if (halted && event.at("type") == "ban") {
      if (filter.held_back != nullptr) ++*filter.held_back;
      return;
    }
    sink(dump(make(event)) + "\n");
    ++rows;
  });
  return rows;
}

// Facts of an event under the names of a console's rules.
Json facts(const Json& event) {
  return {{"account_id", event.at("account")},
          {"label", "coordinated_account"},
          {"status", event.at("type") == "ban" ? "added" : "removed"},
          {"ring_id", event.at("ring")},
          {"score", event.at("score")},
          {"reasons", event.at("reasons")},
          {"event_id", event.at("event_id")},
          {"cancels", event.at("cancels")}};
}

}  // namespace

std::uint64_t write_actions_jsonl(const Store& store, const ExportFilter& filter, const ExportSink& sink) {
  return read_feed(store, query_of(filter), [&](std::string_view line) { sink(std::string(line) + "\n"); }).events;
}

// Osprey reads actions from a topic or a file: an envelope with the time, in it a number, a name and the data.
std::uint64_t write_actions_osprey(const Store& store, const ExportFilter& filter, const ExportSink& sink) {
  return write_lines(store, filter, sink, [](const Json& event) -> Json {
    return {{"send_time", format_time(time_from(event.at("at")))},
            {"data",
             {{"action_id", event.at("seq")},
              {"action_name", event.at("type") == "ban" ? "ringscope_ban" : "ringscope_unban"},
              {"data", facts(event)}}}};
  });
}

// Coop takes items: a line is the body of one request to its items API.
std::uint64_t write_actions_coop(const Store& store, const ExportFilter& filter, const ExportSink& sink) {
  return write_lines(store, filter, sink, [](const Json& event) -> Json {
    Json data = facts(event);
    data["decided_at"] = format_time(time_from(event.at("at")));
    data["explanation"] = "";
    for (const Json& sentence : event.at("sentences")) {
      auto& text = data["explanation"].get_ref<std::string&>();
      text += (text.empty() ? "" : " ") + sentence.get<std::string>();
    }
    return {{"items", Json::array({{{"id", event.at("account")}, {"typeId", "account"}, {"data", std::move(data)}}})}};
  });
}

}  // namespace ringscope
