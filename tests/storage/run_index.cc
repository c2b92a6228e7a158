// The index that a run leaves behind: seen with the run, gone with its links.
#include "rows_for_tests.h"
#include <doctest/doctest.h>

using namespace ringscope;
using namespace ringscope::test;

namespace {

std::uint64_t publish(Store& store, const std::string& value) {
  const auto writer = store.run_writer();
  writer->add_index("a", value);
  writer->add_index(std::string("\0b", 2), value + value);
  writer->commit("{}");
  return writer->run();
}

}  // namespace

TEST_CASE("run index: entries are found under their run, and only with it") {
  const TemporaryDirectory dir;
  const auto store = open_store(dir / "db");
  CHECK(publish(*store, "one") == 1);
  CHECK(publish(*store, "two") == 2);
  CHECK(store->find_index(1, "a") == "one");
  CHECK(store->find_index(2, "a") == "two");
  CHECK(store->find_index(2, std::string_view("\0b", 2)) == "twotwo");
  CHECK_FALSE(store->find_index(2, "b"));
  CHECK_FALSE(store->find_index(3, "a"));
}

TEST_CASE("run index: that of the last two runs is kept") {
  const TemporaryDirectory dir;
  const auto store = open_store(dir / "db");
  for (int i = 0; i < 3; ++i) publish(*store, "x");
  CHECK_FALSE(store->find_index(1, "a"));
  CHECK(store->find_index(2, "a"));
  CHECK(store->find_index(3, "a"));
}

TEST_CASE("run index: a run that was not committed leaves none") {
  const TemporaryDirectory dir;
  {
    const auto store = open_store(dir / "db");
    store->run_writer()->add_index("a", "lost");
  }
  const auto store = open_store(dir / "db", OpenMode::write);
  CHECK_FALSE(store->find_index(1, "a"));
  CHECK(publish(*store, "kept") == 1);
  CHECK(store->find_index(1, "a") == "kept");
}
