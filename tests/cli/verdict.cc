// What people decide outranks every detection, until they take it back.
#include <algorithm>
#include <map>

#include <doctest/doctest.h>
#include <fmt/format.h>

#include "tests/cli/program.h"
#include "tests/cli/world.h"

using namespace ringscope;
using nlohmann::json;

namespace {

// The small world, ingested and detected.
class Detected : public Program {
 public:
  Detected() {
    write("log.jsonl", joined(world_lines()));
    must_run({"ingest", "log.jsonl", "--db", "db"});
    must_run({"detect", "--db", "db"});
  }
};

json ring_line(const Program& program) {
  return json_lines_of(program.must_run({"rings", "--db", "db", "--json"}).out).at(0);
}

std::string ring_id(const Program& program) { return ring_line(program).at("ring"); }

// Tier of every account that the export has.
std::map<std::string, std::string> tiers(const Program& program) {
  std::map<std::string, std::string> all;
  for (const json& ring :
       json_lines_of(program.must_run({"export", "--level", "rings", "--format", "jsonl", "--db", "db"}).out)) {
    for (const json& member : ring.at("members")) all[member.at("account")] = member.at("tier");
  }
  return all;
}

json give(const Program& program, const std::string& target, const std::string& word, const std::string& by = "ann") {
  return json_lines_of(
             program.must_run({"verdict", target, word, "--by", by, "--reason", "looked", "--db", "db", "--json"}).out)
      .at(0);
}

}  // namespace

TEST_CASE(
    "cli verdict: a rejected member leaves the export at once, stays out after the next detection, and comes back when "
    "undone") {
  const Detected program;
  const auto before = tiers(program);
  REQUIRE(before.at("ring-0") != "watch");
  const json given = give(program, "ring-0", "reject");
  CHECK(given.at("number") == 1);
  CHECK(given.at("accounts") == json::array({"ring-0"}));
  CHECK(tiers(program).at("ring-0") == "watch");
  CHECK(tiers(program).at("ring-1") == before.at("ring-1"));
  const Outcome csv =
      program.must_run({"export", "--level", "accounts", "--format", "csv", "--tier", "ban,review", "--db", "db"});
  CHECK(!contains(csv.out, "\nring-0,"));
  CHECK(contains(csv.out, "\nring-1,"));
  program.must_run({"detect", "--db", "db"});
  CHECK(tiers(program).at("ring-0") == "watch");
  CHECK(contains(program.must_run({"account", "ring-0", "--db", "db"}).out, "rejected by ann"));
  program.must_run({"verdicts", "undo", "1", "--by", "bob", "--reason", "slip", "--db", "db"});
  CHECK(tiers(program) == before);
}

TEST_CASE("cli verdict: a ring called benign is watched now and later, and the page says who said so") {
  const Detected program;
  const std::string id = ring_id(program);
  give(program, id, "benign");
  CHECK(ring_line(program).at("tier") == "watch");
  CHECK(contains(program.must_run({"ring", id, "--db", "db"}).out, "benign by ann"));
  program.must_run({"detect", "--db", "db"});
  for (const auto& [account, tier] : tiers(program)) CHECK(tier == "watch");
}

TEST_CASE("cli verdict: accounts judged online go by it, also those that come to a ring called benign") {
  const Detected program;
  program.write("fresh.jsonl",
                "{\"account\":\"ring-0\"}\n{\"account\":\"new\",\"ip\":\"203.0.113.1\",\"payment\":\"ring-card-1\"}\n");
  const auto tiers_now = [&] {
    std::vector<json> tiers;
    for (const json& answer : json_lines_of(program.must_run({"score", "fresh.jsonl", "--db", "db"}).out))
      tiers.push_back(answer.at("tier"));
    return tiers;
  };
  const std::vector<json> before = tiers_now();
  REQUIRE(before.at(0) != "watch");
  give(program, "ring-0", "reject");
  CHECK(tiers_now().at(0) == "watch");
  CHECK(tiers_now().at(1) == before.at(1));  // on another card: one cleared member clears nobody else's
  give(program, ring_id(program), "benign");
  CHECK(tiers_now().at(1) == "watch");
}

TEST_CASE("cli verdict: a confirmed account in no ring is exported until it is undone, detections or not") {
  const Detected program;
  REQUIRE(!tiers(program).contains("user-0"));
  give(program, "user-0", "confirm");
  CHECK(tiers(program).at("user-0") == "ban");
  program.must_run({"detect", "--db", "db"});
  CHECK(tiers(program).at("user-0") == "ban");
  CHECK(
      json_lines_of(program.must_run({"account", "user-0", "--db", "db", "--json"}).out).at(0).at("ring").at("tier") ==
      "ban");
  program.must_run({"verdicts", "undo", "1", "--by", "ann", "--reason", "slip", "--db", "db"});
  CHECK(!tiers(program).contains("user-0"));
  program.must_run({"detect", "--db", "db"});
  CHECK(!tiers(program).contains("user-0"));
}

TEST_CASE("cli verdict: a large ring waits for a second person") {
  const Detected program;
  const std::string id = ring_id(program);
  program.write("two.toml", "[verdicts]\ntwo_persons_above = 5\n");
  const auto say = [&](const std::string& by) {
    return json_lines_of(program
                             .must_run({"verdict", id, "reject", "--by", by, "--reason", "an office", "--config",
                                        "two.toml", "--db", "db", "--json"})
                             .out)
        .at(0)
        .at("state");
  };
  CHECK(say("ann") == "waits");
  CHECK(ring_line(program).at("tier") != "watch");
  CHECK(say("ann") == "waits");
  CHECK(say("bob") == "stands");
  CHECK(ring_line(program).at("tier") == "watch");
}

TEST_CASE("cli verdicts: the log goes to another store and means the same there; a second time changes nothing") {
  const Detected program;
  give(program, "ring-0", "reject");
  give(program, ring_id(program), "needs-more");
  program.must_run({"verdicts", "undo", "2", "--by", "ann", "--reason", "slip", "--db", "db"});
  program.must_run({"verdicts", "export", "--out", "log.verdicts", "--db", "db"});
  program.must_run({"ingest", "log.jsonl", "--db", "other"});
  program.must_run({"detect", "--db", "other"});
  const json first =
      json_lines_of(program.must_run({"verdicts", "import", "log.verdicts", "--db", "other", "--json"}).out).at(0);
  CHECK(first.at("added") == 3);
  CHECK(json_lines_of(program.must_run({"verdicts", "import", "log.verdicts", "--db", "other", "--json"}).out)
            .at(0)
            .at("added") == 0);
  CHECK(program.must_run({"verdicts", "export", "--db", "other"}).out ==
        program.must_run({"verdicts", "export", "--db", "db"}).out);
  program.write("bad.verdicts", "{\"word\":\"confirm\"}\nnonsense\n");
  const Outcome bad = program.run({"verdicts", "import", "bad.verdicts", "--db", "other"});
  CHECK(bad.status == 3);
  CHECK(contains(bad.err, "bad.verdicts:2"));
}

TEST_CASE("cli verdict: what makes no sense is refused, and nothing is written") {
  const Detected program;
  const auto refused = [&](const Arguments& words, int status, const std::string& text) {
    Arguments arguments = {"verdict"};
    arguments.insert(arguments.end(), words.begin(), words.end());
    arguments.insert(arguments.end(), {"--db", "db"});
    const Outcome outcome = program.run(arguments);
    CHECK(outcome.status == status);
    CHECK(contains(outcome.err, text));
  };
  refused({"nobody", "confirm", "--by", "ann", "--reason", "x"}, 1, "never seen this account");
  refused({"R-00000000", "confirm", "--by", "ann", "--reason", "x"}, 1, "no ring");
  refused({"ip:192.0.2.250", "benign", "--by", "ann", "--reason", "x"}, 1, "never seen this ip");
  refused({"ring-0", "confirm", "--by", " ", "--reason", "x"}, 2, "who decides");
  refused({"ring-0", "confirm", "--by", "ann", "--reason", ""}, 2, "reason");
  refused({"ring-0", "maybe", "--by", "ann", "--reason", "x"}, 2, "maybe");
  CHECK(program.must_run({"verdicts", "list", "--db", "db", "--json"}).out.empty());
  CHECK(program.run({"verdicts", "undo", "1", "--by", "a", "--reason", "x", "--db", "db"}).status == 1);
}

TEST_CASE("cli verdict: many members of one ring by one person wait for a second, and several are undone as one") {
  const Detected program;
  program.write("small.toml", "[verdicts]\ntwo_persons_above = 3\n");
  const auto say = [&](int member, const std::string& by) {
    return program
        .must_run({"verdict", fmt::format("ring-{}", member), "confirm", "--by", by, "--reason", "one operator", "--db",
                   "db", "--config", "small.toml"})
        .out;
  };
  for (int member = 0; member < 3; ++member) CHECK(!contains(say(member, "ann"), "second person"));
  CHECK(contains(say(3, "ann"), "it stands when a second person says the same"));
  for (int member = 6; member < 9; ++member) CHECK(!contains(say(member, "bob"), "second person"));
  CHECK(!contains(say(3, "bob"), "second person"));  // the second word on what ann said
  const auto log = json_lines_of(program.must_run({"verdicts", "list", "--db", "db", "--json"}).out);
  CHECK(log.at(3).at("state") == "waits");
  CHECK(log.at(7).at("state") == "stands");
  program.must_run({"verdicts", "undo", "1", "2", "--by", "ann", "--reason", "wrong", "--db", "db"});
  CHECK(program.run({"verdicts", "undo", "3", "99", "--by", "ann", "--reason", "wrong", "--db", "db"}).status == 1);
  const auto after = json_lines_of(program.must_run({"verdicts", "list", "--db", "db", "--json"}).out);
  CHECK(after.size() == log.size() + 2);
  CHECK(after.at(1).at("state") == "undone");
  CHECK(after.at(2).at("state") == "stands");
}
