// Old days go in one step, and nothing else does.
#include <set>

#include <doctest/doctest.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/storage/rows_for_tests.h"

using namespace ringscope;
using namespace ringscope::test;

namespace {

constexpr Day kFirst = 20005;  // rows have cells on 20000 to 20039 and activity on 20000 to 20009

constexpr KeyHash kOld = 1'000'000'000;  // accounts that random rows know nothing of

// Accounts in several fragments, with names for everything they touch.
void fill(Store& store) {
  Random random(3);
  for (int batch = 0; batch < 4; ++batch) {
    const auto writer = batch % 2 == 0 ? store.bulk_writer() : store.live_writer();
    for (KeyHash account = 1000; account < 1200; ++account) {
      if (random.chance(0.5)) continue;
      const AccountRow row = random_row(random, account);
      writer->add_row(row);
      writer->add_name({{kAccountKind, account}, "account"});
      for (const Cell& cell : row.cells) writer->add_name({cell.entity, "thing"});
      for (const ActivityDay& day : row.activity) {
        for (const TagCount& tag : day.tags) writer->add_name({tag.tag, "tag"});
        for (const TemplateCount& one : day.templates) writer->add_name({{KindId{7}, one.template_hash}, "prompt"});
      }
    }
    writer->commit();
  }
}

DayWindow from(Day first) {
  DayWindow window;
  window.first = first;
  return window;
}

std::set<VertexKey> names_of(const Store& store) {
  std::set<VertexKey> names;
  for (std::uint8_t kind = 0; kind < 20; ++kind) {
    store.scan_names(KindId{kind}, [&](KeyHash hash, std::string_view) { names.insert({KindId{kind}, hash}); });
  }
  return names;
}

// Hashes of what the store still says something of.
std::set<KeyHash> spoken_of(const Store& store) {
  std::set<KeyHash> hashes;
  const Content content = content_of(store);
  for (const auto& [account, cells] : content.cells) {
    hashes.insert(account);
    for (const Cell& cell : cells) hashes.insert(cell.entity.hash);
  }
  for (const auto& [account, days] : content.activity) {
    hashes.insert(account);
    for (const ActivityDay& day : days) {
      for (const TagCount& tag : day.tags) hashes.insert(tag.tag.hash);
      for (const TemplateCount& one : day.templates) hashes.insert(one.template_hash);
    }
  }
  for (const auto& [account, facts] : content.facts) hashes.insert(account);
  return hashes;
}

}  // namespace

TEST_CASE("retain: what stays is exactly what a window from that day shows, with facts and what has no day") {
  const TemporaryDirectory dir;
  const auto store = open_store(dir / "db");
  fill(*store);
  const Content all = content_of(*store);
  const Content windowed = content_of(*store, from(kFirst));
  std::uint64_t cells = 0, kept = 0;
  for (const auto& [account, list] : all.cells) cells += list.size();
  for (const auto& [account, list] : windowed.cells) kept += list.size();
  REQUIRE(kept < cells);
  const Store::Retention report = store->retain(kFirst, {});
  CHECK(report.cells == cells - kept);
  CHECK(report.days == DayWindow{kFirst, 20039});
  CHECK(*store->day_range() == report.days);
  CHECK(content_of(*store) == windowed);
  CHECK(store->verify().empty());
  const Store::Retention again = store->retain(kFirst, {});
  CHECK(again.accounts == 0);
  CHECK(again.names == 0);
  CHECK(content_of(*store) == windowed);
}

TEST_CASE("retain: the days of the store still end with the last statement") {
  const TemporaryDirectory dir;
  const auto store = open_store(dir / "db");
  fill(*store);
  AccountRow row;
  row.account = kOld;
  row.facts.status = StatedFact("active", start_of_day(20030));
  row.facts.status.state("banned", start_of_day(20050));
  const auto writer = store->live_writer();
  writer->add_row(row);
  writer->add_name({{kAccountKind, kOld}, "old"});
  writer->commit();
  CHECK(store->day_range()->last == 20050);
  CHECK(store->retain(kFirst, {}).days == DayWindow{kFirst, 20050});
}

TEST_CASE("retain: names stay for what is still spoken of, for accounts of runs and for those named, and go else") {
  const TemporaryDirectory dir;
  const auto store = open_store(dir / "db");
  fill(*store);
  const auto writer = store->live_writer();
  for (const KeyHash account : {kOld, kOld + 1, kOld + 2}) {
    AccountRow row;
    row.account = account;
    row.cells = {{{KindId{1}, 1000 + account}, 20001, 1, start_of_day(20001), start_of_day(20001)}};
    writer->add_row(row);
    writer->add_name({{kAccountKind, account}, "old"});
    writer->add_name({row.cells[0].entity, "old thing"});
  }
  writer->commit();
  const auto run = store->run_writer();
  run->add_member({kOld, "R-1", "{}"});
  run->commit("{}");
  const std::set<VertexKey> before = names_of(*store);
  const std::vector<KeyHash> named = {kOld + 1};
  const Store::Retention report = store->retain(kFirst, named);
  const std::set<VertexKey> after = names_of(*store);
  CHECK(report.names == before.size() - after.size());
  CHECK(after.contains({kAccountKind, kOld}));
  CHECK(after.contains({kAccountKind, kOld + 1}));
  CHECK_FALSE(after.contains({kAccountKind, kOld + 2}));
  CHECK_FALSE(after.contains({KindId{1}, kOld + 1000}));
  const std::set<KeyHash> spoken = spoken_of(*store);
  for (const VertexKey name : before) {
    const bool needed = spoken.contains(name.hash) || name.hash == kOld || name.hash == kOld + 1;
    CHECK(after.contains(name) == needed);
  }
}

TEST_CASE("retain: killed at any moment, the old days are all there or all gone") {
  for (unsigned round = 0; round < 12; ++round) {
    const TemporaryDirectory dir;
    Content all, windowed;
    {
      const auto store = open_store(dir / "db");
      fill(*store);
      all = content_of(*store);
      windowed = content_of(*store, from(kFirst));
    }
    const pid_t child = fork();
    REQUIRE(child >= 0);
    if (child == 0) {
      try {
        open_store(dir / "db", OpenMode::write)->retain(kFirst, {});
      } catch (...) {
        _exit(2);
      }
      _exit(0);
    }
    usleep(round * 4000);
    kill(child, SIGKILL);
    waitpid(child, nullptr, 0);
    const auto store = open_store(dir / "db", OpenMode::write);
    const Content now = content_of(*store);
    CHECK((now == all || now == windowed));
    store->retain(kFirst, {});
    CHECK(content_of(*store) == windowed);
  }
}
