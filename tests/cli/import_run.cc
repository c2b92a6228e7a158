// A run that was made elsewhere, into a store of this machine.
#include <chrono>
#include <filesystem>
#include <fstream>
#include <map>
#include <set>

#include <doctest/doctest.h>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <rocksdb/db.h>

#include "base/random.h"
#include "engine/detect/index/held_things.h"
#include "engine/detect/index/ring_shape.h"
#include "engine/detect/index/shared_rings.h"
#include "storage/rows.h"
#include "tests/cli/program.h"
#include "tests/cli/schema_check.h"
#include "tests/cli/world.h"

using namespace ringscope;
using nlohmann::json;
namespace fs = std::filesystem;

namespace {

constexpr const char* kKept = "lake/ringscope.db";

// The member that names the ring of all.
std::string first_member() {
  std::string first = "ring-0";
  for (int i = 1; i < WorldOptions{}.ring; ++i) {
    const std::string member = fmt::format("ring-{}", i);
    if (hash_value(member) < hash_value(first)) first = member;
  }
  return first;
}

// One that is in the ring without it as well.
std::string other_member() { return first_member() == "ring-3" ? "ring-4" : "ring-3"; }

// Logs: a has most of the ring, b the member that names it and a kind of its own, c somebody else.
void write_logs(const Program& program) {
  std::vector<std::string> most, rest = {R"({"account":"ring-10","kind":"wallet","value":"w1","ts":1767225600})",
                                         R"({"account":"ring-11","kind":"wallet","value":"w1","ts":1767225700})"};
  for (const std::string& line : world_lines()) {
    const bool late = contains(line, "\"" + first_member() + "\"") || contains(line, "\"user-7\"");
    (late ? rest : most).push_back(line);
  }
  program.write("a.jsonl", joined(most));
  program.write("b.jsonl", joined(rest));
  program.write("c.jsonl", "{\"ts\":1767225600,\"account\":\"late\",\"ip\":\"198.51.100.9\"}\n");
}

void ingest(const Program& program, const std::string& db, const std::string& file) {
  program.must_run({"ingest", file, "--db", db});
}
void detect(const Program& program, const std::string& db) { program.must_run({"detect", "--db", db}); }

// What 'ringscope-spark detect --keep-store' leaves, made by the program; b first, so that kinds have other numbers.
// Logs, and a kept store in 'lake' that has seen some of them and found its rings.
struct Lake : Program {
  explicit Lake(const std::vector<std::string>& files = {"b.jsonl", "a.jsonl"}) {
    write_logs(*this);
    fs::create_directories(path("lake"));
    for (const std::string& file : files) ingest(*this, kKept, file);
    detect(*this, kKept);
  }
};

json import(const Program& program, const std::string& db, const Arguments& more = {}) {
  Arguments arguments = {"import-run", "lake", "--db", db, "--json"};
  arguments.insert(arguments.end(), more.begin(), more.end());
  const json report = json_lines_of(program.must_run(arguments).out).at(0);
  CHECK(violations(report, "import-run") == "");
  return report;
}

// Empty: of none, or there is no run.
std::string ring_of(const Program& program, const std::string& db, const std::string& account) {
  const Outcome page = program.run({"account", account, "--db", db, "--json"});
  const json ring = page.status == 0 ? json_lines_of(page.out).at(0).at("ring") : json();
  return ring.is_null() ? "" : ring.at("ring").get<std::string>();
}

// All that people and pipelines are told by a store.
std::map<std::string, std::string> told(const Program& program, const std::string& db) {
  program.write("asked.jsonl", R"({"account":"new","ip":"203.0.113.1","payment":"ring-card-0"})"
                               "\n");
  std::map<std::string, std::string> answers;
  for (const Arguments& question : std::vector<Arguments>{{"rings", "--json"},
                                                          {"ring", ring_of(program, db, other_member()), "--json"},
                                                          {"account", "ring-4", "--json"},
                                                          {"why", "ring-0", "ring-5", "--json"},
                                                          {"why", "user-1", "ring-5", "--json"},
                                                          {"score", "asked.jsonl"},
                                                          {"verdicts", "list", "--json"},
                                                          {"export", "--level", "rings"},
                                                          {"export", "--level", "events"},
                                                          {"export", "--level", "accounts", "--format", "csv"},
                                                          {"export", "--level", "graph", "--format", "graphml"}}) {
    Arguments arguments = question;
    arguments.insert(arguments.end(), {"--db", db});
    const std::string name = question.front() == "ring" ? "ring" : fmt::format("{}", fmt::join(question, " "));
    answers[name] = program.run(arguments).out;
  }
  return answers;
}

void check_same(const Program& program, const std::string& db, const std::string& other) {
  const auto here = told(program, db), there = told(program, other);
  for (const auto& [question, answer] : there) {
    CAPTURE(question);
    CHECK(!answer.empty());
    CHECK(here.at(question) == answer);
  }
}

void check_sound(const Program& program, const std::string& db) {
  const Outcome doctor = program.run({"doctor", "--db", db});
  CHECK_MESSAGE(doctor.status == 0, doctor.out << doctor.err);
}

void copy(const Program& program, const std::string& from, const std::string& to) {
  fs::copy(program.path(from), program.path(to), fs::copy_options::recursive);
}

void check_refused(const Program& program, const std::string& says, const Arguments& more = {}) {
  Arguments arguments = {"import-run", "lake", "--db", "db"};
  arguments.insert(arguments.end(), more.begin(), more.end());
  const auto before = told(program, "db");
  const Outcome refused = program.run(arguments);
  CHECK(refused.status == 4);
  CHECK_MESSAGE(contains(refused.err, says), refused.err);
  CHECK(told(program, "db") == before);
}

}  // namespace

TEST_CASE("import-run: where no store is, it becomes the run's own, byte for byte, and again nothing is done") {
  const Lake program;
  const auto kept = told(program, kKept);
  const json report = import(program, "db");
  CHECK(report.at("outcome") == "copied");
  CHECK(report.at("run") == 1);
  CHECK(report.at("sources") == 2);
  CHECK(told(program, "db") == kept);
  check_sound(program, "db");
  check_sound(program, kKept);
  CHECK(import(program, "db").at("outcome") == "known");
  CHECK(contains(program.must_run({"import-run", "lake", "--db", "db"}).out, "has this run already, as run 1"));
  CHECK(told(program, "db") == kept);
  // A store of its own: what is decided in one does not show in the other.
  program.must_run(
      {"verdict", other_member(), "reject", "--account", "--by", "ann", "--reason", "known", "--db", "db"});
  CHECK(told(program, kKept) == kept);
  for (const auto& file : fs::directory_iterator(program.path("")))
    CHECK(!file.path().filename().string().starts_with("db."));
}

TEST_CASE("import-run: a store that saw less is told what its own detection would say, byte for byte") {
  const Lake program;
  ingest(program, "db", "a.jsonl");
  detect(program, "db");
  const std::string id = ring_of(program, "db", other_member());
  program.must_run({"verdict", "user-9", "needs-more", "--account", "--by", "ann", "--reason", "odd", "--db", "db"});
  program.must_run({"snapshot", "create", "before", "--db", "db"});
  copy(program, "db", "other");
  ingest(program, "other", "b.jsonl");
  const json own = json_lines_of(program.must_run({"detect", "--db", "other", "--json"}).out).back();
  REQUIRE(ring_of(program, kKept, other_member()) != id);

  const json report = import(program, "db");
  CHECK(report.at("outcome") == "published");
  CHECK(report.at("run") == 2);
  CHECK(report.at("digest") == own.at("digest"));
  CHECK(report.at("sources") == 1);
  CHECK(report.at("accounts_with_rows") ==
        std::set<std::string>{first_member(), "user-7", "ring-10", "ring-11"}.size());
  CHECK(report.at("events").at("grown") == 1);
  CHECK(ring_of(program, "db", first_member()) == id);
  check_same(program, "db", "other");
  const auto held = [&](const std::string& db) { return held_things(*Store::open(program.path(db), {}), 2, id); };
  REQUIRE(held("other").has_value());
  CHECK(held("db") == held("other"));
  check_sound(program, "db");
  CHECK(contains(program.must_run({"snapshot", "list", "--db", "db"}).out, "before"));

  const auto before = told(program, "db");
  CHECK(import(program, "db").at("outcome") == "known");
  CHECK(told(program, "db") == before);
  // What came in is known as if it had been read here, and a detection here finds the same.
  ingest(program, "db", "b.jsonl");
  detect(program, "db");
  detect(program, "other");
  check_same(program, "db", "other");
}

TEST_CASE("import-run: a store without anything in common gets all rows, whatever numbers its kinds have") {
  const Lake program;
  ingest(program, "db", "c.jsonl");
  check_refused(program, "holds 1 source that the run did not see (c.jsonl)");
  check_sound(program, "db");
  const Outcome forced = program.run({"import-run", "lake", "--db", "db", "--force", "--json"});
  REQUIRE(forced.status == 0);
  CHECK(contains(forced.err, "1 source that the run did not see"));
  const json report = json_lines_of(forced.out).at(0);
  CHECK(report.at("sources") == 2);
  CHECK(report.at("unseen_sources") == 1);
  CHECK(report.at("events").at("born") == report.at("rings"));
  check_sound(program, "db");
  for (const char* file : {"c.jsonl", "b.jsonl", "a.jsonl"}) ingest(program, "other", file);
  detect(program, "db");
  detect(program, "other");
  const auto rings = [&](const std::string& db) {
    return program.must_run({"export", "--level", "accounts", "--format", "csv", "--db", db}).out;
  };
  CHECK(rings("db") == rings("other"));
}

TEST_CASE("import-run: how a large ring hangs together comes along, whatever numbers its kinds have") {
  const Program program;
  write_logs(program);
  program.write("large.jsonl", joined(world_lines({.honest = 4000, .ring = 120, .events_each = 6})));
  fs::create_directories(program.path("lake"));
  for (const char* file : {"b.jsonl", "large.jsonl"}) ingest(program, kKept, file);
  detect(program, kKept);
  ingest(program, "db", "large.jsonl");
  detect(program, "db");
  import(program, "db");
  const auto told_of = [&](const std::string& db) {
    const std::string id = ring_of(program, db, other_member());
    const json ring = json_lines_of(program.must_run({"ring", id, "--json", "--brief", "--db", db}).out).at(0);
    REQUIRE(ring.at("size") >= 100);
    const auto store = Store::open(program.path(db), {});
    const std::uint64_t run = store->latest_run()->run;
    CHECK(stored_shape(*store, run, id, ring.at("size")).has_value());
    CHECK(stored_shared(*store, run, id, ring.at("size")).has_value());
    return ring.at("structure");
  };
  CHECK(told_of("db") == told_of(kKept));
  check_sound(program, "db");
}

TEST_CASE("import-run: verdicts of the store outrank the run, and the feed tells a pipeline the difference") {
  const Lake program;
  ingest(program, "db", "a.jsonl");
  detect(program, "db");
  const std::string id = ring_of(program, "db", other_member());
  program.must_run({"verdict", id, "reject", "--by", "ann", "--reason", "a school", "--db", "db"});
  const auto feed = [&] { return json_lines_of(program.must_run({"export", "--level", "events", "--db", "db"}).out); };
  const std::size_t before = feed().size();
  import(program, "db");
  const json ring = json_lines_of(program.must_run({"ring", id, "--db", "db", "--json"}).out).at(0);
  CHECK(ring.at("tier") == "watch");
  CHECK(ring.at("score") == 0);
  const auto events = feed();
  REQUIRE(events.size() == before + 1);
  CHECK(events.back().at("ring") == id);
  CHECK(events.back().at("type") == "grown");
  CHECK(events.back().at("seq") == events[before - 1].at("seq").get<int>() + 1);
  check_sound(program, "db");
  const json asked = json_lines_of(told(program, "db").at("score asked.jsonl")).at(0);
  CHECK(asked.at("tier") != "ban");
}

TEST_CASE("import-run: a run that is older than the store is taken in only when told so") {
  const Lake program({"a.jsonl"});
  for (const char* file : {"a.jsonl", "b.jsonl"}) ingest(program, "db", file);
  detect(program, "db");
  check_refused(program, "so the run is older than what is here");
  const json report = import(program, "db", {"--force"});
  CHECK(report.at("sources") == 0);
  CHECK(report.at("events").at("shrunk") == 1);
  check_sound(program, "db");
  ingest(program, kKept, "c.jsonl");
  detect(program, kKept);
  check_refused(program, "cannot be told from those of what both have", {"--force"});
}

TEST_CASE("import-run: days that the store let go come back only when told so") {
  const Lake program;
  ingest(program, "db", "a.jsonl");
  detect(program, "db");
  program.must_run({"retain", "--days", "8", "--db", "db"});
  check_refused(program, "may have let earlier ones go");
  import(program, "db", {"--force"});
  check_sound(program, "db");
}

TEST_CASE("import-run: keyed kinds and erased accounts are refused, on either side") {
  const Lake program;
  ingest(program, "db", "a.jsonl");
  program.must_run({"keys", "create", program.path("secret.key")});
  copy(program, "db", "plain");
  program.must_run({"keys", "enable", program.path("secret.key"), "--db", "db"});
  check_refused(program, "keeps kinds keyed or has erased accounts");
  fs::remove_all(program.path("db"));
  copy(program, "plain", "db");
  program.must_run({"erase", "user-3", "--by", "ann", "--reason", "asked", "--db", "db"});
  check_refused(program, "keeps kinds keyed or has erased accounts");
  program.must_run({"keys", "enable", program.path("secret.key"), "--db", kKept});
  for (const char* db : {"plain", "none"}) CHECK(program.run({"import-run", "lake", "--db", db}).status == 4);
  CHECK(!fs::exists(program.path("none")));
}

TEST_CASE("import-run: what is no finished, sound run is said, and nothing is made") {
  const Program program;
  write_logs(program);
  const auto fails = [&](int status, const std::string& says) {
    const Outcome failed = program.run({"import-run", "lake", "--db", "db"});
    CHECK(failed.status == status);
    CHECK_MESSAGE(contains(failed.err, says), failed.err);
    CHECK(!fs::exists(program.path("db")));
  };
  fails(1, "no such directory");
  fs::create_directories(program.path("lake"));
  fails(1, "kept no store; make it with 'ringscope-spark detect --keep-store'");
  ingest(program, kKept, "a.jsonl");
  fails(1, "has no run in it");
  detect(program, kKept);
  fs::create_directories(program.path("lake/work"));
  fails(4, "the run is not over, or died");
  fs::remove_all(program.path("lake/work"));
  copy(program, "lake", "whole");
  for (const auto& file : fs::directory_iterator(program.path(kKept))) {
    if (file.path().extension() != ".sst") continue;
    std::fstream damaged(file.path(), std::ios::in | std::ios::out | std::ios::binary);
    damaged.seekp(static_cast<std::streamoff>(file.file_size() / 3));
    damaged.write("damage damage damage", 20);
  }
  fails(1, "not sound");
  fs::remove_all(program.path("lake"));
  copy(program, "whole", "lake");
  std::vector<std::string> families;
  REQUIRE(rocksdb::DB::ListColumnFamilies({}, program.path(kKept), &families).ok());
  std::vector<rocksdb::ColumnFamilyDescriptor> descriptors;
  for (const std::string& name : families) descriptors.emplace_back(name, rocksdb::ColumnFamilyOptions());
  std::vector<rocksdb::ColumnFamilyHandle*> handles;
  rocksdb::DB* db = nullptr;
  REQUIRE(rocksdb::DB::Open({}, program.path(kKept), descriptors, &handles, &db).ok());
  REQUIRE(db->Put({}, handles[0], "format", "\x63").ok());
  for (auto* handle : handles) db->DestroyColumnFamilyHandle(handle);
  delete db;
  fails(1, "format version 99");
}

TEST_CASE("import-run: killed at any moment, the store is as it was or has all of the run") {
  const Lake program;
  ingest(program, "before", "a.jsonl");
  detect(program, "before");
  copy(program, "before", "after");
  const auto begin = std::chrono::steady_clock::now();
  import(program, "after");
  const auto whole = std::chrono::duration_cast<std::chrono::microseconds>(std::chrono::steady_clock::now() - begin);
  // Of rows, names, run, ledger.
  const auto state = [&](const std::string& db) {
    std::string text;
    for (const Arguments& question : std::vector<Arguments>{{"account", first_member(), "--json"},
                                                            {"search", "wallet:w1", "--json"},
                                                            {"rings", "--json"},
                                                            {"export", "--level", "events"}}) {
      Arguments arguments = question;
      arguments.insert(arguments.end(), {"--db", db});
      text += program.run(arguments).out;
    }
    return text;
  };
  const std::string before = state("before"), after = state("after"), kept = state(kKept);
  REQUIRE(before != after);
  Random random(5);
  int unfinished = 0, done = 0;
  for (int round = 0; round < 12; ++round) {
    const bool fresh = round % 4 == 3;
    fs::remove_all(program.path("db"));
    if (!fresh) copy(program, "before", "db");
    const auto moment = static_cast<double>(whole.count()) * (0.3 + 0.9 * random.uniform());
    (void)program.run_and_kill({"import-run", "lake", "--db", "db"}, static_cast<unsigned>(moment));
    if (!fresh || fs::exists(program.path("db"))) {
      const std::string now = state("db");
      CHECK((now == (fresh ? kept : before) || now == (fresh ? kept : after)));
      ++(now == before ? unfinished : done);
    }
    import(program, "db");
    CHECK(state("db") == (fresh ? kept : after));
    check_sound(program, "db");
  }
  CHECK(unfinished > 0);
  MESSAGE(unfinished << " kills left nothing, " << done << " all");
}
