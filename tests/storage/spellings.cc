// Names in the order of their text.
#include <doctest/doctest.h>
#include <rocksdb/db.h>

#include "tests/storage/rows_for_tests.h"

using namespace ringscope;
using namespace ringscope::test;

namespace {

void add(Store& store, bool bulk, const std::vector<std::pair<std::string, std::string>>& names) {
  const auto writer = bulk ? store.bulk_writer() : store.live_writer();
  for (const auto& [kind, value] : names) {
    const KindId id = kind == "account" ? kAccountKind : store.intern_kind(kind);
    writer->add_name({{id, hash_value(value)}, value});
  }
  writer->commit();
}

std::vector<std::string> beginning(const Store& store, KindId kind, const std::string& prefix) {
  std::vector<std::string> found;
  store.scan_spellings(kind, prefix, [&](KeyHash hash) {
    found.push_back(store.name_of({kind, hash}).value_or("?"));
    return true;
  });
  return found;
}

std::vector<std::string> addresses(const Store& store, const std::string& first, const std::string& last) {
  std::vector<std::string> found;
  const KindId kind = *store.find_kind("ip");
  store.scan_addresses(kind, *address_bytes(first), *address_bytes(last), [&](KeyHash hash) {
    found.push_back(store.name_of({kind, hash}).value_or("?"));
    return true;
  });
  return found;
}

using Names = std::vector<std::string>;

}  // namespace

TEST_CASE("spellings: names come in the order of their text, letters without case, whoever wrote them") {
  const TemporaryDirectory dir;
  const auto store = open_store(dir / "db");
  add(*store, true, {{"account", "Ann"}, {"account", "anna"}, {"account", "bob"}, {"mail", "ann@x"}});
  add(*store, false, {{"account", "ANNE"}, {"account", "ann"}, {"account", "bob"}});
  CHECK(store->has_spellings());
  const Names anns = beginning(*store, kAccountKind, "aNn");
  CHECK(anns.size() == 4);
  CHECK(Names(anns.end() - 2, anns.end()) == Names{"anna", "ANNE"});
  CHECK(beginning(*store, kAccountKind, "bo") == Names{"bob"});
  CHECK(beginning(*store, kAccountKind, "c").empty());
  CHECK(beginning(*store, kAccountKind, "").size() == 5);
  CHECK(beginning(*store, *store->find_kind("mail"), "ann") == Names{"ann@x"});
  int seen = 0;
  store->scan_spellings(kAccountKind, "", [&](KeyHash) { return ++seen < 2; });
  CHECK(seen == 2);
}

TEST_CASE("spellings: long names, bytes 0 and bytes 255 do no harm") {
  const TemporaryDirectory dir;
  const auto store = open_store(dir / "db");
  const std::string shared(100, 'x'), high = "\xff\xff", zero = std::string("a\0b", 3);
  add(*store, true, {{"account", shared + "1"}, {"account", shared + "2"}, {"account", high}, {"account", zero}});
  CHECK(beginning(*store, kAccountKind, shared + "2").size() == 2);  // the caller tells them apart
  CHECK(beginning(*store, kAccountKind, "\xff") == Names{high});
  CHECK(beginning(*store, kAccountKind, high) == Names{high});
  CHECK(beginning(*store, kAccountKind, zero) == Names{zero});
}

TEST_CASE("spellings: addresses come by number, of both families") {
  const TemporaryDirectory dir;
  const auto store = open_store(dir / "db");
  add(*store, true,
      {{"ip", "10.0.0.9"},
       {"ip", "10.0.0.10"},
       {"ip", "9.255.255.255"},
       {"ip", "10.0.1.0"},
       {"ip", "2001:db8::1"},
       {"ip", "not an address"}});
  CHECK(addresses(*store, "10.0.0.0", "10.0.0.255") == Names{"10.0.0.9", "10.0.0.10"});
  CHECK(addresses(*store, "9.0.0.0", "10.0.1.0") == Names{"9.255.255.255", "10.0.0.9", "10.0.0.10", "10.0.1.0"});
  CHECK(addresses(*store, "2001:db8::", "2001:db8::ffff") == Names{"2001:db8::1"});
  CHECK(addresses(*store, "::", "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff").size() == 5);
  CHECK(!address_bytes("10.0.0"));
  CHECK(!address_bytes("10.0.0.0/24"));
  CHECK(address_bytes("0.0.0.1")->back() == 1);
}

TEST_CASE("spellings: a store without them gets them when it is next opened for writing, a reader says so before") {
  const TemporaryDirectory dir;
  {
    const auto store = open_store(dir / "db");
    add(*store, true, {{"account", "ann"}, {"ip", "10.0.0.1"}});
  }
  {  // as an earlier program left it
    std::vector<std::string> families;
    REQUIRE(rocksdb::DB::ListColumnFamilies({}, (dir / "db").string(), &families).ok());
    std::vector<rocksdb::ColumnFamilyDescriptor> descriptors;
    for (const std::string& name : families) descriptors.emplace_back(name, rocksdb::ColumnFamilyOptions());
    std::vector<rocksdb::ColumnFamilyHandle*> handles;
    rocksdb::DB* db = nullptr;
    REQUIRE(rocksdb::DB::Open({}, (dir / "db").string(), descriptors, &handles, &db).ok());
    for (std::size_t i = 0; i < families.size(); ++i) {
      if (families[i] == "spellings") CHECK(db->DropColumnFamily(handles[i]).ok());
      if (families[i] == "default") CHECK(db->Delete({}, handles[i], "spelled").ok());
    }
    for (auto* handle : handles) CHECK(db->DestroyColumnFamilyHandle(handle).ok());
    delete db;
  }
  {
    const auto reader = open_store(dir / "db", OpenMode::read_only);
    CHECK(!reader->has_spellings());
    CHECK(beginning(*reader, kAccountKind, "a").empty());
  }
  CHECK(beginning(*open_store(dir / "db", OpenMode::write), kAccountKind, "a") == Names{"ann"});
  const auto reader = open_store(dir / "db", OpenMode::read_only);
  CHECK(reader->has_spellings());
  CHECK(addresses(*reader, "10.0.0.0", "10.0.0.2") == Names{"10.0.0.1"});
}

TEST_CASE("spellings: names that are let go are not found any more") {
  const TemporaryDirectory dir;
  const auto store = open_store(dir / "db");
  for (const auto& [name, day] : {std::pair("old", Day{100}), std::pair("new", Day{200})}) {
    const auto writer = store->live_writer();
    AccountRow row;
    row.account = hash_value(name);
    row.cells = {{{store->intern_kind("ip"), hash_value(std::string(name) + "-thing")},
                  day,
                  1,
                  start_of_day(day),
                  start_of_day(day)}};
    writer->add_name({{kAccountKind, row.account}, name});
    writer->add_name({row.cells[0].entity, std::string(name) + "-thing"});
    writer->add_row(row);
    writer->commit();
  }
  store->retain(150, {});
  CHECK(beginning(*store, kAccountKind, "") == Names{"new"});
  CHECK(beginning(*store, *store->find_kind("ip"), "") == Names{"new-thing"});
}

TEST_CASE("store: a writer leaves no long log behind, and loses nothing by it") {
  const TemporaryDirectory dir;
  {
    const auto store = open_store(dir / "db");
    const auto run = store->run_writer();
    const std::string payload(2000, 'x');
    for (KeyHash account = 1; account <= 1000; ++account) run->add_member({account, "R-1", payload});
    run->commit("{}");
  }
  std::uintmax_t bytes = 0;
  for (const auto& file : std::filesystem::directory_iterator(dir / "db")) {
    if (file.path().extension() == ".log") bytes += file.file_size();
  }
  CHECK(bytes < 512 << 10);
  const auto store = open_store(dir / "db", OpenMode::read_only);
  int members = 0;
  store->scan_places(1, [&](const StoredPlace&) { ++members; });
  CHECK(members == 1000);
}
