// Other names in records: by field and kind, never by what a text says.
#include "engine/ledger/renaming.h"

#include <algorithm>

#include <doctest/doctest.h>
#include <fmt/format.h>

#include "base/error.h"
#include "engine/json.h"

using namespace ringscope;

namespace {

std::string hex(const std::string& name) { return fmt::format("{:016x}", hash_value(name)); }

Json renamed(const Renamer& renamer, const std::string& family, const Json& record) {
  const auto text = renamer(family, record.dump());
  return text ? Json::parse(*text) : Json("as it was");
}

}  // namespace

TEST_CASE("renaming: an account that is called as a word of the records is renamed where accounts stand only") {
  for (const std::string name : {"ban", "ip", "born", "action", "stands", "note", "payment", "ringscope.ring/1"}) {
    CAPTURE(name);
    const Renamer renamer({name, "erased-1", {}});
    const Json member = {{"account", name},   {"tier", name},   {"reasons", {"x"}},   {"campaign", name},
                         {"extraction", 0.5}, {"replaces", {}}, {"verdict", nullptr}, {"engine", {{"tier", name}}}};
    const Json gone = renamed(renamer, "members", member);
    CHECK(gone.at("account") == "erased-1");
    CHECK(gone.at("tier") == name);
    CHECK(gone.at("campaign") == name);
    CHECK(gone.at("engine").at("tier") == name);
    CHECK(gone.at("reasons") == Json::array({"the account was erased"}));
    CHECK(gone.at("extraction").is_null());

    const Json verdict = {
        {"schema", name},          {"word", name}, {"target", name}, {"ring", ""}, {"accounts", {hex(name)}},
        {"things", Json::array()}, {"by", name},   {"reason", "x"}};
    Json expected = verdict;
    expected["target"] = "erased-1";
    expected["accounts"] = {hex("erased-1")};
    CHECK(renamed(renamer, "verdicts", verdict) == expected);

    const Json ring = {{"tier", name},
                       {"keys", {5, hash_value(name), 7}},
                       {"evidence", {{{"kind", name}, {"value", name}, {"crowd", {{"class", name}}}}}},
                       {"kinds", {name}},
                       {"parents", {name}},
                       {"benign", {{{"class", name}, {"reason", "x"}}}},
                       {"behaviour", {{"capabilities", {{name, 1.0}}}}},
                       {"extraction", {{"targets", {name}}, {"features", {{{"name", name}, {"value", 1.0}}}}}}};
    expected = ring;
    expected["keys"][1] = hash_value("erased-1");
    CHECK(renamed(renamer, "rings", ring) == expected);

    const Json born = {{"type", name}, {"tier", name}, {"came", {{hash_value(name), name, name}}}};
    expected = born;
    expected["came"][0][0] = hash_value("erased-1");
    CHECK(renamed(renamer, "ledger", born) == expected);

    const Json allow = {{"type", name}, {"on", "account"}, {"kind", ""}, {"value", name}, {"owner", name}};
    expected = allow;
    expected["value"] = "erased-1";
    CHECK(renamed(renamer, "journal", allow) == expected);
    const Json thing = {{"type", name}, {"on", "thing"}, {"kind", name}, {"value", name}, {"owner", name}};
    CHECK(renamed(renamer, "journal", thing) == "as it was");
  }
}

TEST_CASE("renaming: a value goes where its kind stands beside it, and as that of another kind stays") {
  const Renamer renamer({"", "", {{named("payment", "ban"), "erased"}, {named("capability", "coding"), "other"}}});
  const Json ring = {{"tier", "ban"},
                     {"evidence", {{{"kind", "payment"}, {"value", "ban"}}, {{"kind", "ip"}, {"value", "ban"}}}},
                     {"behaviour", {{"capabilities", {{"coding", 0.5}, {"other", 0.25}, {"ban", 0.25}}}}},
                     {"extraction", {{"targets", {"coding", "ban"}}}},
                     {"reasons", {"2 of them have payment ban of the banned", "same ip ban", "to ban them"}}};
  Json expected = ring;
  expected["evidence"][0]["value"] = "erased";
  expected["behaviour"]["capabilities"] = {{"other", 0.75}, {"ban", 0.25}};
  expected["extraction"]["targets"][0] = "other";
  expected["reasons"][0] = "2 of them have payment erased of the banned";
  CHECK(renamed(renamer, "rings", ring) == expected);

  const Json verdict = {{"word", "note"}, {"target", "payment ban"}, {"ring", ""}, {"things", Json::array()}};
  CHECK(renamed(renamer, "verdicts", verdict).at("target") == "payment erased");
  const Json other = {
      {"word", "note"}, {"target", "ip ban"}, {"ring", ""}, {"things", {{{"kind", "ip"}, {"value", "ban"}}}}};
  CHECK(renamed(renamer, "verdicts", other) == "as it was");
  const Json action = {{"kind", "action"}, {"account", 5}, {"reasons", {"payment ban"}}, {"cancels", ""}};
  CHECK(renamed(renamer, "actions", action) == "as it was");
}

TEST_CASE("renaming: in what people and programs wrote, names and values go as whole words") {
  const Renamer renamer(
      {"user-7", "erased-1", {{named("payment", "538877-d367"), "k1"}, {named("email", "a b@c"), "k2"}}});
  const Json note = {
      {"reason", "user-7 wrote; user-77, user-7-b and my.user-7 did not; 538877-d367, not 538877-d3678; mail a b@c."},
      {"target", "user-7"},
      {"ring", ""}};
  CHECK(renamed(renamer, "verdicts", note).at("reason") ==
        "erased-1 wrote; user-77, user-7-b and my.user-7 did not; k1, not 538877-d3678; mail a b@c.");
  const Renamer of_mail({"u1", "erased-1", {{named("email", "a b@c"), "k2"}}});
  const Json reasons = {{"account", "z"}, {"reasons", {"took the place of u1, banned: same email a b@c"}}};
  CHECK(renamed(of_mail, "members", reasons).at("reasons").at(0) ==
        "took the place of erased-1, banned: same email k2");
  CHECK(renamed(of_mail, "members", {{"account", "z"}, {"reasons", {"u1 of them"}}}) == "as it was");
}

TEST_CASE("renaming: what was ascending by account stays so, and ids of actions stay what they were") {
  std::vector<KeyHash> keys = {hash_value("a"), hash_value("b"), hash_value("c"), hash_value("d")};
  std::sort(keys.begin(), keys.end());
  const Renamer renamer({"a", "erased-1", {}});
  Json members = Json::array();
  for (const KeyHash key : keys) members.push_back({key, "ban"});
  const Json after = renamed(renamer, "standings", {{"ring", "R-1"}, {"members", members}}).at("members");
  std::vector<KeyHash> now;
  for (const Json& one : after) now.push_back(one.at(0));
  CHECK(std::is_sorted(now.begin(), now.end()));
  CHECK(std::find(now.begin(), now.end(), hash_value("erased-1")) != now.end());
  CHECK(std::find(now.begin(), now.end(), hash_value("a")) == now.end());

  const Json action = {{"kind", "action"},
                       {"type", "ban"},
                       {"account", hash_value("a")},
                       {"version", 1},
                       {"ring", "R-1"},
                       {"run", 1},
                       {"at", 5},
                       {"score", 1.0},
                       {"reasons", {"a"}},
                       {"sentences", {"a"}},
                       {"release", 1},
                       {"verdict", 0},
                       {"cancels", ""}};
  const Json now_action = renamed(renamer, "actions", action);
  CHECK(now_action.at("account") == hash_value("erased-1"));
  CHECK(now_action.at("id").get<std::string>().starts_with("E-"));
  CHECK(now_action.at("reasons") == action.at("reasons"));
}
