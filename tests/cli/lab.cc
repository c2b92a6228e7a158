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
