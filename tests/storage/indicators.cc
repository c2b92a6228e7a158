#include "rows_for_tests.h"
#include <doctest/doctest.h>

#include "base/error.h"
#include "storage/store.h"

using namespace ringscope;
using namespace ringscope::test;

TEST_CASE("store: indicators are a set, sorted, and removed by campaign") {
  const TemporaryDirectory dir;
  const std::vector<StoredIndicator> some = {
      {"b", "ip", "1.1.1.1"}, {"a", "ip", "1.1.1.1"}, {"a/b", "payment", "c"}, {"a", "ip", "1.1.1.1"}};
  {
    const auto store = open_store(dir / "db");
    CHECK(store->indicators().empty());
    CHECK(store->add_indicators(some) == 3);
    CHECK(store->add_indicators(some) == 0);
  }
  {
    const auto store = open_store(dir / "db", OpenMode::write);
    CHECK(store->indicators() ==
          std::vector<StoredIndicator>{{"a", "ip", "1.1.1.1"}, {"a/b", "payment", "c"}, {"b", "ip", "1.1.1.1"}});
    CHECK(store->kinds().empty());
    CHECK(store->remove_indicators("a") == 1);
    CHECK(store->remove_indicators("a") == 0);
    CHECK(store->verify().empty());
  }
  const auto store = open_store(dir / "db", OpenMode::read_only);
  CHECK(store->indicators().size() == 2);
  CHECK_THROWS_AS(store->add_indicators(some), Error);
}

TEST_CASE("store: an indicator that cannot be a key is refused, and the others with it") {
  const TemporaryDirectory dir;
  const auto store = open_store(dir / "db");
  const std::string nul(1, '\0');
  for (const StoredIndicator& bad : {StoredIndicator{"", "ip", "x"}, StoredIndicator{"a", "", "x"},
                                     StoredIndicator{"a", "ip", ""}, StoredIndicator{"a" + nul, "ip", "x"}}) {
    CHECK_THROWS_AS(store->add_indicators(std::vector<StoredIndicator>{{"good", "ip", "x"}, bad}), Error);
  }
  CHECK(store->indicators().empty());
}
