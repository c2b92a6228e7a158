// Rings over runs: ids that last, events, versions of the past.
#include <algorithm>
#include <map>
#include <set>

#include <doctest/doctest.h>

#include "tests/cli/program.h"
#include "tests/cli/world.h"

using namespace ringscope;
using nlohmann::json;

namespace {

std::vector<json> json_of(const Program& program, Arguments arguments) {
  arguments.insert(arguments.end(), {"--db", "db", "--json"});
  return json_lines_of(program.must_run(arguments).out);
}

std::vector<json> events(const Program& program) { return json_of(program, {"export", "--level", "events"}); }

// A store with one run: `lines` of the world and whatever else.
void ingest(const Program& program, const std::string& file, const std::string& text) {
  program.write(file, text);
  program.must_run({"ingest", file, "--db", "db"});
}

std::string detect(const Program& program, Arguments options = {}, const std::string& db = "db") {
  options.insert(options.begin(), {"detect", "--db", db, "--json"});
  return json_lines_of(program.must_run(options).out).back().at("digest");
}

bool has_account(const json& ring, const std::string& account) {
  const json& accounts = ring.at("accounts");
  return std::find(accounts.begin(), accounts.end(), account) != accounts.end();
}

std::string ring_of(const Program& program, const std::string& account) {
  for (const json& ring : json_of(program, {"export", "--level", "rings"})) {
    if (has_account(ring, account)) return ring.at("ring");
  }
  return "";
}

// Nothing that could find a ring is left.
void write_strict_settings(const Program& program) { program.write("strict.toml", "[detect]\ntests = [\"glue\"]\n"); }

}  // namespace

TEST_CASE("ledger: two detections of unchanged data keep ids and versions, and are no event") {
  const Program program;
  ingest(program, "log.jsonl", joined(world_lines()));
  const std::string digest = detect(program);
  const std::vector<json> rings = json_of(program, {"export", "--level", "rings"});
  const std::size_t told = events(program).size();
  CHECK(told == rings.size());
  CHECK(detect(program) == digest);
  CHECK(events(program).size() == told);
  const std::vector<json> again = json_of(program, {"export", "--level", "rings"});
  REQUIRE(again.size() == rings.size());
  for (std::size_t i = 0; i < rings.size(); ++i) {
    CHECK(again[i].at("ring") == rings[i].at("ring"));
    CHECK(again[i].at("version") == 1);
    CHECK(again[i].at("run") == 2);
  }
  CHECK(json_of(program, {"rings", "--changed-since", "1"}).empty());
}

TEST_CASE("ledger: the digest does not depend on earlier runs, the id does") {
  const Program program;
  const std::vector<std::string> lines = world_lines();
  // First only the members after the first three: the ring is named after another account than the whole would be.
  std::vector<std::string> some;
  std::ranges::copy_if(lines, std::back_inserter(some), [](const std::string& line) {
    return !contains(line, "\"ring-0\"") && !contains(line, "\"ring-1\"") && !contains(line, "\"ring-2\"");
  });
  ingest(program, "some.jsonl", joined(some));
  detect(program);
  const std::string id = ring_of(program, "ring-5");
  REQUIRE(!id.empty());
  std::vector<std::string> rest;
  std::ranges::copy_if(lines, std::back_inserter(rest), [](const std::string& line) {
    return contains(line, "\"ring-0\"") || contains(line, "\"ring-1\"") || contains(line, "\"ring-2\"");
  });
  ingest(program, "rest.jsonl", joined(rest));
  const std::string digest = detect(program);
  CHECK(ring_of(program, "ring-0") == id);
  const json last = events(program).back();
  CHECK(last.at("ring") == id);
  CHECK(last.at("type") == "grown");
  CHECK(last.at("version") == 2);
  CHECK(last.at("came").size() == 3);
  CHECK(last.at("came")[0].at("from") == nullptr);

  program.write("all.jsonl", joined(lines));
  program.must_run({"ingest", "all.jsonl", "--db", "fresh"});
  CHECK(detect(program, {}, "fresh") == digest);
}

TEST_CASE("ledger: a ring that retires can be looked at, and comes back with its id") {
  const Program program;
  write_strict_settings(program);
  ingest(program, "log.jsonl", joined(world_lines()));
  detect(program);
  const std::string id = ring_of(program, "ring-0");
  const json page = json_of(program, {"ring", id}).at(0);
  detect(program, {"--config", "strict.toml"});
  CHECK(json_of(program, {"rings"}).empty());
  CHECK(json_of(program, {"ring", id}).at(0) == page);  // as it was last
  CHECK(json_of(program, {"ring", id, "--at", "1"}).at(0) == page);
  const Outcome gone = program.run({"ring", id, "--at", "2", "--db", "db"});
  CHECK(gone.status == 1);
  CHECK(contains(gone.err, "retired in run 2; --at 1 shows it"));
  CHECK(program.run({"ring", id, "--at", "3", "--db", "db"}).status == 1);
  CHECK(contains(program.must_run({"ring", id, "--db", "db"}).out, "version 2 since run 2 (retired)"));
  const json changed = json_of(program, {"rings", "--changed-since", "1"}).at(0);
  CHECK(changed.at("live") == false);
  CHECK(changed.at("events")[0].at("type") == "retired");

  detect(program);
  CHECK(ring_of(program, "ring-0") == id);
  const std::vector<json> history = json_of(program, {"ring", id, "--history"});
  REQUIRE(history.size() == 3);
  CHECK(history[0].at("type") == "born");
  CHECK(history[1].at("type") == "retired");
  CHECK(history[1].at("went").size() == page.at("size"));
  CHECK(history[2].at("type") == "returned");
  CHECK(history[2].at("version") == 3);
  CHECK(json_of(program, {"rings", "--run", "1"}).at(0).at("run") == 1);
}

TEST_CASE("ledger: events go out once each, in order, from any number on") {
  const Program program;
  write_strict_settings(program);
  ingest(program, "log.jsonl", joined(world_lines()));
  for (int i = 0; i < 3; ++i) {
    detect(program);
    detect(program, {"--config", "strict.toml"});
  }
  const std::vector<json> all = events(program);
  REQUIRE(all.size() >= 6);
  std::set<std::string> ids;
  for (std::size_t i = 0; i < all.size(); ++i) {
    CHECK(all[i].at("seq") == i + 1);
    ids.insert(all[i].at("event_id").get<std::string>());
  }
  CHECK(ids.size() == all.size());
  const auto some = json_of(program, {"export", "--level", "events", "--after", "2", "--limit", "3"});
  CHECK(some == std::vector<json>(all.begin() + 2, all.begin() + 5));
  CHECK(json_of(program, {"export", "--level", "events", "--after", std::to_string(all.size())}).empty());
  CHECK(program.run({"export", "--level", "rings", "--after", "2", "--db", "db"}).status == 2);
}

TEST_CASE("ledger: --as-of sees no more than a store that ended on that day") {
  const Program program;
  const std::vector<std::string> lines = world_lines();
  constexpr const char* kDay = "2026-01-12";  // eight of twenty days are later
  std::vector<std::string> early;
  std::ranges::copy_if(lines, std::back_inserter(early), [](const std::string& line) {
    return json::parse(line).at("ts").get<std::int64_t>() < 1767225600 + 12 * 86400;
  });
  // Sign-ups, bans and prompts that only later days know of.
  std::string later;
  for (int i = 0; i < 12; ++i) {
    later += R"({"ts":1768694400,"account":"ring-)" + std::to_string(i) +
             R"(","status":"banned","created":1768690000,"plan":"paid","text":"write a poem about the sea no )" +
             std::to_string(i) + "\"}\n";
  }
  ingest(program, "log.jsonl", joined(lines) + later);
  program.write("early.jsonl", joined(early));
  program.must_run({"ingest", "early.jsonl", "--db", "early"});
  CHECK(detect(program, {"--as-of", kDay}) == detect(program, {}, "early"));
  CHECK(detect(program, {"--as-of", kDay, "--window", "7d"}) == detect(program, {"--window", "7d"}, "early"));
  CHECK(detect(program) != detect(program, {}, "early"));  // what came later does count
}

TEST_CASE("ledger: a list of all accounts every day is no traffic, and what it says after the last request is known") {
  const Program program;
  const std::vector<std::string> lines = world_lines();
  std::set<std::string> accounts = {"never-seen-else"};
  for (const std::string& line : lines) accounts.insert(json::parse(line).at("account"));
  const auto list_of = [&](int day, const std::string& status) {
    std::string list;
    for (const std::string& account : accounts)
      list += json{{"account", account}, {"ts", 1767225600 + day * 86400}, {"status", status}}.dump() + "\n";
    return list;
  };
  ingest(program, "log.jsonl", joined(lines));
  const std::string alone = detect(program);
  std::string lists;
  for (int day = 0; day < 20; ++day) lists += list_of(day, "active");
  ingest(program, "lists.jsonl", lists);
  CHECK(detect(program) == alone);
  ingest(program, "bans.jsonl", list_of(25, "banned"));
  CHECK(json_of(program, {"doctor"}).at(0).at("last_day") == "2026-01-26");
  CHECK(detect(program) != alone);
  CHECK(detect(program, {"--as-of", "2026-01-20"}) == alone);
  program.must_run({"doctor", "--repair", "copy", "--db", "db"});
  const std::string copy = program.must_run({"doctor", "--db", "copy", "--json"}).out;
  CHECK(json_lines_of(copy).at(0).at("last_day") == "2026-01-26");
}

TEST_CASE("ledger: detected day by day, a ring keeps its id from the day after it is first found") {
  const Program program;
  std::map<std::int64_t, std::string> days;
  for (const std::string& line : world_lines())
    days[json::parse(line).at("ts").get<std::int64_t>() / 86400] += line + "\n";
  std::vector<std::string> ids;  // of the ring that has most of the planted one's accounts
  for (const auto& [day, lines] : days) {
    ingest(program, std::to_string(day) + ".jsonl", lines);
    detect(program);
    for (const json& ring : json_of(program, {"export", "--level", "rings"})) {
      const json& names = ring.at("accounts");
      const auto planted = std::count_if(names.begin(), names.end(),
                                         [](const json& name) { return name.get<std::string>().starts_with("ring-"); });
      if (planted >= 7) ids.push_back(ring.at("ring"));
    }
  }
  REQUIRE(ids.size() >= 10);
  CHECK(std::set(ids.begin() + 1, ids.end()).size() == 1);
  std::map<std::string, int> births;
  for (const json& event : events(program)) births[event.at("ring")] += event.at("type") == "born" ? 1 : 0;
  for (const auto& [id, born] : births) CHECK(born == 1);
}

TEST_CASE("ledger: the timeline fits a terminal of 80 columns and tells every change") {
  const Program program;
  write_strict_settings(program);
  ingest(program, "log.jsonl", joined(world_lines()));
  detect(program);
  detect(program, {"--config", "strict.toml"});
  detect(program, {"--config", "strict.toml"});
  detect(program);
  const std::string id = ring_of(program, "ring-0");
  const std::string page = program.run_on_terminal({"ring", id, "--timeline", "--db", "db"}).out;
  for (const char* word : {"born", "retired", "gone for 1 run", "returned", "2026-01-20"}) CHECK(contains(page, word));
  CHECK(contains(page, "████████████████████"));
}

TEST_CASE("retain: what stays is what the window shows, and what was dropped does not come back by itself") {
  const Program program;
  ingest(program, "log.jsonl", joined(world_lines()));
  const std::string windowed = detect(program, {"--window", "8d"});
  const json report = json_of(program, {"retain", "--days", "8"}).at(0);
  CHECK(report.at("first_day") == "2026-01-13");
  CHECK(report.at("cells") > 0);
  CHECK(report.at("activity_days") > 0);
  CHECK(detect(program) == windowed);
  CHECK(detect(program, {"--window", "8d"}) == windowed);
  CHECK(json_of(program, {"retain", "--days", "8"}).at(0).at("accounts") == 0);

  program.must_run({"ingest", "log.jsonl", "--db", "db"});
  CHECK(detect(program) == windowed);
  CHECK(json_of(program, {"doctor"}).at(0).at("first_day") == "2026-01-13");
  CHECK(program.run({"retain", "--days", "0", "--db", "db"}).status == 2);
}

TEST_CASE("retain: a ring that lived on dropped days retires, and can still be looked at") {
  const Program program;
  std::vector<std::string> lines;
  for (const std::string& line : world_lines()) {
    const bool late = json::parse(line).at("ts").get<std::int64_t>() >= 1767225600 + 10 * 86400;
    const bool leaves = contains(line, "\"ring-");
    if (!late || !leaves) lines.push_back(line);
  }
  ingest(program, "log.jsonl", joined(lines));
  detect(program);
  const std::string id = ring_of(program, "ring-0");
  REQUIRE(!id.empty());
  CHECK(json_of(program, {"retain", "--days", "5"}).at(0).at("names") > 0);
  detect(program);
  CHECK(ring_of(program, "ring-0") == "");
  CHECK(events(program).back().at("type") == "retired");
  const json page = json_of(program, {"ring", id}).at(0);
  CHECK(has_account(page, "ring-0"));
  // Its accounts keep their names, so that the ledger can still say who they were.
  CHECK(contains(events(program).back().dump(), "\"ring-0\""));
}
