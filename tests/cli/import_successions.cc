// Successions of a run that was made elsewhere: they name rings, which have other names in another store.
#include <filesystem>
#include <set>

#include <doctest/doctest.h>

#include "storage/rows.h"
#include "tests/cli/program.h"

using namespace ringscope;
using nlohmann::json;

namespace {

constexpr const char* kKept = "lake/ringscope.db";

void make(const Program& program, const std::string& db, const std::vector<std::string>& files) {
  for (const std::string& file : files) program.must_run({"ingest", file, "--db", db});
  program.must_run({"detect", "--db", db});
}

}  // namespace

TEST_CASE("import-run: who took whose place is told by the names that rings have in the store") {
  const Program program;
  program.must_run({"simulate", "--out", "world", "--accounts", "8000", "--requests", "120000", "--failovers", "3",
                    "--hardness", "0.25"});
  make(program, "whole", {"world/events.jsonl"});
  const auto rings_of = [&](const std::string& db) {
    return program.must_run({"export", "--level", "rings", "--db", db}).out;
  };
  std::set<std::string> naming, names;  // accounts that a ring is named after; rings whose place was taken
  for (const json& ring : json_lines_of(rings_of("whole"))) {
    std::string first = ring.at("accounts").at(0);
    for (const std::string account : ring.at("accounts")) {
      if (hash_value(account) < hash_value(first)) first = account;
    }
    naming.insert(first);
    for (const json& handover : ring.at("succeeds")) names.insert(handover.at("ring"));
  }
  REQUIRE(!names.empty());
  std::string most, rest;
  for (const std::string& line : lines_of(read_text(program.path("world/events.jsonl"))))
    (naming.contains(json::parse(line).at("account").get<std::string>()) ? rest : most) += line + "\n";
  program.write("most.jsonl", most);
  program.write("rest.jsonl", rest);
  std::filesystem::create_directories(program.path("lake"));
  make(program, kKept, {"most.jsonl", "rest.jsonl"});
  make(program, "db", {"most.jsonl"});
  std::filesystem::copy(program.path("db"), program.path("other"), std::filesystem::copy_options::recursive);
  make(program, "other", {"rest.jsonl"});
  program.must_run({"import-run", "lake", "--db", "db"});
  CHECK(rings_of("db") == rings_of("other"));
  std::size_t renamed = 0;
  for (const json& ring : json_lines_of(rings_of("db"))) {
    for (const json& handover : ring.at("succeeds")) {
      const std::string name = handover.at("ring");
      renamed += names.contains(name) ? 0 : 1;
      CHECK(contains(handover.at("reasons").at(0), name));
    }
  }
  CHECK(renamed > 0);
}
