// What --json prints is what docs/schema promises.
#include <set>

#include <doctest/doctest.h>
#include <fmt/format.h>

#include "tests/cli/program.h"
#include "tests/cli/schema_check.h"
#include "tests/cli/world.h"

using namespace ringscope;
using nlohmann::json;

namespace {

void check_lines(const Program& program, const Arguments& arguments, const std::string& schema) {
  CAPTURE(schema);
  Arguments with_json = arguments;
  with_json.insert(with_json.end(), {"--db", "db", "--json"});
  const auto documents = json_lines_of(program.must_run(with_json).out);
  CHECK(!documents.empty());
  for (const json& document : documents) CHECK(violations(document, schema) == "");
}

// Lines of several kinds, each after the schema that it names.
void check_named(const Program& program, const Arguments& arguments, const std::vector<std::string>& schemas) {
  Arguments with_db = arguments;
  with_db.insert(with_db.end(), {"--db", "db", "--json"});
  std::set<std::string> seen;
  for (const json& document : json_lines_of(program.must_run(with_db).out)) {
    const std::string named = document.at("schema");
    const std::string schema = named.substr(std::string("ringscope.").size(), named.find('/') - 10);
    seen.insert(schema);
    CHECK(violations(document, schema) == "");
  }
  CHECK(seen == std::set<std::string>(schemas.begin(), schemas.end()));
}

// Accounts with a card, a device and an address of their own.
std::string strangers() {
  std::string lines;
  for (int i = 0; i < 300; ++i) {
    lines += fmt::format(R"({{"ts":{},"account":"u{}","ip":"10.0.{}.{}","payment":"c{}","fingerprint":"f{}"}})"
                         "\n",
                         1767225600 + 700 * i, i, i / 200, i % 200, i, i);
  }
  return lines;
}

// Requests of the accounts PREFIX-0 … on the cards, devices and addresses that belong to `shares`, a network.
std::string pool_lines(const std::string& prefix, int first_day, const std::string& shares) {
  std::string lines;
  for (int account = 0; account < 8; ++account) {
    for (int n = 0; n < 12; ++n) {
      const int ts = 1767225600 + (first_day + n % 5) * 86400 + 1000 * account + 60 * n;
      lines +=
          fmt::format(R"({{"ts":{},"account":"{}-{}","ip":"{}.{}","payment":"card-{}-{}","fingerprint":"fp-{}-{}"}})"
                      "\n",
                      ts, prefix, account, shares, n % 4, shares, account % 2, shares, (account + n) % 3);
    }
  }
  return lines;
}

}  // namespace

TEST_CASE("schemas: the check itself finds what is wrong") {
  const json good = {{"schema", "ringscope.simulate/1"},
                     {"out", "w"},
                     {"accounts", 1},
                     {"ring_accounts", 1},
                     {"requests", 1},
                     {"rings", 1},
                     {"honest_groups", 1},
                     {"bytes", 1},
                     {"seconds", 0.5}};
  CHECK(violations(good, "simulate") == "");
  json bad = good;
  bad["accounts"] = -1;
  CHECK(contains(violations(bad, "simulate"), "minimum"));
  bad = good;
  bad["accounts"] = "1";
  CHECK(contains(violations(bad, "simulate"), "type"));
  bad = good;
  bad["more"] = 1;
  CHECK(contains(violations(bad, "simulate"), "not in the schema"));
  bad = good;
  bad.erase("out");
  CHECK(contains(violations(bad, "simulate"), "missing"));
}

TEST_CASE("schemas: every command's JSON keeps to its schema") {
  const Program program;
  program.write("log.jsonl", joined(world_lines()));
  program.write("secret", "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw\n");
  program.write("messy.jsonl", "{\"account\":\"x\",\"shoe\":1,\"ip\":\"192.0.2.9\",\"ts\":1767225600}\nnonsense\n");
  check_lines(program, {"ingest", "log.jsonl"}, "ingest");
  const Outcome messy = program.run({"ingest", "messy.jsonl", "--db", "db", "--json"});
  CHECK(violations(json_lines_of(messy.out).at(0), "ingest") == "");
  check_lines(program, {"account", "ring-0"}, "account");
  check_lines(program, {"why", "ring-0", "ring-1"}, "why");
  program.write("pool.jsonl",
                "{\"campaign\":\"pool\",\"kind\":\"ip\",\"value\":\"203.0.113.0\"}\n"
                "{\"campaign\":\"pool\",\"kind\":\"payment\",\"value\":\"ring-card-0\"}\n");
  check_lines(program, {"detect"}, "run");
  check_lines(program, {"ring", "R-"}, "ring");
  check_lines(program, {"indicators", "import", "pool.jsonl"}, "indicators-import");
  check_lines(program, {"indicators", "list"}, "indicators");
  check_lines(program, {"detect", "--window", "all"}, "run");
  check_lines(program, {"rings"}, "ring-line");
  check_lines(program, {"rings", "--page"}, "ring-page");
  check_lines(program, {"search", "ring-0"}, "search");
  check_lines(program, {"search", "203.0.113.0/24"}, "search");
  check_lines(program, {"search", "pool"}, "search");
  const std::string id = json_lines_of(program.must_run({"rings", "--db", "db", "--json"}).out).at(0).at("ring");
  check_lines(program, {"ring", id}, "ring");
  check_lines(program, {"ring", id, "--members"}, "members");
  check_lines(program, {"ring", id, "--brief"}, "dossier");
  check_lines(program, {"export", "--level", "rings", "--format", "jsonl"}, "ring");
  check_named(program, {"export", "--level", "events", "--page"}, {"ring-event", "feed-page"});
  check_lines(program, {"release", "preview"}, "release-plan");
  check_lines(program, {"release", "commit", "--by", "ann", "--override", "--reason", "a test"}, "release");
  check_lines(program, {"release", "commit", "--by", "bob", "--override", "--reason", "a test"}, "release");
  check_lines(program, {"export", "--level", "bans", "--format", "jsonl"}, "action-event");
  check_lines(program, {"retract", "ring-1", "--by", "cy", "--reason", "appeal"}, "retraction");
  check_lines(program, {"overturned"}, "overturned");
  check_lines(program,
              {"guard", "allow", "ring-2", "--owner", "o", "--until", "2999-01-01", "--by", "a", "--reason", "r"},
              "journal");
  check_lines(program, {"guard", "halt", "--by", "a", "--reason", "r"}, "journal");
  check_lines(program, {"guard", "resume", "--by", "a", "--reason", "r"}, "journal");
  check_lines(program, {"guard", "list"}, "journal");
  check_lines(program, {"export", "--level", "state"}, "state");
  check_lines(program, {"export", "--level", "shares"}, "account-share");
  check_named(program, {"export", "--level", "events"},
              {"ring-event", "verdict-event", "action-event", "switch-event"});
  check_lines(program, {"export", "--level", "accounts,rings,events", "--dir", "out"}, "manifest");
  const Outcome gap = program.run({"export", "--level", "events", "--page", "--after", "999999", "--db", "db"});
  CHECK(gap.status == 1);
  CHECK(violations(json_lines_of(gap.out).at(0), "feed-gap") == "");
  check_lines(program, {"webhooks", "add", "w", "https://example.org/", "--secret-file", "secret"}, "webhook");
  check_lines(program, {"webhooks", "list"}, "webhook");
  check_lines(program, {"ring", id, "--history"}, "ring-event");
  check_lines(program, {"rings", "--changed-since", "0"}, "ring-change");
  check_lines(program, {"account", "ring-0"}, "account");
  check_lines(program, {"account", "user-0"}, "account");
  check_lines(program, {"why", "ring-0", "ring-1"}, "why");
  check_lines(program, {"why", "user-0", "ring-1"}, "why");
  check_lines(program, {"verdict", "ring-0", "reject", "--by", "ann", "--reason", "knows"}, "verdict");
  check_lines(program, {"verdict", id, "benign", "--by", "ann", "--reason", "an office"}, "verdict");
  check_lines(program, {"rings"}, "ring-line");
  check_lines(program, {"ring", id}, "ring");
  check_lines(program, {"ring", id, "--members"}, "members");
  check_lines(program, {"ring", id, "--brief"}, "dossier");
  check_lines(program, {"account", "ring-0"}, "account");
  check_lines(program, {"verdicts", "list"}, "verdict");
  program.write("log.verdicts", program.must_run({"verdicts", "export", "--db", "db"}).out);
  check_lines(program, {"verdicts", "import", "log.verdicts"}, "verdicts-import");
  program.write("fresh.jsonl",
                "{\"account\":\"new\",\"ip\":\"203.0.113.1\",\"payment\":\"ring-card-0\"}\n"
                "{\"account\":\"ring-0\"}\n{\"account\":\"nobody\"}\n{\"account\":7,\"ts\":\"x\"}\n");
  const Outcome scored = program.run({"score", "fresh.jsonl", "--db", "db"});
  for (const json& answer : json_lines_of(scored.out)) CHECK(violations(answer, "score") == "");
  check_lines(program, {"snapshot", "create", "before"}, "snapshot");
  check_lines(program, {"indicators", "remove", "pool"}, "indicators-remove");
  program.write("one.jsonl", "{\"account\":\"ring-0\",\"ip\":\"192.0.2.10\",\"ts\":1767225600}\n");
  program.must_run({"ingest", "one.jsonl", "--db", "db"});
  program.must_run({"detect", "--window", "1d", "--as-of", "2026-01-01", "--db", "db"});
  check_lines(program, {"snapshot", "list"}, "snapshot");
  check_lines(program, {"snapshot", "diff", "before", "live"}, "snapshot-diff");
  check_lines(program, {"snapshot", "drop", "before"}, "snapshot-drop");
  check_lines(program, {"doctor"}, "doctor");
  check_lines(program, {"token", "add", "ann", "--role", "viewer", "--expires", "1d"}, "token");
  check_lines(program, {"token", "list"}, "token");
  check_lines(program, {"token", "remove", "ann"}, "token-remove");
  check_lines(program, {"plan"}, "plan");
  check_lines(program, {"retain", "--days", "8"}, "retain");
  check_lines(program,
              {"calibrate", "--out", "c", "--kinds", "small", "--hardness", "0.5", "--seeds", "1", "--ring-size", "10"},
              "calibrate-cell");
  check_lines(program, {"calibrate", "--out", "c", "--null", "3"}, "calibrate-null");
  check_lines(program, {"simulate", "--out", "world", "--accounts", "1000", "--requests", "5000"}, "simulate");
}

TEST_CASE("schemas: two rings that come to share everything are a merge, and its flow keeps to its schema") {
  const Program program;
  program.write("apart.jsonl", strangers() + pool_lines("a", 0, "203.0.113") + pool_lines("b", 0, "192.0.2"));
  program.write("together.jsonl", pool_lines("a", 6, "198.18.0") + pool_lines("b", 6, "198.18.0"));
  program.must_run({"ingest", "apart.jsonl", "--db", "db"});
  program.must_run({"detect", "--db", "db"});
  const auto rings = json_lines_of(program.must_run({"rings", "--db", "db", "--json"}).out);
  REQUIRE(rings.size() == 2);
  check_lines(program, {"compare", rings[0].at("ring"), rings[1].at("ring")}, "compare");
  program.must_run({"ingest", "together.jsonl", "--db", "db"});
  program.must_run({"detect", "--db", "db"});
  check_lines(program, {"rings", "--flow"}, "ring-flow");
  const json link = json_lines_of(program.must_run({"rings", "--flow", "--db", "db", "--json"}).out).at(0);
  CHECK(link.at("relation") == "merged");
  CHECK(link.at("accounts") == 8);
  program.must_run({"rings", "--flow", "--svg", "flow.svg", "--db", "db"});
  CHECK(contains(read_text(program.path("flow.svg")), link.at("ring")));
  const std::string page = program.must_run({"rings", "--flow", "--db", "db"}).out;
  CHECK(contains(page, "●┻"));
  CHECK(contains(page, "●✕"));
  const std::string id = link.at("ring");
  program.must_run({"ring", id, "--timeline", "--svg", "life.svg", "--db", "db"});
  CHECK(contains(read_text(program.path("life.svg")), id));
}

TEST_CASE("schemas: successions are told as their schemas say, in a world where pools fail over") {
  const Program program;
  program.must_run({"simulate", "--out", "world", "--accounts", "8000", "--requests", "120000", "--failovers", "3",
                    "--hardness", "0.25"});
  CHECK(lines_of(read_text(program.path("world/pool_successions.csv"))).size() == 4);
  program.must_run({"ingest", "world/events.jsonl", "--db", "db"});
  program.must_run({"detect", "--db", "db"});
  check_lines(program, {"successions"}, "succession");
  check_lines(program, {"successions", "--accounts"}, "replacement");
  const auto replaced = json_lines_of(program.must_run({"successions", "--accounts", "--db", "db", "--json"}).out);
  const std::string account = replaced.at(0).at("account"), ring = replaced.at(0).at("ring");
  check_lines(program, {"account", account}, "account");
  check_lines(program, {"ring", ring}, "ring");
  CHECK(contains(program.must_run({"account", account, "--db", "db"}).out, "took the place of "));
  const auto waves = json_lines_of(program.must_run({"successions", "--db", "db", "--json"}).out);
  const std::string banned = waves.at(0).at("ring");
  CHECK(contains(program.must_run({"ring", banned, "--db", "db"}).out, "Bans and successions"));
  CHECK(contains(program.must_run({"successions", "--db", "db"}).out, "banned ring"));
}
