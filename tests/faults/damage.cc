// Bits that flip, logs that are torn, stores of other programs: damage is told, never guessed around; and what is whole
// can be saved.
#include <algorithm>
#include <fstream>

#include "stage.h"
#include <doctest/doctest.h>
#include <fmt/format.h>
#include <nlohmann/json.hpp>
#include <rocksdb/db.h>

#include "base/error.h"
#include "engine/care/health.h"
#include "storage/repair.h"
#include "storage/snapshots.h"

using namespace ringscope;
using namespace ringscope::faults;

namespace fs = std::filesystem;

namespace {

std::vector<fs::path> files_of(const fs::path& directory, const std::function<bool(const std::string&)>& wanted) {
  std::vector<fs::path> files;
  for (const fs::directory_entry& entry : fs::recursive_directory_iterator(directory))
    if (entry.is_regular_file() && entry.file_size() > 0 && wanted(entry.path().filename().string()))
      files.push_back(entry.path());
  std::ranges::sort(files);
  return files;
}

void flip(const fs::path& file, std::uint64_t bit) {
  std::string bytes = read_bytes(file);
  bytes[bit / 8] = static_cast<char>(bytes[bit / 8] ^ (1 << (bit % 8)));
  // A new file: snapshots and backups may share the old one.
  fs::remove(file);
  std::ofstream(file, std::ios::binary) << bytes;
}

// What doctor says of a store; empty: it is sound.
std::string diagnosis(const fs::path& store) {
  try {
    const Health health = examine(store, {});
    return health.damage.empty() ? "" : health.damage.front().invariant + ": " + health.damage.front().examples.front();
  } catch (const std::exception& error) {
    return error.what();
  }
}

std::string random_bytes(Random& random, std::uint64_t most) {
  std::string bytes(random.below(most + 1), '\0');
  for (char& byte : bytes) byte = static_cast<char>(random.below(256));
  return bytes;
}

// An entry of the family, if it has any, drawn.
std::pair<std::string, std::string> some_entry(rocksdb::DB& db, rocksdb::ColumnFamilyHandle* family, Random& random) {
  const std::unique_ptr<rocksdb::Iterator> it(db.NewIterator({}, family));
  it->SeekToFirst();
  for (std::uint64_t steps = random.below(50); steps > 0 && it->Valid(); --steps) it->Next();
  if (!it->Valid()) it->SeekToLast();
  return it->Valid() ? std::pair(it->key().ToString(), it->value().ToString()) : std::pair<std::string, std::string>();
}

void spoil(std::string& bytes, Random& random) {
  if (bytes.empty() || random.chance(0.3)) {
    bytes = random_bytes(random, 40);
  } else if (random.chance(0.3)) {
    bytes.resize(random.below(bytes.size()));
  } else {
    char& byte = bytes[random.below(bytes.size())];
    byte = static_cast<char>(byte ^ (1 << random.below(8)));
  }
}

// Writes behind the program's back, with right checksums: an entry of other bytes; which.
std::string write_any_entry(const fs::path& store, Random& random) {
  std::vector<std::string> names;
  REQUIRE(rocksdb::DB::ListColumnFamilies({}, store, &names).ok());
  std::vector<rocksdb::ColumnFamilyDescriptor> descriptors;
  for (const std::string& name : names) descriptors.emplace_back(name, rocksdb::ColumnFamilyOptions());
  std::vector<rocksdb::ColumnFamilyHandle*> families;
  rocksdb::DB* opened = nullptr;
  REQUIRE(rocksdb::DB::Open({}, store, descriptors, &families, &opened).ok());
  const std::unique_ptr<rocksdb::DB> db(opened);
  rocksdb::ColumnFamilyHandle* const family = families[random.below(families.size())];
  auto [key, value] = some_entry(*db, family, random);
  if (random.chance(0.4)) spoil(key, random);
  spoil(value, random);
  REQUIRE(db->Put({}, family, key, value).ok());
  std::string what = fmt::format("{} of {} and {} bytes", family->GetName(), key.size(), value.size());
  for (rocksdb::ColumnFamilyHandle* one : families) db->DestroyColumnFamilyHandle(one);
  return what;
}

// Damage is told, or harmless: then all is read as it was.
void judge_flip(const Place& place, const State& sound, const std::string& what, Tally& tally) {
  ++tally.rounds;
  ++tally.fired;
  tally.acknowledged += operations().size();
  if (!diagnosis(place / "db").empty()) return;
  try {
    if (state_of(place / "db") != sound)
      note(tally, tally.unreported, what + ": " + difference(state_of(place / "db"), sound));
  } catch (const std::exception& error) {
    note(tally, tally.unreported, what + ": doctor says nothing, reading " + error.what());
  }
}

// Whatever can be saved is sound, and says nothing that the store did not say.
void judge_repair(const Place& place, const std::string& what, Tally& tally) {
  const fs::path out = place / "saved";
  try {
    const Repair repair = repair_store(place / "db", out, {});
    if (const std::string damage = diagnosis(out); !damage.empty())
      note(tally, tally.wrong, what + ": what was saved is not sound: " + damage);
    if (repair.lost.empty() && diagnosis(place / "db").empty()) {
      State before = state_of(place / "db"), saved = state_of(out);
      before.parts.pop_back();  // snapshots lie beside the store
      saved.parts.pop_back();
      if (before != saved) note(tally, tally.unreported, what + ": a repair lost " + difference(saved, before));
    }
  } catch (const Error& error) {
    if (error.code() == ErrorCode::internal) note(tally, tally.wrong, what + ": " + error.what());
  }
  fs::remove_all(out);
}

}  // namespace

TEST_CASE("faults: a flipped bit in any kind of file is told, or changes nothing") {
  struct Kind {
    const char* name;
    std::function<bool(const std::string&)> wanted;
  };
  const auto begins = [](const char* text) {
    return [text](const std::string& name) { return name.starts_with(text); };
  };
  const auto ends = [](const char* text) { return [text](const std::string& name) { return name.ends_with(text); }; };
  const Kind kinds[] = {{"tables (SST)", ends(".sst")},    {"logs", ends(".log")},
                        {"MANIFEST", begins("MANIFEST-")}, {"CURRENT", begins("CURRENT")},
                        {"OPTIONS", begins("OPTIONS-")},   {"snapshot manifests", begins("SNAPSHOT.json")}};
  const Place place;
  const std::size_t snapshot_taken = number_of("snapshot drop");  // before it is dropped
  const State& sound = Reference::get().before(snapshot_taken);
  for (const Kind& kind : kinds) {
    Tally tally{.fault = fmt::format("bit flip: {}", kind.name)};
    for (std::uint64_t round = 0; round < rounds(); ++round) {
      Random random(seed() + 6, round);
      place.set_before(snapshot_taken);
      const auto files = files_of(place / "db", kind.wanted);
      REQUIRE_FALSE(files.empty());
      const fs::path& file = files[random.below(files.size())];
      const std::uint64_t bit = random.below(fs::file_size(file) * 8);
      flip(file, bit);
      const std::string what = fmt::format("bit {} of {}", bit, file.filename().string());
      judge_flip(place, sound, what, tally);
      if (round % 5 == 0) judge_repair(place, what, tally);
    }
    conclude(tally);
  }
}

namespace {

// What people and programs are told of what lies beside the database.
std::string told_of(const Place& place) {
  std::string told;
  for (const Arguments& question : std::vector<Arguments>{{"token", "list", "--json"}, {"webhooks", "list", "--json"}})
    told += place.run(question).out;
  return told + rejects_of(place / "db");
}

}  // namespace

TEST_CASE("faults: a flipped bit in what lies beside the database is told, or changes nothing") {
  const std::pair<const char*, const char*> kinds[] = {{"keys", "db/keys"},
                                                       {"audit", "db/audit"},
                                                       {"rejects", "db/rejects"},
                                                       {"tokens", "db/server"},
                                                       {"webhooks", "db/delivery"}};
  const Place place;
  place.set_before(operations().size());
  REQUIRE(place.run({"token", "add", "eve", "--role", "viewer"}).status == 0);
  REQUIRE(place.run({"webhooks", "add", "siem", "https://example.org/in"}).status == 0);
  REQUIRE(place.run({"erase", "user-7", "--by", "ann", "--reason", "asked for"}).status == 0);
  REQUIRE(place.run({"doctor"}).status == 0);
  fs::copy(place / "db", place / "sound", fs::copy_options::recursive);
  const std::string sound = told_of(place);
  for (const auto& [name, directory] : kinds) {
    Tally tally{.fault = fmt::format("bit flip: {}", name)};
    for (std::uint64_t round = 0; round < std::max<std::uint64_t>(rounds() / 3, 1); ++round) {
      Random random(seed() + 10, round);
      fs::remove_all(place / "db");
      fs::copy(place / "sound", place / "db", fs::copy_options::recursive);
      const auto files = files_of(place / directory, [](const std::string&) { return true; });
      REQUIRE_FALSE(files.empty());
      const fs::path& file = files[random.below(files.size())];
      const std::uint64_t bit = random.below(fs::file_size(file) * 8);
      const fs::perms rights = fs::status(file).permissions();
      flip(file, bit);
      fs::permissions(file, rights);
      ++tally.rounds;
      ++tally.fired;
      if (place.run({"doctor"}).status != 0) continue;
      if (told_of(place) != sound)
        note(tally, tally.unreported, fmt::format("bit {} of {}", bit, file.filename().string()));
    }
    conclude(tally);
  }
}

TEST_CASE("faults: entries of any bytes in any part of a store are told in words, or change nothing that is asked") {
  Tally tally{.fault = "entries of any bytes"};
  const Place place;
  const std::size_t at = number_of("snapshot drop");
  for (std::uint64_t round = 0; round < rounds(); ++round) {
    Random random(seed() + 11, round);
    place.set_before(at);
    const std::string what = write_any_entry(place / "db", random);
    ++tally.rounds;
    ++tally.fired;
    try {
      (void)examine(place / "db", {});
      (void)state_of(place / "db");
    } catch (const Error& error) {
      if (error.code() == ErrorCode::internal) note(tally, tally.wrong, what + ": " + error.what());
    } catch (const std::exception& error) {
      note(tally, tally.wrong, what + ": " + error.what());
    }
  }
  conclude(tally);
}

TEST_CASE("faults: a flipped bit in an export or its manifest is found by its checksums") {
  Tally tally{.fault = "bit flip: export set"};
  const Place place;
  for (std::uint64_t round = 0; round < std::max<std::uint64_t>(rounds() / 3, 1); ++round) {
    Random random(seed() + 7, round);
    place.set_before(number_of("backup"));
    REQUIRE(place.run({"export", "--level", "rings,events", "--dir", "set"}).status == 0);
    // What a consumer reads; provenance is for people, and 'reproduce' makes it anew.
    const auto files = files_of(place / "set", [](const std::string& name) { return name != "provenance.json"; });
    REQUIRE(files.size() == 4);
    const fs::path& file = files[random.below(files.size())];
    flip(file, random.below(fs::file_size(file) * 8));
    ++tally.rounds;
    ++tally.fired;
    ++tally.acknowledged;
    // As a consumer does it; to the byte, for sha256sum takes hex digits of either case.
    const std::string check = fmt::format(
        "cd '{}' && sha256sum manifest.json | cmp -s - manifest.json.sha256 && python3 -c 'import json,hashlib; "
        "[exit(1) for f in json.load(open(\"manifest.json\"))[\"files\"] if "
        "hashlib.sha256(open(f[\"name\"],\"rb\").read()).hexdigest() != f[\"sha256\"]]' 2>/dev/null",
        (place / "set").string());
    if (std::system(check.c_str()) == 0) note(tally, tally.unreported, file.filename().string());
  }
  conclude(tally);
}

TEST_CASE("faults: a last record of the log that was torn counts for nothing, all before it for everything") {
  Tally tally{.fault = "torn last record"};
  const Place place;
  for (std::uint64_t round = 0; round < rounds(); ++round) {
    Random random(seed() + 8, round);
    const std::size_t at = 3;  // a verdict: one record at the end of the log
    place.set_before(at);
    const auto sizes = [&] {
      std::map<fs::path, std::uintmax_t> all;
      for (const fs::path& log : files_of(place / "db", [](const std::string& n) { return n.ends_with(".log"); }))
        all[log] = fs::file_size(log);
      return all;
    };
    REQUIRE(place.run(operations()[at].arguments).status == 0);
    const auto after = sizes();
    REQUIRE_FALSE(after.empty());
    const fs::path log = after.rbegin()->first;
    fs::resize_file(log, fs::file_size(log) - 1 - random.below(std::min<std::uintmax_t>(fs::file_size(log) - 1, 40)));
    judge(place, at, {137, "", "", true}, tally);  // as if the power had gone before it was acknowledged
  }
  conclude(tally);
}

TEST_CASE("faults: a store of every older program is read and written") {
  const Place place;
  place.set_before(operations().size());
  CHECK(place.run({"rings"}).status == 0);
  // A store of each version that there was, as a program of then wrote it: 212 accounts, one ring, one verdict.
  for (std::uint32_t version = 1; version < kFormatVersion; ++version) {
    CAPTURE(version);
    const fs::path fixture = fs::path(RINGSCOPE_SOURCE_DIR) / fmt::format("tests/golden/store.{}.tar.zst", version);
    REQUIRE(fs::exists(fixture));
    fs::remove_all(place / "old");
    fs::create_directories(place / "old");
    const std::string unpack = fmt::format("tar --zstd -xf '{}' -C '{}'", fixture.string(), (place / "old").string());
    REQUIRE(std::system(unpack.c_str()) == 0);
    CHECK(diagnosis(place / "old" / "db") == "");
    const Ending rings = place.run({"rings", "--json", "--db", "old/db"});
    CHECK(rings.status == 0);
    CHECK(rings.out.find("R-580c907c") != std::string::npos);
    if (version > 1) {
      const Ending account = place.run({"account", "ring-4", "--json", "--db", "old/db"});
      CHECK(account.out.find("\"banned\"") != std::string::npos);
    }
    const Ending again = place.run({"detect", "--db", "old/db"});
    CAPTURE(again.err);
    CHECK(again.status == 0);
    CHECK(again.out.find("digest") != std::string::npos);
    CHECK(diagnosis(place / "old" / "db") == "");
  }
}
