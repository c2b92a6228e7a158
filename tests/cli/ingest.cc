#include <doctest/doctest.h>

#include "tests/cli/program.h"
#include "tests/cli/world.h"

using namespace ringscope;

namespace {

std::string digest_of(const Program& program, const std::string& db) {
  return json_lines_of(program.must_run({"detect", "--db", db, "--full", "--json"}).out).back().at("digest");
}

}  // namespace

TEST_CASE("cli ingest: a log goes in, and going in again changes nothing") {
  const Program program;
  program.write("log.jsonl", joined(world_lines()));
  const auto first = json_lines_of(program.must_run({"ingest", "log.jsonl", "--db", "db", "--json"}).out);
  REQUIRE(first.size() == 1);
  CHECK(first[0].at("schema") == "ringscope.ingest/1");
  CHECK(first[0].at("events") == 212 * 12);
  CHECK(first[0].at("rejected") == 0);
  CHECK(first[0].at("sources").at(0).at("label") == "log.jsonl");
  const std::string digest = digest_of(program, "db");
  const auto second = json_lines_of(program.must_run({"ingest", "log.jsonl", "--db", "db", "--json"}).out);
  CHECK(second.at(0).at("events") == 0);
  CHECK(second.at(0).at("sources").at(0).at("already_known") == true);
  CHECK(digest_of(program, "db") == digest);
}

TEST_CASE("cli ingest: the report for people is on standard output, logs are not") {
  const Program program;
  program.write("log.jsonl",
                joined(world_lines()) + "{\"ts\":1767225600,\"account\":\"a\",\"ip\":\"1.2.3.4\",\"shoe\":9}\n");
  const Outcome outcome = program.must_run({"--db", "db", "ingest", "log.jsonl"});
  CHECK(contains(outcome.out, "2,545 events"));
  CHECK(contains(outcome.err, "shoe"));
  CHECK(!contains(outcome.out, "shoe"));
  const Outcome quiet = program.must_run({"--db", "other", "ingest", "log.jsonl", "-q"});
  CHECK(quiet.err.empty());
}

TEST_CASE("cli ingest: bad lines are status 3, named by file, line and field, and the rest goes in") {
  const Program program;
  std::vector<std::string> lines = world_lines();
  lines.insert(lines.begin() + 2, "this is no JSON");
  lines.insert(lines.begin() + 5, R"({"ts":1767225600,"ip":"203.0.113.7"})");
  lines.insert(lines.begin() + 9, R"({"ts":"yesterday","account":"a","ip":"203.0.113.7"})");
  program.write("log.jsonl", joined(lines));
  const Outcome outcome = program.run({"ingest", "log.jsonl", "--db", "db"});
  CAPTURE(outcome.err);
  CHECK(outcome.status == 3);
  CHECK(contains(outcome.err, "log.jsonl:3: "));
  CHECK(contains(outcome.err, "log.jsonl:6: account: "));
  CHECK(contains(outcome.err, "log.jsonl:10: ts: "));
  CHECK(contains(outcome.err, "3 lines were rejected"));
  CHECK(contains(outcome.err, "rejects"));
  CHECK(contains(outcome.out, "2,544 events"));

  const Outcome json = program.run({"ingest", "log.jsonl", "--db", "other", "--json"});
  CHECK(json.status == 3);
  const auto report = json_lines_of(json.out).at(0);
  CHECK(report.at("rejected") == 3);
  CHECK(report.at("rejects").at(1).at("line") == 6);
  CHECK(report.at("rejects").at(1).at("field") == "account");

  program.write("good.jsonl", joined(world_lines()));
  program.must_run({"ingest", "good.jsonl", "--db", "good"});
  CHECK(digest_of(program, "db") == digest_of(program, "good"));
}

TEST_CASE("cli ingest: a file that is not there is a failure that names it") {
  const Program program;
  const Outcome outcome = program.run({"ingest", "none.jsonl", "--db", "db"});
  CHECK(outcome.status == 1);
  CHECK(contains(outcome.err, "none.jsonl"));
}

TEST_CASE("cli ingest: plain, gz, zst and standard input give the same rings") {
  const Program program;
  const std::string log = joined(world_lines());
  program.write("log.jsonl", log);
  write_gz(program.path("log.jsonl.gz"), log);
  write_zst(program.path("log.jsonl.zst"), log);
  program.must_run({"ingest", "log.jsonl", "--db", "plain"});
  program.must_run({"ingest", "log.jsonl.gz", "--db", "gz"});
  program.must_run({"ingest", "log.jsonl.zst", "--db", "zst"});
  program.must_run({"ingest", "-", "--db", "stdin"}, log);
  const std::string digest = digest_of(program, "plain");
  CHECK(digest_of(program, "gz") == digest);
  CHECK(digest_of(program, "zst") == digest);
  CHECK(digest_of(program, "stdin") == digest);
}
