// From a log to rings, pages, answers and exports.
#include <algorithm>

#include <doctest/doctest.h>

#include "tests/cli/program.h"
#include "tests/cli/world.h"

using namespace ringscope;

namespace {

// The small world, ingested and detected; made once, and only read.
const Program& detected() {
  static const Program* const program = [] {
    auto* const made = new Program;
    made->write("log.jsonl", joined(world_lines()));
    made->must_run({"ingest", "log.jsonl", "--db", "db"});
    made->must_run({"detect", "--db", "db"});
    return made;
  }();
  return *program;
}

std::string ring_id() {
  return json_lines_of(detected().must_run({"rings", "--db", "db", "--json"}).out).at(0).at("ring");
}

}  // namespace

TEST_CASE("cli detect: the JSON ends with run, digest, counts, seconds and memory; the next run is the next number") {
  const Program program;
  program.write("log.jsonl", joined(world_lines()));
  program.must_run({"ingest", "log.jsonl", "--db", "db"});
  const auto first = json_lines_of(program.must_run({"detect", "--db", "db", "--json"}).out).back();
  CHECK(first.at("run") == 1);
  CHECK(first.at("digest").get<std::string>().size() == 16);
  CHECK(first.at("rings").get<int>() >= 1);
  CHECK(first.at("accounts").get<int>() >= 12);
  CHECK(first.at("seconds").get<double>() > 0);
  CHECK(first.at("peak_bytes").get<std::uint64_t>() > 0);
  const auto second = json_lines_of(program.must_run({"detect", "--db", "db", "--window", "all", "--json"}).out).back();
  CHECK(second.at("run") == 2);
  CHECK(second.at("digest") == first.at("digest"));
  const Outcome early = program.run({"detect", "--db", "db", "--window", "1d", "--as-of", "2020-01-01"});
  CHECK(early.status == 2);
  CHECK(contains(early.err, "nothing was seen from 2020-01-01 to 2020-01-01"));
  CHECK(json_lines_of(program.must_run({"rings", "--db", "db", "--json"}).out).at(0).at("run") == 2);
}

TEST_CASE("cli rings: the planted ring is listed, and only it") {
  const Outcome people = detected().must_run({"rings", "--db", "db"});
  CHECK(contains(people.out, ring_id()));
  CHECK(contains(people.out, "joined by"));
  CHECK(!contains(people.out, "\x1b"));
  const auto lines = json_lines_of(detected().must_run({"rings", "--db", "db", "--json"}).out);
  CHECK(lines.size() == 1);
  for (const char* key : {"ring", "tier", "score", "size"}) CHECK(lines.at(0).contains(key));
  CHECK(lines[0].at("size") == 12);
  const std::string tier = lines[0].at("tier");
  const std::string other = tier == "ban" ? "watch" : "ban";
  CHECK(json_lines_of(detected().must_run({"rings", "--db", "db", "--json", "--tier", tier}).out).size() == 1);
  CHECK(detected().must_run({"rings", "--db", "db", "--json", "--tier", other}).out.empty());
  for (const std::string sort : {"tier", "score", "size", "requests", "last-seen"}) {
    CHECK(json_lines_of(detected().must_run({"rings", "--db", "db", "--json", "--sort", sort, "--limit", "1"}).out)
              .size() == 1);
  }
}

TEST_CASE("cli ring: the page says what binds the accounts and who they are") {
  const std::string id = ring_id();
  const std::string page = detected().must_run({"ring", id, "--db", "db"}).out;
  for (const std::string& part :
       {id, std::string("Evidence"), std::string("ring-card-0"), std::string("203.0.113."), std::string("Behaviour"),
        std::string("agentic_reasoning"), std::string("Does it extract a model?"), std::string("Members"),
        std::string("ring-11")}) {
    CAPTURE(part);
    CHECK(contains(page, part));
  }
  CHECK(!contains(page, "user-"));
  CHECK(detected().must_run({"ring", id.substr(0, 5), "--db", "db"}).out == page);
  const auto json = json_lines_of(detected().must_run({"ring", id, "--db", "db", "--json"}).out).at(0);
  CHECK(json.at("schema") == "ringscope.ring/1");
  CHECK(json.at("accounts").size() == 12);
  const Outcome none = detected().run({"ring", "R-nothing", "--db", "db"});
  CHECK(none.status == 1);
  CHECK(contains(none.err, "ringscope rings"));
}

TEST_CASE("cli account: members show their ring, others that they are in none, strangers are not found") {
  const std::string page = detected().must_run({"account", "ring-3", "--db", "db"}).out;
  CHECK(contains(page, "Ring " + ring_id()));
  CHECK(contains(page, "ring-card-1"));
  CHECK(contains(page, "Does it extract a model?"));
  CHECK(contains(detected().must_run({"account", "user-3", "--db", "db"}).out, "In no ring of run 1"));
  CHECK(json_lines_of(detected().must_run({"account", "ring-3", "--db", "db", "--json"}).out)
            .at(0)
            .at("ring")
            .at("ring") == ring_id());
  const Outcome none = detected().run({"account", "RING-3", "--db", "db"});
  CHECK(none.status == 1);
  CHECK(contains(none.err, "did you mean \"ring-3\""));
}

TEST_CASE("cli why: two members share what the log says they share") {
  const std::string text = detected().must_run({"why", "ring-0", "ring-6", "--db", "db"}).out;
  for (const char* part : {"ring-card-0", "ring-fp-0", "bits", "Both are in ring"}) CHECK(contains(text, part));
  const auto json = json_lines_of(detected().must_run({"why", "ring-0", "ring-6", "--db", "db", "--json"}).out).at(0);
  CHECK(json.at("same_ring") == true);
  CHECK(json.at("shared").size() >= 2);
  CHECK(json.at("shared").at(0).at("bits").get<double>() >= json.at("shared").at(1).at("bits").get<double>());
  CHECK(contains(detected().must_run({"why", "user-0", "user-199", "--db", "db"}).out, "share nothing directly"));
  CHECK(detected().run({"why", "ring-0", "ring-0", "--db", "db"}).status == 2);
}

TEST_CASE("cli export: accounts and rings, to standard output and to a file, are the same") {
  const std::string csv = detected().must_run({"export", "--db", "db", "--level", "accounts", "--format", "csv"}).out;
  const auto lines = lines_of(csv);
  CHECK(lines.size() == 13);
  CHECK(lines.at(0) == "account,ring,score,tier,membership,reasons");
  CHECK(std::count_if(lines.begin(), lines.end(), [](const std::string& line) { return line.starts_with("ring-"); }) ==
        12);
  detected().must_run({"export", "--db", "db", "--level", "accounts", "--format", "csv", "--out", "accounts.csv"});
  CHECK(read_text(detected().path("accounts.csv")) == csv);
  const auto rings =
      json_lines_of(detected().must_run({"export", "--db", "db", "--level", "rings", "--format", "jsonl"}).out);
  CHECK(rings.size() == 1);
  CHECK(rings.at(0).at("members").size() == 12);
}

TEST_CASE("cli export: when it fails, the old file stays and no temporary one is left") {
  const Program program;
  program.write("log.jsonl", joined(world_lines()));
  program.must_run({"ingest", "log.jsonl", "--db", "db"});
  std::filesystem::create_directory(program.path("out"));
  program.write("out/accounts.csv", "old");
  CHECK(program.run({"export", "--db", "db", "--out", "out/accounts.csv"}).status == 1);  // no detection yet
  CHECK(read_text(program.path("out/accounts.csv")) == "old");
  const auto entries = std::filesystem::directory_iterator(program.path("out"));
  CHECK(std::distance(begin(entries), end(entries)) == 1);
}

TEST_CASE("cli doctor: a good store is healthy") {
  const auto json = json_lines_of(detected().must_run({"doctor", "--db", "db", "--json"}).out).at(0);
  CHECK(json.at("healthy") == true);
  CHECK(json.at("runs") == 1);
  CHECK(json.at("sources") == 1);
  CHECK(contains(detected().must_run({"doctor", "--db", "db"}).out, "checksums are right"));
}

TEST_CASE("cli: the store is also named by the environment and by an option after the command") {
  Program program;
  program.write("log.jsonl", joined(world_lines()));
  program.set_environment("RINGSCOPE_DB", "by-environment");
  program.must_run({"ingest", "log.jsonl"});
  CHECK(std::filesystem::is_directory(program.path("by-environment")));
  program.must_run({"ingest", "log.jsonl", "--db", "by-option"});
  CHECK(std::filesystem::is_directory(program.path("by-option")));
}

TEST_CASE("cli detect: after more was ingested only what changed is looked at, and every question sees one whole run") {
  const Program program;
  std::vector<std::string> lines = world_lines({.honest = 400, .ring = 12, .events_each = 12});
  const std::size_t few = 10;
  program.write("first.jsonl", joined({lines.begin(), lines.end() - few}));
  program.write("then.jsonl", joined({lines.end() - few, lines.end()}));
  program.must_run({"ingest", "first.jsonl", "--db", "db"});
  program.must_run({"detect", "--db", "db", "--incremental"});
  program.must_run({"ingest", "then.jsonl", "--db", "db"});
  const auto run = json_lines_of(program.must_run({"detect", "--db", "db", "--incremental", "--json"}).out).back();
  CHECK(run.at("mode") == "incremental");
  CHECK(run.at("base") == 1);
  CHECK(run.at("touched") <= few);
  CHECK(run.at("touched") > 0);
  const auto rings = json_lines_of(program.must_run({"rings", "--db", "db", "--json"}).out);
  CHECK(rings.size() == run.at("rings"));
  CHECK(rings.at(0).at("run") == 2);
  const std::string id = rings.at(0).at("ring");
  CHECK(contains(program.must_run({"ring", id, "--db", "db"}).out, "ring-0"));
  CHECK(contains(program.must_run({"account", "ring-0", "--db", "db"}).out, id));
  CHECK(program.run({"doctor", "--db", "db"}).status == 0);
  const auto full =
      json_lines_of(program.must_run({"detect", "--db", "db", "--incremental", "--full", "--json"}).out).back();
  CHECK(full.at("mode") == "full");
  CHECK(full.at("reason") == "asked for");
  CHECK(full.at("edges") == run.at("edges"));
  CHECK(full.at("rings") == run.at("rings"));
  CHECK(contains(program.must_run({"detect", "--db", "db", "--incremental"}).out, "what changed since run 3"));
}
