// What the API answers.
#include <algorithm>
#include <set>
#include <sstream>

#include <doctest/doctest.h>
#include <fmt/format.h>

#include "server/openapi.h"
#include "server/routes.h"
#include "server/schemas.h"
#include "storage/store.h"
#include "tests/cli/schema_check.h"
#include "tests/server/served.h"

using namespace ringscope;
using namespace ringscope::testing;
using nlohmann::json;

namespace {

// Every document of a list, or the one that it is.
std::vector<json> documents_in(const server::Reply& reply, const json& body) {
  if (reply.form == server::Form::document) return {body};
  return body.at("items").get<std::vector<json>>();
}

const server::Route& route_named(const std::string& name) {
  for (const server::Route* route : server::routes()) {
    if (route->name == name) return *route;
  }
  throw std::runtime_error("no route " + name);
}

void check_answer(const Client& client, const std::string& name, const std::string& target) {
  CAPTURE(target);
  const testing::Reply reply = client.get(target);
  REQUIRE(reply.status == 200);
  const server::Reply& promised = route_named(name).reply;
  const json body = reply.json();
  if (promised.form == server::Form::list) {
    CHECK(body.at("run").is_number_unsigned());
    CHECK(body.at("total").is_number_unsigned());
    CHECK((body.at("next").is_null() || body.at("next").is_string()));
    CHECK(!body.at("items").empty());
  }
  for (const json& document : documents_in(promised, body)) {
    std::string schema(promised.schema);
    if (schema.find(',') != std::string::npos) {  // the document says which of them it is
      const std::string own = document.at("schema").get<std::string>();
      const std::string which = own.substr(10, own.find('/') - 10);  // after "ringscope."
      REQUIRE(contains("," + schema + ",", "," + which + ","));
      schema = which;
    }
    CHECK(violations(document, schema) == "");
  }
}

}  // namespace

TEST_CASE("api: every answer is what its schema says, for those who see values and for those who do not") {
  Served served;
  const std::string ring = served.ring();
  served.program().must_run({"verdict", "ring-0", "reject", "--by", "ann", "--reason", "knows", "--db", "db"});
  served.program().write("pool.jsonl", "{\"campaign\":\"pool\",\"kind\":\"ip\",\"value\":\"203.0.113.0\"}\n");
  served.program().must_run({"indicators", "import", "pool.jsonl", "--db", "db"});
  served.program().must_run({"snapshot", "create", "before", "--db", "db"});
  const std::pair<std::string, std::string> asked[] = {
      {"session.show", "/api/v1/session"},
      {"session.store", "/api/v1/store"},
      {"rings.list", "/api/v1/rings"},
      {"rings.list", "/api/v1/rings?facets=1&tier=ban,review&sort=size&order=asc&min_size=2&limit=1"},
      {"rings.show", "/api/v1/rings/" + ring},
      {"rings.show", "/api/v1/rings/" + ring.substr(2, 6)},
      {"rings.evidence", "/api/v1/rings/" + ring + "/evidence"},
      {"rings.members", "/api/v1/rings/" + ring + "/members?sort=account"},
      {"rings.picture", "/api/v1/rings/" + ring + "/picture"},
      {"rings.days", "/api/v1/rings/" + ring + "/timeline"},
      {"rings.history", "/api/v1/rings/" + ring + "/history"},
      {"rings.version", "/api/v1/rings/" + ring + "/at/1"},
      {"rings.changed", "/api/v1/changes"},
      {"events.list", "/api/v1/events"},
      {"accounts.show", "/api/v1/accounts/ring-1"},
      {"accounts.show", "/api/v1/accounts/user-1"},
      {"accounts.why", "/api/v1/why?a=ring-1&b=ring-2"},
      {"accounts.why", "/api/v1/why?a=user-1&b=ring-2"},
      {"search.text", "/api/v1/search?q=ring-"},
      {"runs.list", "/api/v1/runs"},
      {"runs.show", "/api/v1/runs/1"},
      {"snapshots.list", "/api/v1/snapshots"},
      {"indicators.list", "/api/v1/indicators"},
      {"verdicts.list", "/api/v1/verdicts"},
  };
  // The server may see what was written beside it only a moment later.
  const Client admin = served.as("admin"), viewer = served.as("viewer");
  for (int tries = 0; tries < 100 && (admin.get("/api/v1/verdicts").json().at("total") == 0 ||
                                      admin.get("/api/v1/indicators").json().at("total") == 0);
       ++tries)
    usleep(50'000);
  for (const auto& [name, target] : asked) {
    check_answer(admin, name, target);
    check_answer(viewer, name, target);
  }
  check_answer(admin, "exports.preview", "/api/v1/exports/preview?level=accounts");
  for (const char* target : {"/api/v1/flow", "/api/v1/successions", "/api/v1/successions/accounts"})
    CHECK(admin.get(target).json().at("items").empty());
  for (const std::string& target : {std::string("/api/v1/flow.svg"), "/api/v1/rings/" + ring + "/timeline.svg"})
    CHECK(contains(admin.get(target).body, "<svg"));
}

TEST_CASE("api: events are the whole feed, page by page; a cursor that is too old is told where to begin") {
  Served served;
  const Program& program = served.program();
  program.must_run({"verdict", "ring-0", "reject", "--by", "ann", "--reason", "knows", "--db", "db"});
  const Outcome feed = program.must_run({"export", "--level", "events", "--db", "db"});
  const Client ann = served.as("analyst");
  for (int tries = 0; tries < 100 && ann.get("/api/v1/verdicts").json().at("total") == 0; ++tries) usleep(50'000);
  std::vector<json> walked;
  std::string after = "0";
  for (bool more = true; more;) {
    const json page = ann.get("/api/v1/events?limit=1&after=" + after).json();
    for (const json& event : page.at("items")) walked.push_back(event);
    more = page.at("more");
    CHECK(page.at("next").is_null() == !more);
    if (more) after = page.at("next");
    CHECK(page.at("halted") == false);
  }
  CHECK(walked == json_lines_of(feed.out));
  CHECK(
      std::ranges::any_of(walked, [](const json& event) { return event.at("schema") == "ringscope.verdict-event/1"; }));
  CHECK(ann.get("/api/v1/events?after=1000000").status == 410);
  program.must_run({"guard", "trim", "--keep", "1", "--by", "bob", "--reason", "old", "--db", "db"});
  testing::Reply gone = ann.get("/api/v1/events");
  for (int tries = 0; tries < 100 && gone.status == 200; ++tries) {
    usleep(50'000);
    gone = ann.get("/api/v1/events");
  }
  REQUIRE(gone.status == 410);
  CHECK(gone.json().at("error").at("code") == "feed_gap");
  CHECK(contains(gone.json().at("error").at("message"), "export --level state"));
}

TEST_CASE("api: the document of the API is the one in docs, made from the table of routes") {
  const std::string document = server::openapi_document("0.1.0");
  CHECK(document == read_text(RINGSCOPE_SOURCE_DIR "/docs/openapi.json"));
  const Served served;
  CHECK(served.anybody().get("/openapi.json").body == document);
  const json parsed = json::parse(document);
  CHECK(parsed.at("openapi") == "3.1.0");
  std::set<std::string> names;
  for (const server::Route* route : server::routes()) {
    CAPTURE(route->name);
    CHECK(names.insert(std::string(route->name)).second);
    const char* const method = route->method == server::Method::get ? "get" : "post";
    CHECK(parsed.at("paths").at(std::string(route->path)).at(method).at("operationId") == route->name);
    for (const std::string_view schema : {route->reply.schema, route->body.schema}) {
      std::istringstream several{std::string(schema)};
      for (std::string one; std::getline(several, one, ',');)
        CHECK(parsed.at("components").at("schemas").contains(one));
    }
  }
}

TEST_CASE("api: an answer that has not changed is not sent again, and one that has is") {
  Served served;
  const Client ann = served.as("analyst");
  for (const std::string& target :
       {"/api/v1/rings/" + served.ring(), std::string("/api/v1/rings"), std::string("/api/v1/accounts/ring-1")}) {
    CAPTURE(target);
    const testing::Reply first = ann.get(target);
    const std::string tag = first.header("etag");
    REQUIRE(tag.size() > 10);
    const testing::Reply again = ann.get(target, {{"If-None-Match", tag}});
    CHECK(again.status == 304);
    CHECK(again.body.empty());
    CHECK(again.header("etag") == tag);
    CHECK(ann.get(target, {{"If-None-Match", "\"other\", W/" + tag}}).status == 304);
    const bool has_values = target != "/api/v1/rings";
    if (has_values) CHECK(served.as("viewer").get(target).header("etag") != tag);
  }
  const testing::Reply before = ann.get("/api/v1/rings");
  const std::string decide = fmt::format(R"({{"target":"{}","decision":"reject","reason":"known"}})", served.ring());
  CHECK(ann.post("/api/v1/verdicts", decide).status == 200);
  const testing::Reply after = ann.get("/api/v1/rings", {{"If-None-Match", before.header("etag")}});
  CHECK(after.status == 200);
  CHECK(after.json().at("items").at(0).at("verdict") == "reject");
}

TEST_CASE("api: HEAD says what GET would, without the body") {
  Served served;
  const Client ann = served.as("analyst");
  const testing::Reply get = ann.get("/api/v1/rings"), head = ann.ask("HEAD", "/api/v1/rings", "");
  CHECK(head.status == 200);
  CHECK(head.body.empty());
  CHECK(head.header("content-length") == std::to_string(get.body.size()));
  CHECK(head.header("etag") == get.header("etag"));
}

TEST_CASE("api: a list is walked through page by page, each item once") {
  Served served;
  const Client ann = served.as("analyst");
  for (const std::string& list : {"/api/v1/rings/" + served.ring() + "/members?limit=5",
                                  "/api/v1/rings/" + served.ring() + "/evidence?limit=3"}) {
    CAPTURE(list);
    std::vector<std::string> seen;
    std::string next;
    json page;
    do {
      page = ann.get(list + (next.empty() ? "" : "&cursor=" + next)).json();
      for (const json& item : page.at("items"))
        seen.push_back(item.value("account", item.value("kind", "") + item.value("value", "")));
      next = page.at("next").is_null() ? "" : page.at("next").get<std::string>();
    } while (!next.empty() && seen.size() < 1000);
    CHECK(seen.size() == page.at("total"));
    CHECK(std::set<std::string>(seen.begin(), seen.end()).size() == seen.size());
  }
  CHECK(ann.get("/api/v1/runs?cursor=nonsense").status == 400);
  const std::string other = ann.get("/api/v1/rings/" + served.ring() + "/members?limit=1").json().at("next");
  CHECK(ann.get("/api/v1/rings/" + served.ring() + "/evidence?cursor=" + other).status == 400);
}

TEST_CASE("api: what makes no sense is refused with what is wrong") {
  Served served;
  const Client admin = served.as("admin");
  const std::pair<const char*, const char*> wrong[] = {{"/api/v1/rings?shoe=1", "shoe"},
                                                       {"/api/v1/rings?limit=0", "limit"},
                                                       {"/api/v1/rings?limit=1001", "limit"},
                                                       {"/api/v1/rings?limit=ten", "limit"},
                                                       {"/api/v1/rings?tier=gold", "tier"},
                                                       {"/api/v1/rings?tier=ban&tier=ban", "tier"},
                                                       {"/api/v1/rings?facets=yes", "facets"},
                                                       {"/api/v1/why?a=ring-0", "b"},
                                                       {"/api/v1/search?q=", "q"},
                                                       {"/api/v1/runs/0", "run"},
                                                       {"/api/v1/runs/99999999999999999999", "run"}};
  for (const auto& [target, field] : wrong) {
    CAPTURE(target);
    const testing::Reply reply = admin.get(target);
    CHECK(reply.status == 400);
    CHECK(violations(reply.json(), "error") == "");
    CHECK(reply.json().at("error").at("context") == field);
  }
  for (const char* target : {"/api/v1/rings/R-00000000", "/api/v1/accounts/nobody", "/api/v1/runs/9", "/api/v1/nothing",
                             "/api/v2/rings", "/nothing.js"}) {
    CAPTURE(target);
    CHECK(admin.get(target).status == 404);
  }
  CHECK(admin.get("/api/v1/why?a=ring-0&b=ring-0").status == 400);
  const testing::Reply other = admin.ask("DELETE", "/api/v1/verdicts", "");
  CHECK(other.status == 405);
  CHECK(other.header("allow") == "GET, HEAD, POST");
  CHECK(!contains(admin.get("/api/v1/accounts/nobody").body, served.program().path("db")));
}

TEST_CASE("api: a verdict is given, shown at once, kept, and taken back by whom it may be") {
  Served served;
  const Client ann = served.as("analyst", "ann"), ben = served.as("analyst", "ben"), cat = served.as("approver", "cat");
  const std::string ring = served.ring();
  const testing::Reply given = ann.post(
      "/api/v1/verdicts",
      fmt::format(R"({{"target":"{}","decision":"reject","reason":"a cousin","accounts":["ring-3"],"note":"seen"}})",
                  ring));
  REQUIRE(given.status == 200);
  const json items = given.json().at("items");
  REQUIRE(items.size() == 2);
  for (const json& item : items) CHECK(violations(item, "verdict") == "");
  CHECK(items[0].at("target") == "ring-3");
  CHECK(items[0].at("by") == "ann");
  CHECK(items[1].at("word") == "note");
  CHECK(ann.get("/api/v1/accounts/ring-3").json().at("ring").at("tier") == "watch");
  CHECK(contains(served.program().must_run({"account", "ring-3", "--db", "db"}).out, "a cousin"));
  const std::string undo = "/api/v1/verdicts/" + items[0].at("number").dump() + "/undo";
  CHECK(ben.post(undo, R"({"reason":"no"})").code() == "role");
  CHECK(cat.post(undo, R"({"reason":"no"})").status == 200);
  CHECK(ann.get("/api/v1/accounts/ring-3").json().at("ring").at("tier") != "watch");
  CHECK(ann.post("/api/v1/verdicts", R"({"target":"ring-1","decision":"reject","reason":"x","by":"cat"})").code() ==
        "role");
  for (const char* body :
       {"", "[]", "{", R"({"target":"ring-1","decision":"reject"})",
        R"({"target":"ring-1","decision":"hang","reason":"x"})",
        R"({"target":"ring-1","decision":"reject","reason":" "})", R"({"target":7,"decision":"reject","reason":"x"})",
        R"({"target":"ring-1","decision":"reject","reason":"x","more":1})"}) {
    CAPTURE(body);
    CHECK(ann.post("/api/v1/verdicts", body).status == 400);
  }
  CHECK(ann.post("/api/v1/verdicts", R"({"target":"nobody","decision":"reject","reason":"x"})").status == 404);
  // Of several, one that cannot be given lets none be given.
  CHECK(ann.post("/api/v1/verdicts",
                 fmt::format(
                     R"({{"target":"{}","decision":"reject","reason":"x","accounts":["ring-1","ring-2","nobody"]}})",
                     ring))
            .status == 404);
  CHECK(ann.get("/api/v1/accounts/ring-1").json().at("ring").at("tier") != "watch");
  CHECK(served.owner()
            .post("/api/v1/verdicts", R"({"target":"ring-1","decision":"note","reason":"x","by":"dan"})")
            .json()
            .at("items")
            .at(0)
            .at("by") == "dan");
}

TEST_CASE("api: on a large ring the second word is an approver's") {
  Served served({"--config", "small.toml"}, {{"small.toml", "[verdicts]\ntwo_persons_above = 5\n"}});
  const Client ann = served.as("analyst"), ben = served.as("analyst"), cat = served.as("approver");
  const std::string body =
      fmt::format(R"({{"target":"{}","decision":"confirm","reason":"one operator"}})", served.ring());
  const testing::Reply first = ann.post("/api/v1/verdicts", body);
  CHECK(first.json().at("items").at(0).at("state") == "waits");
  CHECK(ben.post("/api/v1/verdicts", body).code() == "role");
  CHECK(ann.get("/api/v1/verdicts?state=stands").json().at("total") == 0);
  CHECK(cat.post("/api/v1/verdicts", body).json().at("items").at(0).at("state") == "stands");
  CHECK(ann.get("/api/v1/rings").json().at("items").at(0).at("verdict") == "confirm");
}

TEST_CASE("api: while another process holds the store a verdict waits for nobody, and reading goes on") {
  Served served;
  const Client ann = served.as("analyst");
  const auto held = Store::open(served.program().path("db"), {.mode = OpenMode::write});
  const testing::Reply refused = ann.post("/api/v1/verdicts", R"({"target":"ring-0","decision":"note","reason":"x"})");
  CHECK(refused.status == 503);
  CHECK(refused.code() == "locked");
  CHECK(refused.header("retry-after") != "");
  CHECK(ann.get("/api/v1/rings").status == 200);
  for (int tries = 0; tries < 60 && ann.get("/api/v1/store").json().at("writing") == false; ++tries) usleep(50'000);
  CHECK(ann.get("/api/v1/store").json().at("writing") == true);
}

TEST_CASE("api: a run published by another process is shown soon, and no answer mixes two") {
  Served served;
  const Client ann = served.as("analyst");
  CHECK(ann.get("/api/v1/rings").json().at("run") == 1);
  served.program().must_run({"detect", "--db", "db"});
  std::uint64_t run = 1;
  for (int tries = 0; tries < 200 && run == 1; ++tries) {
    const json page = ann.get("/api/v1/rings").json();
    run = page.at("run");
    for (const json& item : page.at("items")) CHECK(item.at("run") == run);
    usleep(20'000);
  }
  CHECK(run == 2);
}

TEST_CASE("api: an export is the one that the command writes, and its preview its beginning") {
  Served served;
  const Client taker = served.as("exporter");
  for (const std::string level : {"accounts", "rings", "events"}) {
    CAPTURE(level);
    const testing::Reply reply = taker.get("/api/v1/exports?level=" + level);
    CHECK(reply.status == 200);
    CHECK(reply.body == served.program().must_run({"export", "--level", level, "--db", "db"}).out);
    CHECK(contains(reply.header("content-disposition"), "attachment"));
    const json preview = taker.get("/api/v1/exports/preview?level=" + level).json();
    CHECK(preview.at("bytes") == reply.body.size());
    CHECK(preview.at("lines").at(0) == lines_of(reply.body).at(0).substr(0, 4000));
  }
  const testing::Reply csv = taker.get("/api/v1/exports?level=accounts&tier=watch");
  CHECK(csv.body == served.program().must_run({"export", "--level", "accounts", "--tier", "watch", "--db", "db"}).out);
  CHECK(taker.get("/api/v1/exports?level=shoes").status == 400);
  CHECK(taker.get("/api/v1/exports?level=accounts&after=3").status == 400);
}

TEST_CASE("api: lines are judged as the command judges them") {
  Served served;
  const std::string lines =
      "{\"account\":\"new\",\"ip\":\"203.0.113.1\",\"payment\":\"ring-card-0\"}\n{\"account\":\"ring-0\"}\nnonsense\n";
  served.program().write("lines.jsonl", lines);
  const testing::Reply reply =
      served.as("exporter").post("/api/v1/score", lines, {{"Content-Type", "application/jsonl"}});
  CHECK(reply.status == 200);
  CHECK(reply.body == served.program().run({"score", "lines.jsonl", "--db", "db"}).out);
  for (const json& line : json_lines_of(reply.body)) CHECK(violations(line, "score") == "");
}

TEST_CASE("api: many ids at once are answered in their order") {
  Served served;
  const Client ann = served.as("analyst");
  const json answer = ann.post("/api/v1/search", R"(["ring-0","nobody","203.0.113.1"])").json();
  REQUIRE(answer.at("items").size() == 3);
  CHECK(answer["items"][0].at("hits").at(0).at("value") == "ring-0");
  CHECK(answer["items"][1].at("hits").empty());
  CHECK(answer["items"][2].at("hits").at(0).at("kind") == "ip");
  for (const char* body : {"{}", "[]", "[1]", "[\"\"]"}) CHECK(ann.post("/api/v1/search", body).status == 400);
}

TEST_CASE("api: a snapshot is served, and nothing is written to it") {
  Served served;
  served.program().must_run({"snapshot", "create", "kept", "--db", "db"});
  const Served past({"--db", served.program().path("db") + "@kept"});
  const std::string made = served.program().must_run({"token", "add", "past", "--db", "db", "--json"}).out;
  const Client ann = past.anybody().bearer(json::parse(made).at("token"));
  CHECK(ann.get("/api/v1/rings").json().at("run") == 1);
  CHECK(ann.get("/api/v1/store").json().at("read_only") == true);
  CHECK(ann.post("/api/v1/verdicts", R"({"target":"ring-0","decision":"note","reason":"x"})").status == 409);
}
