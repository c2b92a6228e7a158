#include <doctest/doctest.h>

#include "tests/cli/program.h"

using namespace ringscope;

TEST_CASE("cli evaluate: the figures of an export by hand") {
  const Program program;
  program.write("truth.csv", "account,ring,group\na,A,\nb,A,\nc,A,\nd,,office1\n");
  program.write(
      "rings.csv",
      "account,ring,score,tier,membership,reasons\na,R-1,0.9,ban,1,\nb,R-1,0.9,ban,1,\nd,R-1,0.5,review,1,\n");
  const auto all = json_lines_of(program.must_run({"evaluate", "truth.csv", "rings.csv"}).out).at(0);
  CHECK(all.at("flagged") == 3);
  CHECK(all.at("precision").get<double>() == doctest::Approx(2.0 / 3).epsilon(1e-4));
  CHECK(all.at("ringJ").get<double>() == doctest::Approx(0.5));
  const auto ban = json_lines_of(program.must_run({"evaluate", "truth.csv", "rings.csv", "--tier", "ban"}).out).at(0);
  CHECK(ban.at("precision") == 1.0);
  const auto sure =
      json_lines_of(
          program.must_run({"evaluate", "truth.csv", "rings.csv", "--min-score", "0.8", "--min-size", "3"}).out)
          .at(0);
  CHECK(sure.at("flagged") == 0);
  const Outcome none = program.run({"evaluate", "none.csv", "rings.csv"});
  CHECK(none.status == 1);
  CHECK(contains(none.err, "none.csv"));
}

TEST_CASE("cli simulate: the same seed is the same world, and the program reads it") {
  const Program program;
  const Arguments world = {"simulate",   "--out", "a",      "--accounts", "2000",
                           "--requests", "20000", "--seed", "5",          "--json"};
  const auto report = json_lines_of(program.must_run(world).out).at(0);
  CHECK(report.at("accounts") == 2000);
  CHECK(report.at("rings").get<int>() > 0);
  Arguments again = world;
  again[2] = "b";
  program.must_run(again);
  CHECK(read_text(program.path("a/events.jsonl")) == read_text(program.path("b/events.jsonl")));
  program.must_run({"ingest", "a/events.jsonl", "--db", "db"});
  program.must_run({"detect", "--db", "db"});
  program.must_run({"export", "--db", "db", "--tier", "ban,review", "--out", "rings.csv"});
  const auto figures = json_lines_of(program.must_run({"evaluate", "a/truth.csv", "rings.csv"}).out).at(0);
  CHECK(figures.at("rings") == report.at("rings"));
  CHECK(figures.at("precision").get<double>() > 0.5);
}

TEST_CASE("cli simulate: a world without rings has none in its truth") {
  const Program program;
  program.must_run(
      {"simulate", "--out", "w", "--accounts", "1000", "--requests", "5000", "--no-rings", "--format", "csv"});
  CHECK(std::filesystem::exists(program.path("w/events.csv")));
  program.write("rings.csv", "account,ring\n");
  CHECK(json_lines_of(program.must_run({"evaluate", "w/truth.csv", "rings.csv"}).out).at(0).at("rings") == 0);
}

TEST_CASE("cli calibrate: a table, a picture and lines, and the store stays as it was") {
  const Program program;
  program.must_run({"simulate", "--out", "w", "--accounts", "1500", "--requests", "20000", "--no-rings"});
  program.must_run({"ingest", "w/events.jsonl", "--db", "db"});
  const std::string before = program.must_run({"doctor", "--db", "db", "--json"}).out;
  const Arguments calibrate = {"calibrate", "--db",    "db", "--out",       "c",  "--kinds",      "quiet", "--hardness",
                               "0,0.5",     "--seeds", "2",  "--ring-size", "30", "--first-seed", "3"};
  const std::string table = program.must_run(calibrate).out;
  for (const std::string words : {"1,500 accounts", "kind", "recall", "false discovery", "ban+review", "quiet", "0.50"})
    CHECK_MESSAGE(contains(table, words), table);
  CHECK(contains(read_text(program.path("c/calibration.svg")), "</svg>"));
  CHECK(lines_of(read_text(program.path("c/calibration.jsonl"))).size() == 4);
  CHECK(std::distance(std::filesystem::directory_iterator(program.path("c")), {}) ==
        3);  // with the provenance; no copies left
  Arguments with_json = calibrate;
  with_json.emplace_back("--json");
  CHECK(program.must_run(with_json).out == read_text(program.path("c/calibration.jsonl")));
  CHECK(program.must_run({"doctor", "--db", "db", "--json"}).out == before);
  CHECK(program.run({"rings", "--db", "db"}).status != 0);  // nothing was detected in the store itself
}

TEST_CASE("cli calibrate: shuffles give a table of rates and p-values, a picture and lines") {
  const Program program;
  program.must_run({"simulate", "--out", "w", "--accounts", "1000", "--requests", "15000"});
  program.must_run({"ingest", "w/events.jsonl", "--db", "db"});
  const Arguments calibrate = {"calibrate", "--db", "db", "--out", "c", "--null", "4"};
  const std::string table = program.must_run(calibrate).out;
  for (const std::string words : {"1,000 accounts", "4 times", "stated", "as detect", "hubs of the store", "p <="})
    CHECK_MESSAGE(contains(table, words), table);
  CHECK(contains(read_text(program.path("c/null.svg")), "</svg>"));
  Arguments with_json = calibrate;
  with_json.emplace_back("--json");
  CHECK(program.must_run(with_json).out == read_text(program.path("c/null.jsonl")));
  CHECK(!std::filesystem::exists(program.path("c/calibration.svg")));
}

TEST_CASE("cli calibrate: what it cannot do, it refuses") {
  const Program program;
  program.write("log.csv", "account,kind,value\na,sink,s\nb,sink,s\n");
  program.must_run({"ingest", "log.csv", "--db", "db"});
  const auto refused = [&](const Arguments& more, const std::string& says) {
    Arguments all = {"calibrate", "--db", "db", "--out", "c"};
    all.insert(all.end(), more.begin(), more.end());
    const Outcome outcome = program.run(all);
    CHECK(outcome.status == 2);
    CHECK_MESSAGE(contains(outcome.err, says), outcome.err);
  };
  refused({"--kinds", "square"}, "square");
  refused({"--hardness", "1.5"}, "1.5");
  refused({"--seeds", "0"}, "0");
  refused({"--ring-size", "1"}, "--ring-size");
  refused({"--as", "ip=shoe"}, "shoe");
  refused({"--as", "shoe"}, "ip=KIND");
  CHECK(program.run({"calibrate", "--db", "db"}).status == 2);
  CHECK(program.run({"calibrate", "--db", "nowhere", "--out", "c"}).status == 1);
}
