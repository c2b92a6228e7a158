// Verdicts over HTTP: two persons for many members, several taken back as one, the whole log out and in.
#include <algorithm>

#include <doctest/doctest.h>
#include <fmt/format.h>
#include <fmt/ranges.h>

#include "tests/cli/schema_check.h"
#include "tests/server/served.h"

using namespace ringscope;
using namespace ringscope::testing;
using nlohmann::json;

namespace {

Served small() { return Served({"--config", "small.toml"}, {{"small.toml", "[verdicts]\ntwo_persons_above = 5\n"}}); }

// On ring-<first> … ring-<last - 1>.
std::string body_of(const std::string& ring, int first, int last) {
  std::vector<std::string> accounts;
  for (int i = first; i < last; ++i) accounts.push_back(fmt::format("\"ring-{}\"", i));
  return fmt::format(R"({{"target":"{}","decision":"confirm","reason":"one operator","accounts":[{}]}})", ring,
                     fmt::join(accounts, ","));
}

std::vector<std::string> states_of(const Reply& reply) {
  std::vector<std::string> states;
  const json answer = reply.json();  // outlives the loop
  for (const json& item : answer.at("items")) states.push_back(item.at("state"));
  return states;
}

std::string numbers_of(const Reply& reply) {
  std::vector<std::string> numbers;
  const json answer = reply.json();
  for (const json& item : answer.at("items")) numbers.push_back(item.at("number").dump());
  return fmt::format("[{}]", fmt::join(numbers, ","));
}

}  // namespace

TEST_CASE("verdicts over HTTP: a large ring is not confirmed by one person in pieces, and the second is an approver") {
  Served served = small();
  const Client ann = served.as("analyst", "ann"), ben = served.as("analyst", "ben"), cat = served.as("approver", "cat");
  const std::string ring = served.ring();
  CHECK(states_of(ann.post("/api/v1/verdicts", body_of(ring, 0, 6))) == std::vector<std::string>(6, "waits"));
  CHECK(states_of(ben.post("/api/v1/verdicts", body_of(ring, 6, 8))) == std::vector<std::string>(2, "stands"));
  CHECK(states_of(ben.post("/api/v1/verdicts", body_of(ring, 8, 12))) == std::vector<std::string>(4, "waits"));
  CHECK(ben.post("/api/v1/verdicts", body_of(ring, 0, 6)).code() == "role");
  CHECK(states_of(cat.post("/api/v1/verdicts", body_of(ring, 0, 6))) == std::vector<std::string>(6, "stands"));
  const std::string single = R"({"target":"ring-9","decision":"confirm","reason":"one operator"})";
  CHECK(ben.post("/api/v1/verdicts", single).json().at("items").at(0).at("state") == "waits");
  CHECK(ann.get("/api/v1/accounts/ring-9").json().at("ring").at("verdict").is_null());
}

TEST_CASE("verdicts over HTTP: several are taken back as one, by whom it may be, or none is") {
  Served served;
  const Client ann = served.as("analyst", "ann"), ben = served.as("analyst", "ben"), cat = served.as("approver", "cat");
  const Reply given = ann.post("/api/v1/verdicts", body_of(served.ring(), 0, 3));
  const std::string undo = fmt::format(R"({{"numbers":{},"reason":"wrong"}})", numbers_of(given));
  CHECK(ben.post("/api/v1/verdicts/undo", undo).code() == "role");
  CHECK(ann.post("/api/v1/verdicts/undo", R"({"numbers":[1,99],"reason":"wrong"})").status == 404);
  CHECK(ann.get("/api/v1/verdicts?state=stands").json().at("total") == 3);
  const Reply undone = ann.post("/api/v1/verdicts/undo", undo);
  REQUIRE(undone.status == 200);
  CHECK(undone.json().at("items").size() == 3);
  const json items = undone.json().at("items");
  for (const json& item : items) CHECK(violations(item, "verdict") == "");
  CHECK(ann.get("/api/v1/verdicts?state=undone").json().at("total") == 3);
  const Reply again = ann.post("/api/v1/verdicts", body_of(served.ring(), 4, 6));
  CHECK(cat.post("/api/v1/verdicts/undo", fmt::format(R"({{"numbers":{},"reason":"wrong"}})", numbers_of(again)))
            .status == 200);
  for (const char* body : {R"({"numbers":[],"reason":"x"})", R"({"numbers":[0],"reason":"x"})",
                           R"({"numbers":[-1],"reason":"x"})", R"({"numbers":1,"reason":"x"})", R"({"numbers":[1]})"}) {
    CAPTURE(body);
    CHECK(ann.post("/api/v1/verdicts/undo", body).status == 400);
  }
}

TEST_CASE("verdicts over HTTP: the log goes out as the command writes it, and into another store once") {
  Served served, other;
  const Client ann = served.as("analyst"), exy = served.as("exporter");
  CHECK(ann.post("/api/v1/verdicts", body_of(served.ring(), 0, 3)).status == 200);
  CHECK(ann.get("/api/v1/verdicts/export").status == 403);
  const Reply log = exy.get("/api/v1/verdicts/export");
  REQUIRE(log.status == 200);
  CHECK(log.body == served.program().must_run({"verdicts", "export", "--db", "db"}).out);
  const Client admin = other.as("admin");
  const Headers lines = {{"Content-Type", "application/jsonl"}};
  CHECK(other.as("approver").post("/api/v1/verdicts/import", log.body, lines).status == 403);
  const json first = admin.post("/api/v1/verdicts/import", log.body + "nonsense\n", lines).json();
  CHECK(violations(first, "verdicts-import") == "");
  CHECK(first.at("added") == 3);
  CHECK(first.at("rejected") == 1);
  CHECK(admin.post("/api/v1/verdicts/import", log.body, lines).json().at("added") == 0);
  CHECK(admin.get("/api/v1/accounts/ring-1").json().at("ring").at("verdict").at("word") == "confirm");
}
