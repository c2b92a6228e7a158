#include "engine/release/access_report.h"

#include <algorithm>
#include <fstream>

#include "engine/ask/account.h"
#include "engine/detect/ring/json_parts.h"
#include "engine/ledger/chronicle.h"
#include "engine/ledger/feed_json.h"
#include "engine/ledger/renaming.h"
#include "engine/release/erase.h"
#include "storage/snapshots.h"

namespace ringscope {
namespace {

Json day_json(Day day) { return day == kNoDay ? Json(nullptr) : Json(format_day(day)); }

std::string name_or_key(const Store& store, VertexKey key) {
  return store.name_of(key).value_or(fmt::format("#{:016x}", key.hash));
}

// Of a sealed kind the value itself, where the keys of days are at hand: it is the person's.
std::string text_or_name(const Store& store, VertexKey key) {
  const auto text = store.has_day_keys() ? store.text_of(key) : std::nullopt;
  return text ? *text : name_or_key(store, key);
}

Json facts_json(const AccountFacts& facts) {
  const auto stated = [](const StatedFact& fact) {
    Json all = Json::array();
    for (const Statement& statement : fact.statements()) {
      Json days = Json::array();
      for (const DayRun& run : statement.days)
        days.push_back({{"first", day_json(run.first)}, {"last", day_json(run.last)}});
      all.push_back({{"value", statement.value},
                     {"first", time_json(statement.first)},
                     {"last", time_json(statement.last)},
                     {"days", std::move(days)}});
    }
    return all;
  };
  return {{"created", time_json(facts.created)}, {"plan", stated(facts.plan)}, {"status", stated(facts.status)}};
}

Json cells_json(const Store& store, KeyHash account) {
  Json list = Json::array();
  for (const Cell& cell : store.cells_of(account, {})) {
    list.push_back({{"kind", store.kind_name(cell.entity.kind)},
                    {"value", text_or_name(store, cell.entity)},
                    {"day", day_json(cell.day)},
                    {"count", cell.count},
                    {"first", time_json(cell.first)},
                    {"last", time_json(cell.last)}});
  }
  return list;
}

Json activity_json(const Store& store, KeyHash account) {
  Json list = Json::array();
  for (const ActivityDay& day : store.activity_of(account, {})) {
    Json tags = Json::array(), templates = Json::array();
    for (const TagCount& one : day.tags)
      tags.push_back(
          {{"kind", store.kind_name(one.tag.kind)}, {"value", name_or_key(store, one.tag)}, {"count", one.count}});
    for (const TemplateCount& one : day.templates)
      templates.push_back({{"template", fmt::format("{:016x}", one.template_hash)}, {"count", one.count}});
    list.push_back({{"day", day_json(day.day)},
                    {"requests", day.requests},
                    {"tokens", day.tokens_in},
                    {"tokens_out", day.tokens_out},
                    {"hours", day.hours},
                    {"tags", std::move(tags)},
                    {"templates", std::move(templates)}});
  }
  return list;
}

Json memberships_json(const Store& store, KeyHash account) {
  Json list = Json::array();
  for (const RunInfo& run : store.runs()) {
    const auto member = store.find_member(run.run, account);
    const auto links = store.links_of(run.run, account).size();
    if (!member && links == 0) continue;
    Json said = member ? Json::parse(member->payload, nullptr, false) : Json(nullptr);
    if (said.is_object()) said.erase("replaces");  // names another account
    list.push_back({{"run", run.run},
                    {"ring", member ? Json(member->ring) : Json(nullptr)},
                    {"said", std::move(said)},
                    {"linked_accounts", links}});
  }
  return list;
}

// Of events only what they say of this account.
Json events_json(const Store& store, KeyHash account) {
  Json list = Json::array();
  const auto moved = [&](const RingEvent& event, const char* what) {
    list.push_back({{"seq", event.seq},
                    {"run", event.run},
                    {"ring", event.ring},
                    {"type", to_string(event.change)},
                    {"account", what}});
  };
  store.scan_events(1, UINT64_MAX, [&](const StoredEvent& stored) {
    const FeedEvent event = feed_event_from_json(stored);
    if (const auto* ring = std::get_if<RingEvent>(&event)) {
      const auto has = [&](const auto& items) {
        return std::ranges::any_of(items, [&](const auto& one) { return one.account == account; });
      };
      if (has(ring->came)) moved(*ring, "came");
      if (has(ring->went)) moved(*ring, "went");
      if (has(ring->regraded)) moved(*ring, "regraded");
    } else if (const auto* action = std::get_if<ActionEvent>(&event); action && action->account == account) {
      list.push_back(Json::parse(event_to_json(event, store)));
    }
  });
  return list;
}

Json decisions_json(const Store& store, std::string_view name, KeyHash account) {
  Json list = Json::array();
  for (const Verdict& verdict : read_verdicts(store)) {
    const bool on_it = std::ranges::binary_search(verdict.accounts, account);
    if (!on_it && verdict.target != name) continue;
    list.push_back({{"number", verdict.number},
                    {"word", to_string(verdict.word)},
                    {"target", verdict.target},
                    {"by", verdict.by},
                    {"reason", verdict.reason},
                    {"given", time_json(verdict.given)},
                    {"accounts", verdict.accounts.size()}});
  }
  return list;
}

Json journal_json(const Store& store, std::string_view name) {
  Json list = Json::array();
  const Renamer probe({std::string(name), "nobody", {}});
  store.scan_journal([&](std::uint64_t number, std::string_view payload) {
    if (probe("journal", payload))
      list.push_back({{"number", number}, {"entry", Json::parse(payload, nullptr, false)}});
  });
  return list;
}

Json indicators_json(const Store& store, std::string_view name) {
  Json list = Json::array();
  for (const StoredIndicator& one : store.indicators()) {
    if (one.kind == "account" && one.value == name) list.push_back(one.campaign);
  }
  return list;
}

std::uint64_t rejected_lines(const Store& store, std::string_view name) {
  std::uint64_t lines = 0;
  if (!std::filesystem::exists(store.rejects_directory())) return 0;
  for (const auto& entry : std::filesystem::directory_iterator(store.rejects_directory())) {
    std::ifstream in(entry.path(), std::ios::binary);
    for (std::string line; std::getline(in, line);) {
      const Json json = Json::parse(line, nullptr, false);
      const bool raw = json.is_object() && json.contains("raw") && json["raw"].is_string();
      if (raw && json["raw"].get<std::string>().find(name) != std::string::npos) ++lines;
    }
  }
  return lines;
}

}  // namespace

std::string access_report(const Store& store, std::string_view account) {
  const KeyHash key = require_account(store, account);
  const std::string name(account);
  const auto action = store.find_action(key);
  return dump({{"schema", "ringscope.access-report/1"},
               {"account", name},
               {"key", fmt::format("{:016x}", key)},
               {"facts", facts_json(store.facts_of(key))},
               {"cells", cells_json(store, key)},
               {"activity", activity_json(store, key)},
               {"runs", memberships_json(store, key)},
               {"events", events_json(store, key)},
               {"told", action ? Json(to_string(action_from_json(*action).type)) : Json(nullptr)},
               {"decisions", decisions_json(store, name, key)},
               {"journal", journal_json(store, name)},
               {"indicators", indicators_json(store, name)},
               {"rejected_lines", rejected_lines(store, name)},
               {"snapshots", snapshots_with(store.path(), name)}});
}

}  // namespace ringscope
