// Erasing accounts whose names are words of the program's, and what a backup has of those who were erased.
#include <filesystem>

#include <doctest/doctest.h>
#include <fmt/format.h>
#include <sys/stat.h>

#include "tests/cli/program.h"
#include "tests/cli/schema_check.h"
#include "tests/cli/world.h"

using namespace ringscope;
using nlohmann::json;
namespace fs = std::filesystem;

namespace {

json one_json(const Outcome& outcome) { return json_lines_of(outcome.out).at(0); }

json erase(const Program& program, const std::string& name, const std::string& db = "db") {
  const Outcome outcome = program.run({"erase", name, "--by", "ann", "--reason", "asked", "--db", db, "--json"});
  CAPTURE(outcome.out);
  REQUIRE(outcome.status == 0);
  return one_json(outcome);
}

void replace_all(std::string& text, const std::string& from, const std::string& to) {
  for (std::size_t at = 0; (at = text.find(from, at)) != std::string::npos; at += to.size())
    text.replace(at, from.size(), to);
}

}  // namespace

TEST_CASE("erase: accounts called as a tier, a kind, a verdict or a change leave a store that reads as before") {
  const Program program;
  std::string log = joined(world_lines());
  const std::vector<std::string> words = {"ban", "ip", "born", "reject", "payment"};
  for (std::size_t i = 0; i < words.size(); ++i)
    replace_all(log, fmt::format("\"ring-{}\"", i), fmt::format("\"{}\"", words[i]));
  program.write("log.jsonl", log);
  program.write("guards.toml", "[guards]\npersons = 1\nmost_share = 1.0\nmost_multiple = 0.0\n");
  program.must_run({"ingest", "log.jsonl", "--db", "db"});
  program.must_run({"detect", "--db", "db"});
  program.must_run({"verdict", "reject", "note", "--account", "--by", "ann", "--reason", "looked", "--db", "db"});
  program.must_run({"release", "commit", "--by", "ann", "--reason", "t", "--config", "guards.toml", "--db", "db"});
  const json before = json_lines_of(program.must_run({"rings", "--db", "db", "--json"}).out);
  for (const std::string& word : words) {
    CAPTURE(word);
    const json erased = erase(program, word);
    CHECK(erased.at("unbanned") == true);
    CHECK(program.run({"account", word, "--db", "db"}).status == 1);
    CHECK(program.run({"doctor", "--db", "db"}).status == 0);
    for (const json& event :
         json_lines_of(program.must_run({"export", "--level", "events", "--format", "jsonl", "--db", "db"}).out)) {
      CHECK(violations(event, event.at("schema").get<std::string>().substr(
                                  10, event.at("schema").get<std::string>().find('/') - 10)) == "");
    }
    const json ring = one_json(program.must_run({"ring", before.at(0).at("ring"), "--db", "db", "--json"}));
    CHECK(ring.at("evidence").dump().find("erased") == std::string::npos);
    CHECK(ring.at("tier") == before.at(0).at("tier"));
  }
  const json after = json_lines_of(program.must_run({"rings", "--db", "db", "--json"}).out);
  REQUIRE(after.size() == before.size());
  for (std::size_t i = 0; i < after.size(); ++i) CHECK(after[i].at("tier") == before[i].at("tier"));
  program.must_run({"detect", "--db", "db"});
}

TEST_CASE(
    "erase: a name that is an ordinary word of the records leaves no trace, and is found where it stands as a name") {
  const Program program;
  std::string log = joined(world_lines());
  const std::vector<std::string> words = {"watch", "users", "kind", "names", "true", "default", "account", "score"};
  for (std::size_t i = 0; i < words.size(); ++i)
    replace_all(log, fmt::format("\"ring-{}\"", i), fmt::format("\"{}\"", words[i]));
  program.write("log.jsonl", log);
  program.must_run({"ingest", "log.jsonl", "--db", "db"});
  program.must_run({"detect", "--db", "db"});
  for (const std::string& word : words) {
    CAPTURE(word);
    const json erased = erase(program, word);
    CHECK(erased.at("proof").at("traces").empty());
  }
  // Somebody's reason names the next one by a short name, which is not replaced in prose: that is told.
  program.must_run({"verdict", "user-1", "note", "--by", "ann", "--reason", "as ip-9 said", "--db", "db"});
  program.write("more.jsonl", R"({"ts":1767225600,"account":"ip-9","ip":"192.0.2.1"})"
                              "\n");
  program.must_run({"ingest", "more.jsonl", "--db", "db"});
  const Outcome left = program.run({"erase", "ip-9", "--by", "ann", "--reason", "asked", "--db", "db", "--json"});
  CHECK(left.status == 1);
  CHECK(!one_json(left).at("proof").at("traces").empty());
}

TEST_CASE("erase: a rejected line of another account whose name has the erased one in it keeps its text") {
  const Program program;
  make_store(program);
  program.write("bad.jsonl", R"({"ts":"never","account":"ring-3"})"
                             "\n"
                             R"({"ts":"never","account":"\u0072ing-3"})"
                             "\n"
                             R"({"ts":"never","account":"ring-33","note":"string-3"})"
                             "\n"
                             R"({"ts":"never","account":"ring-3-b"})"
                             "\n");
  CHECK(program.run({"ingest", "bad.jsonl", "--db", "db"}).status == 3);
  CHECK(erase(program, "ring-3").at("rejected_lines") == 2);
  std::string kept;
  for (const auto& file : fs::directory_iterator(program.path("db/rejects"))) kept += read_text(file.path());
  CHECK(contains(kept, "ring-33"));
  CHECK(contains(kept, "ring-3-b"));
  CHECK(!contains(kept, R"(\"ring-3\")"));
  CHECK(!contains(kept, "0072ing"));
}

TEST_CASE("erase: a backup that is restored knows who was erased, and erases others") {
  const Program program;
  make_store(program);
  erase(program, "ring-3");
  program.must_run({"backup", "create", "copies", "--db", "db"});
  struct stat status {};
  REQUIRE(stat(program.path("copies/meta").c_str(), &status) == 0);
  CHECK((status.st_mode & 077) == 0);  // a key is in it
  program.must_run({"backup", "verify", "copies"});
  program.must_run({"backup", "restore", "copies", "--db", "new"});
  CHECK(read_text(program.path("new/keys/suppress.key")) == read_text(program.path("db/keys/suppress.key")));
  REQUIRE(stat(program.path("new/keys/suppress.key").c_str(), &status) == 0);
  CHECK((status.st_mode & 0777) == 0600);

  check_stays_away(program, "ring-3", "new");
  CHECK(erase(program, "ring-4", "new").at("proof").at("traces").empty());
  program.must_run({"audit", "verify", "--db", "new"});
  program.must_run({"detect", "--db", "new"});
  program.must_run({"ingest", "log.jsonl", "--db", "new"});
  CHECK(program.run({"account", "ring-4", "--db", "new"}).status == 1);

  // A backup from before anybody was erased has no key, and needs none.
  const Program other;
  make_store(other);
  other.must_run({"backup", "create", "copies", "--db", "db"});
  other.must_run({"backup", "restore", "copies", "--db", "new"});
  CHECK(!fs::exists(other.path("new/keys/suppress.key")));
}
