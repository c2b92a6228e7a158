// Rings do not hang on what values are called: of one log they are the same, stored as it came, keyed or sealed, under
// any key.
#include <algorithm>
#include <filesystem>

#include <doctest/doctest.h>
#include <fmt/format.h>

#include "tests/cli/program.h"

using namespace ringscope;
using nlohmann::json;
namespace fs = std::filesystem;

namespace {

// A run's digest, and of each ring its accounts, tier and score.
json found_in(const Program& program, const std::string& store) {
  const json run = json_lines_of(program.must_run({"detect", "--db", store, "--json"}).out).back();
  std::vector<json> rings;
  for (const json& ring :
       json_lines_of(program.must_run({"export", "--level", "rings", "--format", "jsonl", "--db", store}).out)) {
    std::vector<json> accounts;
    for (const json& account : ring.at("accounts"))
      accounts.push_back(account.is_object() ? account.at("account") : account);
    std::ranges::sort(accounts);
    rings.push_back({accounts, ring.at("tier"), ring.at("score")});
  }
  std::ranges::sort(rings);
  return {{"digest", run.at("digest")}, {"rings", rings}};
}

// Of the log in a new store with these kinds kept under this key.
json found_under(const Program& program, char key, const Arguments& kinds) {
  static int number = 0;
  const std::string store = fmt::format("db-{}", ++number), file = program.path(store + ".key");
  program.write(store + ".key", std::string(64, key) + "\n");
  fs::permissions(file, fs::perms::owner_read | fs::perms::owner_write);
  Arguments enable = {"keys", "enable", file, "--db", store};
  enable.insert(enable.end(), kinds.begin(), kinds.end());
  program.must_run(enable);
  program.must_run({"ingest", "world/events.jsonl", "--db", store});
  return found_in(program, store);
}

}  // namespace

TEST_CASE("sealed: plain, keyed and sealed stores of one log have the same rings, whatever the key") {
  for (const char* seed : {"1", "2", "4", "5"}) {
    CAPTURE(seed);
    const Program program;
    program.must_run(
        {"simulate", "--out", "world", "--accounts", "1500", "--requests", "30000", "--days", "30", "--seed", seed});
    program.must_run({"ingest", "world/events.jsonl", "--db", "plain"});
    const json plain = found_in(program, "plain");
    REQUIRE(plain.at("rings").size() > 40);
    for (const char key : {'1', '2', '9'}) {
      CAPTURE(key);
      CHECK((found_under(program, key, {"--seal", "ip"}) == plain));
    }
    CHECK((found_under(program, '1', {"--kinds", "payment"}) == plain));
    CHECK((found_under(program, '3', {"--kinds", "payment", "--seal", "ip"}) == plain));
    // A keyed address has no network, so the rings are others; under two keys they are the same.
    CHECK((found_under(program, '1', {"--kinds", "ip"}) == found_under(program, '2', {"--kinds", "ip"})));
  }
}
