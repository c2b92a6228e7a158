// What people see: widths, colours, and values that try to play tricks.
#include <algorithm>

#include <doctest/doctest.h>

#include "tests/cli/program.h"
#include "tests/cli/world.h"

using namespace ringscope;

namespace {

std::string without_sequences(const std::string& text) {
  std::string plain;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '\x1b') {
      plain += text[i];
      continue;
    }
    while (i < text.size() && (std::isalpha(static_cast<unsigned char>(text[i])) == 0)) ++i;
  }
  return plain;
}

std::size_t widest_line(const std::string& text) {
  std::size_t widest = 0;
  for (std::string line : lines_of(without_sequences(text))) {
    line.erase(std::remove(line.begin(), line.end(), '\r'), line.end());
    const auto columns = std::count_if(line.begin(), line.end(), [](char c) { return (c & '\xc0') != '\x80'; });
    widest = std::max(widest, static_cast<std::size_t>(columns));
  }
  return widest;
}

void fill(const Program& program) {
  program.write("log.jsonl", joined(world_lines()));
  program.must_run({"ingest", "log.jsonl", "--db", "db"});
  program.must_run({"detect", "--db", "db"});
}

}  // namespace

TEST_CASE("cli terminal: tables fit 80 columns and have colours") {
  const Program program;
  fill(program);
  const Outcome rings = program.run_on_terminal({"rings", "--db", "db"});
  CHECK(rings.status == 0);
  CHECK(contains(rings.out, "\x1b["));
  CHECK(widest_line(rings.out) <= 80);
  const std::string id = json_lines_of(program.must_run({"rings", "--db", "db", "--json"}).out).at(0).at("ring");
  CHECK(widest_line(program.run_on_terminal({"ring", id, "--db", "db"}).out) <= 80);
  CHECK(widest_line(program.run_on_terminal({"account", "ring-0", "--db", "db"}).out) <= 80);
  CHECK(widest_line(program.run_on_terminal({"why", "ring-0", "ring-1", "--db", "db"}).out) <= 80);
}

TEST_CASE("cli terminal: NO_COLOR leaves the colours out") {
  Program program;
  fill(program);
  program.set_environment("NO_COLOR", "1");
  CHECK(!contains(program.run_on_terminal({"rings", "--db", "db"}).out, "\x1b["));
}

TEST_CASE("cli terminal: control characters of a log are shown, not obeyed") {
  const Program program;
  program.write("log.jsonl", R"({"ts":1767225600,"account":"evil","payment":"card\u001b[2J\u0007\u202e\nx"})"
                             "\n");
  program.must_run({"ingest", "log.jsonl", "--db", "db"});
  const std::string page = program.must_run({"account", "evil", "--db", "db"}).out;
  CHECK(contains(page, R"(card\x1b[2J\x07\u202e\nx)"));
  CHECK(!contains(page, "\x1b"));
  const auto json = json_lines_of(program.must_run({"account", "evil", "--db", "db", "--json"}).out).at(0);
  CHECK(json.at("entities").at(0).at("value") == "card\x1b[2J\x07\u202e\nx");
}

TEST_CASE("cli terminal: progress is shown on a terminal only, and never with --quiet") {
  const Program program;
  program.write("log.jsonl", joined(world_lines({.honest = 20'000, .ring = 12, .events_each = 12})));
  const Outcome shown = program.run_on_terminal({"ingest", "log.jsonl", "--db", "a"});
  CHECK(shown.status == 0);
  CHECK(contains(shown.out, "/s"));
  CHECK(contains(shown.out, "%"));
  const Outcome quiet = program.run_on_terminal({"ingest", "log.jsonl", "--db", "b", "--quiet"});
  CHECK(!contains(quiet.out, "/s"));
  CHECK(!contains(program.must_run({"ingest", "log.jsonl", "--db", "c"}).err, "/s"));
}
