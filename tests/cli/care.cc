// doctor, its repair, and backups by the program.
#include <fstream>
#include <set>

#include <doctest/doctest.h>
#include <fmt/format.h>
#include <rocksdb/db.h>

#include "storage/store.h"
#include "tests/cli/program.h"
#include "tests/cli/schema_check.h"
#include "tests/cli/world.h"

using namespace ringscope;
using nlohmann::json;

namespace fs = std::filesystem;

namespace {

json doctor(const Program& program, int status) {
  const Outcome outcome = program.run({"doctor", "--db", "db", "--json"});
  CHECK(outcome.status == status);
  json document = json_lines_of(outcome.out).at(0);
  CHECK(violations(document, "doctor") == "");
  return document;
}

std::vector<std::string> broken(const json& document) {
  std::vector<std::string> names;
  for (const json& check : document.at("checks"))
    if (!check.at("holds")) names.push_back(check.at("check"));
  return names;
}

// Changes entries of a store behind the program's back.
void edit(const Program& program,
          const std::function<void(rocksdb::DB&, const std::map<std::string, rocksdb::ColumnFamilyHandle*>&)>& change) {
  std::vector<std::string> names;
  REQUIRE(rocksdb::DB::ListColumnFamilies({}, program.path("db"), &names).ok());
  std::vector<rocksdb::ColumnFamilyDescriptor> descriptors;
  for (const std::string& name : names) descriptors.emplace_back(name, rocksdb::ColumnFamilyOptions());
  std::vector<rocksdb::ColumnFamilyHandle*> handles;
  rocksdb::DB* db = nullptr;
  REQUIRE(rocksdb::DB::Open({}, program.path("db"), descriptors, &handles, &db).ok());
  std::map<std::string, rocksdb::ColumnFamilyHandle*> families;
  for (auto* handle : handles) families[handle->GetName()] = handle;
  change(*db, families);
  for (auto* handle : handles) db->DestroyColumnFamilyHandle(handle);
  delete db;
}

void drop_first(rocksdb::DB& db, rocksdb::ColumnFamilyHandle* family) {
  const std::unique_ptr<rocksdb::Iterator> it(db.NewIterator({}, family));
  it->SeekToFirst();
  REQUIRE(it->Valid());
  REQUIRE(db.Delete({}, family, it->key()).ok());
}

// A store with a bit of everything.
void make_full_store(const Program& program) {
  make_store(program);
  program.write("config.toml", "[guards]\npersons = 1\nmost_share = 1.0\n");
  program.must_run({"release", "commit", "--by", "ann", "--config", "config.toml", "--db", "db"});
  program.must_run({"verdict", "ring-3", "reject", "--account", "--by", "ann", "--reason", "x", "--db", "db"});
}

}  // namespace

namespace {

using Families = std::map<std::string, rocksdb::ColumnFamilyHandle*>;

// How an invariant is broken, so that doctor must name it.
struct Break {
  const char* invariant;
  std::function<void(const Program&)> make;
};

Break in_store(const char* invariant, const std::function<void(rocksdb::DB&, const Families&)>& change) {
  return {invariant, [change](const Program& program) { edit(program, change); }};
}

Break without_first(const char* invariant, const char* family) {
  return in_store(invariant, [family](rocksdb::DB& db, const Families& all) { drop_first(db, all.at(family)); });
}

Break with_entry(const char* invariant, const char* family, const std::string& key, const std::string& value) {
  return in_store(invariant,
                  [=](rocksdb::DB& db, const Families& all) { REQUIRE(db.Put({}, all.at(family), key, value).ok()); });
}

// Puts what `change` makes of the first entry that begins so.
Break with_changed(const char* invariant, const char* family, const std::string& prefix,
                   const std::function<void(std::string& key, std::string& value)>& change) {
  return in_store(invariant, [=](rocksdb::DB& db, const Families& all) {
    const std::unique_ptr<rocksdb::Iterator> it(db.NewIterator({}, all.at(family)));
    it->Seek(prefix);
    REQUIRE(it->Valid());
    std::string key = it->key().ToString(), value = it->value().ToString();
    REQUIRE(key.starts_with(prefix));
    change(key, value);
    REQUIRE(db.Put({}, all.at(family), key, value).ok());
  });
}

// In a file beside the database, of the same rights.
Break in_file(const char* invariant, const char* file, const std::string& from, const std::string& to) {
  return {invariant, [=](const Program& program) {
            std::string text = read_text(program.path(file));
            REQUIRE(contains(text, from));
            text.replace(text.find(from), from.size(), to);
            std::ofstream(program.path(file), std::ios::binary | std::ios::trunc) << text;
          }};
}

// Of the latest run's last account with links, at its end only.
Break other_weight() {
  return in_store("links", [](rocksdb::DB& db, const Families& all) {
    const std::unique_ptr<rocksdb::Iterator> it(db.NewIterator({}, all.at("links")));
    it->SeekToLast();
    while (it->Valid() && (it->key().ends_with("near") || it->value().empty())) it->Prev();
    REQUIRE(it->Valid());
    std::string value = it->value().ToString();
    value.back() = static_cast<char>(value.back() ^ 1);
    REQUIRE(db.Put({}, all.at("links"), it->key(), value).ok());
  });
}

void damage_largest_table(const Program& program) {
  fs::path largest;
  for (const auto& entry : fs::directory_iterator(program.path("db")))
    if (entry.path().extension() == ".sst" && (largest.empty() || entry.file_size() > fs::file_size(largest)))
      largest = entry.path();
  std::fstream(largest, std::ios::in | std::ios::out | std::ios::binary).seekp(200).write("damage", 6);
}

void replace_key(const Program& program, const std::string& name) {
  std::ofstream(program.path("db/keys/" + name + ".key"), std::ios::trunc) << std::string(64, 'a') << "\n";
}

void damage_reject(const Program& program) {
  for (const auto& entry : fs::directory_iterator(program.path("db/rejects"))) {
    std::string text = read_text(entry.path());
    text.replace(text.find("broken-one"), 6, "BROKEN");
    std::ofstream(entry.path(), std::ios::trunc) << text;
  }
}

std::vector<Break> all_breaks() {
  const std::string seven("\0\0\0\0\0\0\0\7", 8), far("\x7f\xff\xff\xff\xff\xff\xff\xff", 8);
  return {{"files", damage_largest_table},
          with_entry("format", "default", "floor", "\xff\xff\xff\x7f"),
          with_changed("kinds", "default", "kind/", [](std::string& key, std::string&) { key = "kind/c"; }),
          with_changed("names", "names", "", [](std::string&, std::string& value) { value += "x"; }),
          with_changed("rows", "cells", "", [far](std::string& key, std::string&) { key.replace(8, 8, far); }),
          without_first("rows.names", "names"),
          without_first("spellings", "spellings"),
          with_entry("vault", "vault", "\1" + seven, "x"),
          with_changed("positions", "positions", "", [](std::string& key, std::string&) { key = "another"; }),
          without_first("runs", "runs"),
          without_first("rings.members", "rings"),
          without_first("rings.members", "members"),
          other_weight(),
          without_first("ledger.sequence", "ledger"),
          with_entry("decisions.sequence", "verdicts", seven, "{}"),
          with_entry("decisions.sequence", "journal", seven, "{}"),
          with_entry("image", "touched", far + seven, ""),
          with_entry("indicators", "default", "indicator/half", ""),
          without_first("rings.members", "rolls"),
          with_changed("runs.documents", "runs", "", [](std::string&, std::string& value) { value = "{}"; }),
          with_changed("decisions.documents", "verdicts", "", [](std::string&, std::string& value) { value = "{}"; }),
          with_changed("decisions.documents", "journal", "", [](std::string&, std::string& value) { value = "{}"; }),
          without_first("ledger.replay", "standings"),
          without_first("ledger.actions", "actions"),
          in_file("snapshots", "db/snapshots/one/SNAPSHOT.json", "\"accounts\":", "\"accounts\":1"),
          {"audit.key", [](const Program& program) { replace_key(program, "audit"); }},
          {"erasures", [](const Program& program) { replace_key(program, "suppress"); }},
          in_file("audit", "db/audit/log.jsonl", "cli.", "cly."),
          {"rejects", damage_reject},
          in_file("deliveries", "db/delivery/webhooks.json", "example.org", "example.com"),
          in_file("tokens", "db/server/tokens.jsonl", "viewer", "admin")};
}

}  // namespace

TEST_CASE("doctor: every invariant that is broken is found by its name") {
  const Program program;
  make_full_store(program);
  program.must_run({"snapshot", "create", "one", "--db", "db"});
  program.must_run({"webhooks", "add", "siem", "https://example.org/in", "--db", "db"});
  program.must_run({"token", "add", "eve", "--role", "viewer", "--db", "db"});
  program.must_run({"erase", "user-7", "--by", "ann", "--reason", "asked for it", "--db", "db"});
  program.must_run({"detect", "--incremental", "--db", "db"});
  program.write("bad.jsonl", "{\"ts\":\"never\",\"account\":\"broken-one\"}\n");
  CHECK(program.run({"ingest", "bad.jsonl", "--db", "db"}).status == 3);
  const json sound = doctor(program, 0);
  CHECK(sound.at("healthy") == true);
  std::set<std::string> unbroken;
  for (const json& check : sound.at("checks")) unbroken.insert(check.at("check"));
  fs::rename(program.path("db"), program.path("sound"));
  for (const Break& one : all_breaks()) {
    CAPTURE(std::string(one.invariant));
    fs::remove_all(program.path("db"));
    fs::copy(program.path("sound"), program.path("db"), fs::copy_options::recursive);
    one.make(program);
    const auto names = broken(doctor(program, 1));
    CAPTURE(fmt::format("{}", fmt::join(names, ", ")));
    CHECK(std::ranges::find(names, one.invariant) != names.end());
    const Outcome text = program.run({"doctor", "--db", "db"});
    CHECK(text.status == 1);
    CHECK(contains(text.out, "damaged: not so:"));
    unbroken.erase(one.invariant);
  }
  CHECK(fmt::format("{}", fmt::join(unbroken, ", ")) == "");  // whoever adds one says how it is broken
}

TEST_CASE("doctor: a repair saves what is whole into a sound store and lists what is lost") {
  const Program program;
  make_full_store(program);
  const std::string rings = program.must_run({"rings", "--db", "db", "--json"}).out;
  const json whole = json_lines_of(program.must_run({"doctor", "--repair", "copy", "--db", "db", "--json"}).out).at(0);
  CHECK(violations(whole, "repair") == "");
  CHECK(whole.at("lost").empty());
  CHECK(program.must_run({"rings", "--db", "copy", "--json"}).out == rings);
  CHECK(program.run({"doctor", "--repair", "copy", "--db", "db"}).status == 2);
  edit(program, [](rocksdb::DB& db, const auto& families) { drop_first(db, families.at("names")); });
  const Outcome repaired = program.run({"doctor", "--repair", "saved", "--db", "db", "--json"});
  CHECK(repaired.status == 3);
  const json lost = json_lines_of(repaired.out).at(0);
  CHECK(violations(lost, "repair") == "");
  CHECK_FALSE(lost.at("lost").empty());
  program.must_run({"doctor", "--db", "saved"});
  program.must_run({"detect", "--db", "saved"});
  program.must_run({"doctor", "--db", "saved"});
  CHECK(json_lines_of(program.must_run({"verdicts", "list", "--db", "saved", "--json"}).out).size() == 1);
}

TEST_CASE("doctor: numbers that are lost are counted anew, and what lies beside the database comes along") {
  const Program program;
  make_full_store(program);
  const std::string verdicts = program.must_run({"verdicts", "list", "--db", "db", "--json"}).out;
  edit(program, [](rocksdb::DB& db, const auto& families) {
    for (const char* counter : {"run", "event"}) REQUIRE(db.Delete({}, families.at("default"), counter).ok());
  });
  const Outcome repaired = program.run({"doctor", "--repair", "saved", "--db", "db", "--json"});
  CHECK(repaired.status == 3);
  std::vector<std::string> parts;
  const json lost = json_lines_of(repaired.out).at(0).at("lost");
  for (const json& one : lost) parts.push_back(one.at("part"));
  CHECK(parts == std::vector<std::string>{"runs"});  // one may have lain over another; the ledger is all there
  program.must_run({"doctor", "--db", "saved"});
  CHECK(program.must_run({"verdicts", "list", "--db", "saved", "--json"}).out == verdicts);
  CHECK(fs::exists(program.path("saved/keys/audit.key")));
  CHECK(read_text(program.path("saved/audit/log.jsonl"))
            .starts_with(read_text(program.path("db/audit/log.jsonl")).substr(0, 200)));
  program.must_run({"detect", "--db", "saved"});
  program.must_run({"doctor", "--db", "saved"});
}

TEST_CASE("cli: a store of a newer program is refused by its version, and left as it is") {
  const Program program;
  make_store(program);
  edit(program, [](rocksdb::DB& db, const auto& families) {
    REQUIRE(db.Put({}, families.at("default"), "format", std::string(1, static_cast<char>(kFormatVersion + 1))).ok());
  });
  for (const Arguments& command : {Arguments{"rings"}, {"detect"}, {"ingest", "world/events.jsonl"}, {"doctor"}}) {
    Arguments with_db = command;
    with_db.insert(with_db.end(), {"--db", "db"});
    const Outcome refused = program.run(with_db);
    CAPTURE(refused.err);
    CHECK(refused.status != 0);
    CHECK(contains(refused.err + refused.out, fmt::format("format version {}", kFormatVersion + 1)));
  }
}

TEST_CASE("doctor: a table that cannot be read is told, and what lies outside it is saved") {
  const Program program;
  make_full_store(program);
  damage_largest_table(program);
  CHECK(broken(doctor(program, 1)).front() == "files");
  const Outcome repaired = program.run({"doctor", "--repair", "saved", "--db", "db"});
  CHECK(repaired.status == 3);
  CHECK(contains(repaired.out, "lost:"));
  program.must_run({"doctor", "--db", "saved"});
}

TEST_CASE("backup: what was copied is verified, restored and sound, and what is damaged is not") {
  const Program program;
  make_full_store(program);
  const std::string rings = program.must_run({"rings", "--db", "db", "--json"}).out;
  const json first = json_lines_of(program.must_run({"backup", "create", "copies", "--db", "db", "--json"}).out).at(0);
  CHECK(violations(first, "backup") == "");
  CHECK(first.at("number") == 1);
  program.write("more.jsonl", "{\"ts\":1767225600,\"account\":\"late\",\"ip\":\"192.0.2.77\"}\n");
  program.must_run({"ingest", "more.jsonl", "--db", "db"});
  program.must_run({"backup", "create", "copies", "--db", "db"});
  CHECK(json_lines_of(program.must_run({"backup", "list", "copies", "--json"}).out).size() == 2);
  CHECK(json_lines_of(program.must_run({"backup", "verify", "copies", "--json"}).out).size() == 2);
  program.must_run({"backup", "restore", "copies", "--number", "1", "--db", "old"});
  CHECK(program.must_run({"rings", "--db", "old", "--json"}).out == rings);
  CHECK(program.run({"account", "late", "--db", "old"}).status == 1);
  program.must_run({"backup", "restore", "copies", "--db", "new"});
  program.must_run({"account", "late", "--db", "new"});
  program.must_run({"detect", "--db", "new"});
  CHECK(program.run({"backup", "restore", "copies", "--db", "new"}).status == 2);  // there is something already
  CHECK(program.run({"backup", "restore", "copies", "--number", "9", "--db", "x"}).status == 1);
  CHECK(program.run({"backup", "list", "nowhere"}).status == 1);
  program.must_run({"backup", "prune", "copies", "--keep", "1"});
  CHECK(json_lines_of(program.must_run({"backup", "list", "copies", "--json"}).out).size() == 1);
  fs::path largest;
  for (const auto& entry : fs::recursive_directory_iterator(program.path("copies")))
    if (entry.path().extension() == ".sst" && (largest.empty() || entry.file_size() > fs::file_size(largest)))
      largest = entry.path();
  std::fstream(largest, std::ios::in | std::ios::out | std::ios::binary).seekp(300).write("damage", 6);
  CHECK(program.run({"backup", "verify", "copies"}).status == 1);
  CHECK(program.run({"backup", "restore", "copies", "--db", "y"}).status == 1);
  CHECK_FALSE(fs::exists(program.path("y")));
}

TEST_CASE("backup: who was erased since it was made is not brought back by it, where the store can still be asked") {
  const Program program;
  make_store(program);
  program.must_run({"backup", "create", "copies", "--db", "db"});
  program.must_run({"erase", "ring-3", "--by", "ann", "--reason", "asked for it", "--db", "db"});
  program.must_run({"erase", "user-7", "--may-return", "--by", "ann", "--reason", "asked for it", "--db", "db"});
  program.write("late.jsonl", "{\"ts\":1767225600,\"account\":\"late-1\",\"ip\":\"192.0.2.77\"}\n");
  program.must_run({"ingest", "late.jsonl", "--db", "db"});
  program.must_run({"erase", "late-1", "--by", "ann", "--reason", "asked for it", "--db", "db"});

  const Outcome unasked = program.must_run({"backup", "restore", "copies", "--db", "unasked", "--json"});
  CHECK(violations(json_lines_of(unasked.out).at(0), "backup") == "");
  CHECK(json_lines_of(unasked.out).at(0).at("erased_again").is_null());
  CHECK(contains(unasked.err, "is in it again"));
  program.must_run({"account", "ring-3", "--db", "unasked"});

  const Outcome asked =
      program.must_run({"backup", "restore", "copies", "--erased-in", "db", "--db", "asked", "--json"});
  CHECK(violations(json_lines_of(asked.out).at(0), "backup") == "");
  CHECK(json_lines_of(asked.out).at(0).at("erased_again") == 2);
  CHECK(!contains(asked.err, "is in it again"));
  for (const char* account : {"ring-3", "user-7"})
    CHECK(program.run({"account", account, "--db", "asked"}).status == 1);
  program.must_run({"account", "ring-4", "--db", "asked"});
  for (const char* account : {"ring-3", "late-1"}) check_stays_away(program, account, "asked");
  program.must_run({"ingest", "log.jsonl", "--db", "asked"});
  program.must_run({"detect", "--db", "asked"});
  program.must_run({"doctor", "--db", "asked"});
}

TEST_CASE("backup: files that did not change are shared") {
  const Program program;
  make_store(program);
  program.must_run({"backup", "create", "copies", "--db", "db"});
  const auto size_of = [&] {
    std::uintmax_t bytes = 0;
    for (const auto& entry : fs::recursive_directory_iterator(fs::path(program.path("copies")) / "shared_checksum"))
      bytes += entry.file_size();
    return bytes;
  };
  const auto before = size_of();
  REQUIRE(before > 0);
  program.write("known.jsonl", R"({"campaign":"pool","kind":"ip","value":"203.0.113.1"})");
  program.must_run({"indicators", "import", "known.jsonl", "--db", "db"});
  program.must_run({"backup", "create", "copies", "--db", "db"});
  CHECK(size_of() < before * 3 / 2);
}
