#include "engine/ledger/feed_json.h"

#include <fmt/format.h>

#include "engine/detect/ring/json_parts.h"
#include "engine/ledger/account_names.h"
#include "engine/ledger/ring_event_json.h"

namespace ringscope {
namespace {

constexpr std::string_view kOtherKind = R"({"kind":)";

std::string id_of(const std::string& content) { return fmt::format("E-{:016x}", hash_value(content)); }

Json number_json(std::uint64_t number) { return number == 0 ? Json(nullptr) : Json(number); }

Json action_json(const ActionEvent& event) {
  Json json = {{"kind", "action"},          {"type", to_string(event.type)},
               {"account", event.account},  {"version", event.version},
               {"ring", event.ring},        {"run", event.run},
               {"at", time_json(event.at)}, {"score", event.score},
               {"reasons", event.reasons},  {"sentences", event.sentences},
               {"release", event.release},  {"verdict", event.verdict},
               {"cancels", event.cancels}};
  if (!event.kept_id.empty()) json["id"] = event.kept_id;
  return json;
}

ActionEvent action_from(const Json& json) {
  ActionEvent event;
  event.type = json.at("type") == "ban" ? ActionType::ban : ActionType::unban;
  json.at("account").get_to(event.account);
  json.at("version").get_to(event.version);
  json.at("ring").get_to(event.ring);
  json.at("run").get_to(event.run);
  event.at = time_from(json.at("at"));
  json.at("score").get_to(event.score);
  json.at("reasons").get_to(event.reasons);
  json.at("sentences").get_to(event.sentences);
  json.at("release").get_to(event.release);
  json.at("verdict").get_to(event.verdict);
  json.at("cancels").get_to(event.cancels);
  event.kept_id = json.value("id", std::string());
  return event;
}

VerdictState state_from(const std::string& text) {
  for (const VerdictState state : {VerdictState::waits, VerdictState::undone, VerdictState::replaced}) {
    if (text == to_string(state)) return state;
  }
  return VerdictState::stands;
}

const char* type_of(const Verdict& verdict) {
  return verdict.undoes != 0 ? "undo" : verdict.retraction ? "retraction" : "verdict";
}

std::string printed(const VerdictNotice& event, const Store&) {
  const Verdict& verdict = event.verdict;
  return dump({{"schema", "ringscope.verdict-event/1"},
               {"seq", event.seq},
               {"event_id", event_id(event)},
               {"type", type_of(verdict)},
               {"number", verdict.number},
               {"word", to_string(verdict.word)},
               {"target", verdict.target},
               {"ring", text_json(verdict.ring)},
               {"accounts", event.accounts},
               {"by", verdict.by},
               {"reason", verdict.reason},
               {"given", time_json(verdict.given)},
               {"run", verdict.run},
               {"undoes", number_json(verdict.undoes)},
               {"state", to_string(event.state)}});
}

std::string printed(const ActionEvent& event, const Store& store) {
  return dump({{"schema", "ringscope.action-event/1"},
               {"seq", event.seq},
               {"event_id", event_id(event)},
               {"type", to_string(event.type)},
               {"account", account_names(store, std::vector{event}).front()},
               {"version", event.version},
               {"ring", event.ring},
               {"run", event.run},
               {"at", time_json(event.at)},
               {"score", event.score},
               {"reasons", event.reasons},
               {"sentences", event.sentences},
               {"release", number_json(event.release)},
               {"verdict", number_json(event.verdict)},
               {"cancels", text_json(event.cancels)}});
}

std::string printed(const SwitchEvent& event, const Store&) {
  return dump({{"schema", "ringscope.switch-event/1"},
               {"seq", event.seq},
               {"event_id", event_id(event)},
               {"type", event.halted ? "halt" : "resume"},
               {"entry", event.entry},
               {"by", event.by},
               {"reason", event.reason},
               {"at", time_json(event.at)}});
}

std::string printed(const RingEvent& event, const Store& store) { return event_to_json(event, store); }

}  // namespace

const char* to_string(ActionType type) { return type == ActionType::ban ? "ban" : "unban"; }

std::string event_id(const VerdictNotice& event) { return id_of(fmt::format("verdict/{}", event.verdict.number)); }
std::string event_id(const ActionEvent& event) {
  if (!event.kept_id.empty()) return event.kept_id;
  return id_of(fmt::format("action/{:016x}/{}", event.account, event.version));
}
std::string event_id(const SwitchEvent& event) { return id_of(fmt::format("journal/{}", event.entry)); }

std::string stored_event_to_json(const VerdictNotice& event) {
  Verdict verdict = event.verdict;
  verdict.accounts.clear();
  return dump({{"kind", "verdict"},
               {"accounts", event.accounts},
               {"state", to_string(event.state)},
               {"verdict", Json::parse(verdict_to_json(verdict))}});
}

std::string stored_event_to_json(const ActionEvent& event) { return dump(action_json(event)); }

std::string stored_event_to_json(const SwitchEvent& event) {
  return dump({{"kind", "switch"},
               {"halted", event.halted},
               {"entry", event.entry},
               {"by", event.by},
               {"reason", event.reason},
               {"at", time_json(event.at)}});
}

bool is_ring_event(const StoredEvent& stored) { return !stored.payload.starts_with(kOtherKind); }

FeedEvent feed_event_from_json(const StoredEvent& stored) {
  if (is_ring_event(stored)) return event_from_json(stored);
  return parse_stored(stored.payload, "event", [&](const Json& json) -> FeedEvent {
    if (json.at("kind") == "action") {
      ActionEvent event = action_from(json);
      event.seq = stored.seq;
      return event;
    }
    if (json.at("kind") == "switch")
      return SwitchEvent{stored.seq,    json.at("halted"), json.at("entry"),
                         json.at("by"), json.at("reason"), time_from(json.at("at"))};
    return VerdictNotice{stored.seq, verdict_from_json(json.at("verdict").dump()), json.at("accounts"),
                         state_from(json.at("state"))};
  });
}

std::string event_to_json(const FeedEvent& event, const Store& store) {
  return std::visit([&](const auto& one) { return printed(one, store); }, event);
}

std::string id_of_stored_action(std::string_view record) {
  return parse_stored(record, "action", [](const Json& json) { return event_id(action_from(json)); });
}

std::string action_to_json(const ActionEvent& event) {
  Json json = action_json(event);
  json["seq"] = event.seq;
  return dump(json);
}

ActionEvent action_from_json(std::string_view text) {
  return parse_stored(text, "action", [](const Json& json) {
    ActionEvent event = action_from(json);
    json.at("seq").get_to(event.seq);
    return event;
  });
}

}  // namespace ringscope
