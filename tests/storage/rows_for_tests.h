// Random rows and temporary stores for the storage tests.
#pragma once

#include <algorithm>
#include <filesystem>
#include <string>
#include <vector>

#include <unistd.h>

#include "base/random.h"
#include "storage/store.h"

namespace ringscope::test {

// A directory of its own, removed at the end.
class TemporaryDirectory {
 public:
  TemporaryDirectory() {
    std::string name = (std::filesystem::temp_directory_path() / "ringscope-XXXXXX").string();
    path_ = mkdtemp(name.data());
  }
  ~TemporaryDirectory() { std::filesystem::remove_all(path_); }
  TemporaryDirectory(const TemporaryDirectory&) = delete;
  TemporaryDirectory& operator=(const TemporaryDirectory&) = delete;
  std::filesystem::path operator/(const std::string& name) const { return path_ / name; }

 private:
  std::filesystem::path path_;
};

inline std::unique_ptr<Store> open_store(const std::filesystem::path& path, OpenMode mode = OpenMode::create) {
  return Store::open(path, {.mode = mode, .memory_bytes = std::size_t{16} << 20});
}

inline ActivityDay random_day(Random& random, Day day) {
  ActivityDay activity;
  activity.day = day;
  activity.requests = random.below(1000);
  activity.tokens_in = random();
  activity.tokens_out = random.below(5);
  activity.templated = random.below(100);
  for (auto& hour : activity.hours) hour = random.chance(0.3) ? static_cast<std::uint32_t>(random.below(50)) : 0;
  for (std::uint64_t t = random.below(3); t > 0; --t)
    activity.tags.push_back({{KindId{9}, t * 77}, random.below(9) + 1});
  std::sort(activity.tags.begin(), activity.tags.end());
  KeyHash hash = 0;
  for (std::uint64_t t = random.below(kTemplateSketchSize + 1); t > 0; --t) {
    hash += 1 + random.below(1000);
    activity.templates.push_back({hash, 1 + random.below(9)});
  }
  return activity;
}

// A row of account `account`: some entities, some days, one cell without a day.
inline AccountRow random_row(Random& random, KeyHash account) {
  AccountRow row;
  row.account = account;
  for (std::uint64_t n = 1 + random.below(20); n > 0; --n) {
    const Day day = random.chance(0.1) ? kNoDay : static_cast<Day>(20000 + random.below(40));
    Cell cell{.entity = {static_cast<KindId>(1 + random.below(3)), random.below(50)}, .day = day};
    cell.count = static_cast<std::uint32_t>(1 + random.below(100));
    if (day != kNoDay) {
      cell.first = start_of_day(day) + static_cast<Seconds>(random.below(40000));
      cell.last = cell.first + static_cast<Seconds>(random.below(40000));
    }
    merge_cells(row.cells, {cell});
  }
  for (Day day = 20000; day < 20010; ++day) {
    if (random.chance(0.3)) row.activity.push_back(random_day(random, day));
  }
  if (random.chance(0.5)) {
    row.facts.created = static_cast<Seconds>(random.below(1'000'000));
    row.facts.plan = StatedFact("plan" + std::to_string(random.below(3)), static_cast<Seconds>(random.below(100)));
    for (std::uint64_t times = 1 + random.below(6); times > 0; --times)
      row.facts.status.state(random.chance(0.5) ? "active" : "banned",
                             random.chance(0.1) ? kNoTime : static_cast<Seconds>(random.below(1'000'000)));
  }
  return row;
}

// Everything a store says of its accounts.
struct Content {
  std::vector<std::pair<KeyHash, std::vector<Cell>>> cells;
  std::vector<std::pair<KeyHash, std::vector<ActivityDay>>> activity;
  std::vector<std::pair<KeyHash, AccountFacts>> facts;
  friend bool operator==(const Content&, const Content&) = default;
};

inline Content content_of(const Store& store, const DayWindow& window = {}) {
  Content content;
  store.scan_cells(window, [&](KeyHash account, std::span<const Cell> cells) {
    content.cells.emplace_back(account, std::vector<Cell>(cells.begin(), cells.end()));
  });
  for (std::size_t part = 0; part < 4; ++part) {
    store.scan_activity(window, part, 4, [&](KeyHash account, std::span<const ActivityDay> days) {
      content.activity.emplace_back(account, std::vector<ActivityDay>(days.begin(), days.end()));
    });
  }
  store.scan_facts([&](KeyHash account, const AccountFacts& facts) { content.facts.emplace_back(account, facts); });
  return content;
}

}  // namespace ringscope::test
