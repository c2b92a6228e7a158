// docs/reliability.md names the tests that hold each promise: they must be there.
#include <filesystem>
#include <set>
#include <string>

#include "stage.h"
#include <doctest/doctest.h>

using namespace ringscope::faults;

namespace {

// What stands between `open` and `close`, of all places in a text.
std::set<std::string> between(const std::string& text, const std::string& open, const std::string& close) {
  std::set<std::string> found;
  for (std::size_t at = text.find(open); at != text.npos; at = text.find(open, at)) {
    at += open.size();
    const std::size_t end = text.find(close, at);
    if (end == text.npos) break;
    found.insert(text.substr(at, end - at));
    at = end + close.size();
  }
  return found;
}

std::set<std::string> all_tests() {
  std::set<std::string> tests;
  const std::filesystem::path root = std::filesystem::path(RINGSCOPE_SOURCE_DIR) / "tests";
  for (const auto& entry : std::filesystem::recursive_directory_iterator(root)) {
    if (entry.path().extension() == ".cc") tests.merge(between(read_bytes(entry.path()), "TEST_CASE(\"", "\")"));
  }
  return tests;
}

}  // namespace

TEST_CASE("promise: every test that the page on reliability names is there") {
  const std::string page = read_bytes(std::filesystem::path(RINGSCOPE_SOURCE_DIR) / "docs/reliability.md");
  const std::string table =
      page.substr(page.find("|---|---|"), page.find("## When something") - page.find("|---|---|"));
  const std::set<std::string> tests = all_tests();
  std::size_t rows = 0, named = 0;
  for (std::size_t at = table.find("\n| "); at != table.npos; at = table.find("\n| ", at + 1)) {
    const std::string row = table.substr(at + 1, table.find('\n', at + 1) - at - 1);
    const std::string holders = row.substr(row.find(" | ") + 3);
    const std::set<std::string> names = between(holders, "`", "`");
    ++rows;
    CAPTURE(row);
    CHECK_FALSE(names.empty());
    for (const std::string& name : names) {
      CAPTURE(name);
      CHECK(tests.contains(name));
      ++named;
    }
  }
  CHECK(rows >= 10);
  CHECK(named >= rows);
}
