// Indicators from the command line to the ring they name.
#include <algorithm>

#include <doctest/doctest.h>

#include "tests/cli/program.h"
#include "tests/cli/world.h"

using namespace ringscope;

namespace {

const char* const kPool = R"([{"campaign":"pool","indicators":[
  {"kind":"ip","value":"203.0.113.0"},{"kind":"ip","value":"203.0.113.1"},{"kind":"ip","value":"203.0.113.2"},
  {"kind":"ip","value":"203.0.113.3"},{"kind":"payment","value":"ring-card-0"}]}])";

nlohmann::json only(const std::string& text) {
  const auto documents = json_lines_of(text);
  REQUIRE(documents.size() == 1);
  return documents.front();
}

}  // namespace

TEST_CASE("cli indicators: four addresses and a card name the ring, on its page, in the list and in the exports") {
  const Program program;
  program.write("log.jsonl", joined(world_lines()));
  program.write("pool.json", kPool);
  program.must_run({"ingest", "log.jsonl", "--db", "db"});
  CHECK(contains(program.must_run({"indicators", "import", "pool.json", "--db", "db"}).out, "5 new"));
  program.must_run({"detect", "--db", "db"});
  const auto line = only(program.must_run({"rings", "--db", "db", "--json"}).out);
  CHECK(line.at("campaign") == "pool");
  CHECK(line.at("confidence").get<double>() >= 0.9);
  CHECK(line.at("campaigns").size() == 1);
  CHECK(contains(program.must_run({"rings", "--db", "db"}).out, "pool"));
  const std::string id = line.at("ring");
  const auto ring = only(program.must_run({"ring", id, "--db", "db", "--json"}).out);
  const auto& match = ring.at("campaigns").at(0);
  CHECK(match.at("campaign") == "pool");
  CHECK(match.at("indicators").size() == 5);
  CHECK(match.at("accounts") == 12);
  CHECK(match.at("requests") == ring.at("behaviour").at("requests"));
  CHECK(match.at("capabilities").contains("agentic_reasoning"));
  const std::string page = program.must_run({"ring", id, "--db", "db"}).out;
  for (const char* part : {"Campaign pool", "203.0.113.0", "ring-card-0", "of campaign pool"}) {
    CAPTURE(part);
    CHECK(contains(page, part));
  }
  CHECK(contains(program.must_run({"export", "--db", "db"}).out, "of campaign pool"));
  CHECK(contains(program.must_run({"account", "ring-0", "--db", "db"}).out, "of campaign pool"));
  // Without them, the next run knows nothing.
  program.must_run({"indicators", "remove", "pool", "--db", "db"});
  program.must_run({"detect", "--db", "db"});
  CHECK(only(program.must_run({"rings", "--db", "db", "--json"}).out).at("campaign") == "");
}

TEST_CASE("cli indicators: a campaign of strangers is never named") {
  const Program program;
  program.write("log.jsonl", joined(world_lines()));
  program.must_run({"ingest", "log.jsonl", "--db", "db"});
  program.must_run({"indicators", "import", "-", "--campaign", "others", "--db", "db"},
                   "{\"kind\":\"ip\",\"value\":\"192.0.2.1\"}\n{\"kind\":\"ip\",\"value\":\"198.51.0.7\"}\n"
                   "{\"kind\":\"payment\",\"value\":\"card-7\"}\n{\"kind\":\"cidr\",\"value\":\"0.0.0.0/0\"}\n");
  program.must_run({"detect", "--db", "db"});
  const auto line = only(program.must_run({"rings", "--db", "db", "--json"}).out);
  CHECK(line.at("campaign") == "");
  CHECK(line.at("campaigns").empty());
}

TEST_CASE("cli indicators: import says what was wrong and where, takes the rest, and ends with status 3") {
  const Program program;
  program.write("f.jsonl",
                "{\"campaign\":\"x\",\"kind\":\"ip\",\"value\":\"203.0.113.7\"}\n"
                "{\"campaign\":\"x\",\"kind\":\"ip\",\"value\":\"nonsense-value\"}\n"
                "{\"campaign\":\"x\",\"kind\":\"asn\",\"value\":64500}\n");
  const Outcome first = program.run({"indicators", "import", "f.jsonl", "--db", "db"});
  CHECK(first.status == 3);
  CHECK(contains(first.err, "f.jsonl:2: value: not an IP address"));
  CHECK(!contains(first.err, "nonsense-value"));
  CHECK(contains(first.out, "2 new, 0 known already, 1 rejected"));
  const auto again = only(program.run({"indicators", "import", "f.jsonl", "--db", "db", "--json"}).out);
  CHECK(again.at("read") == 2);
  CHECK(again.at("added") == 0);
  CHECK(again.at("rejects").at(0).at("place") == "f.jsonl:2");
  const std::string list = program.must_run({"indicators", "list", "--db", "db"}).out;
  CHECK(contains(list, "203.0.113.7"));
  CHECK(contains(list, "no table of autonomous systems"));
  const auto json = only(program.must_run({"indicators", "list", "--json", "--db", "db"}).out);
  CHECK(json.at("campaign") == "x");
  CHECK(json.at("indicators").size() == 2);
  CHECK(program.run({"indicators", "remove", "y", "--db", "db"}).status == 1);
  CHECK(program.run({"indicators", "--db", "db"}).status == 2);
  CHECK(program.run({"indicators", "import", "none.json", "--db", "db"}).status == 1);
  program.write("broken.json", "[{\"campaign\":\"x\",\n\"indicators\"}]");
  const Outcome broken = program.run({"indicators", "import", "broken.json", "--db", "db"});
  CHECK(broken.status == 1);
  CHECK(contains(broken.err, "line 2"));
  CHECK(only(program.must_run({"indicators", "remove", "x", "--json", "--db", "db"}).out).at("removed") == 2);
  CHECK(contains(program.must_run({"indicators", "list", "--db", "db"}).out, "No indicators"));
}

TEST_CASE("cli indicators: a STIX 2.1 bundle names the ring") {
  const Program program;
  program.write("log.jsonl", joined(world_lines()));
  program.write("bundle.json", R"({"type":"bundle","id":"bundle--0","objects":[
    {"type":"campaign","spec_version":"2.1","id":"campaign--0","name":"stix pool"},
    {"type":"indicator","spec_version":"2.1","id":"indicator--0","pattern_type":"stix",
     "pattern":"[ipv4-addr:value = '203.0.113.0' OR ipv4-addr:value ISSUBSET '203.0.113.1/32']"},
    {"type":"indicator","spec_version":"2.1","id":"indicator--1","pattern_type":"stix",
     "pattern":"[x-ringscope:payment = 'ring-card-1']"},
    {"type":"relationship","spec_version":"2.1","id":"relationship--0","relationship_type":"indicates",
     "source_ref":"indicator--0","target_ref":"campaign--0"}]})");
  program.must_run({"ingest", "log.jsonl", "--db", "db"});
  program.must_run({"indicators", "import", "bundle.json", "--db", "db"});
  program.must_run({"detect", "--db", "db"});
  CHECK(only(program.must_run({"rings", "--db", "db", "--json"}).out).at("campaign") == "stix pool");
}
