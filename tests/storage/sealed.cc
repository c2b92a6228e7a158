// Sealed kinds: keys of days, rows of the vault, and what becomes of both.
#include <functional>

#include <doctest/doctest.h>
#include <rocksdb/db.h>

#include "storage/day_keys.h"
#include "storage/invariants.h"
#include "storage/traces.h"
#include "storage/value_keys.h"
#include "tests/storage/sealed_for_tests.h"

using namespace ringscope;
using namespace ringscope::test;
namespace fs = std::filesystem;

namespace {

constexpr const char* kNew = "2001:db8::7";

std::optional<std::string> nothing(std::string_view, std::string_view, const std::map<std::string, std::string>&) {
  return std::nullopt;
}
void no_facets(std::string_view, std::span<const std::string>,
               const std::function<void(std::string_view, std::string_view)>&) {}

Store::Rekeying sealing_of(const fs::path& key_file) { return {key_file, {}, {"ip"}, nothing, no_facets}; }

// A store that seals addresses, and its key file.
class SealedStore {
 public:
  SealedStore() {
    ValueKeys::create(dir_ / "key");
    store_ = open_store(dir_ / "s");
    store_->rekey(sealing_of(dir_ / "key"));
  }

  Store& operator*() const { return *store_; }
  Store* operator->() const { return store_.get(); }
  fs::path path(const std::string& name) const { return dir_ / name; }
  fs::path day_keys() const { return store_->day_key_file(); }
  void reopen(OpenMode mode = OpenMode::write) {
    store_.reset();
    store_ = open_store(dir_ / "s", mode);
  }
  void close() { store_.reset(); }

  // An account had an address on a day.
  void see(const std::string& account, const std::string& address, Day day, bool bulk = true) {
    const KindId ip = store_->intern_kind("ip");
    const std::string stored = store_->stored_value("ip", address);
    const auto writer = bulk ? store_->bulk_writer() : store_->live_writer();
    AccountRow row;
    row.account = hash_value(account);
    const Seconds at = start_of_day(day);
    row.cells.push_back({{ip, hash_value(stored)}, day, 1, at, at});
    writer->add_row(row);
    writer->add_name({{kAccountKind, row.account}, account});
    writer->add_name({{ip, hash_value(stored)}, stored});
    writer->add_sealed({{ip, hash_value(stored)}, stored}, day, address);
    writer->commit();
  }
  std::optional<Revealed> reveal(const std::string& address) const { return reveal_in(*store_, address); }
  static std::optional<Revealed> reveal_in(const Store& store, const std::string& address) {
    return store.reveal({*store.find_kind("ip"), hash_value(store.stored_value("ip", address))});
  }

 private:
  TemporaryDirectory dir_;
  std::unique_ptr<Store> store_;
};

// The value of an address in the store; "shredded", "nothing".
std::string said(const std::optional<Revealed>& revealed) {
  return !revealed ? "nothing" : revealed->value.value_or("shredded");
}

}  // namespace

TEST_CASE("sealed: a value lies under the last day it was seen on, whichever way it came") {
  for (const bool bulk : {true, false}) {
    SealedStore sealed;
    sealed.see("user-1", kOld, kFirstDay + 1, bulk);
    sealed.see("user-2", kOld, kFirstDay, bulk);
    sealed.see("user-1", kNew, kNoDay, bulk);
    sealed.see("user-1", kNew, kFirstDay + 2, bulk);
    REQUIRE(sealed.reveal(kOld).has_value());
    CHECK(sealed.reveal(kOld)->day == kFirstDay + 1);
    CHECK(sealed.reveal(kNew)->day == kNoDay);
    sealed.see("user-2", kOld, kFirstDay + 2, bulk);
    CHECK(sealed.reveal(kOld)->day == kFirstDay + 2);
    sealed.reopen(OpenMode::read_only);
    CHECK(said(sealed.reveal(kOld)) == kOld);
    CHECK(said(sealed.reveal(kNew)) == kNew);
    CHECK(said(sealed.reveal("203.0.113.1")) == "nothing");
    const KindId ip = *sealed->find_kind("ip");
    std::vector<std::string> texts;
    sealed->scan_texts(ip, [&](KeyHash hash, std::string_view text) {
      texts.emplace_back(text);
      CHECK(sealed->text_of({ip, hash}) == text);
      CHECK(sealed->texts_of(std::vector<VertexKey>{{ip, hash}}).front() == text);
    });
    CHECK(texts.size() == 2);
    CHECK(sealed->count_vault().rows == 2);
    CHECK(sealed->count_vault().shredded == 0);
    CHECK(find_damage(sealed.path("s"), {}).empty());
  }
}

TEST_CASE("sealed: nothing is written or opened without the file of the keys of days") {
  SealedStore sealed;
  sealed.see("user-1", kOld, kFirstDay);
  const fs::path keys = sealed.day_keys();
  CHECK(keys.parent_path() == sealed.path("key").parent_path());
  sealed.reopen();
  fs::rename(keys, sealed.path("away"));
  CHECK(code_of([&] { sealed->require_day_keys(); }) == "refused");
  CHECK(!sealed->has_day_keys());
  CHECK(code_of([&] { sealed.see("user-1", kNew, kFirstDay); }) == "refused");
  CHECK(code_of([&] { sealed.see("user-1", kNew, kFirstDay, false); }) == "refused");
  CHECK(code_of([&] { (void)sealed.reveal(kOld); }) == "refused");
  CHECK(code_of([&] { sealed->scan_texts(*sealed->find_kind("ip"), [](KeyHash, std::string_view) {}); }) == "refused");
  CHECK(code_of([&] { (void)sealed->retain(kFirstDay + 1, {}); }) == "refused");
  CHECK(sealed->cells_of(hash_value("user-1"), {}).size() == 1);  // it went no further
  fs::rename(sealed.path("away"), keys);
  CHECK(said(sealed.reveal(kOld)) == kOld);

  // Taken away, or a day let go by a copy of the store, while the store is open and has read it.
  fs::rename(keys, sealed.path("away"));
  CHECK(code_of([&] { sealed->require_day_keys(); }) == "refused");
  fs::rename(sealed.path("away"), keys);
  CHECK(DayKeys::read(keys, sealed->keyed()->vault_id).destroy_before(kFirstDay + 1) == 1);
  sealed->require_day_keys();
  CHECK(said(sealed.reveal(kOld)) == "shredded");
}

TEST_CASE("sealed: days that are let go shred their values in snapshots and backups as well") {
  SealedStore sealed;
  sealed.see("user-1", kOld, kFirstDay);
  sealed.see("user-1", kNew, kFirstDay);
  sealed->checkpoint(sealed.path("kept"));
  sealed.see("user-2", kNew, kFirstDay + 1);
  const std::string keys_before = text_in(sealed.day_keys());
  const Store::Retention let_go = sealed->retain(kFirstDay + 1, {});
  CHECK(let_go.day_keys == 1);
  CHECK(said(sealed.reveal(kOld)) == "nothing");
  CHECK(said(sealed.reveal(kNew)) == kNew);
  CHECK(find_damage(sealed.path("s"), {}).empty());
  {
    const auto kept = open_store(sealed.path("kept"), OpenMode::read_only);
    CHECK(said(SealedStore::reveal_in(*kept, kOld)) == "shredded");
    CHECK(said(SealedStore::reveal_in(*kept, kNew)) == "shredded");  // there it lies under the day before
    CHECK(kept->count_vault().shredded == 2);
    CHECK(find_damage(sealed.path("kept"), {}).empty());
  }
  // As if the process had died between the two steps: the next call destroys what was left.
  const fs::path file = sealed.day_keys();
  write_text(file, keys_before);
  sealed.reopen();
  CHECK(sealed->retain(kFirstDay + 1, {}).day_keys == 1);
  CHECK(text_in(file) != keys_before);
  // What comes to such a day later has a new key, and the old copies stay shredded.
  sealed.see("user-3", kOld, kFirstDay);
  CHECK(said(sealed.reveal(kOld)) == kOld);
  const auto kept = open_store(sealed.path("kept"), OpenMode::read_only);
  CHECK(said(SealedStore::reveal_in(*kept, kOld)) == "shredded");
}

TEST_CASE("sealed: a value whose key went is sealed anew when it comes again on the same day") {
  SealedStore sealed;
  sealed.see("user-1", kOld, kFirstDay);
  DayKeys::read(sealed.day_keys(), sealed->keyed()->vault_id).destroy_before(kFirstDay + 1);
  sealed.reopen();
  CHECK(said(sealed.reveal(kOld)) == "shredded");
  sealed.see("user-1", kOld, kFirstDay);
  sealed.reopen();
  CHECK(said(sealed.reveal(kOld)) == kOld);
}

TEST_CASE("sealed: what an account alone had leaves the vault with it, and what others have stays") {
  SealedStore sealed;
  const KeyHash account = hash_value("mallory");
  sealed.see("mallory", kOld, kFirstDay);
  sealed.see("mallory", kNew, kFirstDay);
  sealed.see("user-2", kNew, kFirstDay);
  const std::vector<Name> own = sealed->values_only_of(account);
  REQUIRE(own.size() == 1);
  CHECK(own.front().value == sealed->stored_value("ip", kOld));
  CHECK(sealed->count_vault().rows == 2);
  sealed->erase({"mallory", "erased-1", "", own, [](std::string_view, std::string_view) { return std::nullopt; }});
  CHECK(sealed->count_vault().rows == 1);
  CHECK(said(sealed.reveal(kNew)) == kNew);
  CHECK(said(sealed.reveal(kOld)) == "nothing");
}

TEST_CASE("sealed: values that a store has as they came are sealed under their last days, and leave the files") {
  const TemporaryDirectory dir;
  {
    const auto store = open_store(dir / "s");
    const KindId ip = store->intern_kind("ip");
    const auto writer = store->bulk_writer();
    for (const KeyHash account : {1, 2}) {
      AccountRow row;
      row.account = account;
      const Day day = kFirstDay + static_cast<Day>(account);
      row.cells.push_back({{ip, hash_value(kOld)}, day, 1, start_of_day(day), start_of_day(day)});
      writer->add_row(row);
      writer->add_name({{kAccountKind, account}, std::to_string(account)});
    }
    writer->add_name({{ip, hash_value(kOld)}, kOld});
    writer->commit();
    store->add_indicators(std::vector<StoredIndicator>{{"north", "ip", kOld}});
    ValueKeys::create(dir / "key");
    CHECK(store->rekey(sealing_of(dir / "key")).values == 1);
    CHECK(store->seals("ip"));
    CHECK(!store->seals("payment"));
    store->scrub();
  }
  open_store(dir / "s", OpenMode::write);
  const auto store = open_store(dir / "s", OpenMode::write);
  const auto revealed = SealedStore::reveal_in(*store, kOld);
  CHECK(said(revealed) == kOld);
  CHECK(revealed->day == kFirstDay + 2);
  CHECK(find_traces(dir / "s", needles_of(kOld)).found.empty());
}

TEST_CASE("sealed: a kind that has keyed values already is not sealed, for nobody knows them any more") {
  const TemporaryDirectory dir;
  ValueKeys::create(dir / "key");
  const auto store = open_store(dir / "s");
  store->rekey({dir / "key", {"ip", "email"}, {}, nothing});
  const auto writer = store->live_writer();
  const std::string stored = store->stored_value("ip", kOld);
  writer->add_name({{store->intern_kind("ip"), hash_value(stored)}, stored});
  writer->commit();
  CHECK(code_of([&] { store->rekey(sealing_of(dir / "key")); }) == "refused");
  CHECK(!store->seals("ip"));
  store->rekey({dir / "key", {}, {"email"}, nothing, no_facets});  // it has none
  CHECK(store->seals("email"));
}

TEST_CASE("sealed: a new key of the values takes the vault along, and leaves what is shredded as it is") {
  SealedStore sealed;
  sealed.see("user-1", kOld, kFirstDay);
  sealed.see("user-1", kNew, kFirstDay + 1);
  DayKeys::read(sealed.day_keys(), sealed->keyed()->vault_id).destroy_before(kFirstDay + 1);
  sealed.reopen();
  const std::string before = sealed->stored_value("ip", kNew), facet = sealed->stored_facet("ip", "ip/net", "x");
  ValueKeys::append(sealed.path("key"));
  std::map<std::string, std::string> seen;
  Store::Rekeying request{sealed.path("key"), {}, {}, nothing, no_facets};
  request.revalue = [&](std::string_view, std::string_view, const std::map<std::string, std::string>& values) {
    seen = values;
    return std::optional<std::string>();
  };
  request.facets_in = [&](std::string_view, std::span<const std::string> kinds,
                          const std::function<void(std::string_view, std::string_view)>& visit) {
    CHECK(kinds.size() == 1);
    visit("ip/net", facet);
  };
  sealed->append_verdicts(std::vector<std::string>{"{}"});
  sealed->rekey(request);
  CHECK(sealed->stored_value("ip", kNew) != before);
  CHECK(said(sealed.reveal(kNew)) == kNew);
  CHECK(sealed.reveal(kNew)->day == kFirstDay + 1);
  CHECK(said(sealed.reveal(kOld)) == "shredded");
  CHECK(seen.at(std::string("ip/net").append(1, '\0').append(facet)) == sealed->stored_facet("ip", "ip/net", "x"));
  CHECK(sealed->count_vault().rows == 2);
  sealed.close();
  CHECK(find_damage(sealed.path("s"), {}).empty());
}

TEST_CASE("sealed: a row that was changed or moved is told as damaged, and nothing is guessed") {
  SealedStore sealed;
  sealed.see("user-1", kOld, kFirstDay);
  sealed.see("user-1", kNew, kFirstDay);
  sealed.close();
  std::map<std::string, std::string> rows;
  const auto with_vault = [&](const std::function<void(rocksdb::DB&, rocksdb::ColumnFamilyHandle*)>& change) {
    std::vector<std::string> names;
    REQUIRE(rocksdb::DB::ListColumnFamilies({}, sealed.path("s").string(), &names).ok());
    std::vector<rocksdb::ColumnFamilyDescriptor> families;
    for (const std::string& name : names) families.emplace_back(name, rocksdb::ColumnFamilyOptions());
    std::vector<rocksdb::ColumnFamilyHandle*> handles;
    rocksdb::DB* db = nullptr;
    REQUIRE(rocksdb::DB::Open({}, sealed.path("s").string(), families, &handles, &db).ok());
    for (std::size_t i = 0; i < names.size(); ++i)
      if (names[i] == "vault") change(*db, handles[i]);
    for (auto* handle : handles) REQUIRE(db->DestroyColumnFamilyHandle(handle).ok());
    delete db;
  };
  with_vault([&](rocksdb::DB& db, rocksdb::ColumnFamilyHandle* vault) {
    const std::unique_ptr<rocksdb::Iterator> it(db.NewIterator({}, vault));
    for (it->SeekToFirst(); it->Valid(); it->Next()) rows[it->key().ToString()] = it->value().ToString();
    REQUIRE(rows.size() == 2);
    REQUIRE(db.Put({}, vault, rows.begin()->first, rows.rbegin()->second).ok());  // moved
    std::string changed = rows.rbegin()->second;
    changed.back() = static_cast<char>(changed.back() ^ 1);
    REQUIRE(db.Put({}, vault, rows.rbegin()->first, changed).ok());
  });
  sealed.reopen();
  for (const char* address : {kOld, kNew}) CHECK(code_of([&] { (void)sealed.reveal(address); }) == "corrupt");
  sealed.close();
  const auto damage = find_damage(sealed.path("s"), {});
  REQUIRE(damage.size() == 1);
  CHECK(damage.front().invariant == "vault");
  CHECK(damage.front().count == 2);
  with_vault([&](rocksdb::DB& db, rocksdb::ColumnFamilyHandle* vault) {
    for (const auto& [key, row] : rows) REQUIRE(db.Put({}, vault, key, row).ok());
    REQUIRE(db.Delete({}, vault, rows.begin()->first).ok());
    REQUIRE(db.Put({}, vault, std::string("\x7f") + std::string(8, 'x'), rows.begin()->second).ok());
  });
  CHECK(find_damage(sealed.path("s"), {}).front().count == 2);  // one is missing, one is of nothing
}
