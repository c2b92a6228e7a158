#include <doctest/doctest.h>

#include "tests/cli/program.h"
#include "tests/cli/world.h"

using namespace ringscope;

namespace {

// What every refusal looks like: one line on standard error, nothing on standard output.
void check_refused(const Outcome& outcome, int status, const std::string& says) {
  CAPTURE(outcome.err);
  CHECK(outcome.status == status);
  CHECK(outcome.out.empty());
  CHECK(lines_of(outcome.err).size() == 1);
  CHECK(outcome.err.starts_with("ringscope: error: "));
  CHECK(contains(outcome.err, says));
}

}  // namespace

TEST_CASE("cli: help lists all commands") {
  const Program program;
  const std::string help = program.must_run({"--help"}).out;
  for (const std::string command :
       {"ingest", "detect", "rings", "ring", "account", "why", "search", "compare", "completion", "man", "serve",
        "token", "successions", "export", "simulate", "evaluate", "calibrate", "doctor"}) {
    CAPTURE(command);
    CHECK(contains(help, "\n  " + command + " "));
    const std::string own = program.must_run({command, "--help"}).out;
    CHECK(contains(own, "Usage: "));
  }
}

TEST_CASE("cli: the version is printed") {
  const std::string version = Program().must_run({"--version"}).out;
  CHECK(version.starts_with("ringscope "));
  CHECK(lines_of(version).size() == 1);
}

TEST_CASE("cli: wrong usage is status 2 and one line that says where help is") {
  const Program program;
  check_refused(program.run({}), 2, "ringscope --help");
  check_refused(program.run({"frobnicate"}), 2, "frobnicate");
  check_refused(program.run({"ingest"}), 2, "'ringscope ingest --help'");
  check_refused(program.run({"why", "a"}), 2, "B is required");
  check_refused(program.run({"rings", "--tier", "purple"}), 2, "purple");
  check_refused(program.run({"rings", "--sort", "colour"}), 2, "colour");
  check_refused(program.run({"rings", "--limit", "many"}), 2, "many");
  check_refused(program.run({"rings", "--limit", "-1"}), 2, "-1");
  check_refused(program.run({"simulate", "--out", "world", "--accounts", "-5"}), 2, "-5");
  check_refused(program.run({"--memory", "10", "detect"}), 2, "at least");
  check_refused(program.run({"detect", "--window", "yesterday"}), 2, "yesterday");
  check_refused(program.run({"detect", "--window", "12h"}), 2, "number of days");
  check_refused(program.run({"detect", "--as-of", "soon"}), 2, "soon");
  check_refused(program.run({"--memory", "lots", "rings"}), 2, "lots");
  check_refused(program.run({"--threads", "-1", "rings"}), 2, "threads");
  check_refused(program.run({"simulate"}), 2, "--out");
  check_refused(program.run({"export", "--level", "planets"}), 2, "--level accounts --format csv");
  check_refused(program.run({"export", "--format", "papyrus"}), 2, "--level rings --format jsonl");
}

TEST_CASE("cli: a store that is not there is named, with what to do") {
  const Program program;
  for (const Arguments& arguments :
       {Arguments{"detect"}, {"rings"}, {"ring", "R-1"}, {"account", "a"}, {"why", "a", "b"}, {"export"}, {"doctor"}}) {
    CAPTURE(arguments.front());
    Arguments with_db = {"--db", "none.db"};
    with_db.insert(with_db.end(), arguments.begin(), arguments.end());
    const Outcome outcome = program.run(with_db);
    check_refused(outcome, 1, "none.db");
    CHECK(contains(outcome.err, "ringscope ingest"));
  }
}

TEST_CASE("cli: printed settings are read back, wrong ones are named with file, line and key") {
  const Program program;
  const std::string settings = program.must_run({"--print-config", "--threads", "3", "--memory", "2GiB"}).out;
  CHECK(contains(settings, "threads = 3"));
  CHECK(contains(settings, "memory = \"2GiB\""));
  program.write("ringscope.toml", settings);
  CHECK(program.must_run({"--config", "ringscope.toml", "--print-config"}).out == settings);
  program.write("wrong.toml", "[detect]\nhubs = 3\n");
  check_refused(program.run({"--config", "wrong.toml", "--print-config"}), 2, "wrong.toml:2");
  check_refused(program.run({"--config", "wrong.toml", "rings"}), 2, "\"hubs\"");
  check_refused(program.run({"--config", "missing.toml", "rings"}), 2, "missing.toml");
}

TEST_CASE("cli: a layer that the store has not is named with file and line when detect runs") {
  const Program program;
  program.write("log.csv", "account,kind,value\na,sink,s\nb,sink,s\n");
  program.must_run({"ingest", "log.csv", "--db", "db"});
  program.write("layers.toml", "[layers]\nsink = 0.5\n\"ip/net\" = 0\nsing = 2\n");
  program.must_run({"--config", "layers.toml", "rings", "--help"});
  const Outcome outcome = program.run({"--config", "layers.toml", "--db", "db", "detect"});
  check_refused(outcome, 2, "layers.toml:4");
  CHECK(contains(outcome.err, "\"sing\""));
  CHECK(contains(outcome.err, "sink"));
}

TEST_CASE("cli: the settings in the reference are those of the program") {
  const Program program;
  const std::string reference = read_text(RINGSCOPE_SOURCE_DIR "/docs/cli.md");
  CHECK(contains(reference, program.must_run({"--print-config"}).out));
}

TEST_CASE("cli: a profile is printed beside the result, a trace is written for a viewer") {
  const Program program;
  program.write("log.jsonl", joined(world_lines()));
  program.must_run({"ingest", "log.jsonl", "--db", "db"});
  program.must_run({"detect", "--db", "db"});
  const std::string plain = program.must_run({"rings", "--json", "--db", "db"}).out;
  const Outcome outcome = program.must_run({"detect", "--json", "--db", "db", "--profile", "--trace", "trace.json"});
  for (const char* stage : {"stage", "command", "load", "project", "pools", "publish"}) {
    CAPTURE(stage);
    CHECK(contains(outcome.err, stage));
    CHECK(!contains(outcome.out, "processor"));
  }
  const auto trace = nlohmann::json::parse(read_text(program.path("trace.json")));
  CHECK(trace.at("traceEvents").size() > 10);
  CHECK(json_lines_of(program.must_run({"rings", "--json", "--db", "db", "--profile"}).out).size() ==
        json_lines_of(plain).size());
  CHECK(program.run({"rings", "--db", "db", "--trace", "no/such/place.json"}).status == 1);
}

TEST_CASE("cli: a result that cannot be written is a failure") {
  const Program program;
  const Outcome outcome = program.run_into("/dev/full", {"--print-config"});
  CHECK(outcome.status == 1);
  CHECK(contains(outcome.err, "cannot write the result"));
}
