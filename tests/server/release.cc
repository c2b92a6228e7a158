// Acting over HTTP: the preview, two persons, guards, the kill switch, taking back.
#include <algorithm>

#include <doctest/doctest.h>
#include <fmt/format.h>

#include "tests/cli/schema_check.h"
#include "tests/server/served.h"

using namespace ringscope;
using namespace ringscope::testing;
using nlohmann::json;

namespace {

const char* const kGuards = "[guards]\nmost_share = 1.0\n";

json plan_of(const Client& client) {
  const Reply reply = client.get("/api/v1/release/preview");
  REQUIRE(reply.status == 200);
  CHECK(violations(reply.json(), "release-plan") == "");
  return reply.json();
}

std::string commit_of(const json& plan, const std::string& more = "") {
  return fmt::format(R"({{"plan":{}{}}})", plan.at("digest").dump(), more);
}

json state_of(const Client& client) {
  const json state = client.get("/api/v1/release").json();
  CHECK(violations(state, "release-state") == "");
  return state;
}

}  // namespace

TEST_CASE("release: the preview is the command's; the second of two persons releases the plan that both looked at") {
  Served served({"--config", "guards.toml"}, {{"guards.toml", kGuards}});
  const Client ann = served.as("analyst"), cat = served.as("approver", "cat"), exy = served.as("exporter", "exy");
  const json plan = plan_of(ann);
  CHECK(plan ==
        json::parse(
            served.program().must_run({"release", "preview", "--db", "db", "--json", "--config", "guards.toml"}).out));
  CHECK(plan.at("bans") == 12);
  CHECK(plan.at("by_ring").at(0).at("name") == served.ring());
  CHECK(state_of(ann).at("persons") == 2);
  CHECK(state_of(ann).at("proposal").is_null());

  const json events = ann.get("/api/v1/events").json().at("high_water");
  CHECK(ann.post("/api/v1/release", commit_of(plan)).status == 403);
  CHECK(served.as("viewer").get("/api/v1/release/preview").status == 403);
  const Reply first = cat.post("/api/v1/release", commit_of(plan));
  REQUIRE(first.status == 200);
  CHECK(violations(first.json(), "release") == "");
  CHECK(first.json().at("state") == "proposed");
  CHECK(state_of(ann).at("proposal").at("by") == "cat");
  CHECK(state_of(ann).at("proposal").at("plan") == plan.at("digest"));
  CHECK(cat.post("/api/v1/release", commit_of(plan)).json().at("state") == "proposed");  // one person twice is one
  CHECK(exy.post("/api/v1/release", R"({"plan":"0000000000000000"})").status == 409);
  CHECK(ann.get("/api/v1/events").json().at("high_water") == events);

  const json done = exy.post("/api/v1/release", commit_of(plan)).json();
  CHECK(done.at("state") == "released");
  CHECK(done.at("entry").at("by") == "exy");
  CHECK(done.at("entry").at("proposed_by") == "cat");
  CHECK(plan_of(ann).at("bans") == 0);
  CHECK(plan_of(ann).at("banned") == 12);
  CHECK(served.program().must_run({"export", "--level", "bans", "--format", "ids", "--db", "db"}).out.size() > 12 * 6);
}

TEST_CASE("release: a guard that refuses is a 409 with its message, and nothing is written; a cap may be overridden") {
  Served served({"--config", "guards.toml"}, {{"guards.toml", "[guards]\nmost_accounts = 3\nmost_share = 1.0\n"}});
  const Client cat = served.as("approver", "cat"), dan = served.as("approver", "dan");
  const json plan = plan_of(cat);
  CHECK(plan.at("refusals").at(0).at("guard") == "most_accounts");
  const Reply refused = cat.post("/api/v1/release", commit_of(plan));
  CHECK(refused.status == 409);
  CHECK(refused.code() == "refused");
  CHECK(contains(refused.json().at("error").at("message"), "guards.most_accounts is 3"));
  CHECK(cat.get("/api/v1/guard").json().at("total") == 0);
  CHECK(cat.post("/api/v1/release", commit_of(plan, R"(,"override":true)")).status == 400);  // without a reason
  const std::string over = commit_of(plan, R"(,"override":true,"reason":"a raid, ticket 9")");
  CHECK(cat.post("/api/v1/release", over).json().at("state") == "proposed");
  CHECK(dan.post("/api/v1/release", over).json().at("state") == "released");
  const json entry = cat.get("/api/v1/guard").json().at("items").at(0);
  CHECK(violations(entry, "journal") == "");
  CHECK(entry.at("overridden") == json({"most_accounts"}));
  for (const char* body : {"{}", R"({"plan":""})", R"({"plan":"x","override":1})", R"({"plan":"x","more":1})"}) {
    CAPTURE(body);
    CHECK(cat.post("/api/v1/release", body).status == 400);
  }
}

TEST_CASE("release: while the kill switch is on nothing is released, whoever says so") {
  Served served({"--config", "guards.toml"}, {{"guards.toml", kGuards}});
  const Client cat = served.as("approver", "cat"), dan = served.as("approver", "dan"), ann = served.as("analyst");
  CHECK(ann.post("/api/v1/guard/halt", R"({"reason":"stop"})").status == 403);
  CHECK(cat.post("/api/v1/guard/halt", R"({"reason":" "})").status == 400);
  const Reply halted = cat.post("/api/v1/guard/halt", R"({"reason":"a bad run"})");
  REQUIRE(halted.status == 200);
  CHECK(violations(halted.json(), "journal") == "");
  CHECK(halted.json().at("by") == "cat");
  CHECK(state_of(ann).at("halt").at("reason") == "a bad run");
  CHECK(ann.get("/api/v1/events").json().at("halted") == true);
  const json plan = plan_of(cat);
  const std::string over = commit_of(plan, R"(,"override":true,"reason":"now")");
  CHECK(cat.post("/api/v1/release", over).status == 409);
  CHECK(contains(dan.post("/api/v1/release", over).json().at("error").at("message"), "kill_switch"));
  CHECK(cat.post("/api/v1/guard/halt", R"({"reason":"again"})").status == 400);
  CHECK(dan.post("/api/v1/guard/resume", R"({"reason":"looked at"})").json().at("type") == "resume");
  CHECK(state_of(ann).at("halt").is_null());
}

TEST_CASE("release: what is spared is not banned, until the entry is taken back") {
  Served served({"--config", "guards.toml"}, {{"guards.toml", kGuards}});
  const Client cat = served.as("approver", "cat");
  const Reply spared = cat.post("/api/v1/guard/allow",
                                R"({"target":"ring-3","owner":"sales","until":"2100-01-01","reason":"a customer"})");
  REQUIRE(spared.status == 200);
  CHECK(violations(spared.json(), "journal") == "");
  CHECK(plan_of(cat).at("bans") == 11);
  CHECK(plan_of(cat).at("first_blocked").at(0).at("account") == "ring-3");
  const std::string undo = fmt::format("/api/v1/guard/{}/disallow", spared.json().at("number").get<int>());
  CHECK(cat.post(undo, R"({"reason":"no customer any more"})").json().at("type") == "disallow");
  CHECK(plan_of(cat).at("bans") == 12);
  for (const char* body : {R"({"target":"ring-3","owner":"sales","until":"soon","reason":"x"})",
                           R"({"target":"ring-3","owner":"sales","until":"2001-01-01","reason":"x"})",
                           R"({"target":"ring-3","until":"2100-01-01","reason":"x"})"})
    CHECK(cat.post("/api/v1/guard/allow", body).status == 400);
  CHECK(
      cat.post("/api/v1/guard/allow", R"({"target":"nobody","owner":"s","until":"2100-01-01","reason":"x"})").status ==
      404);
}

TEST_CASE("retract: an approver takes a released ring back at once, however large, and it is remembered") {
  Served served({"--config", "guards.toml"},
                {{"guards.toml", "[guards]\nmost_share = 1.0\npersons = 1\n[verdicts]\ntwo_persons_above = 5\n"}});
  const Client cat = served.as("approver", "cat"), ann = served.as("analyst");
  CHECK(cat.post("/api/v1/release", commit_of(plan_of(cat))).json().at("state") == "released");
  const std::string body = fmt::format(R"({{"target":"{}","reason":"a campus"}})", served.ring());
  CHECK(ann.post("/api/v1/retract", body).status == 403);
  const Reply done = cat.post("/api/v1/retract", body);
  REQUIRE(done.status == 200);
  CHECK(violations(done.json(), "retraction") == "");
  CHECK(done.json().at("unbanned") == 12);
  const json overturned = ann.get("/api/v1/overturned").json();
  CHECK(overturned.at("total") == 12);
  for (const json& one : overturned.at("items")) CHECK(violations(one, "overturned") == "");
  CHECK(overturned.at("items").at(0).at("by") == "cat");
  CHECK(cat.post("/api/v1/retract", R"({"target":"R-ffffffff","reason":"x"})").status == 404);
}

TEST_CASE("release: a snapshot is never acted upon") {
  Served served;
  served.program().must_run({"snapshot", "create", "kept", "--db", "db"});
  const Served past({"--db", served.program().path("db") + "@kept"});
  const std::string made =
      served.program().must_run({"token", "add", "past", "--role", "admin", "--db", "db", "--json"}).out;
  const Client admin = past.anybody().bearer(json::parse(made).at("token"));
  const json plan = plan_of(admin);
  CHECK(admin.post("/api/v1/release", commit_of(plan)).status == 409);
  CHECK(admin.post("/api/v1/guard/halt", R"({"reason":"x"})").status == 409);
  CHECK(admin.post("/api/v1/retract", R"({"target":"ring-1","reason":"x"})").status == 409);
}
