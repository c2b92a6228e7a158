// Cuts of the run's links, and two states of the store side by side: what the commands answer.
#include <doctest/doctest.h>

#include "tests/cli/schema_check.h"
#include "tests/server/served.h"

using namespace ringscope;
using namespace ringscope::testing;
using nlohmann::json;

TEST_CASE("states: cuts and the groups of one are those of the command") {
  Served served;
  const Client ann = served.as("analyst");
  const json chart = ann.get("/api/v1/cuts").json();
  CHECK(violations(chart, "cuts") == "");
  CHECK(chart == json::parse(served.program().must_run({"rings", "--cuts", "--db", "db", "--json"}).out));
  const json groups = ann.get("/api/v1/cuts/groups?bits=10").json();
  const auto printed = json_lines_of(served.program().must_run({"rings", "--cut", "10", "--db", "db", "--json"}).out);
  REQUIRE(!groups.at("items").empty());
  CHECK(groups.at("items").get<std::vector<json>>() == printed);
  for (const json& group : groups.at("items")) CHECK(violations(group, "cut-group") == "");
  CHECK(groups.at("total") == printed.size());
  CHECK(ann.get("/api/v1/cuts/groups").status == 400);
}

TEST_CASE("states: the difference of a snapshot and the store is that of the command") {
  Served served;
  const Client ann = served.as("analyst");
  served.program().must_run({"snapshot", "create", "before", "--db", "db"});
  served.program().write("more.jsonl", "{\"ts\":1767225600,\"account\":\"new\",\"ip\":\"192.0.2.9\"}\n");
  served.program().must_run({"ingest", "more.jsonl", "--db", "db"});
  const Reply reply = ann.get("/api/v1/snapshots/diff?before=before&limit=20");
  REQUIRE(reply.status == 200);
  CHECK(violations(reply.json(), "snapshot-diff") == "");
  CHECK(reply.json().at("accounts").at("came") == 1);
  CHECK(reply.json() ==
        json::parse(served.program().must_run({"snapshot", "diff", "before", "live", "--db", "db", "--json"}).out));
  CHECK(ann.get("/api/v1/snapshots/diff?before=never").status == 404);
  CHECK(ann.get("/api/v1/snapshots/diff?before=..%2Fserver").status >= 400);
}
