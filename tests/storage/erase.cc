#include <set>

#include "rows_for_tests.h"
#include <doctest/doctest.h>
#include <rocksdb/db.h>

#include "storage/store.h"
#include "storage/store_internal.h"
#include "storage/traces.h"

using namespace ringscope;
using namespace ringscope::test;

namespace {

constexpr const char* kName = "canary-account";

void add_accounts(Store& store) {
  Random random(5);
  const auto writer = store.live_writer();
  for (const std::string name : {kName, "another-account"}) {
    writer->add_name({{kAccountKind, hash_value(name)}, name});
    AccountRow row;
    row.account = hash_value(name);
    row.activity.push_back(random_day(random, 20000));
    writer->add_row(row);
  }
  writer->commit();
}

}  // namespace

TEST_CASE("erase: what a process that died left in the files is gone once a writer has opened the store again") {
  const TemporaryDirectory dir;
  add_accounts(*open_store(dir / "s"));
  {
    const auto store = open_store(dir / "s", OpenMode::write);
    const Store::Erasure erasure{
        kName, "erased-1", "", {}, [](std::string_view, std::string_view) { return std::optional<std::string>(); }};
    CHECK(store->erase(erasure).names == 1);
    CHECK(!store->name_of({kAccountKind, hash_value(kName)}));
  }  // as if it died before scrub()
  CHECK(!find_traces(dir / "s", needles_of(kName)).found.empty());
  open_store(dir / "s", OpenMode::write);
  open_store(dir / "s", OpenMode::write);  // the manifest knows of the old files until then
  const TraceReport left = find_traces(dir / "s", needles_of(kName));
  CHECK(left.found.empty());
  CHECK(left.entries > 0);
  const auto store = open_store(dir / "s", OpenMode::read_only);
  CHECK(store->name_of({kAccountKind, hash_value("another-account")}) == "another-account");
  CHECK(store->verify().empty());
}

TEST_CASE("traces: what lies under a tombstone is found, and so is the key in the tombstone") {
  const TemporaryDirectory dir;
  const std::string key(200, 'k');  // packed, so that the bytes of a file do not show it
  const std::string value = std::string(5000, 'v') + "canary-value" + std::string(5000, 'v');
  open_store(dir / "s");
  {
    const auto inside = open_inside(dir / "s", {.mode = OpenMode::write});
    rocksdb::ColumnFamilyHandle* const family = inside->family(schema::kVerdicts);
    const rocksdb::Snapshot* const held = [&] {  // so that a flush keeps both
      REQUIRE(inside->db->Put({}, family, "canary-key/" + key, value).ok());
      return inside->db->GetSnapshot();
    }();
    REQUIRE(inside->db->Delete({}, family, "canary-key/" + key).ok());
    REQUIRE(inside->db->Flush({}, family).ok());
    inside->db->ReleaseSnapshot(held);
  }
  const std::vector<Needle> needles = {{"the value", "canary-value", false}, {"the key", "canary-key/", false}};
  CHECK(open_store(dir / "s", OpenMode::read_only)->verify().empty());
  const TraceReport hidden = find_traces(dir / "s", needles);
  std::set<std::string> in_family;
  for (const FileTrace& trace : hidden.found)
    if (trace.file == "column family verdicts") in_family.insert(trace.what);

  CHECK(in_family == std::set<std::string>{"the key", "the value"});
  open_store(dir / "s", OpenMode::write)->scrub();
  open_store(dir / "s", OpenMode::write);
  CHECK(find_traces(dir / "s", needles).found.empty());
}
