#include "engine/ledger/ring_event_json.h"

#include <charconv>
#include <optional>

#include "engine/detect/ring/json_parts.h"
#include "engine/ledger/account_names.h"

namespace ringscope {
namespace {

Json day_json(Day day) { return day == kNoDay ? Json(nullptr) : Json(day); }

Day day_of(const Json& json) { return json.is_null() ? kNoDay : json.get<Day>(); }

Json tier_json(const std::optional<Tier>& tier) { return tier ? Json(to_string(*tier)) : Json(nullptr); }

std::optional<Tier> optional_tier_from(const Json& json) {
  return json.is_null() ? std::nullopt : std::optional(tier_from(json));
}

RingChange change_from(const Json& json) {
  const auto change = parse_ring_change(json.get<std::string>());
  if (!change) throw Error(ErrorCode::corrupt, fmt::format("\"{}\" happens to no ring", json.get<std::string>()));
  return *change;
}

Json moved_json(const std::vector<MovedAccount>& accounts) {
  Json list = Json::array();
  for (const MovedAccount& one : accounts) list.push_back({one.account, to_string(one.tier), one.other});
  return list;
}
std::vector<MovedAccount> moved_from(const Json& json) {
  std::vector<MovedAccount> accounts;
  accounts.reserve(json.size());
  for (const Json& one : json) accounts.push_back({one.at(0), tier_from(one.at(1)), one.at(2)});
  return accounts;
}

}  // namespace

std::string stored_event_to_json(const RingEvent& event) {
  Json regraded = Json::array();
  for (const RegradedAccount& one : event.regraded)
    regraded.push_back({one.account, to_string(one.before), to_string(one.after)});
  Json json = {{"run", event.run},
               {"day", day_json(event.day)},
               {"type", to_string(event.change)},
               {"ring", event.ring},
               {"version", event.version},
               {"tier_before", tier_json(event.tier_before)},
               {"tier", tier_json(event.tier)},
               {"size", event.size},
               {"came", moved_json(event.came)},
               {"went", moved_json(event.went)},
               {"regraded", std::move(regraded)},
               {"parents", event.parents},
               {"children", event.children}};
  if (event.verdict != 0) json["verdict"] = event.verdict;
  return json.dump();
}

RingEvent event_from_json(const StoredEvent& stored) {
  return parse_stored(stored.payload, "event", [&](const Json& json) {
    RingEvent event;
    event.seq = stored.seq;
    json.at("run").get_to(event.run);
    event.day = day_of(json.at("day"));
    event.verdict = json.value("verdict", std::uint64_t{0});
    event.change = change_from(json.at("type"));
    json.at("ring").get_to(event.ring);
    json.at("version").get_to(event.version);
    event.tier_before = optional_tier_from(json.at("tier_before"));
    event.tier = optional_tier_from(json.at("tier"));
    json.at("size").get_to(event.size);
    event.came = moved_from(json.at("came"));
    event.went = moved_from(json.at("went"));
    for (const Json& one : json.at("regraded"))
      event.regraded.push_back({one.at(0), tier_from(one.at(1)), tier_from(one.at(2))});
    json.at("parents").get_to(event.parents);
    json.at("children").get_to(event.children);
    return event;
  });
}

std::string standing_to_json(const Standing& standing) {
  Json members = Json::array();
  for (std::size_t m = 0; m < standing.members.size(); ++m) {
    const LedgerMember& member = standing.members[m];
    members.push_back(
        {member.account, to_string(member.tier), day_json(m < standing.since.size() ? standing.since[m] : kNoDay)});
  }
  const Json json = {{"ring", standing.ring},         {"version", standing.version},
                     {"live", standing.live},         {"tier", to_string(standing.tier)},
                     {"born", standing.born},         {"run", standing.run},
                     {"day", day_json(standing.day)}, {"members", std::move(members)},
                     {"parents", standing.parents},   {"events", standing.events}};
  return json.dump();
}

namespace {

Standing standing_from(const Json& json) {
  Standing standing;
  json.at("ring").get_to(standing.ring);
  json.at("version").get_to(standing.version);
  json.at("live").get_to(standing.live);
  standing.tier = tier_from(json.at("tier"));
  json.at("born").get_to(standing.born);
  json.at("run").get_to(standing.run);
  standing.day = json.contains("day") ? day_of(json.at("day")) : kNoDay;
  for (const Json& one : json.at("members")) {
    standing.members.push_back({one.at(0), tier_from(one.at(1))});
    standing.since.push_back(one.size() > 2 ? day_of(one.at(2)) : kNoDay);  // earlier versions kept no days
  }
  json.at("parents").get_to(standing.parents);
  json.at("events").get_to(standing.events);
  return standing;
}

}  // namespace

Standing standing_from_json(std::string_view text) { return parse_stored(text, "standing of a ring", standing_from); }

Standing standing_head_from_json(std::string_view text) {
  constexpr std::string_view kMembers = "\"members\":[", kEnd = "]]";  // each member is a list of its own
  const std::size_t begin = text.find(kMembers);
  const std::size_t end = begin == text.npos ? begin : text.find(kEnd, begin);
  if (end == text.npos || text.substr(begin).starts_with("\"members\":[]")) return standing_from_json(text);
  std::string head(text.substr(0, begin + kMembers.size()));
  return parse_stored(head.append(text.substr(end + 1)), "standing of a ring", standing_from);
}

std::uint64_t standing_run(std::string_view text) {
  constexpr std::string_view kKey = "\"run\":";
  std::uint64_t run = UINT64_MAX;
  const std::size_t at = text.find(kKey);
  if (at != std::string_view::npos) std::from_chars(text.data() + at + kKey.size(), text.data() + text.size(), run);
  return run;
}

std::string event_to_json(const RingEvent& event, const Store& store) {
  const auto ring_json = [](const std::string& ring) { return ring.empty() ? Json(nullptr) : Json(ring); };
  const std::vector<std::string> came_names = account_names(store, event.came);
  const std::vector<std::string> went_names = account_names(store, event.went);
  const std::vector<std::string> regraded_names = account_names(store, event.regraded);
  Json came = Json::array(), went = Json::array(), regraded = Json::array();
  for (std::size_t i = 0; i < event.came.size(); ++i) {
    const MovedAccount& one = event.came[i];
    came.push_back({{"account", came_names[i]}, {"tier", to_string(one.tier)}, {"from", ring_json(one.other)}});
  }
  for (std::size_t i = 0; i < event.went.size(); ++i) {
    const MovedAccount& one = event.went[i];
    went.push_back({{"account", went_names[i]}, {"tier_before", to_string(one.tier)}, {"to", ring_json(one.other)}});
  }
  for (std::size_t i = 0; i < event.regraded.size(); ++i) {
    const RegradedAccount& one = event.regraded[i];
    regraded.push_back(
        {{"account", regraded_names[i]}, {"tier_before", to_string(one.before)}, {"tier", to_string(one.after)}});
  }
  const Json json = {{"schema", "ringscope.ring-event/1"},
                     {"seq", event.seq},
                     {"event_id", event_id(event)},
                     {"type", to_string(event.change)},
                     {"ring", event.ring},
                     {"version", event.version},
                     {"run", event.run},
                     {"day", event.day == kNoDay ? Json(nullptr) : Json(format_day(event.day))},
                     {"verdict", event.verdict == 0 ? Json(nullptr) : Json(event.verdict)},
                     {"tier_before", tier_json(event.tier_before)},
                     {"tier", tier_json(event.tier)},
                     {"size", event.size},
                     {"came", std::move(came)},
                     {"went", std::move(went)},
                     {"regraded", std::move(regraded)},
                     {"parents", event.parents},
                     {"children", event.children}};
  return dump(json);
}

}  // namespace ringscope
