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

TEST_CASE("incremental: a verdict that stood at the base stands after; one given since makes a full run") {
  const Based program;
  program.must_run({"verdict", "ring-0", "reject", "--by", "ann", "--reason", "knows", "--db", "db"});
  const json full = program.detect();
  CHECK(full.at("mode") == "full");
  CHECK(full.at("reason") == "people have decided since the last full run");
  const auto rings = program.ask({"rings"});
  const json again = program.detect();
  CHECK(again.at("mode") == "incremental");
  CHECK(again.at("digest") == full.at("digest"));
  CHECK(without_run(program.ask({"rings"})) == without_run(rings));
}

TEST_CASE("incremental: after retain, and after a run without the option, a full run is made") {
  const Based program;
  program.must_run({"retain", "--days", "3000", "--db", "db"});
  CHECK(program.detect().at("reason") == "the last run left nothing to start from");
  CHECK(program.detect().at("mode") == "incremental");
  CHECK(program.ask({"detect"}).back().at("mode") == "full");
  CHECK(program.detect().at("reason") == "the last run left nothing to start from");
}
