// Snapshots by the program: read like a store, compared, verified, never written.
#include <fstream>

#include <doctest/doctest.h>

#include "tests/cli/program.h"
#include "tests/cli/world.h"

using namespace ringscope;
using nlohmann::json;

namespace {

json one_json(const Outcome& outcome) { return json_lines_of(outcome.out).at(0); }

// A store "db" with one run.
std::string more_lines() {
  return R"({"ts":1767225600,"account":"ring-0","ip":"192.0.2.77","payment":"new-card"})"
         "\n"
         R"({"ts":1767225600,"account":"nobody-yet","ip":"192.0.2.77"})"
         "\n";
}

}  // namespace

TEST_CASE("snapshot: every command reads DB@NAME as the store was, while the store goes on") {
  const Program program;
  make_store(program);
  const std::string rings = program.must_run({"rings", "--db", "db", "--json"}).out;
  const json made = one_json(program.must_run({"snapshot", "create", "first", "--db", "db", "--json"}));
  CHECK(made.at("accounts") == 212);
  CHECK(made.at("run") == 1);
  CHECK(made.at("sha256").get<std::string>().size() == 64);
  program.write("more.jsonl", more_lines());
  program.must_run({"ingest", "more.jsonl", "--db", "db"});
  program.must_run({"detect", "--db", "db"});
  CHECK(program.must_run({"rings", "--db", "db@first", "--json"}).out == rings);
  CHECK(program.run({"account", "nobody-yet", "--db", "db@first"}).status == 1);
  program.must_run({"account", "nobody-yet", "--db", "db"});
  program.must_run({"export", "--level", "rings", "--format", "jsonl", "--db", "db@first"});
  program.must_run({"why", "ring-0", "ring-1", "--db", "db@first"});
  program.must_run({"doctor", "--db", "db@first"});
}

TEST_CASE("snapshot: nothing writes to one, and the message says so") {
  const Program program;
  make_store(program);
  program.must_run({"snapshot", "create", "first", "--db", "db"});
  program.write("more.jsonl", more_lines());
  program.write("known.jsonl", R"({"campaign":"c","kind":"ip","value":"192.0.2.1"})");
  for (const Arguments& writes : {Arguments{"detect"},
                                  {"ingest", "more.jsonl"},
                                  {"snapshot", "create", "x"},
                                  {"indicators", "import", "known.jsonl"}}) {
    for (const char* place : {"db@first", "db/snapshots/first"}) {
      Arguments arguments = writes;
      arguments.insert(arguments.end(), {"--db", place});
      const Outcome outcome = program.run(arguments);
      CHECK(outcome.status == 4);
      CHECK(contains(outcome.err, "a snapshot is never written to"));
    }
  }
  CHECK(program.run({"rings", "--db", "db@second"}).status == 1);
  CHECK(program.run({"snapshot", "create", "first", "--db", "db"}).status == 4);
  CHECK(program.run({"snapshot", "create", "../x", "--db", "db"}).status == 2);
}

TEST_CASE("snapshot diff: what came, went and changed, in both directions") {
  const Program program;
  make_store(program);
  program.must_run({"snapshot", "create", "first", "--db", "db"});
  const json same = one_json(program.must_run({"snapshot", "diff", "first", "live", "--db", "db", "--json"}));
  CHECK(same.at("accounts") == json{{"came", 0}, {"went", 0}, {"changed", 0}});
  CHECK(same.at("edges").empty());
  CHECK(same.at("entities").empty());
  CHECK(same.at("rings") == json{{"came", 0}, {"went", 0}, {"changed", 0}});
  program.write("more.jsonl", more_lines());
  program.must_run({"ingest", "more.jsonl", "--db", "db"});
  const json grown = one_json(program.must_run({"snapshot", "diff", "first", "live", "--db", "db", "--json"}));
  CHECK(grown.at("accounts") == json{{"came", 1}, {"went", 0}, {"changed", 1}});
  CHECK(grown.at("entities").at("ip") == json{{"came", 1}, {"went", 0}, {"changed", 0}});
  CHECK(grown.at("entities").at("payment") == json{{"came", 1}, {"went", 0}, {"changed", 0}});
  CHECK(grown.at("edges").at("ip") == json{{"came", 2}, {"went", 0}, {"changed", 0}});
  CHECK(grown.at("account_list").size() == 2);
  const json back = one_json(program.must_run({"snapshot", "diff", "live", "first", "--db", "db", "--json"}));
  CHECK(back.at("accounts") == json{{"came", 0}, {"went", 1}, {"changed", 1}});
  CHECK(back.at("edges").at("ip") == json{{"came", 0}, {"went", 2}, {"changed", 0}});
  const json short_list =
      one_json(program.must_run({"snapshot", "diff", "live", "first", "--limit", "1", "--db", "db", "--json"}));
  CHECK(short_list.at("account_list").size() == 1);
}

TEST_CASE("snapshot diff: rings of another run are told as come, gone and changed") {
  const Program program;
  make_store(program);
  program.must_run({"snapshot", "create", "first", "--db", "db"});
  std::string joins;
  for (int i = 0; i < 12; ++i) {
    joins += R"({"ts":176722)" + std::to_string(5600 + 700 * i) + R"(,"account":"ring-new","ip":"203.0.113.)" +
             std::to_string(i % 4) +
             R"(","payment":"ring-card-0","fingerprint":"ring-fp-1","capability":"agentic_reasoning","template":"t0"})"
             "\n";
  }
  program.write("joins.jsonl", joins);
  program.must_run({"ingest", "joins.jsonl", "--db", "db"});
  program.must_run({"detect", "--db", "db"});
  const json diff = one_json(program.must_run({"snapshot", "diff", "first", "live", "--db", "db", "--json"}));
  std::uint64_t joined = 0, left = 0;
  for (const json& ring : diff.at("ring_list")) {
    joined += ring.at("joined").get<std::uint64_t>();
    left += ring.at("left").get<std::uint64_t>();
  }
  CHECK(joined == left + 1);
}

TEST_CASE("snapshot list --verify and doctor find a snapshot that is not what its manifest says") {
  const Program program;
  make_store(program);
  program.must_run({"snapshot", "create", "good", "--db", "db"});
  program.must_run({"snapshot", "create", "bad", "--db", "db"});
  CHECK(json_lines_of(program.must_run({"snapshot", "list", "--verify", "--db", "db", "--json"}).out).size() == 2);
  CHECK(one_json(program.must_run({"doctor", "--db", "db", "--json"})).at("snapshots") == 2);
  const std::string manifest = program.path("db/snapshots/bad/SNAPSHOT.json");
  json text = json::parse(read_text(manifest));
  text["sha256"] = std::string(64, '0');
  std::ofstream(manifest) << text.dump();
  const Outcome verified = program.run({"snapshot", "list", "--verify", "--db", "db"});
  CHECK(verified.status == 1);
  CHECK(contains(verified.err, "snapshot bad"));
  CHECK(program.run({"doctor", "--db", "db"}).status == 1);
  program.must_run({"snapshot", "drop", "bad", "--db", "db"});
  program.must_run({"doctor", "--db", "db"});
}

TEST_CASE("snapshot: killed at any moment while it is made, it is whole or not to be seen") {
  const Program program;
  make_store(program);
  unsigned whole = 0;
  for (unsigned round = 0; round < 12; ++round) {
    program.run_and_kill({"snapshot", "create", "s", "--db", "db"}, 15000 * (round + 1));
    const Outcome listed = program.must_run({"snapshot", "list", "--verify", "--db", "db", "--json"});
    if (listed.out.empty()) continue;
    ++whole;
    program.must_run({"snapshot", "drop", "s", "--db", "db"});
  }
  program.must_run({"snapshot", "create", "s", "--db", "db"});
  CHECK(json_lines_of(program.must_run({"snapshot", "list", "--verify", "--db", "db", "--json"}).out).size() == 1);
  MESSAGE(whole, " of 12 were made before the kill");
}
