// What machines are told, from the command line: exit statuses, pages, files.
#include <filesystem>

#include <doctest/doctest.h>

#include "tests/cli/program.h"
#include "tests/cli/world.h"

using namespace ringscope;
using nlohmann::json;

namespace {

Outcome run(const Program& program, Arguments arguments) {
  arguments.insert(arguments.end(), {"--db", "db"});
  return program.run(arguments);
}

Outcome release(const Program& program, const std::string& by) {
  return run(program, {"release", "commit", "--by", by, "--override", "--reason", "a test"});
}

std::size_t lines_in(const Outcome& outcome) { return lines_of(outcome.out).size(); }

}  // namespace

TEST_CASE("release: a guard's no is exit status 4, with what to do, and nothing is written") {
  const Program program;
  make_store(program);
  const std::string before = run(program, {"export", "--level", "events"}).out;
  const Outcome refused = run(program, {"release", "commit", "--by", "ann"});
  CHECK(refused.status == 4);
  CHECK(contains(refused.err, "most_share"));
  CHECK(contains(refused.err, "two persons may say so with --override"));
  CHECK(run(program, {"export", "--level", "events"}).out == before);
  CHECK(contains(run(program, {"guard", "list"}).out, "Nothing was released"));
  CHECK(contains(run(program, {"release", "preview"}).out, "refuse  most_share"));
  CHECK(run(program, {"release", "preview"}).status == 0);
}

TEST_CASE("release: the second person tells machines, the list has the same accounts, an appeal takes one off") {
  const Program program;
  make_store(program);
  CHECK(contains(release(program, "ann").out, "Nothing is told yet"));
  CHECK(lines_in(run(program, {"export", "--level", "bans"})) == 1);  // the header
  CHECK(contains(release(program, "bob").out, "Released as entry 2"));
  const std::size_t banned = lines_in(run(program, {"export", "--level", "bans", "--format", "ids"}));
  CHECK(banned == 12);
  CHECK(lines_in(run(program, {"export", "--level", "actions"})) == banned);
  CHECK(contains(run(program, {"retract", "ring-3", "--by", "cy", "--reason", "appeal 1"}).out,
                 "1 of 1 account unbanned"));
  CHECK(!contains(run(program, {"export", "--level", "bans", "--format", "ids"}).out, "ring-3\n"));
  CHECK(contains(run(program, {"export", "--level", "labels"}).out, "ring-3,0,retraction,"));
  CHECK(run(program, {"overturned"}).status == 0);
  CHECK(run(program, {"overturned", "--check"}).status == 1);  // the engine alone would ban it again
  CHECK(run(program, {"retract", "nobody", "--by", "cy", "--reason", "x"}).status == 1);
  CHECK(run(program, {"retract", "ring-3", "--by", "cy"}).status == 2);
}

TEST_CASE("guard: while the kill switch is on no list of bans is written, to a file neither") {
  const Program program;
  make_store(program);
  release(program, "ann");
  release(program, "bob");
  run(program, {"guard", "halt", "--by", "dan", "--reason", "odd numbers"});
  const Outcome list = run(program, {"export", "--level", "bans", "--out", "bans.csv"});
  CHECK(list.status == 4);
  CHECK(contains(list.err, "odd numbers"));
  CHECK(!std::filesystem::exists(program.path("bans.csv")));
  const json page = json_lines_of(run(program, {"export", "--level", "actions", "--page"}).out).back();
  CHECK(page.at("halted") == true);
  CHECK(run(program, {"guard", "halt", "--by", "dan", "--reason", "again"}).status == 2);
}

TEST_CASE("export: who is at ban is a report, which says so and is not given while the kill switch is on") {
  const Program program;
  make_store(program);
  const Arguments at_ban = {"export", "--level", "accounts", "--tier", "ban"};
  const Outcome warned = run(program, at_ban);
  CHECK(warned.status == 0);
  CHECK(contains(warned.err, "not an order"));
  CHECK(contains(warned.err, "ringscope release"));
  CHECK(!contains(run(program, {"export", "--level", "accounts"}).err, "not an order"));
  const auto knowing = [&] { return run(program, {"export", "--level", "accounts", "--tier", "ban", "--report"}); };
  CHECK(!contains(knowing().err, "not an order"));
  run(program,
      {"guard", "allow", "ring-3", "--owner", "ann", "--until", "2099-01-01", "--by", "ann", "--reason", "ours"});
  run(program, {"guard", "halt", "--by", "dan", "--reason", "odd numbers"});
  const Outcome refused = run(program, {"export", "--level", "accounts", "--tier", "ban,review", "--out", "ban.csv"});
  CHECK(refused.status == 4);
  CHECK(contains(refused.err, "odd numbers"));
  CHECK(!std::filesystem::exists(program.path("ban.csv")));
  CHECK(run(program, {"export", "--level", "accounts,rings", "--tier", "ban", "--dir", "set"}).status == 4);
  CHECK(knowing().status == 0);
  CHECK(contains(knowing().out, "account ring-3 is spared until 2099-01-01T00:00:00Z: ours (owner ann, entry 1)"));
}

TEST_CASE(
    "export: consoles get what is taken back while the kill switch is on, and exit status 4 says what they lack") {
  const Program program;
  make_store(program);
  release(program, "ann");
  release(program, "bob");
  run(program, {"guard", "halt", "--by", "dan", "--reason", "odd numbers"});
  run(program, {"retract", "ring-3", "--by", "cy", "--reason", "appeal 1"});
  for (const char* format : {"osprey", "coop"}) {
    const Outcome told = run(program, {"export", "--level", "actions", "--format", format, "--out", format});
    CHECK(told.status == 4);
    CHECK(contains(told.err, "12 bans are held back"));
    const std::string text = read_text(program.path(format));
    CHECK(lines_of(text).size() == 1);
    CHECK(contains(text, "removed"));
  }
  run(program, {"guard", "resume", "--by", "dan", "--reason", "was nothing"});
  const Outcome all = run(program, {"export", "--level", "actions", "--format", "osprey"});
  CHECK(all.status == 0);
  CHECK(lines_in(all) == 13);
}

TEST_CASE("export: pages go on where the last one ended, and a cursor that is too old says where to begin") {
  const Program program;
  make_store(program);
  release(program, "ann");
  release(program, "bob");
  std::vector<json> all = json_lines_of(run(program, {"export", "--level", "events"}).out), paged;
  for (std::uint64_t after = 0;;) {
    const auto lines = json_lines_of(
        run(program, {"export", "--level", "events", "--page", "--limit", "5", "--after", std::to_string(after)}).out);
    paged.insert(paged.end(), lines.begin(), lines.end() - 1);
    CHECK(lines.back().at("high_water") == all.size());
    after = lines.back().at("next");
    if (lines.back().at("more") == false) break;
  }
  CHECK(paged == all);
  run(program, {"guard", "trim", "--keep", "3", "--by", "ann", "--reason", "old"});
  const Outcome old = run(program, {"export", "--level", "events", "--page"});
  CHECK(old.status == 1);
  CHECK(json_lines_of(old.out).at(0).at("first") == all.size() - 2);
  CHECK(contains(old.err, "export --level state"));
  CHECK(lines_in(run(program, {"export", "--level", "events", "--after", std::to_string(all.size() - 3)})) == 3);
  CHECK(run(program, {"ring", all.at(0).at("ring"), "--history"}).status == 0);  // the ledger keeps what it knows
}

TEST_CASE("export: what makes no sense together is wrong usage") {
  const Program program;
  make_store(program);
  CHECK(run(program, {"export", "--level", "rings", "--page"}).status == 2);
  CHECK(run(program, {"export", "--level", "rings,events"}).status == 2);
  CHECK(run(program, {"export", "--level", "events", "--page", "--out", "x"}).status == 2);
  CHECK(run(program, {"export", "--level", "rings", "--out", "x", "--dir", "y"}).status == 2);
  CHECK(run(program, {"export", "--level", "bans", "--after", "2"}).status == 2);
  const Outcome share = run(program, {"export", "--level", "indicators"});
  CHECK(share.status == 4);
  CHECK(contains(share.err, "guards.sharing"));
}

TEST_CASE("export: accounts whose names are formulas come back from the CSV as they were") {
  const Program program;
  std::string log = joined(world_lines());
  for (std::size_t at = 0; (at = log.find("\"ring-", at)) != std::string::npos; at += 7) {
    if (log.compare(at + 6, 2, "1\"") == 0) log.replace(at, 8, "\"=1+1\"");
  }
  program.write("log.jsonl", log);
  program.write("truth.csv", "account,ring\n=1+1,r\nring-2,r\n");
  program.must_run({"ingest", "log.jsonl", "--db", "db"});
  program.must_run({"detect", "--db", "db"});
  program.must_run({"export", "--level", "accounts", "--out", "rings.csv", "--db", "db"});
  CHECK(contains(read_text(program.path("rings.csv")), "\n'=1+1,R-"));
  const json found = json::parse(program.must_run({"evaluate", "truth.csv", "rings.csv"}).out);
  CHECK(found.at("recall") == 1.0);
}
