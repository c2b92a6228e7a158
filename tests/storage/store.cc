#include "storage/store.h"

#include <fstream>
#include <set>

#include "rows_for_tests.h"
#include <doctest/doctest.h>
#include <rocksdb/db.h>

#include "base/error.h"

using namespace ringscope;
using namespace ringscope::test;

namespace {

std::vector<AccountRow> random_rows(std::uint64_t seed, std::size_t n, std::uint64_t accounts) {
  Random random(seed);
  std::vector<AccountRow> rows;
  for (std::size_t i = 0; i < n; ++i) rows.push_back(random_row(random, mix64(random.below(accounts))));
  return rows;
}

ErrorCode code_of(const auto& action) {
  try {
    action();
  } catch (const Error& error) {
    return error.code();
  }
  return ErrorCode::internal;
}

}  // namespace

TEST_CASE("store: bulk, live, any order and any split of rows store the same") {
  std::vector<AccountRow> rows = random_rows(1, 400, 100);
  const TemporaryDirectory dir;
  const auto bulk = open_store(dir / "bulk");
  auto writer = bulk->bulk_writer();
  for (const AccountRow& row : rows) writer->add_row(row);
  std::set<KeyHash> accounts;
  for (const AccountRow& row : rows) accounts.insert(row.account);
  REQUIRE(accounts.size() < rows.size());
  CHECK(std::ranges::equal(writer->commit().accounts, accounts));  // each once

  const auto live = open_store(dir / "live");
  std::reverse(rows.begin(), rows.end());
  for (std::size_t i = 0; i < rows.size(); i += 7) {
    auto batch = live->live_writer();
    for (std::size_t j = i; j < std::min(i + 7, rows.size()); ++j) batch->add_row(rows[j]);
    batch->commit();
  }
  const Content content = content_of(*bulk);
  CHECK(content.cells.size() == accounts.size());
  CHECK(content_of(*live) == content);
  CHECK(content_of(*bulk, {20005, 20009}) == content_of(*live, {20005, 20009}));
  live->merge_fragments();
  CHECK(content_of(*live) == content);
  const KeyHash account = content.cells[5].first;
  CHECK(bulk->cells_of(account, {}) == content.cells[5].second);
  CHECK(live->cells_of(account, {}) == content.cells[5].second);
  CHECK(live->day_range() == bulk->day_range());
}

TEST_CASE("store: what was committed is there after reopening, in both modes") {
  const TemporaryDirectory dir;
  Content before;
  {
    const auto store = open_store(dir / "db");
    const KindId ip = store->intern_kind("ip");
    CHECK(store->intern_kind("ip") == ip);
    auto writer = store->bulk_writer();
    for (const AccountRow& row : random_rows(2, 50, 50)) writer->add_row(row);
    writer->add_name({{ip, 7}, "203.0.113.7"});
    writer->set_position({.source = "s", .label = "a.jsonl", .offset = 10});
    writer->add_reject({"s", "a.jsonl", 3, "ts", "not a time"});
    writer->commit();
    before = content_of(*store);
  }
  for (const OpenMode mode : {OpenMode::read_only, OpenMode::write}) {
    const auto store = open_store(dir / "db", mode);
    CHECK(content_of(*store) == before);
    CHECK(store->find_kind("ip").has_value());
    CHECK(store->kind_name(*store->find_kind("ip")) == "ip");
    CHECK(store->name_of({*store->find_kind("ip"), 7}) == "203.0.113.7");
    CHECK(store->positions().size() == 1);
    CHECK(store->rejects(10).at(0).line == 3);
    CHECK(store->verify().empty());
  }
}

TEST_CASE("store: whoever opens it briefly reads the same, also with next to no memory") {
  const TemporaryDirectory dir;
  Content all;
  {
    const auto store = open_store(dir / "db");
    for (std::uint64_t batch = 0; batch < 3; ++batch) {
      auto writer = store->bulk_writer();
      for (const AccountRow& row : random_rows(10 + batch, 300, 200)) writer->add_row(row);
      writer->commit();
    }
    all = content_of(*store);
  }
  for (const std::size_t memory : {std::size_t{1} << 10, std::size_t{16} << 20}) {
    const auto store = Store::open(dir / "db", {.mode = OpenMode::read_only, .memory_bytes = memory, .brief = true});
    CHECK(content_of(*store) == all);
    for (const auto& [account, cells] : all.cells) CHECK(store->cells_of(account, {}) == cells);
  }
}

TEST_CASE("store: a reader works beside a writer and keeps its view") {
  const TemporaryDirectory dir;
  const auto writer_store = open_store(dir / "db");
  auto first = writer_store->live_writer();
  first->add_row(random_rows(3, 1, 1)[0]);
  first->commit();
  const auto reader = open_store(dir / "db", OpenMode::read_only);
  const Content before = content_of(*reader);
  auto second = writer_store->bulk_writer();
  for (const AccountRow& row : random_rows(4, 100, 100)) second->add_row(row);
  second->commit();
  writer_store->merge_fragments();
  CHECK(content_of(*reader) == before);
  CHECK(content_of(*open_store(dir / "db", OpenMode::read_only)) == content_of(*writer_store));
}

TEST_CASE("store: a writer dropped without commit leaves no trace") {
  const TemporaryDirectory dir;
  const auto store = open_store(dir / "db");
  {
    auto writer = store->bulk_writer();
    for (const AccountRow& row : random_rows(5, 50, 50)) writer->add_row(row);
    auto live = store->live_writer();
    live->add_row(random_rows(6, 1, 1)[0]);
  }
  CHECK(content_of(*store).cells.empty());
  CHECK(store->counts().batches == 0);
  CHECK((!std::filesystem::exists(dir / "db" / "ingest-tmp") || std::filesystem::is_empty(dir / "db" / "ingest-tmp")));
}

TEST_CASE("store: two values under one key are reported and the first stays") {
  const TemporaryDirectory dir;
  const auto store = open_store(dir / "db");
  const VertexKey key{KindId{1}, 42};
  auto writer = store->bulk_writer();
  writer->add_name({key, "b"});
  writer->add_name({key, "a"});
  writer->add_name({key, "b"});
  const CommitInfo info = writer->commit();
  REQUIRE(info.collisions.size() == 1);
  CHECK(info.collisions[0].value == "b");
  CHECK(store->name_of(key) == "a");
  auto live = store->live_writer();
  live->add_name({key, "a"});
  live->add_name({key, "c"});
  CHECK(live->commit().collisions.size() == 1);
  CHECK(store->name_of(key) == "a");
  CHECK(store->names_of(std::vector<VertexKey>{key, {KindId{1}, 43}})[1] == std::nullopt);
}

TEST_CASE("store: an unknown format version, a second writer, a missing and a foreign directory are refused") {
  const TemporaryDirectory dir;
  CHECK(code_of([&] { open_store(dir / "none", OpenMode::read_only); }) == ErrorCode::not_found);
  std::filesystem::create_directory(dir / "foreign");
  std::ofstream(dir / "foreign" / "file") << "x";
  CHECK(code_of([&] { open_store(dir / "foreign"); }) == ErrorCode::usage);
  {
    const auto store = open_store(dir / "db");
    CHECK(code_of([&] { open_store(dir / "db", OpenMode::write); }) == ErrorCode::locked);
  }
  std::vector<std::string> families;
  REQUIRE(rocksdb::DB::ListColumnFamilies({}, dir / "db", &families).ok());
  std::vector<rocksdb::ColumnFamilyDescriptor> descriptors;
  for (const std::string& name : families) descriptors.emplace_back(name, rocksdb::ColumnFamilyOptions());
  std::vector<rocksdb::ColumnFamilyHandle*> handles;
  rocksdb::DB* db = nullptr;
  REQUIRE(rocksdb::DB::Open({}, dir / "db", descriptors, &handles, &db).ok());
  REQUIRE(db->Put({}, handles[0], "format", "\x63").ok());
  for (auto* handle : handles) db->DestroyColumnFamilyHandle(handle);
  delete db;
  try {
    open_store(dir / "db", OpenMode::read_only);
    FAIL("an unknown version was opened");
  } catch (const Error& error) {
    CHECK(error.code() == ErrorCode::version);
    CHECK(std::string(error.what()).find("99") != std::string::npos);
  }
}

TEST_CASE("store: a store that died while it was made is made anew") {
  const TemporaryDirectory dir;
  std::filesystem::create_directory(dir / "begun");
  for (const char* file : {"LOCK", "LOG", "IDENTITY", "MANIFEST-000001", "000001.dbtmp"})
    std::ofstream(dir / "begun" / file) << "torn";
  CHECK(code_of([&] { open_store(dir / "begun", OpenMode::read_only); }) == ErrorCode::not_found);
  open_store(dir / "begun");
  open_store(dir / "begun", OpenMode::read_only);
}

TEST_CASE("store: a damaged file is found by verify") {
  const TemporaryDirectory dir;
  {
    const auto store = open_store(dir / "db");
    auto writer = store->bulk_writer();
    for (const AccountRow& row : random_rows(7, 500, 500)) writer->add_row(row);
    writer->commit();
  }
  std::filesystem::path largest;
  for (const auto& entry : std::filesystem::directory_iterator(dir / "db")) {
    if (entry.path().extension() != ".sst") continue;
    if (largest.empty() || entry.file_size() > std::filesystem::file_size(largest)) largest = entry.path();
  }
  std::fstream file(largest, std::ios::in | std::ios::out | std::ios::binary);
  file.seekp(1000);
  file.put('\xEE');
  file.put('\xEE');
  file.close();
  CHECK_FALSE(open_store(dir / "db", OpenMode::read_only)->verify().empty());
}

TEST_CASE("store: a run is seen whole after its commit and not at all before") {
  const TemporaryDirectory dir;
  const auto store = open_store(dir / "db");
  CHECK_FALSE(store->latest_run().has_value());
  { store->run_writer()->add_ring({"R-lost", "{}"}); }
  for (int n = 1; n <= 4; ++n) {
    auto run = store->run_writer();
    CHECK(run->run() == static_cast<std::uint64_t>(n));
    run->add_ring({"R-1", "payload"});
    run->add_member({5, "R-1", "member"});
    run->add_links(5, std::vector<StoredLink>{{6, 1.5F}});
    run->add_entity({{KindId{1}, 9}, 3, 20.5F});
    CHECK_FALSE(store->find_ring(static_cast<std::uint64_t>(n) + 1, "R-1").has_value());
    run->commit("summary " + std::to_string(n));
  }
  CHECK(store->latest_run()->payload == "summary 4");
  CHECK(store->runs().size() == 4);
  CHECK(store->find_ring(1, "R-1")->payload == "payload");
  CHECK_FALSE(store->find_ring(1, "R-lost").has_value());
  CHECK(store->find_member(2, 5)->payload == "member");
  CHECK(store->links_of(4, 5).at(0).other == 6);
  CHECK(store->links_of(3, 5).size() == 1);
  CHECK(store->links_of(2, 5).empty());  // links are kept for two runs
  CHECK(store->find_entity(4, {KindId{1}, 9})->accounts == 3);
  int rings = 0;
  store->scan_rings(4, [&](const StoredRing& ring) { rings += ring.id == "R-1" ? 1 : 0; });
  CHECK(rings == 1);
}

TEST_CASE("store: a family that an earlier program did not write is empty to a reader, and made by a writer") {
  const TemporaryDirectory dir;
  { const auto store = open_store(dir / "s"); }
  {
    std::vector<std::string> names;
    REQUIRE(rocksdb::DB::ListColumnFamilies({}, (dir / "s").string(), &names).ok());
    std::vector<rocksdb::ColumnFamilyDescriptor> descriptors;
    for (const std::string& name : names) descriptors.emplace_back(name, rocksdb::ColumnFamilyOptions{});
    std::vector<rocksdb::ColumnFamilyHandle*> handles;
    rocksdb::DB* db = nullptr;
    REQUIRE(rocksdb::DB::Open({}, (dir / "s").string(), descriptors, &handles, &db).ok());
    for (rocksdb::ColumnFamilyHandle* handle : handles) {
      if (handle->GetName() == "entities") REQUIRE(db->DropColumnFamily(handle).ok());
      REQUIRE(db->DestroyColumnFamilyHandle(handle).ok());
    }
    delete db;
  }
  const auto reader = Store::open(dir / "s", {});
  CHECK_FALSE(reader->find_entity(1, {KindId{1}, 5}));
  CHECK(reader->verify().empty());
  const auto writer = Store::open(dir / "s", {.mode = OpenMode::write});
  const auto run = writer->run_writer();
  run->add_entity({.entity = {KindId{1}, 5}, .accounts = 3});
  run->commit("{}");
  CHECK(writer->find_entity(1, {KindId{1}, 5})->accounts == 3);
}
