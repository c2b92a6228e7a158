// Parquet and Arrow, as the program has them: by a module that it loads when it needs it.
#include <filesystem>

#include <doctest/doctest.h>

#include "tests/cli/program.h"
#include "tests/cli/world.h"

using namespace ringscope;

TEST_CASE("tables: Parquet and Arrow are written, and read again as what they were") {
  const Program program;
  make_store(program);
  const Outcome accounts = program.run({"export", "--format", "parquet", "--out", "a.parquet", "--db", "db"});
  if (contains(accounts.err, "built without Parquet")) {
    MESSAGE("skipped: for want of Arrow C++");
    return;
  }
  REQUIRE(accounts.status == 0);
  for (const std::string format : {"parquet", "arrow", "edges"}) {
    CAPTURE(format);
    program.must_run({"export", "--level", "graph", "--format", format, "--out", "g." + format, "--db", "db"});
    program.must_run({"ingest", "--format", format == "edges" ? "edgelist" : format, "g." + format, "--db", format});
  }
  CHECK(read_text(program.path("a.parquet")).starts_with("PAR1"));
  program.write("damaged.parquet", "PAR1 and no more PAR1");
  const Outcome damaged = program.run({"ingest", "damaged.parquet", "--db", "other"});
  CHECK(damaged.status == 1);  // thrown in the module, caught in the program
  CHECK(contains(damaged.err, "damaged Parquet"));
  const std::string plain = program.must_run({"detect", "--db", "edges", "--json"}).out;
  const auto digest = [](const std::string& out) { return json_lines_of(out).back().at("digest"); };
  for (const char* db : {"parquet", "arrow"}) {
    CHECK(digest(program.must_run({"detect", "--db", db, "--json"}).out) == digest(plain));
  }
}

TEST_CASE("tables: without its module the program does the rest, and says what it lacks") {
  Program program;
  make_store(program);
  if (contains(program.run({"export", "--format", "parquet", "--out", "a", "--db", "db"}).err,
               "built without Parquet")) {
    MESSAGE("skipped: for want of Arrow C++");
    return;
  }
  std::filesystem::copy_file(RINGSCOPE_PROGRAM, program.path("alone"));
  program.use(program.path("alone"));
  program.must_run({"export", "--out", "a.csv", "--db", "db"});
  const Outcome refused = program.run({"export", "--format", "parquet", "--out", "b.parquet", "--db", "db"});
  CHECK(refused.status == 1);
  CHECK(contains(refused.err, "ringscope-tables.so"));
  CHECK(!std::filesystem::exists(program.path("b.parquet")));
}
