#include <map>
#include <optional>

#include "rows_for_tests.h"
#include <doctest/doctest.h>

#include "storage/store.h"
#include "storage/traces.h"
#include "storage/value_keys.h"

using namespace ringscope;
using namespace ringscope::test;

TEST_CASE("rekey: what a process that died left in the files as it came is gone once a writer has opened the store") {
  const TemporaryDirectory dir;
  const std::string value = "canary-card-7x";
  {
    const auto store = open_store(dir / "s");
    const KindId payment = store->intern_kind("payment");
    const auto writer = store->live_writer();
    writer->add_name({{payment, hash_value(value)}, value});
    writer->commit();
  }
  ValueKeys::create(dir / "key");
  const std::vector<std::string> kinds = {"payment"};
  {
    const auto store = open_store(dir / "s", OpenMode::write);
    std::map<std::string, std::string> seen;
    const auto none = [&](std::string_view, std::string_view, const std::map<std::string, std::string>& values) {
      seen = values;
      return std::optional<std::string>();
    };
    store->append_verdicts(std::vector<std::string>{"{}"});
    CHECK(store->rekey({dir / "key", kinds, {}, none}).values == 1);
    REQUIRE(seen.size() == 1);
    CHECK(seen.begin()->first == std::string("payment").append(1, '\0').append(value));
    CHECK(seen.begin()->second == store->stored_value("payment", value));
  }  // as if it died before scrub()
  CHECK(!find_traces(dir / "s", needles_of(value)).found.empty());
  open_store(dir / "s", OpenMode::write);
  open_store(dir / "s", OpenMode::write);  // the manifest knows of the old files until then
  CHECK(find_traces(dir / "s", needles_of(value)).found.empty());
}
