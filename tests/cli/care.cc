// doctor, its repair, and backups by the program.
#include <fstream>

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
  while (it->Valid() && it->key().ends_with("near")) it->Next();  // of an account without links
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

TEST_CASE("doctor: every invariant that is broken is found by its name") {
  const Program program;
  make_full_store(program);
  CHECK(doctor(program, 0).at("healthy") == true);
  fs::rename(program.path("db"), program.path("sound"));
  const std::pair<const char*, const char*> breaks[] = {{"names", "rows.names"},
                                                        {"spellings", "spellings"},
                                                        {"runs", "runs"},
                                                        {"rings", "rings.members"},
                                                        {"rolls", "runs.documents"},
                                                        {"members", "rings.members"},
                                                        {"links", "links"},
                                                        {"ledger", "ledger.sequence"},
                                                        {"standings", "ledger.replay"},
                                                        {"actions", "ledger.actions"},
                                                        {"verdicts", "decisions.sequence"},
                                                        {"journal", "decisions.sequence"}};
  for (const auto& [family, invariant] : breaks) {
    CAPTURE(std::string(family));
    fs::remove_all(program.path("db"));
    fs::copy(program.path("sound"), program.path("db"), fs::copy_options::recursive);
    edit(program, [&, family = family](rocksdb::DB& db, const auto& families) {
      drop_first(db, families.at(family));
      if (std::string_view(family) == "verdicts" || std::string_view(family) == "journal")
        REQUIRE(db.Put({}, families.at(family), std::string("\0\0\0\0\0\0\0\7", 8), "{}").ok());
    });
    const auto names = broken(doctor(program, 1));
    CHECK(std::ranges::find(names, invariant) != names.end());
    const Outcome text = program.run({"doctor", "--db", "db"});
    CHECK(text.status == 1);
    CHECK(contains(text.out, "damaged: not so:"));
  }
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
  fs::path largest;
  for (const auto& entry : fs::directory_iterator(program.path("db")))
    if (entry.path().extension() == ".sst" && (largest.empty() || entry.file_size() > fs::file_size(largest)))
      largest = entry.path();
  {
    std::fstream file(largest, std::ios::in | std::ios::out | std::ios::binary);
    file.seekp(200);
    file.write("damage", 6);
  }
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

TEST_CASE("packaging: the unit of the service is one that systemd understands") {
  const Program program;
  std::string unit = read_text(std::string(RINGSCOPE_SOURCE_DIR) + "/packaging/ringscope.service");
  const std::string installed = "/usr/bin/ringscope";
  REQUIRE(contains(unit, "ExecStart=" + installed + " serve"));
  for (const char* hardening : {"NoNewPrivileges=yes", "ProtectSystem=strict", "CapabilityBoundingSet=\n",
                                "SystemCallFilter=@system-service", "LimitNOFILE=", "TasksMax="})
    CHECK(contains(unit, hardening));
  if (!fs::exists("/usr/bin/systemd-analyze")) {
    MESSAGE("skipped: there is no systemd-analyze");
    return;
  }
  unit.replace(unit.find(installed), installed.size(), RINGSCOPE_PROGRAM);
  const std::string file = program.write("ringscope.service", unit);
  CHECK(std::system(("systemd-analyze verify " + file + " > /dev/null 2>&1").c_str()) == 0);
}
