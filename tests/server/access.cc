// Who is let in, and what they may do.
#include <algorithm>
#include <filesystem>
#include <set>

#include <doctest/doctest.h>
#include <fmt/format.h>

#include "server/routes.h"
#include "tests/server/served.h"

using namespace ringscope;
using namespace ringscope::testing;

TEST_CASE("access: without a session or a token nothing of the API is shown, and the pages tell nothing") {
  const Served served;
  for (const char* target : {"/api/v1/rings", "/api/v1/session", "/api/v1/accounts/ring-0", "/api/v1/stream",
                             "/api/v1/exports?level=accounts", "/metrics"}) {
    CAPTURE(target);
    const Reply reply = served.anybody().get(target);
    CHECK(reply.status == 401);
    CHECK(reply.header("www-authenticate") != "");
    CHECK(!contains(reply.body, "ring-0"));
  }
  CHECK(served.anybody().get("/healthz").body == "ok\n");
  CHECK(served.anybody().get("/openapi.json").status == 200);
  CHECK(served.anybody().get("/").status == 200);
}

TEST_CASE("access: the printed address works once and gives a strict cookie") {
  Served served;
  CHECK(served.anybody().get("/login?token=guessed").status == 401);
  const Reply first = served.anybody().get(served.login());
  CHECK(first.status == 303);
  CHECK(first.header("location") == "/");
  const std::string cookie = first.header("set-cookie");
  for (const char* part : {"HttpOnly", "SameSite=Strict", "Path=/;"}) CHECK(contains(cookie, part));
  CHECK(served.anybody().get(served.login()).status == 401);
  const Client reader = served.anybody().with("Cookie", "theme=dark; " + cookie.substr(0, cookie.find(';')));
  const Reply session = reader.get("/api/v1/session");
  CHECK(session.status == 200);
  CHECK(session.json().at("role") == "admin");
  CHECK(session.json().at("csrf").get<std::string>().size() > 30);
  CHECK(session.header("cache-control") == "no-store");
  CHECK(served.anybody().with("Cookie", "ringscope=guessed").get("/api/v1/session").status == 401);
}

TEST_CASE("access: a form logs in with a token, and the session ends with the token") {
  Served served;
  const std::string out = served.program().must_run({"token", "add", "ann", "--db", "db"}).out;
  const std::string word = lines_of(out).at(0);
  const Headers form = {{"Content-Type", "application/x-www-form-urlencoded"}};
  CHECK(served.anybody().post("/login", "token=rs_wrong", form).status == 401);
  const Reply in = served.anybody().post("/login", "token=" + word, form);
  CHECK(in.status == 303);
  const std::string cookie = in.header("set-cookie");
  const Client ann = served.anybody().with("Cookie", cookie.substr(0, cookie.find(';')));
  CHECK(ann.get("/api/v1/session").json().at("name") == "ann");
  served.program().must_run({"token", "remove", "ann", "--db", "db"});
  CHECK(ann.get("/api/v1/session").status == 401);
  CHECK(served.anybody().bearer(word).get("/api/v1/session").status == 401);
  CHECK(served.anybody().post("/login", "token=" + word, form).status == 401);
}

TEST_CASE("access: requests under another name or from another site are refused, whatever they show") {
  Served served;
  const Client owner = served.owner();
  const std::string here = fmt::format("127.0.0.1:{}", served.port());
  CHECK(owner.get("/api/v1/rings").status == 200);
  CHECK(owner.get("/api/v1/rings", {{"Host", "evil.example"}}).code() == "host");
  CHECK(owner.get("/api/v1/rings", {{"Host", fmt::format("evil.example:{}", served.port())}}).code() == "host");
  CHECK(owner.get("/healthz", {{"Host", "127.0.0.1:1"}}).code() == "host");
  CHECK(owner.get("/api/v1/rings", {{"Host", fmt::format("LOCALHOST:{}", served.port())}}).status == 200);
  CHECK(owner.get("/api/v1/rings", {{"Host", here}, {"Host", here}}).status == 400);
  CHECK(owner.get("/api/v1/rings", {{"Origin", "http://" + here}}).status == 200);
  for (const char* origin : {"http://evil.example", "null", "https://127.0.0.1", "http://127.0.0.1:1"}) {
    CAPTURE(origin);
    CHECK(owner.get("/api/v1/rings", {{"Origin", origin}}).code() == "origin");
  }
  CHECK(owner.get("/api/v1/rings", {{"Sec-Fetch-Site", "cross-site"}}).code() == "origin");
  CHECK(owner.get("/api/v1/rings", {{"Sec-Fetch-Site", "same-origin"}}).status == 200);
  CHECK(owner.get("/", {{"Sec-Fetch-Site", "cross-site"}}).status == 200);
}

TEST_CASE("access: a browser's write needs the word against forged requests, and JSON") {
  Served served;
  const Client owner = served.owner();
  const std::string cookie = [&] {
    Served other;
    return other.anybody().get(other.login()).header("set-cookie");
  }();
  const std::string body = R"({"target":"ring-0","decision":"note","reason":"x"})";
  CHECK(owner.post("/api/v1/verdicts", body).status == 200);
  CHECK(owner.post("/api/v1/verdicts", body, {{"Content-Type", "text/plain"}}).status == 415);
  CHECK(served.anybody().with("Cookie", cookie.substr(0, cookie.find(';'))).post("/api/v1/verdicts", body).status ==
        401);
  const Served another;
  const std::string bare = another.anybody().get(another.login()).header("set-cookie");
  const Client forged = another.anybody().with("Cookie", bare.substr(0, bare.find(';')));
  CHECK(forged.post("/api/v1/verdicts", body).code() == "csrf");
  CHECK(forged.post("/api/v1/verdicts", body, {{"X-CSRF-Token", "guessed"}}).code() == "csrf");
  CHECK(forged.get("/api/v1/verdicts").json().at("total") == 0);
}

TEST_CASE("access: each role may do what the table says and nothing else") {
  Served served;
  const std::string note = R"({"target":"ring-0","decision":"note","reason":"x"})";
  struct Row {
    const char* role;
    int rings, decide, take_out, score;
  };
  for (const Row& row :
       {Row{"viewer", 200, 403, 403, 403}, Row{"analyst", 200, 200, 403, 200}, Row{"approver", 200, 200, 403, 200},
        Row{"exporter", 200, 403, 200, 200}, Row{"sharer", 403, 403, 403, 403}, Row{"admin", 200, 200, 200, 200}}) {
    CAPTURE(row.role);
    const Client client = served.as(row.role);
    CHECK(client.get("/api/v1/rings").status == row.rings);
    CHECK(client.post("/api/v1/verdicts", note).status == row.decide);
    CHECK(client.get("/api/v1/exports?level=accounts").status == row.take_out);
    CHECK(client.post("/api/v1/score", "{\"account\":\"a\"}\n", {{"Content-Type", "application/jsonl"}}).status ==
          row.score);
  }
}

TEST_CASE("access: what others are told is a sharer's to take, who gets nothing else, and only where sharing is on") {
  const std::string path = "/api/v1/exports/indicators?format=jsonl";
  Served closed;
  CHECK(closed.as("sharer").get(path).status == 409);
  CHECK(contains(closed.as("sharer").get(path).body, "guards.sharing"));
  Served served({"--config", "share.toml"}, {{"share.toml", "[guards]\nsharing = \"on\"\n"}});
  const Client sharer = served.as("sharer", "partner");
  for (const char* role : {"viewer", "analyst", "approver", "exporter"}) {
    CAPTURE(role);
    CHECK(served.as(role).get(path).status == 403);
  }
  for (const char* other : {"/api/v1/rings", "/api/v1/accounts/ring-0", "/api/v1/exports?level=accounts",
                            "/api/v1/exports?level=indicators", "/api/v1/events", "/api/v1/search?q=ring-0"}) {
    CAPTURE(other);
    CHECK(sharer.get(other).status == 403);
  }
  CHECK(served.as("exporter").get("/api/v1/exports?level=indicators").status == 403);
  const auto shared = sharer.get(path);
  CHECK(shared.status == 200);
  CHECK(contains(shared.body, "\"kind\""));
  for (const char* secret : {"\"ring-0\"", "\"ring-11\"", "ring-card"}) CHECK(!contains(shared.body, secret));
  CHECK(contains(sharer.get("/api/v1/exports/indicators").body, "\"TLP:GREEN\""));
  const auto lines = json_lines_of(read_text(served.program().path("db/audit/log.jsonl")));
  CHECK(std::ranges::count(lines, "partner", [](const auto& line) { return line.at("who"); }) == 2);
}

TEST_CASE("access: a viewer sees pseudonyms where an analyst sees values, the same one for the same value") {
  Served served;
  const Client viewer = served.as("viewer"), analyst = served.as("analyst");
  const std::string ring = served.ring();
  for (const std::string& target : {"/api/v1/rings/" + ring, "/api/v1/rings/" + ring + "/members",
                                    "/api/v1/rings/" + ring + "/evidence", std::string("/api/v1/accounts/ring-0"),
                                    std::string("/api/v1/why?a=ring-0&b=ring-1"), std::string("/api/v1/rings")}) {
    CAPTURE(target);
    const std::string open = analyst.get(target).body, masked = viewer.get(target).body;
    for (const char* value : {"203.0.113.", "ring-card-", "ring-fp-", "ring-card"}) CHECK(!contains(masked, value));
    CHECK(nlohmann::json::parse(open).size() == nlohmann::json::parse(masked).size());
  }
  CHECK(contains(analyst.get("/api/v1/rings/" + ring).body, "203.0.113."));
  const auto a = viewer.get("/api/v1/accounts/ring-0").json().at("entities");
  const auto b = viewer.get("/api/v1/rings/" + ring + "/evidence").json().at("items");
  const auto shared = std::ranges::count_if(a, [&](const auto& mine) {
    return std::ranges::any_of(b, [&](const auto& one) { return one.at("value") == mine.at("value"); });
  });
  CHECK(shared > 2);
  CHECK(viewer.get("/api/v1/search?q=203.0.113.1").json().at("hits").empty());
  CHECK(viewer.get("/api/v1/search?q=ring-0").json().at("hits").size() == 1);
  CHECK(!analyst.get("/api/v1/search?q=203.0.113.1").json().at("hits").empty());
}

TEST_CASE("access: every read of values is written down, by key, and reads without values are not") {
  Served served;
  const Client ann = served.as("analyst", "ann"), guest = served.as("viewer", "guest");
  const std::string ring = served.ring();
  CHECK(ann.get("/api/v1/rings/" + ring).status == 200);
  CHECK(ann.get("/api/v1/accounts/ring-0").status == 200);
  CHECK(ann.get("/api/v1/search?q=203.0.113.1").status == 200);
  CHECK(ann.post("/api/v1/search", R"(["ring-1","ring-2","ring-3"])").status == 200);
  CHECK(ann.get("/api/v1/store").status == 200);
  CHECK(guest.get("/api/v1/accounts/ring-0").status == 200);
  const std::string text = read_text(served.program().path("db/audit/log.jsonl"));
  auto lines = json_lines_of(text);
  std::erase_if(lines, [](const auto& line) { return line.at("role") == "cli"; });
  REQUIRE(lines.size() == 4);
  CHECK(lines[0].at("what") == "rings.show");
  CHECK(lines[0].at("subjects").at(0) == "ring " + ring);
  CHECK(lines[1].at("subjects").at(0).get<std::string>().starts_with("account "));
  REQUIRE(lines[3].at("subjects").size() == 1);
  CHECK(lines[3].at("subjects").at(0).get<std::string>().starts_with("search 3 "));
  for (std::size_t i = 0; i < lines.size(); ++i) {
    CHECK(lines[i].at("seq") == lines[0].at("seq").get<std::size_t>() + i);
    CHECK(lines[i].at("who") == "ann");
  }
  CHECK(!contains(text, "203.0.113"));
  CHECK(!contains(text, "ring-0"));
  served.program().must_run({"audit", "verify", "--db", "db"});
  namespace fs = std::filesystem;
  CHECK((fs::status(served.program().path("db/audit/log.jsonl")).permissions() & fs::perms::others_all) ==
        fs::perms::none);
}

TEST_CASE("access: judging lines, deciding and acting name things as well, and are written down like reads") {
  Served served({"--config", "guards.toml"}, {{"guards.toml", "[guards]\nmost_share = 1.0\n"}});
  const Client ann = served.as("admin", "ann");
  const Reply judged = ann.post("/api/v1/score", "{\"account\":\"ring-0\"}\n", {{"Content-Type", "application/jsonl"}});
  CHECK(contains(judged.body, R"("member":true)"));  // what is stored of it
  CHECK(ann.post("/api/v1/verdicts", R"({"target":"ip:203.0.113.1","decision":"benign","reason":"x"})").status == 200);
  CHECK(ann.post("/api/v1/verdicts/1/undo", R"({"reason":"x"})").status == 200);
  CHECK(ann.get("/api/v1/release/preview").status == 200);
  CHECK(ann.post("/api/v1/retract", R"({"target":"ring-0","reason":"x"})").status == 200);
  const std::string text = read_text(served.program().path("db/audit/log.jsonl"));
  auto lines = json_lines_of(text);
  std::erase_if(lines, [](const auto& line) { return line.at("role") == "cli"; });
  std::vector<std::string> whats;
  for (const auto& line : lines) whats.push_back(line.at("what"));
  CHECK(whats ==
        std::vector<std::string>{"score.lines", "verdicts.give", "verdicts.undo", "release.preview", "retract.give"});
  CHECK(lines[0].at("subjects").at(0).get<std::string>().starts_with("score "));
  CHECK(lines[1].at("subjects").at(0).get<std::string>().starts_with("thing "));
  CHECK(lines[1].at("subjects") == lines[2].at("subjects"));
  CHECK(lines[4].at("subjects").at(0).get<std::string>().starts_with("account "));
  CHECK(!contains(text, "203.0.113"));
  CHECK(!contains(text, "ring-0"));
}

// A new route holds values until somebody has looked and put its name here.
TEST_CASE("access: the routes that are not written down are those known to hold no value") {
  std::set<std::string> bare;
  for (const server::Route* route : server::routes()) {
    if (!route->raw) bare.emplace(route->name);
  }
  CHECK(bare == std::set<std::string>{"cuts.chart",    "cuts.groups",        "guard.disallow", "guard.halt",
                                      "guard.resume",  "live.stream",        "rings.changed",  "rings.days",
                                      "rings.flow",    "rings.flow_picture", "rings.history",  "rings.life_picture",
                                      "rings.version", "runs.list",          "runs.show",      "session.show",
                                      "session.store", "snapshots.diff",     "snapshots.list", "verdicts.import"});
}

TEST_CASE("access: tokens are kept as hashes in a file of the owner's, and end when they expire") {
  Served served;
  const std::string word =
      lines_of(
          served.program().must_run({"token", "add", "bot", "--role", "viewer", "--expires", "2s", "--db", "db"}).out)
          .at(0);
  CHECK(word.starts_with("rs_"));
  namespace fs = std::filesystem;
  const std::string file = served.program().path("db/server/tokens.jsonl");
  CHECK(!contains(read_text(file), word.substr(3)));
  CHECK(fs::status(file).permissions() == (fs::perms::owner_read | fs::perms::owner_write));
  CHECK(served.anybody().bearer(word).get("/api/v1/session").status == 200);
  CHECK(served.program().run({"token", "add", "bot", "--db", "db"}).status == 2);
  CHECK(served.program().run({"token", "add", "a b", "--db", "db"}).status == 2);
  CHECK(served.program().run({"token", "remove", "nobody", "--db", "db"}).status == 1);
  const auto listed = json_lines_of(served.program().must_run({"token", "list", "--db", "db", "--json"}).out);
  CHECK(listed.at(0).at("name") == "bot");
  for (int tries = 0; tries < 40 && served.anybody().bearer(word).get("/api/v1/session").status == 200; ++tries)
    usleep(100'000);
  CHECK(served.anybody().bearer(word).get("/api/v1/session").status == 401);
  fs::permissions(file, fs::perms::group_read, fs::perm_options::add);
  CHECK(served.program().run({"token", "list", "--db", "db"}).status == 4);
}

TEST_CASE("access: an address that others reach is refused without TLS and without tokens") {
  Program program;
  program.write("log.jsonl", "{\"account\":\"a\",\"ip\":\"192.0.2.1\",\"ts\":1767225600}\n");
  program.must_run({"ingest", "log.jsonl", "--db", "db"});
  const Outcome plain = program.run({"serve", "--listen", "0.0.0.0:0", "--db", "db"});
  CHECK(plain.status == 4);
  CHECK(contains(plain.err, "TLS"));
  program.write("key.pem", "x");
  const Outcome no_tokens =
      program.run({"serve", "--listen", "0.0.0.0:0", "--tls-cert", "key.pem", "--tls-key", "key.pem", "--db", "db"});
  CHECK(no_tokens.status == 4);
  CHECK(contains(no_tokens.err, "token add"));
  CHECK(program.run({"serve", "--listen", "nowhere", "--db", "db"}).status == 2);
  CHECK(program.run({"serve", "--listen", "127.0.0.1:0", "--db", "none"}).status == 1);
}

TEST_CASE("access: a session's headers keep pages from being framed, scripted or guessed at") {
  const Served served;
  for (const char* target : {"/", "/login", "/api/v1/rings", "/healthz", "/nothing.js"}) {
    CAPTURE(target);
    const Reply reply = served.anybody().get(target);
    const std::string policy = reply.header("content-security-policy");
    CHECK(contains(policy, "default-src 'none'"));
    CHECK(contains(policy, "script-src 'self'"));
    CHECK(contains(policy, "frame-ancestors 'none'"));
    CHECK(!contains(policy, "unsafe"));
    CHECK(reply.header("x-content-type-options") == "nosniff");
    CHECK(reply.header("referrer-policy") == "no-referrer");
  }
}
