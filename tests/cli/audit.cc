// Which commands have a line in the audit.
#include <map>
#include <set>
#include <sstream>

#include <doctest/doctest.h>

#include "tests/cli/program.h"
#include "tests/cli/world.h"

using namespace ringscope;
using nlohmann::json;

namespace {

// A way to call each command that its parser takes; what comes of it does not matter, for the line is there before.
const std::map<std::string, Arguments> kCalls = {
    {"ingest", {"log.jsonl"}},
    {"plan", {}},
    {"detect", {}},
    {"rings", {}},
    {"ring", {"R-00000000"}},
    {"account", {"nobody"}},
    {"why", {"a", "b"}},
    {"search", {"nothing"}},
    {"compare", {"R-0", "R-1"}},
    {"verdict", {"nobody", "note", "--by", "ann", "--reason", "x"}},
    {"verdicts", {"list"}},
    {"release", {"preview"}},
    {"guard", {"list"}},
    {"retract", {"nobody", "--by", "ann", "--reason", "x"}},
    {"overturned", {}},
    {"export", {"--level", "accounts", "--format", "csv"}},
    {"webhooks", {"list"}},
    {"kafka", {"--brokers", "127.0.0.1:1", "--topic", "t", "--after", "1000000000"}},
    {"successions", {}},
    {"indicators", {"list"}},
    {"simulate", {"--out", "world", "--accounts", "50", "--requests", "500"}},
    {"evaluate", {"log.jsonl", "log.jsonl"}},
    {"compare-methods", {}},
    {"calibrate", {"--out", "log.jsonl"}},
    {"reproduce", {"log.jsonl"}},
    {"score", {"empty"}},
    {"serve", {"--listen", "nowhere"}},
    {"token", {"list"}},
    {"snapshot", {"list"}},
    {"import-run", {"empty"}},
    {"backup", {"list", "copies"}},
    {"retain", {"--days", "100000"}},
    {"doctor", {}},
    {"erase", {"nobody", "--by", "ann", "--reason", "x"}},
    {"access-report", {"nobody"}},
    {"reveal", {"nothing"}},
    {"keys", {"list"}},
    {"audit", {"list"}},
    {"completion", {"bash"}},
    {"man", {}},
};

// The commands that --help lists.
std::set<std::string> commands_of(const Program& program) {
  std::istringstream help(program.must_run({"--help"}).out);
  std::set<std::string> names;
  bool in_list = false;
  for (std::string line; std::getline(help, line);) {
    if (in_list && line.starts_with("  ") && line.size() > 2 && line[2] != ' ')
      names.insert(line.substr(2, line.find(' ', 2) - 2));
    in_list = in_list || line == "Subcommands:";
  }
  return names;
}

// Those that docs/privacy.md says have no line.
std::set<std::string> without_line() {
  const std::string page = read_text(std::string(RINGSCOPE_SOURCE_DIR) + "/docs/privacy.md");
  const std::string open = "Without a line: ";
  const std::size_t begin = page.find(open);
  REQUIRE(begin != std::string::npos);
  std::set<std::string> names;
  const std::string list = page.substr(begin + open.size(), page.find(": they", begin) - begin - open.size());
  for (std::size_t at = 0; (at = list.find('`', at)) != std::string::npos;) {
    const std::size_t end = list.find('`', at + 1);
    names.insert(list.substr(at + 1, end - at - 1));
    at = end + 1;
  }
  return names;
}

}  // namespace

TEST_CASE("audit: every command is written down or said not to be") {
  const Program program;
  make_store(program);
  program.write("empty", "");
  const std::set<std::string> names = commands_of(program);
  const std::set<std::string> without = without_line();
  CHECK(names.size() == kCalls.size());
  for (const std::string& name : without) CHECK(names.contains(name));
  for (const std::string& name : names) {
    CAPTURE(name);
    REQUIRE(kCalls.contains(name));
    const std::size_t before = json_lines_of(read_text(program.path("db/audit/log.jsonl"))).size();
    Arguments arguments = {name};
    arguments.insert(arguments.end(), kCalls.at(name).begin(), kCalls.at(name).end());
    arguments.insert(arguments.end(), {"--db", "db"});
    const Outcome outcome = program.run(arguments);
    CAPTURE(outcome.err);
    const auto lines = json_lines_of(read_text(program.path("db/audit/log.jsonl")));
    CHECK(lines.size() == before + (without.contains(name) ? 0 : 1));
    if (!without.contains(name))
      CHECK((lines.back().at("what").get<std::string>() + ".").starts_with("cli." + name + "."));
  }
}
