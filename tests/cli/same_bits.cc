// Equal input, equal bits: at any number of threads, in any order, split in any way, and after any kill.
#include <algorithm>

#include <doctest/doctest.h>

#include "base/random.h"
#include "tests/cli/program.h"
#include "tests/cli/world.h"

using namespace ringscope;

namespace {

std::string digest_of(const Program& program, const std::string& db, const std::string& threads = "2") {
  return json_lines_of(program.must_run({"detect", "--db", db, "--threads", threads, "--full", "--json"}).out)
      .back()
      .at("digest");
}

void shuffle(std::vector<std::string>& lines, std::uint64_t seed) {
  Random random(seed);
  for (std::size_t i = lines.size(); i > 1; --i) std::swap(lines[i - 1], lines[random.below(i)]);
}

// All rings with all that is said of them, but for the number of the run.
std::string rings_of(const Program& program, const std::string& db) {
  std::string text;
  for (auto ring : json_lines_of(program.must_run({"export", "--db", db, "--level", "rings"}).out)) {
    ring.erase("run");
    text += ring.dump() + "\n";
  }
  return text;
}

}  // namespace

TEST_CASE("cli: 1 and 2 threads, shuffled and split input give the same rings") {
  const Program program;
  std::vector<std::string> lines = world_lines();
  program.write("log.jsonl", joined(lines));
  program.must_run({"ingest", "log.jsonl", "--db", "one", "--threads", "1"});
  const std::string digest = digest_of(program, "one", "1");
  const std::string rings = rings_of(program, "one");
  CHECK(contains(rings, "ring-0"));
  CHECK(digest_of(program, "one", "2") == digest);

  program.must_run({"ingest", "log.jsonl", "--db", "two", "--threads", "2"});
  CHECK(digest_of(program, "two") == digest);

  shuffle(lines, 1);
  program.write("shuffled.jsonl", joined(lines));
  program.must_run({"ingest", "shuffled.jsonl", "--db", "shuffled"});
  CHECK(digest_of(program, "shuffled") == digest);
  CHECK(rings_of(program, "shuffled") == rings);

  const auto third = static_cast<std::ptrdiff_t>(lines.size() / 3);
  program.write("a.jsonl", joined({lines.begin(), lines.begin() + third}));
  program.write("b.jsonl", joined({lines.begin() + third, lines.end()}));
  program.must_run({"ingest", "b.jsonl", "a.jsonl", "--db", "together"});
  CHECK(digest_of(program, "together") == digest);
  program.must_run({"ingest", "b.jsonl", "--db", "apart"});
  program.must_run({"ingest", "a.jsonl", "--db", "apart"});
  CHECK(digest_of(program, "apart") == digest);
  CHECK(rings_of(program, "apart") == rings);
}

TEST_CASE("cli: a log that has grown is read on, and gives what reading it at once gives") {
  const Program program;
  const std::vector<std::string> lines = world_lines();
  const auto half = static_cast<std::ptrdiff_t>(lines.size() / 2);
  program.write("log.jsonl", joined({lines.begin(), lines.begin() + half}));
  program.must_run({"ingest", "log.jsonl", "--db", "grown"});
  program.write("log.jsonl", joined(lines));
  const auto report = json_lines_of(program.must_run({"ingest", "log.jsonl", "--db", "grown", "--json"}).out).at(0);
  CHECK(report.at("events") == lines.size() - static_cast<std::size_t>(half));
  program.must_run({"ingest", "log.jsonl", "--db", "whole"});
  CHECK(digest_of(program, "grown") == digest_of(program, "whole"));
}

TEST_CASE("cli: killed at any moment of an ingest, ingesting again gives what an undisturbed ingest gives") {
  const Program program;
  const std::vector<std::string> lines = world_lines({.honest = 2000, .ring = 20, .events_each = 15});
  const auto half = static_cast<std::ptrdiff_t>(lines.size() / 2);
  program.write("a.jsonl", joined({lines.begin(), lines.begin() + half}));
  program.write("b.jsonl", joined({lines.begin() + half, lines.end()}));
  program.must_run({"ingest", "a.jsonl", "b.jsonl", "--db", "calm"});
  const std::string digest = digest_of(program, "calm");
  Random random(3);
  int killed = 0;
  for (int round = 0; round < 8; ++round) {
    CAPTURE(round);
    const std::string db = "torn" + std::to_string(round);
    for (int blow = 0; blow < 3; ++blow) {
      const auto moment = static_cast<unsigned>(2'000 + random.below(120'000));
      if (program.run_and_kill({"ingest", "a.jsonl", "b.jsonl", "--db", db}, moment)) ++killed;
    }
    program.must_run({"ingest", "a.jsonl", "b.jsonl", "--db", db});
    CHECK(digest_of(program, db) == digest);
    CHECK(program.run({"doctor", "--db", db}).status == 0);
  }
  CHECK(killed > 0);
}

TEST_CASE("cli: standard input read twice counts once") {
  const Program program;
  const std::string log = joined(world_lines());
  program.must_run({"ingest", "-", "--db", "calm"}, log);
  program.must_run({"ingest", "-", "--db", "twice"}, log);
  program.must_run({"ingest", "-", "--db", "twice"}, log);
  CHECK(digest_of(program, "calm") == digest_of(program, "twice"));
}
