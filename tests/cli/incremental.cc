// Incremental runs go through all that full ones do after the groups, and are not made where they could not.
#include <doctest/doctest.h>

#include "tests/cli/program.h"
#include "tests/cli/world.h"

using namespace ringscope;
using nlohmann::json;

namespace {

// A small world, ingested and detected so that later runs can start from it.
class Based : public Program {
 public:
  Based() {
    write("log.jsonl", joined(world_lines({.honest = 400, .ring = 12, .events_each = 12})));
    must_run({"ingest", "log.jsonl", "--db", "db"});
    must_run({"detect", "--db", "db", "--incremental"});
  }

  std::vector<json> ask(Arguments arguments) const {
    arguments.insert(arguments.end(), {"--db", "db", "--json"});
    return json_lines_of(must_run(arguments).out);
  }
  json detect() const { return ask({"detect", "--incremental"}).back(); }
  std::vector<json> score(const std::string& line) const {
    return json_lines_of(must_run({"score", "-", "--db", "db"}, line).out);
  }
};

std::string stranger(const std::string& account) {
  return R"({"ts":1768225600,"account":")" + account +
         R"(","ip":"203.0.113.1","payment":"ring-card-0","fingerprint":"ring-fp-1","capability":"agentic_reasoning","template":"t0"})"
         "\n";
}

json without_run(std::vector<json> lines) {
  for (json& line : lines) {
    line.erase("run");
    line.erase("change");  // in that run
  }
  return lines;
}

}  // namespace

TEST_CASE("incremental: where nothing is new, rings, ids, versions and scores stay, and the ledger tells of nothing") {
  const Based program;
  const json first = program.ask({"detect", "--incremental", "--full"}).back();
  const auto rings = program.ask({"rings"});
  const auto events = json_lines_of(program.must_run({"export", "--level", "events", "--db", "db"}).out);
  const auto scored = program.score(stranger("fresh"));
  REQUIRE(scored.at(0).at("ring") == rings.at(0).at("ring"));
  const json again = program.detect();
  CHECK(again.at("mode") == "incremental");
  CHECK(again.at("frontier").at("rejudged") == 0);
  CHECK(again.at("digest") == first.at("digest"));
  CHECK(without_run(program.ask({"rings"})) == without_run(rings));
  CHECK(json_lines_of(program.must_run({"export", "--level", "events", "--db", "db"}).out) == events);
  CHECK(without_run(program.score(stranger("fresh"))) == without_run(scored));
}

TEST_CASE(
    "incremental: a ring that takes somebody in keeps its id, gets a version and an event, and is scored against") {
  const Based program;
  const json before = program.ask({"rings"}).at(0);
  program.write("then.jsonl", stranger("late-0") + stranger("late-1"));
  program.must_run({"ingest", "then.jsonl", "--db", "db"});
  const json run = program.detect();
  REQUIRE(run.at("mode") == "incremental");
  const json after = program.ask({"rings"}).at(0);
  CHECK(after.at("ring") == before.at("ring"));
  const std::string id = before.at("ring");
  CHECK(program.ask({"ring", id}).at(0).at("version") == 2);
  CHECK(after.at("size") == before.at("size").get<int>() + 2);
  CHECK(after.at("run") == run.at("run"));
  CHECK(program.ask({"rings", "--changed-since", "1"}).size() == 1);
  CHECK(program.score(stranger("fresh")).at(0).at("ring") == after.at("ring"));
  CHECK(program.score(stranger("late-0")).at(0).at("known") == true);
}

TEST_CASE(
    "incremental: a verdict that stood at the base stands after; one given since, or undone, is followed at once") {
  const Based program;
  program.must_run({"verdict", "ring-0", "reject", "--by", "ann", "--reason", "knows", "--db", "db"});
  const json with = program.detect();
  CHECK(with.at("mode") == "incremental");
  const auto rings = program.ask({"rings"});
  const json full = program.ask({"detect", "--incremental", "--full"}).back();
  CHECK(full.at("mode") == "full");
  CHECK(full.at("digest") == with.at("digest"));
  CHECK(without_run(program.ask({"rings"})) == without_run(rings));
  CHECK(program.detect().at("digest") == full.at("digest"));
  program.must_run({"verdict", "ring-1", "confirm", "--by", "ann", "--reason", "sold", "--db", "db"});
  const json confirmed = program.detect();
  CHECK(confirmed.at("mode") == "incremental");
  CHECK(confirmed.at("digest") != full.at("digest"));
  CHECK(program.ask({"detect", "--incremental", "--full"}).back().at("digest") == confirmed.at("digest"));
  program.must_run({"verdicts", "undo", "2", "--by", "bob", "--reason", "was not", "--db", "db"});
  CHECK(program.detect().at("digest") == full.at("digest"));
}

TEST_CASE("incremental: a thing that people call benign proves nothing from the next run on") {
  const Based program;
  const std::string id = program.ask({"rings"}).at(0).at("ring");
  program.must_run({"verdict", id, "benign", "--by", "ann", "--reason", "a lab", "--db", "db"});
  const json run = program.detect();
  CHECK(run.at("mode") == "incremental");
  const json ring = program.ask({"ring", id}).at(0);
  program.ask({"detect", "--incremental", "--full"});
  const json full = program.ask({"ring", id}).at(0);
  for (const char* key : {"tier", "score", "size"}) CHECK(ring.at(key) == full.at(key));
}

TEST_CASE("incremental: with indicators, campaigns are charged to all rings as in a full run") {
  const Based program;
  program.write("campaign.json",
                R"({"campaign":"glass","indicators":[{"kind":"payment","value":"ring-card-0"},)"
                R"({"kind":"fingerprint","value":"ring-fp-1"},{"kind":"fingerprint","value":"ring-fp-0"}]})");
  program.must_run({"indicators", "import", "campaign.json", "--db", "db"});
  REQUIRE(program.detect().at("mode") == "full");
  program.write("then.jsonl", stranger("late-0") + stranger("late-1"));
  program.must_run({"ingest", "then.jsonl", "--db", "db"});
  REQUIRE(program.detect().at("mode") == "incremental");
  const std::string id = program.ask({"rings"}).at(0).at("ring");
  const json ring = program.ask({"ring", id}).at(0);
  REQUIRE(ring.at("campaigns").size() == 1);
  program.ask({"detect", "--incremental", "--full"});
  CHECK(program.ask({"ring", id}).at(0).at("campaigns") == ring.at("campaigns"));
}

TEST_CASE("incremental: after retain, and after a run without the option, a full run is made") {
  const Based program;
  program.must_run({"retain", "--days", "3000", "--db", "db"});
  CHECK(program.detect().at("reason") == "the last run left nothing to start from");
  CHECK(program.detect().at("mode") == "incremental");
  CHECK(program.ask({"detect"}).back().at("mode") == "full");
  CHECK(program.detect().at("reason") == "the last run left nothing to start from");
}
