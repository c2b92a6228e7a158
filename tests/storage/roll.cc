#include "storage/roll.h"

#include <map>

#include "rows_for_tests.h"
#include <doctest/doctest.h>
#include <rocksdb/db.h>

#include "base/error.h"
#include "storage/codec.h"
#include "storage/schema.h"
#include "storage/store.h"

using namespace ringscope;
using namespace ringscope::test;

namespace {

std::string payload_of(KeyHash account) { return "what is said of " + std::to_string(account); }

void add_ring(RunWriter& writer, const std::string& ring, KeyHash first, std::uint64_t members) {
  writer.add_ring({ring, "ring"});
  for (KeyHash account = first + members; account > first; --account)
    writer.add_member({account, ring, payload_of(account)});
}

std::vector<KeyHash> roll_of(const Store& store, std::uint64_t run, const std::string& ring) {
  std::vector<KeyHash> accounts;
  const bool found = store.visit_roll(run, ring, [&](KeyHash account, std::string_view payload) {
    CHECK(payload == payload_of(account));
    accounts.push_back(account);
  });
  CHECK(found == !accounts.empty());
  return accounts;
}

}  // namespace

TEST_CASE("roll: a ring's members come back in the order in which they were added, and one by one") {
  const TemporaryDirectory dir;
  const auto store = open_store(dir / "s");
  const std::map<std::string, std::pair<KeyHash, std::uint64_t>> rings{
      {"R-0", {0, 1}}, {"R-1", {1000, 127}}, {"R-2", {2000, 128}}, {"R-3", {3000, 129}}, {"R-4", {4000, 700}}};
  const auto writer = store->run_writer();
  for (const auto& [ring, range] : rings) add_ring(*writer, ring, range.first, range.second);
  writer->commit("run");
  for (const auto& [ring, range] : rings) {
    CAPTURE(ring);
    const std::vector<KeyHash> roll = roll_of(*store, 1, ring);
    REQUIRE(roll.size() == range.second);
    KeyHash expected = range.first + range.second;
    for (const KeyHash account : roll) {
      CHECK(account == expected--);
      const auto member = store->find_member(1, account);
      REQUIRE(member);
      CHECK(member->ring == ring);
      CHECK(member->payload == payload_of(account));
      CHECK(store->find_place(1, account) == ring);
    }
  }
  CHECK(roll_of(*store, 1, "R-9").empty());
  CHECK(roll_of(*store, 2, "R-0").empty());
  CHECK(!store->find_member(1, 999));
}

TEST_CASE("roll: over a base, a ring that became smaller has none of the base's members") {
  const TemporaryDirectory dir;
  const auto store = open_store(dir / "s");
  const auto base = store->run_writer();
  add_ring(*base, "R-1", 0, 600);
  add_ring(*base, "R-2", 1000, 300);
  base->commit("base");
  const auto over = store->run_writer(1);
  add_ring(*over, "R-1", 0, 200);
  over->commit("over");
  CHECK(roll_of(*store, 1, "R-1").size() == 600);
  CHECK(roll_of(*store, 2, "R-1").size() == 200);
  CHECK(roll_of(*store, 2, "R-2").size() == 300);
}

TEST_CASE("roll: damaged bytes are corrupt, whatever is asked of them") {
  std::vector<std::string> pieces;
  const RollEncoder::Put put = [&](std::uint32_t, const std::string& bytes) { pieces.push_back(bytes); };
  RollEncoder encoder;
  for (KeyHash account = 1; account <= 3; ++account) encoder.add({account, "R-1", payload_of(account)}, put);
  encoder.end(put);
  REQUIRE(pieces.size() == 1);
  const std::string& good = pieces.front();
  CHECK(payload_in(good, 2, 3) == payload_of(3));
  CHECK_THROWS_AS(payload_in(good, 2, 1), Error);  // another account's
  CHECK_THROWS_AS(payload_in(good, 3, 3), Error);
  const auto ignore = [](KeyHash, std::string_view) {};
  const std::size_t each = (good.size() - 1) / 3;
  for (std::size_t size = 0; size < good.size(); ++size) {
    CAPTURE(size);
    if (size > 0 && (size - 1) % each == 0) continue;  // between two members nothing shows
    CHECK_THROWS_AS(visit_piece(std::string_view(good).substr(0, size), ignore), Error);
  }
  CHECK_THROWS_AS(visit_piece("\x07", ignore), Error);
  CHECK_THROWS_AS(decode_place(""), Error);
  CHECK_THROWS_AS(decode_place(encode_place("R-1", 7) + "x"), Error);
  CHECK(decode_place(encode_place("R-1", 700)).position == 700);
}

TEST_CASE(
    "roll: a run of format version 1, whose rows hold the members, is read; the first to write makes it version 2") {
  const TemporaryDirectory dir;
  {
    const auto store = open_store(dir / "s");
    const auto writer = store->run_writer();
    add_ring(*writer, "R-1", 0, 2);
    writer->commit("run");
  }
  {  // as the earlier program left it
    std::vector<std::string> names;
    REQUIRE(rocksdb::DB::ListColumnFamilies({}, (dir / "s").string(), &names).ok());
    std::vector<rocksdb::ColumnFamilyDescriptor> families;
    for (const std::string& name : names) families.emplace_back(name, rocksdb::ColumnFamilyOptions{});
    std::vector<rocksdb::ColumnFamilyHandle*> handles;
    rocksdb::DB* db = nullptr;
    REQUIRE(rocksdb::DB::Open({}, (dir / "s").string(), families, &handles, &db).ok());
    for (std::size_t i = 0; i < names.size(); ++i) {
      if (names[i] == "rolls") CHECK(db->DropColumnFamily(handles[i]).ok());
      if (names[i] == "default") {
        std::string one;
        Encoder(one).number(1);
        CHECK(db->Put({}, handles[i], "format", one).ok());
      }
      if (names[i] != "members") continue;
      for (KeyHash account = 1; account <= 2; ++account) {
        std::string row;
        Encoder(row).string("R-1");
        CHECK(db->Put({}, handles[i], schema::key_u64_u64(1, account), row + "{" + payload_of(account)).ok());
      }
    }
    for (auto* handle : handles) db->DestroyColumnFamilyHandle(handle);
    delete db;
  }
  const auto check = [](const Store& store) {
    CHECK(store.find_place(1, 2) == "R-1");
    CHECK(store.find_member(1, 2)->payload == "{" + payload_of(2));
    CHECK(roll_of(store, 1, "R-1").empty());
    CHECK(store.verify().empty());
  };
  check(*open_store(dir / "s", OpenMode::read_only));
  const auto store = open_store(dir / "s");
  check(*store);
  const auto writer = store->run_writer();
  add_ring(*writer, "R-1", 0, 2);
  writer->commit("run");
  CHECK(roll_of(*store, 2, "R-1") == std::vector<KeyHash>{2, 1});
  check(*store);
}
