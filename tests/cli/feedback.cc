// What people said of accounts changes what the next detection makes of others.
#include <algorithm>
#include <map>

#include <doctest/doctest.h>
#include <fmt/format.h>

#include "tests/cli/program.h"
#include "tests/cli/world.h"

using namespace ringscope;
using nlohmann::json;

namespace {

std::string event(const std::string& account, const std::string& ip, const std::string& card, const std::string& device,
                  int at) {
  return fmt::format(
      R"({{"ts":{},"account":"{}","ip":"{}","payment":"{}","fingerprint":"{}","capability":"chat","template":"own {}","tokens":100}})"
      "\n",
      1767225600 + 40'000 * at, account, ip, card, device, account);
}

// The small world, and two more: "shy" pays with a card of the ring and shares nothing else with anybody; one of the
// ring was seen behind the address of an office of forty, too. Odds of one half are enough to join: a single card is.
class Judged : public Program {
 public:
  explicit Judged(bool shy = true) {
    std::string log = joined(world_lines({.honest = 400, .ring = 12, .events_each = 12}));
    for (int at = 0; shy && at < 6; ++at) log += event("shy", "192.0.2.77", "ring-card-0", "fp-shy", at);
    log += event("ring-0", "10.0.0.0", "ring-card-0", "ring-fp-0", 3);
    write("log.jsonl", log);
    write("odds.toml", "[verdicts]\nseed_odds = 0.5\n");
    must_run({"ingest", "log.jsonl", "--db", "db"});
    detect();
  }

  std::vector<json> ask(Arguments arguments) const {
    arguments.insert(arguments.end(), {"--db", "db", "--json"});
    return json_lines_of(must_run(arguments).out);
  }
  std::string text(Arguments arguments) const {
    arguments.insert(arguments.end(), {"--db", "db"});
    return must_run(arguments).out;
  }
  json detect(const std::string& how = "--full") const {
    Arguments arguments = {"--config", path("odds.toml"), "detect", "--incremental"};
    if (!how.empty()) arguments.push_back(how);
    return ask(arguments).back();
  }
  void say(const std::string& target, const std::string& word) const {
    must_run({"verdict", target, word, "--by", "ann", "--reason", "looked", "--db", "db"});
  }
  void undo(int number) const {
    must_run({"verdicts", "undo", std::to_string(number), "--by", "bob", "--reason", "slip", "--db", "db"});
  }
  // The answers to these lines, but for the number of the run.
  std::vector<json> score(const std::string& lines) const {
    const Outcome outcome = run({"score", "-", "--db", "db"}, lines);
    CHECK(outcome.status == 0);
    std::vector<json> answers = json_lines_of(outcome.out);
    for (json& answer : answers) {
      answer.erase("run");
      if (answer.at("member") == true) answer.at("reasons").erase(0);  // it names the run
    }
    return answers;
  }
  // The ring that the account is in.
  json ring_of(const std::string& account) const {
    const json page = ask({"account", account}).at(0);
    return page.at("ring").is_null() ? json() : ask({"ring", page.at("ring").at("ring")}).at(0);
  }
};

json thing(const json& list, const std::string& value) {
  const auto at = std::ranges::find_if(list, [&](const json& one) { return one.at("value") == value; });
  REQUIRE(at != list.end());
  return *at;
}

json member(const json& ring, const std::string& account) {
  const auto& members = ring.at("members");
  const auto at = std::ranges::find_if(members, [&](const json& one) { return one.at("account") == account; });
  return at == members.end() ? json() : *at;
}

}  // namespace

TEST_CASE("cli feedback: what a rejected member has proves less about the others, is said to, and all comes back") {
  const Judged program;
  const std::string digest = program.detect().at("digest");
  const json before = program.ring_of("ring-2");
  const json why_before = program.ask({"why", "ring-2", "ring-4"}).at(0);
  program.say("ring-0", "reject");
  program.detect();
  const json after = program.ring_of("ring-2");
  const json card_before = thing(before.at("evidence"), "ring-card-0");
  const json card = thing(after.at("evidence"), "ring-card-0");
  CHECK(card.at("bits") < card_before.at("bits"));
  CHECK(!card_before.contains("cleared"));
  CHECK(card.at("cleared") == 1);
  CHECK(card.at("accounts") == card_before.at("accounts").get<int>() - 1);
  CHECK(card.at("population") == card_before.at("population"));
  CHECK(!thing(after.at("evidence"), "ring-card-1").contains("cleared"));
  CHECK(after.at("score") <= before.at("score"));
  CHECK(member(after, "ring-0").at("tier") == "watch");
  CHECK(contains(member(after, "ring-0").at("reasons").dump(), "cleared by a person"));
  const std::string id = after.at("ring");
  const std::string told = fmt::format("ring-card-0: 1 of its {} accounts was cleared by a person", 7);
  CHECK(contains(program.text({"ring", id}), told));
  CHECK(contains(program.text({"account", "ring-2"}), told));
  CHECK(contains(program.text({"why", "ring-2", "ring-4"}), told));
  const json why = program.ask({"why", "ring-2", "ring-4"}).at(0);
  CHECK(thing(why.at("shared"), "ring-card-0").at("cleared") == 1);
  CHECK(why.at("link_bits") < why_before.at("link_bits"));
  program.undo(1);
  CHECK(program.detect().at("digest") == digest);
  CHECK(program.ring_of("ring-2").at("evidence") == before.at("evidence"));
  CHECK(program.ask({"why", "ring-2", "ring-4"}).at(0).at("link_bits") == why_before.at("link_bits"));
}

TEST_CASE("cli feedback: who shares a card with a confirmed ring is to be reviewed, its neighbours' office is not") {
  const Judged program;
  REQUIRE(program.ring_of("shy").is_null());
  const std::string digest = program.detect().at("digest");
  const json before = program.ring_of("ring-1");
  program.say(before.at("ring"), "confirm");
  program.detect();
  const json ring = program.ring_of("ring-1");
  const json shy = member(ring, "shy");
  REQUIRE(!shy.is_null());
  CHECK(shy.at("tier") == "review");
  CHECK(shy.at("seeded") == true);
  CHECK(shy.at("score") > 0.5);
  CHECK(contains(shy.at("reasons").dump(), "shares payment ring-card-0 with 6 confirmed accounts of the ring"));
  CHECK(ring.at("size") == before.at("size").get<int>() + 1);
  CHECK(program.ask({"account", "shy"}).at(0).at("ring").at("seeded") == true);
  for (const json& one : ring.at("members")) CHECK(!one.at("account").get<std::string>().starts_with("user-"));
  program.undo(1);
  CHECK(member(program.ring_of("ring-1"), "shy").at("tier") == "watch");
  CHECK(program.detect().at("digest") == digest);
  CHECK(program.ring_of("shy").is_null());
}

TEST_CASE("cli feedback: a cleared account is drawn in by no confirmed ring") {
  const Judged program;
  program.say(program.ring_of("ring-1").at("ring"), "confirm");
  program.say("shy", "reject");
  program.detect();
  CHECK(program.ring_of("shy").is_null());
}

namespace {

// Sign-ups: by a device that four of the ring have, by a card, from the office, and one whom the store knows.
const std::string kNewcomers = R"({"account":"kin","fingerprint":"ring-fp-0"})"
                               "\n"
                               R"({"account":"late","payment":"ring-card-1"})"
                               "\n"
                               R"({"account":"clerk","ip":"10.0.0.0"})"
                               "\n"
                               R"({"account":"shy"})"
                               "\n";

}  // namespace

TEST_CASE("cli feedback: score counts what cleared accounts have less, at once and in the next run, and unlearns it") {
  const Judged program;
  program.write("odds.toml", "[facets]\non = []\n");  // what all names of the ring have in common is no matter here
  program.detect();
  const std::vector<json> before = program.score(kNewcomers);
  REQUIRE(!before[0].at("ring").is_null());
  const auto check_heeded = [&](const char* when, int cleared) {
    CAPTURE(when);
    const std::vector<json> answers = program.score(kNewcomers);
    if (cleared == 4) {
      CHECK(answers[0].at("ring").is_null());  // nobody is left who speaks for it
      return;
    }
    CHECK(answers[0].at("bits") < before[0].at("bits"));
    CHECK(contains(answers[0].at("reasons").at(0),
                   "used by 3 of the ring's accounts and 1 other, 1 of its 4 accounts "
                   "was cleared by a person, so it counts less"));
    CHECK(answers[1].at("reasons").size() == 1);
    CHECK(!contains(answers[1].dump(), "cleared"));
  };
  program.say("ring-0", "reject");
  check_heeded("said since the run", 1);
  program.detect();
  check_heeded("known to the run", 1);
  for (const char* account : {"ring-3", "ring-6", "ring-9"}) program.say(account, "reject");
  check_heeded("more said since the run", 4);
  program.detect();
  check_heeded("all known to the run", 4);
  for (const int number : {1, 2, 3, 4}) program.undo(number);
  CHECK(!contains(json(program.score(kNewcomers)).dump(), "cleared"));
  program.detect();
  CHECK(program.score(kNewcomers) == before);
}

TEST_CASE("cli feedback: score has who shares a card with a confirmed ring reviewed, until nobody is confirmed") {
  const Judged program;
  const std::vector<json> before = program.score(kNewcomers);
  CHECK(before[1].at("tier") == "watch");
  program.say(program.ring_of("ring-1").at("ring"), "confirm");
  CHECK(program.score(kNewcomers)[1] == before[1]);  // the next detection learns it
  program.detect();
  const std::vector<json> answers = program.score(kNewcomers);
  CHECK(answers[1].at("tier") == "review");
  CHECK(answers[1].at("seeded") == true);
  CHECK(answers[1].at("ring") == program.ring_of("ring-1").at("ring"));
  CHECK(answers[1].at("probability") > before[1].at("probability"));
  CHECK(contains(answers[1].at("reasons").at(0), "shares payment ring-card-1 with 6 confirmed accounts of the ring: "));
  CHECK(!answers[2].contains("seeded"));
  CHECK(answers[2].at("tier") == before[2].at("tier"));
  CHECK(answers[3].at("tier") == "review");
  CHECK(answers[3].at("member") == true);
  program.undo(1);
  const std::vector<json> undone = program.score(kNewcomers);
  CHECK(undone[1].at("tier") == "watch");
  CHECK(undone[3].at("tier") == "watch");
  CHECK(undone[3].at("probability") == 0);
  program.detect();
  CHECK(program.score(kNewcomers) == before);
}

TEST_CASE("cli feedback: switched off, score heeds neither what was cleared nor what was confirmed") {
  const Judged program;
  program.write("off.toml", "[verdicts]\nclearing = \"off\"\nseed_odds = 0\n");
  const auto detect_off = [&] { return program.ask({"--config", program.path("off.toml"), "detect"}).back(); };
  detect_off();
  const std::vector<json> before = program.score(kNewcomers);
  program.say("ring-0", "reject");
  program.say("ring-1", "confirm");
  program.say("ring-3", "confirm");
  CHECK(program.score(kNewcomers) == before);
  detect_off();
  const std::vector<json> after = program.score(kNewcomers);
  CHECK(!contains(json(after).dump(), "cleared"));
  CHECK(!contains(json(after).dump(), "seeded"));
}

namespace {

void check_incremental_equals_full(const Judged& program, const char* what) {
  CAPTURE(what);
  const json with = program.detect("");
  CHECK(with.at("mode") == "incremental");
  const json ring = program.ring_of("ring-1");
  const json things = program.ask({"account", "ring-1"}).at(0).at("entities");
  const std::vector<json> answers = program.score(kNewcomers);
  const json full = program.detect();
  CHECK(full.at("mode") == "full");
  CHECK(with.at("digest") == full.at("digest"));
  json again = program.ring_of("ring-1");
  again["run"] = ring.at("run");
  CHECK(again == ring);
  CHECK(program.ask({"account", "ring-1"}).at(0).at("entities") == things);
  CHECK(program.score(kNewcomers) == answers);
}

}  // namespace

TEST_CASE("cli feedback: an incremental run follows a confirmed ring as a full one does, and its undoing") {
  const Judged program;
  program.say(program.ring_of("ring-1").at("ring"), "confirm");
  check_incremental_equals_full(program, "confirmed");
  CHECK(member(program.ring_of("ring-1"), "shy").at("tier") == "review");
  program.undo(1);
  check_incremental_equals_full(program, "undone");
  CHECK(program.ring_of("shy").is_null());
}

TEST_CASE("cli feedback: an incremental run follows rejected members as a full one does, and their undoing") {
  const Judged program(false);
  program.say("ring-0", "reject");
  program.say("ring-3", "reject");
  check_incremental_equals_full(program, "rejected");
  CHECK(thing(program.ring_of("ring-1").at("evidence"), "ring-fp-0").at("cleared") == 2);
  program.undo(1);
  check_incremental_equals_full(program, "one undone");
  program.undo(2);
  check_incremental_equals_full(program, "both undone");
}

TEST_CASE("cli feedback: switched off, what was said lowers nothing and draws in nobody; unsaid, nothing differs") {
  const Judged program;
  program.write("off.toml", "[verdicts]\nclearing = \"off\"\nseed_odds = 0\n");
  const auto detect_off = [&] { return program.ask({"--config", program.path("off.toml"), "detect"}).back(); };
  CHECK(detect_off().at("digest") == program.detect().at("digest"));
  const json before = program.ring_of("ring-2");
  program.say("ring-0", "reject");
  program.say("ring-1", "confirm");
  program.say("ring-3", "confirm");
  detect_off();
  CHECK(program.ring_of("shy").is_null());
  CHECK(program.ring_of("ring-2").at("evidence") == before.at("evidence"));
}
