// A store that grows and expires at random, batch by batch.
#pragma once

#include <algorithm>
#include <cstdlib>
#include <memory>
#include <string>
#include <vector>

#include "base/random.h"
#include "engine/config.h"
#include "storage/store.h"
#include "tests/engine/lab/scratch.h"

namespace ringscope::test {

constexpr Day kFirstDay = 20454;
constexpr int kWindow = 10;

// Accounts that draw things from a town's, and crews that draw from few; what is seen goes into a store, batch by
// batch.
class Town {
 public:
  // `issuers`: who has a card has its issuer, a kind of thing of its own.
  explicit Town(std::uint64_t seed, bool issuers = false)
      : random_(seed), issuers_(issuers), store_(Store::open(scratch_.path("db"), {.mode = OpenMode::create})) {
    for (std::uint64_t account = 0; account < 300; ++account) accounts_.push_back(account);
    const auto writer = store_->live_writer();
    for (const std::uint64_t account : accounts_) {
      for (int i = 0; i < 3; ++i) see(*writer, account, kFirstDay + static_cast<Day>(random_.below(kWindow)));
    }
    writer->commit();
  }

  Store& store() { return *store_; }
  // Of its accounts, ascending.
  std::vector<KeyHash> keys() const {
    std::vector<KeyHash> keys;
    for (const std::uint64_t account : accounts_) keys.push_back(key_of(account));
    std::ranges::sort(keys);
    return keys;
  }

  // A few accounts are seen, one of them perhaps for the first time.
  void insert() {
    const auto writer = store_->live_writer();
    if (random_.chance(0.3)) accounts_.push_back(accounts_.size());
    for (std::uint64_t seen = 3 + random_.below(10); seen > 0; --seen)
      see(*writer, accounts_[accounts_.size() - 1 - random_.below(300)], today_ - days_ago());
    writer->commit();
  }

  // A day passes: the window leaves its first behind.
  void expire() {
    ++today_;
    insert();
  }

 private:
  static KeyHash key_of(std::uint64_t account) { return hash_value("account " + std::to_string(account)); }
  Day days_ago() { return static_cast<Day>(random_.below(3)); }

  void see(BatchWriter& writer, std::uint64_t account, Day day) {
    AccountRow row;
    row.account = key_of(account);
    for (const std::string kind : {"ip", "card", "device"}) {
      if (random_.chance(0.3)) continue;
      const bool crew = account % 10 == 0;  // thirty accounts, in crews of six
      const std::string value = kind + (crew                  ? " crew " + std::to_string(account / 60) + ' ' + pick(4)
                                        : random_.chance(0.2) ? ' ' + pick(40)
                                                              : ' ' + pick(2000));
      const Seconds time = start_of_day(day) + static_cast<Seconds>(random_.below(kSecondsPerDay));
      if (issuers_ && kind == "card") {
        const std::uint64_t issuer = hash_value("issuer " + std::to_string(hash_value(value) % 60));
        row.cells.push_back({{store_->intern_kind("issuer"), issuer}, day, 1, time, time});
      }
      row.cells.push_back({{store_->intern_kind(kind), hash_value(value)}, day, 1, time, time});
    }
    if (random_.chance(0.05)) row.cells.push_back({{store_->intern_kind("ip"), hash_value("hub")}, day, 1, 0, 0});
    for (Cell& cell : row.cells) cell.first = cell.last = std::max(cell.first, start_of_day(day));
    std::sort(row.cells.begin(), row.cells.end());
    row.cells.erase(std::unique(row.cells.begin(), row.cells.end(),
                                [](const Cell& a, const Cell& b) { return a.entity == b.entity; }),
                    row.cells.end());
    if (random_.chance(0.8)) {
      ActivityDay activity;
      activity.day = day;
      activity.requests = 1 + random_.below(5);
      activity.hours[random_.below(24)] = static_cast<std::uint32_t>(activity.requests);
      activity.templated = activity.requests;
      activity.templates = {{random_.below(50), activity.requests}};
      row.activity = {activity};
    }
    row.facts.created = start_of_day(kFirstDay) - static_cast<Seconds>(account * 1000);
    writer.add_row(row);
  }
  std::string pick(std::uint64_t of) { return std::to_string(random_.below(of)); }

  Random random_;
  bool issuers_;
  Scratch scratch_{"incremental"};
  std::unique_ptr<Store> store_;
  std::vector<std::uint64_t> accounts_;
  Day today_ = kFirstDay + kWindow - 1;
};

// How many a test makes.
inline int batches() {
  const char* asked = std::getenv("RINGSCOPE_BATCHES");
  return asked == nullptr ? 60 : std::atoi(asked);
}

inline Config config_of_town() {
  Config config;
  config.detect.window_days = kWindow;
  config.detect.hub_accounts = 30;
  config.threads = 2;
  return config;
}

}  // namespace ringscope::test
