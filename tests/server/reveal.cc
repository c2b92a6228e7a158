// Opening values of sealed kinds over HTTP: what the command answers, for who may see values, and written down.
#include <filesystem>
#include <set>

#include <doctest/doctest.h>
#include <fmt/format.h>

#include "tests/cli/program.h"
#include "tests/cli/schema_check.h"
#include "tests/cli/world.h"
#include "tests/server/served.h"

using namespace ringscope;
using namespace ringscope::testing;
using nlohmann::json;
namespace fs = std::filesystem;

namespace {

constexpr const char* kReveal = "/api/v1/reveal";
const std::set<std::string> kRingAddresses = {"203.0.113.0", "203.0.113.1", "203.0.113.2", "203.0.113.3"};

// A store with an obvious ring, its addresses sealed, and the program serving it.
class SealedDesk {
 public:
  SealedDesk() {
    program.must_run({"keys", "create", program.path("secret.key")});
    program.must_run({"keys", "enable", program.path("secret.key"), "--seal", "ip", "--db", "db"});
    make_store(program);
    served = std::make_unique<Served>(Arguments{"--db", program.path("db")});
  }

  Client as(const std::string& role, const std::string& name = "") const {
    const std::string whose = name.empty() ? role : name;
    const std::string out = program.must_run({"token", "add", whose, "--role", role, "--db", "db", "--json"}).out;
    return served->anybody().bearer(json::parse(out).at("token"));
  }
  std::string token() const {
    return json::parse(program.must_run({"search", "203.0.113.1", "--db", "db", "--json"}).out)
        .at("hits")
        .at(0)
        .at("value");
  }
  std::string ring() const {
    return json_lines_of(program.must_run({"rings", "--db", "db", "--json"}).out).at(0).at("ring");
  }
  std::string day_key_file() const {
    return json::parse(program.must_run({"keys", "list", "--db", "db", "--json"}).out).at("day_key_file");
  }
  // What the command says.
  std::vector<json> revealed(const Arguments& what) const {
    Arguments arguments = {"reveal", "--json", "--db", "db"};
    arguments.insert(arguments.end(), what.begin(), what.end());
    return json_lines_of(program.must_run(arguments).out);
  }
  std::vector<json> audit(const std::string& what) const {
    auto lines = json_lines_of(read_text(program.path("db/audit/log.jsonl")));
    std::erase_if(lines, [&](const json& line) { return line.at("what") != what; });
    return lines;
  }

  Program program;
  std::unique_ptr<Served> served;
};

std::string values_body(const std::vector<std::string>& values) { return json{{"values", values}}.dump(); }

}  // namespace

TEST_CASE("reveal: values, an account and a ring are opened as the command opens them, and written down as it is") {
  const SealedDesk desk;
  const Client ann = desk.as("analyst");
  const std::string token = desk.token(), ring = desk.ring();
  const std::pair<std::string, Arguments> asked[] = {
      {values_body({token}), {token}},
      {values_body({"ip:" + token, token}), {"ip:" + token, token}},
      {json{{"kind", "ip"}, {"values", {token}}}.dump(), {"ip:" + token}},
      {json{{"account", "ring-0"}}.dump(), {"--account", "ring-0"}},
      {json{{"ring", ring}}.dump(), {"--ring", ring}}};
  std::size_t number = 0;
  for (const auto& [body, arguments] : asked) {
    CAPTURE(body);
    const Reply reply = ann.post(kReveal, body);
    REQUIRE(reply.status == 200);
    CHECK(reply.header("cache-control") == "no-store");
    const json items = reply.json().at("items");
    CHECK(items.get<std::vector<json>>() == desk.revealed(arguments));
    CHECK(reply.json().at("total") == items.size());
    CHECK(!items.empty());
    for (const json& item : items) {
      CHECK(violations(item, "reveal") == "");
      CHECK(kRingAddresses.contains(item.at("text")));
    }
    const auto lines = desk.audit("values.reveal"), of_command = desk.audit("cli.reveal");
    REQUIRE(lines.size() == ++number);
    REQUIRE(of_command.size() == number);
    CHECK(lines.back().at("who") == "analyst");
    CHECK(lines.back().at("subjects") == of_command.back().at("subjects"));
  }
  CHECK(!contains(read_text(desk.program.path("db/audit/log.jsonl")), "203.0.113"));
  CHECK(desk.program.must_run({"audit", "verify", "--db", "db"}).status == 0);
}

TEST_CASE("reveal: nobody but who may see values opens any, and a page of another site opens none") {
  const SealedDesk desk;
  const std::string body = values_body({desk.token()});
  CHECK(desk.served->anybody().post(kReveal, body).status == 401);
  for (const char* role : {"viewer", "sharer"}) {
    CAPTURE(role);
    const Reply reply = desk.as(role).post(kReveal, body);
    CHECK(reply.code() == "role");
    CHECK(!contains(reply.body, "203.0.113"));
  }
  CHECK(desk.audit("values.reveal").empty());
  for (const char* role : {"analyst", "approver", "exporter", "admin"}) {
    CAPTURE(role);
    CHECK(desk.as(role).post(kReveal, body).json().at("items").at(0).at("text") == "203.0.113.1");
  }
  const std::string cookie = desk.served->anybody().get(desk.served->login()).header("set-cookie");
  CHECK(desk.served->anybody().with("Cookie", cookie.substr(0, cookie.find(';'))).post(kReveal, body).code() == "csrf");
  CHECK(desk.audit("values.reveal").size() == 4);
  CHECK(desk.as("viewer", "guest").get("/api/v1/store").json().at("sealed") == json::array({"ip"}));
}

TEST_CASE("reveal: what is no question, or of nothing that is sealed, is refused") {
  const SealedDesk desk;
  const Client ann = desk.as("analyst");
  const std::string token = desk.token();
  for (const std::string& body :
       {std::string("[]"), std::string("{}"), values_body({}), values_body({""}), values_body(Arguments(101, token)),
        json{{"values", token}}.dump(), json{{"values", {7}}}.dump(), json{{"account", nullptr}}.dump(),
        json{{"account", "ring-0"}, {"ring", desk.ring()}}.dump(), json{{"account", "ring-0"}, {"kind", "ip"}}.dump(),
        json{{"values", {token}}, {"more", 1}}.dump()}) {
    CAPTURE(body);
    const Reply reply = ann.post(kReveal, body);
    CHECK(reply.status == 400);
    CHECK(reply.code() == "body");
  }
  const std::string unknown = "k" + std::string(32, '0');
  const Reply none = ann.post(kReveal, values_body({token, unknown}));
  CHECK(none.status == 404);
  CHECK(none.json().at("error").at("context") == unknown);
  CHECK(!contains(none.body, "203.0.113"));
  CHECK(ann.post(kReveal, json{{"values", {token}}, {"kind", "email"}}.dump()).status == 404);
  CHECK(ann.post(kReveal, R"({"account":"nobody"})").status == 404);
  CHECK(ann.post(kReveal, R"({"ring":"R-00000000"})").status == 404);
  CHECK(ann.post(kReveal, values_body(Arguments(100, token))).json().at("total") == 100);
  CHECK(desk.audit("values.reveal").size() == 1);
  CHECK(desk.audit("values.reveal").at(0).at("subjects").size() == 100);

  Served plain;
  const Reply open = plain.as("analyst").post(kReveal, R"({"account":"ring-0"})");
  CHECK(open.status == 400);
  CHECK(contains(open.body, "no sealed kinds"));
  CHECK(plain.as("viewer").get("/api/v1/store").json().at("sealed") == json::array());
}

TEST_CASE("reveal: a running server opens nothing once the keys of days are taken away or destroyed") {
  const SealedDesk desk;
  const Client ann = desk.as("analyst");
  const std::string body = values_body({desk.token()}), keys = desk.day_key_file();
  CHECK(ann.post(kReveal, body).status == 200);
  fs::rename(keys, keys + ".away");
  const Reply away = ann.post(kReveal, body);
  CHECK(away.status == 409);
  CHECK(contains(away.body, "the file of the keys of their days is not there"));
  CHECK(!contains(away.body, desk.program.path("")));
  fs::rename(keys + ".away", keys);
  fs::permissions(keys, fs::perms::group_read, fs::perm_options::add);
  CHECK(ann.post(kReveal, body).status == 409);
  fs::permissions(keys, fs::perms::group_read, fs::perm_options::remove);
  CHECK(ann.post(kReveal, body).status == 200);
  CHECK(desk.audit("values.reveal").size() == 2);

  // A copy of the store lets all days go: it shares the keys.
  desk.program.must_run({"backup", "create", "copies", "--db", "db"});
  desk.program.must_run({"backup", "restore", "copies", "--db", "restored"});
  desk.program.write("later.jsonl", R"({"account":"late","ip":"192.0.2.1","ts":1893456000})"
                                    "\n");
  desk.program.must_run({"ingest", "later.jsonl", "--db", "restored"});
  desk.program.must_run({"retain", "--days", "1", "--db", "restored"});
  const json item = ann.post(kReveal, body).json().at("items").at(0);
  CHECK(item.at("shredded") == true);
  CHECK(item.at("text").is_null());
}
