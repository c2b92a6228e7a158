// What the store keeps of people: keyed values, card numbers, erasure with its proof, access, canaries.
#include <algorithm>
#include <filesystem>
#include <fstream>

#include <doctest/doctest.h>
#include <fmt/format.h>

#include "tests/cli/program.h"
#include "tests/cli/schema_check.h"
#include "tests/cli/world.h"

using namespace ringscope;
using nlohmann::json;
namespace fs = std::filesystem;

namespace {

json one_json(const Outcome& outcome) { return json_lines_of(outcome.out).at(0); }

// Whether any file under the directory holds the bytes as they are.
bool any_file_holds(const std::string& directory, const std::string& bytes) {
  for (const auto& file : fs::recursive_directory_iterator(directory)) {
    if (file.is_regular_file() && contains(read_text(file.path().string()), bytes)) return true;
  }
  return false;
}

std::string banned_ring(const Program& program) {
  for (const json& ring : json_lines_of(program.must_run({"rings", "--db", "db", "--json"}).out)) {
    if (ring.at("tier") == "ban") return ring.at("ring");
  }
  FAIL("no ring at ban");
  return {};
}

// The bans of the ring are told to machines.
void release(const Program& program) {
  program.write("guards.toml", "[guards]\npersons = 1\nmost_share = 1.0\nmost_multiple = 0.0\n");
  program.must_run({"release", "commit", "--by", "ann", "--reason", "test", "--config", "guards.toml", "--db", "db"});
}

}  // namespace

TEST_CASE("privacy: an erased account is in no file, no answer and no later ingest, and machines hear of it") {
  const Program program;
  make_store(program);
  release(program);
  const std::string ring = banned_ring(program);
  program.must_run({"verdict", "ring-3", "note", "--by", "ann", "--reason", "ring-3 wrote to us", "--db", "db"});
  program.write("bad.jsonl", R"({"ts":"never","account":"ring-3","ip":"192.0.2.9"})"
                             "\n");
  CHECK(program.run({"ingest", "bad.jsonl", "--db", "db"}).status == 3);
  program.must_run({"snapshot", "create", "before", "--db", "db"});
  CHECK(any_file_holds(program.path("db"), "ring-3"));

  const json erased = one_json(
      program.must_run({"erase", "ring-3", "--by", "ann", "--reason", "asked for it", "--db", "db", "--json"}));
  CHECK(violations(erased, "erase") == "");
  CHECK(erased.at("unbanned") == true);
  CHECK(erased.at("rows").get<int>() > 0);
  CHECK(erased.at("rejected_lines") == 1);
  CHECK(erased.at("proof").at("traces").empty());
  CHECK(erased.at("proof").at("entries").get<int>() > 0);
  CHECK(erased.at("snapshots") == json::array({"before"}));
  const std::string pseudonym = erased.at("pseudonym");

  CHECK(program.run({"account", "ring-3", "--db", "db"}).status == 1);
  CHECK(program.run({"access-report", "ring-3", "--db", "db"}).status == 1);
  CHECK(!contains(program.must_run({"ring", ring, "--all", "--db", "db"}).out, "ring-3 "));
  CHECK(program.must_run({"doctor", "--db", "db@before"}).status == 0);
  program.must_run({"snapshot", "drop", "before", "--db", "db"});
  CHECK(!any_file_holds(program.path("db"), "ring-3 "));
  CHECK(!any_file_holds(program.path("db"), "\"ring-3\""));
  program.must_run({"doctor", "--db", "db"});

  // The feed: the ban and its unban, of the pseudonym, the one naming the other.
  json ban, unban;
  for (const json& event : json_lines_of(program.must_run({"export", "--level", "actions", "--db", "db"}).out)) {
    CHECK(event.at("account") != "ring-3");
    if (event.at("account") != pseudonym) continue;
    (event.at("type") == "ban" ? ban : unban) = event;
  }
  REQUIRE(ban.is_object());
  REQUIRE(unban.is_object());
  CHECK(unban.at("cancels") == ban.at("event_id"));

  // It does not come again, and says so.
  check_stays_away(program, "ring-3", "db");
  program.must_run({"detect", "--db", "db"});
  CHECK(
      !contains(program.must_run({"export", "--level", "accounts", "--format", "csv", "--db", "db"}).out, "\nring-3,"));
}

TEST_CASE("privacy: ids of events are the same before and after an erasure") {
  const Program program;
  make_store(program);
  release(program);
  const auto ids = [&] {
    std::vector<std::string> all;
    for (const json& event :
         json_lines_of(program.must_run({"export", "--level", "events", "--format", "jsonl", "--db", "db"}).out))
      all.push_back(event.at("event_id"));
    return all;
  };
  const auto before = ids();
  program.must_run({"erase", "ring-5", "--by", "ann", "--reason", "asked for it", "--db", "db"});
  auto after = ids();
  REQUIRE(after.size() > before.size());  // the unban, and what it led to
  after.resize(before.size());
  CHECK(after == before);
}

TEST_CASE("privacy: an account may come again when that was said, and nobody is erased without a name or a reason") {
  const Program program;
  make_store(program);
  CHECK(program.run({"erase", "ring-3", "--by", "ann", "--reason", " ", "--db", "db"}).status == 2);
  CHECK(program.run({"erase", "nobody-there", "--by", "ann", "--reason", "x", "--db", "db"}).status == 1);
  program.must_run({"erase", "ring-3", "--may-return", "--by", "ann", "--reason", "moved", "--db", "db"});
  program.write("again.jsonl", R"({"ts":1767225600,"account":"ring-3","ip":"192.0.2.9"})"
                               "\n");
  CHECK(one_json(program.must_run({"ingest", "again.jsonl", "--db", "db", "--json"})).at("suppressed") == 0);
  program.must_run({"account", "ring-3", "--db", "db"});
}

TEST_CASE("privacy: the access report has what there is of one account, and names no other") {
  const Program program;
  make_store(program);
  release(program);
  const json report = one_json(program.must_run({"access-report", "ring-3", "--db", "db"}));
  CHECK(violations(report, "access-report") == "");
  CHECK(report.at("account") == "ring-3");
  CHECK(report.at("cells").size() > 2);
  CHECK(!report.at("activity").empty());
  CHECK(report.at("told") == "ban");
  CHECK(report.at("runs").at(0).at("linked_accounts").get<int>() > 0);
  CHECK(!contains(report.dump(), "ring-4"));
}

TEST_CASE("privacy: a card's number is refused with line and field, and stands nowhere") {
  const Program program;
  program.write("cards.jsonl", R"({"ts":1767225600,"account":"a","payment":"4111 1111 1111 1111"})"
                               "\n"
                               R"({"ts":1767225600,"account":"b","payment":"538877-d367"})"
                               "\n"
                               R"({"account":"c","kind":"payment","value":"5500000000000004","ts":1767225600})"
                               "\n");
  const Outcome outcome = program.run({"ingest", "cards.jsonl", "--db", "db"});
  CHECK(outcome.status == 3);
  CHECK(contains(outcome.err, "cards.jsonl:1: payment: a card number"));
  CHECK(contains(outcome.err, "cards.jsonl:3: value: a card number"));
  for (const char* number : {"4111 1111", "4111111111111111", "5500000000000004"}) {
    CHECK(!contains(outcome.err + outcome.out, number));
    CHECK(!any_file_holds(program.path("db"), number));
  }
}

TEST_CASE("privacy: a card's number is in no rejected line and no other kind, and what only looks like one goes on") {
  const Program program;
  program.write("cards.jsonl", R"({"ts":"never","account":"a","payment":"4111 1111 1111 1111"})"
                               "\n"
                               R"({"ts":1767225600,"account":"b","note":4111111111111111)"
                               "\n"
                               R"({"ts":1767225600,"account":"c","fingerprint":"5500-0000-0000-0004"})"
                               "\n"
                               R"({"account":"d","kind":"bank_card","value":"5500000000000004","ts":1767225600})"
                               "\n"
                               R"({"ts":1767225600,"account":"3400-000000-00009","ip":"192.0.2.1"})"
                               "\n"
                               R"({"account":"4111111111111111","kind":"device","value":"5500000000000004","ts":1})"
                               "\n");
  const json report = one_json(program.run({"ingest", "cards.jsonl", "--db", "db", "--json"}));
  CHECK(report.at("events") == 1);  // an id of digits alone
  CHECK(report.at("rejected") == 5);
  for (const char* number : {"4111 1111 1111 1111", "5500-0000-0000-0004", "3400-000000-00009"})
    CHECK(!any_file_holds(program.path("db"), number));
  const std::string rejects = [&] {
    std::string all;
    for (const auto& file : fs::directory_iterator(program.path("db/rejects"))) all += read_text(file.path().string());
    return all;
  }();
  CHECK(contains(rejects, R"(\"payment\":\"xxxx xxxx xxxx xxxx\")"));
  CHECK(contains(rejects, R"(\"note\":xxxxxxxxxxxxxxxx)"));
  CHECK(!contains(rejects, "4111111111111111"));
  CHECK(!contains(rejects, "5500000000000004"));
}

TEST_CASE("privacy: keyed payments are stored, searched, judged and rotated without being there") {
  const Program program;
  program.must_run({"keys", "create", program.path("secret.key")});
  program.must_run({"keys", "enable", program.path("secret.key"), "--db", "db"});
  program.write("log.jsonl", joined(world_lines()));
  program.must_run({"ingest", "log.jsonl", "--db", "db"});
  const json first = one_json(program.must_run({"detect", "--db", "db", "--json"}));

  const json page = one_json(program.must_run({"account", "ring-0", "--db", "db", "--json"}));
  std::string stored;
  for (const json& one : page.at("entities")) {
    if (one.at("kind") == "payment") stored = one.at("value");
  }
  REQUIRE(!stored.empty());
  std::string raw;
  for (const std::string& line : world_lines()) {
    const json event = json::parse(line);
    if (event.at("account") == "ring-0" && event.contains("payment")) raw = event.at("payment");
  }
  CHECK(stored != raw);
  CHECK(!any_file_holds(program.path("db"), raw));
  const auto hits = [&](const std::string& text) {
    return one_json(program.must_run({"search", text, "--exact", "--db", "db", "--json"})).at("hits").size();
  };
  CHECK(hits(raw) > 0);
  CHECK(hits(stored) > 0);

  // The key file is needed, and must be its owner's alone.
  fs::permissions(program.path("secret.key"), fs::perms::group_read, fs::perm_options::add);
  CHECK(program.run({"ingest", "log.jsonl", "--db", "db"}).status == 4);
  fs::permissions(program.path("secret.key"), fs::perms::group_read, fs::perm_options::remove);

  const json turned = one_json(program.must_run({"keys", "rotate", "--db", "db", "--json"}));
  CHECK(violations(turned, "rekey") == "");
  CHECK(turned.at("generation") == 2);
  CHECK(turned.at("rows").get<int>() > 0);
  CHECK(hits(raw) > 0);
  CHECK(hits(stored) == 0);
  CHECK(!any_file_holds(program.path("db"), stored));
  CHECK(violations(one_json(program.must_run({"keys", "list", "--db", "db", "--json"})), "keys") == "");
  const json second = one_json(program.must_run({"detect", "--db", "db", "--json"}));
  CHECK(first.at("digest") == second.at("digest"));
  // What comes now meets what was there.
  program.write("more.jsonl", fmt::format(R"({{"ts":1767225600,"account":"ring-0","payment":"{}"}})"
                                          "\n",
                                          raw));
  program.must_run({"ingest", "more.jsonl", "--db", "db"});
  const json later = one_json(program.must_run({"account", "ring-0", "--db", "db", "--json"}));
  CHECK(later.at("entities").size() == page.at("entities").size());
}

TEST_CASE("privacy: values that were stored as they came become keyed, and leave the files") {
  const Program program;
  make_store(program);
  const json before = one_json(program.must_run({"detect", "--db", "db", "--json"}));
  program.must_run({"verdict", "ring-0", "note", "--by", "ann", "--reason", "ring-card-0 was stolen", "--db", "db"});
  program.write("bad.jsonl", R"({"ts":"never","account":"ring-0","payment":"ring-card-0"})"
                             "\n");
  CHECK(program.run({"ingest", "bad.jsonl", "--db", "db"}).status == 3);
  program.write("db/rejects/stream-1.tmp", "of a process that died: ring-card-0");
  program.must_run({"snapshot", "create", "old", "--db", "db"});
  program.must_run({"keys", "create", program.path("secret.key")});
  const json done = one_json(program.must_run({"keys", "enable", program.path("secret.key"), "--db", "db", "--json"}));
  CHECK(violations(done, "rekey") == "");
  CHECK(done.at("values").get<int>() > 0);
  CHECK(done.at("rejected_lines") == 1);
  CHECK(done.at("snapshots") == json::array({"old"}));
  CHECK(!any_file_holds(program.path("db/rejects"), "ring-card-0"));
  program.must_run({"snapshot", "drop", "old", "--db", "db"});
  std::string raw;
  for (const std::string& line : world_lines()) {
    const json event = json::parse(line);
    if (event.at("account") == "ring-0" && event.contains("payment")) raw = event.at("payment");
  }
  CHECK(!any_file_holds(program.path("db"), raw));
  program.must_run({"doctor", "--db", "db"});
  const json after = one_json(program.must_run({"detect", "--db", "db", "--json"}));
  CHECK(before.at("digest") == after.at("digest"));
}

TEST_CASE("privacy: no value of a person is in a log, a trace, a profile or an error") {
  const Program program;
  constexpr const char* kCanaries[] = {
      "canary-account-7x",          "203.0.113.213",        "canary-card-7x", "canary-fp-7x",
      "canary-mail-7x@example.org", "canary prompt text 7x"};
  std::string lines;
  for (int i = 0; i < 4; ++i) {
    lines += fmt::format(
        R"({{"ts":{},"account":"canary-account-7x","ip":"203.0.113.213","payment":"canary-card-7x","fingerprint":"canary-fp-7x","email":"canary-mail-7x@example.org","text":"canary prompt text 7x"}})"
        "\n",
        1767225600 + i);
  }
  // Lines that are rejected for each of their fields.
  lines += R"({"ts":"canary-account-7x","account":"canary-account-7x"})"
           "\n"
           R"({"ts":1767225600,"account":"canary-account-7x","ip":"203.0.113.213.canary-fp-7x"})"
           "\n"
           R"({"ts":1767225600,"account":"canary-account-7x","tokens":"canary-card-7x"})"
           "\n"
           R"({"ts":1767225600,"account":"canary-account-7x","payment":{"canary-card-7x":1}})"
           "\n"
           R"({"ts":1767225600,"account":"canary-account-7x",canary-card-7x)"
           "\n";
  program.write("canaries.jsonl", lines + joined(world_lines()));
  std::string said;
  const auto add = [&](const Arguments& arguments) {
    Arguments all = arguments;
    all.insert(all.end(), {"--db", "db", "--profile", "--trace", program.path("trace.json")});
    const Outcome outcome = program.run(all);
    CHECK((outcome.status == 0 || outcome.status == 3));
    said += outcome.err + read_text(program.path("trace.json"));
  };
  add({"ingest", "canaries.jsonl"});
  add({"ingest", "canaries.jsonl"});
  add({"detect"});
  add({"plan"});
  add({"rings"});
  add({"doctor"});
  program.write("judged.jsonl", lines.substr(0, lines.find('\n') + 1) + "{\"account\":canary-card-7x\n");
  add({"score", "judged.jsonl"});
  add({"account", "canary-account-7x"});
  add({"why", "canary-account-7x", "ring-3"});
  add({"search", "203.0.113.213"});
  add({"verdict", "canary-account-7x", "note", "--account", "--by", "ann", "--reason", "test"});
  add({"access-report", "canary-account-7x"});
  add({"export", "--level", "accounts", "--format", "csv", "--out", "out.csv"});
  add({"erase", "canary-account-7x", "--by", "ann", "--reason", "test"});
  REQUIRE(said.size() > 1000);
  for (const char* canary : kCanaries) {
    CAPTURE(canary);
    CHECK(!contains(said, canary));
    CHECK(!contains(read_text(program.path("db/LOG")), canary));
    CHECK(!contains(read_text(program.path("db/audit/log.jsonl")), canary));
  }
}

TEST_CASE("audit: the program writes down who looked, changed and erased, and finds what was done to the log") {
  const Program program;
  make_store(program);
  program.must_run({"account", "ring-3", "--db", "db"});
  program.must_run({"search", "203.0.113.7", "--db", "db"});
  program.must_run({"verdict", "ring-3", "note", "--by", "ann", "--reason", "looked at it", "--db", "db"});
  program.must_run({"export", "--level", "accounts", "--format", "csv", "--out", program.path("a.csv"), "--db", "db"});
  program.write("other.toml", "[detect]\nalpha = 0.02\n");
  program.must_run({"detect", "--config", program.path("other.toml"), "--db", "db"});
  program.must_run({"erase", "ring-3", "--by", "ann", "--reason", "ring-3 asked for it", "--db", "db"});
  const auto entries = json_lines_of(program.must_run({"audit", "list", "--db", "db", "--json"}).out);
  std::vector<std::string> what;
  for (const json& entry : entries) {
    CHECK(violations(entry, "audit-entry") == "");
    what.push_back(entry.at("what"));
  }
  for (const char* one : {"cli.account", "cli.search", "cli.verdict", "cli.export", "config.changed", "cli.erase"})
    CHECK(std::ranges::find(what, one) != what.end());
  CHECK(entries.back().at("from") == "ann");
  CHECK(entries.back().at("reason") == "… asked for it");
  const auto about =
      json_lines_of(program.must_run({"audit", "list", "--account", "ring-3", "--db", "db", "--json"}).out);
  CHECK(about.size() == 3);
  CHECK(!any_file_holds(program.path("db/audit"), "ring-3"));
  CHECK(!any_file_holds(program.path("db/audit"), "203.0.113.7"));

  const Outcome head = program.must_run({"audit", "head", "--db", "db"});
  program.write("head.json", head.out);
  program.must_run({"audit", "verify", "--head", program.path("head.json"), "--db", "db"});
  const std::string log = program.path("db/audit/log.jsonl");
  const std::string text = read_text(log);
  std::ofstream(log, std::ios::binary) << text.substr(0, text.rfind('\n', text.size() - 2) + 1);
  const Outcome broken = program.run({"audit", "verify", "--db", "db", "--json"});
  CHECK(broken.status == 1);
  CHECK(violations(one_json(broken), "audit-check") == "");
}
