#include "engine/detect/cluster/dispatch.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <fstream>
#include <map>
#include <memory>
#include <set>
#include <string>

#include <doctest/doctest.h>
#include <fmt/format.h>

#include "base/random.h"
#include "engine/detect/detect.h"
#include "engine/ingest/ingest.h"
#include "engine/lab/simulate.h"
#include "tests/engine/lab/scratch.h"

using namespace ringscope;

namespace {

constexpr Day kFirst = 20454;
constexpr int kDays = 30;
constexpr std::array<double, 24> kHuman = {2, 1, 0, 0, 0, 0, 1, 2, 4, 5, 5, 5, 4, 5, 5, 5, 5, 5, 6, 7, 8, 8, 6, 4};
constexpr double kHumanSum = 98;

// Requests of accounts that touch nothing but a card of their own.
class Traffic {
 public:
  explicit Traffic(std::size_t accounts) : days_(accounts) {}
  std::size_t size() const { return days_.size(); }

  // At `hours` since the beginning.
  void request(std::size_t account, double hours) {
    if (hours < 0 || hours >= 24 * kDays) return;
    const auto hour = static_cast<std::size_t>(hours);
    ActivityDay& day = days_[account][kFirst + static_cast<Day>(hour / 24)];
    ++day.requests;
    ++day.hours[hour % 24];
  }

  std::unique_ptr<Store> store(const Scratch& scratch) const {
    auto store = Store::open(scratch.path("db"), {.mode = OpenMode::create});
    const KindId payment = store->intern_kind("payment");
    auto writer = store->bulk_writer();
    for (std::size_t a = 0; a < days_.size(); ++a) {
      const std::string name = fmt::format("a{}", a), card = fmt::format("c{}", a);
      AccountRow row{.account = hash_value(name), .cells = {}, .activity = {}, .facts = {}};
      for (const auto& [day, activity] : days_[a]) {
        row.activity.push_back(activity);
        row.activity.back().day = day;
        row.cells.push_back({{payment, hash_value(card)}, day, 1, start_of_day(day), start_of_day(day)});
      }
      writer->add_name({{kAccountKind, row.account}, name});
      writer->add_name({{payment, hash_value(card)}, card});
      writer->add_row(row);
    }
    writer->commit();
    return store;
  }

 private:
  std::vector<std::map<Day, ActivityDay>> days_;
};

// Poisson in every hour, with the same daily profile for all.
void add_people(Traffic& traffic, double rate, std::uint64_t seed) {
  for (std::size_t a = 0; a < traffic.size(); ++a) {
    Random random(seed, a);
    for (int h = 0; h < 24 * kDays; ++h) {
      const auto n = random.poisson(rate * kHuman[static_cast<std::size_t>(h % 24)] / kHumanSum);
      for (std::uint64_t i = 0; i < n; ++i) traffic.request(a, h + random.uniform());
    }
  }
}

// One dispatcher, in turn; what it is sent in an hour varies by the share `unsteady`.
void add_round_robin(Traffic& traffic, double rate, double unsteady, std::uint64_t seed, bool by_day = true) {
  Random random(seed);
  std::size_t turn = 0;
  for (int h = 0; h < 24 * kDays; ++h) {
    const double share = by_day ? kHuman[static_cast<std::size_t>(h % 24)] / kHumanSum : 1.0 / 24;
    const double mean = static_cast<double>(traffic.size()) * rate * share;
    const auto n = static_cast<int>(std::lround(mean * (1 + unsteady * (2 * random.uniform() - 1))));
    for (int i = 0; i < n; ++i) traffic.request(turn++ % traffic.size(), h + static_cast<double>(i) / n);
  }
}

std::vector<Group> dispatched(const Traffic& traffic) {
  const Scratch scratch("dispatch");
  const auto store = traffic.store(scratch);
  const Snapshot snapshot = load(*store, {});
  return with_dispatched(*store, snapshot, {}, {.threads = 2});
}

Detection detect_in(const Traffic& traffic, unsigned threads) {
  const Scratch scratch("dispatch");
  const auto store = traffic.store(scratch);
  DetectProgress progress;
  Config config;
  config.threads = threads;
  return detect(*store, config, progress);
}

TEST_CASE("dispatch: 5,000 accounts at five to six requests a day behind one dispatcher are found, and not banned") {
  Traffic traffic(5000);
  add_round_robin(traffic, 5.6, 0.03, 1);
  const Detection detection = detect_in(traffic, 2);
  REQUIRE(detection.rings.size() == 1);
  const Ring& ring = detection.rings.front();
  CHECK(ring.members.size() == 5000);
  CHECK(ring.tier == Tier::review);
  CHECK(ring.kinds == std::vector<std::string>{"traffic"});
  CHECK(ring.behavior.turns_z < -100);
  CHECK(detect_in(traffic, 1).summary.digest == detection.summary.digest);
}

TEST_CASE("dispatch: 5,000 independent users with the same daily profile are not") {
  for (std::uint64_t seed = 1; seed <= 2; ++seed) {
    Traffic traffic(5000);
    add_people(traffic, 5.6, seed);
    CHECK(detect_in(traffic, 2).rings.empty());
  }
}

TEST_CASE("dispatch: the simulator's quiet ring makes a smooth sum, its honest crowds do not") {
  for (const std::uint64_t seed : {1U, 2U}) {
    const Scratch scratch("dispatch");
    simulate(
        {.out = scratch.path("world"), .seed = seed, .accounts = 8000, .requests = 160'000, .ring_kinds = {"quiet"}});
    const auto store = Store::open(scratch.path("db"), {.mode = OpenMode::create});
    IngestProgress reading;
    ingest(*store, std::vector<std::string>{scratch.path("world/events.jsonl")}, {}, reading);
    std::set<std::string> quiet;
    std::ifstream truth(scratch.path("world/truth.csv"));
    for (std::string line; std::getline(truth, line);) {
      const std::size_t comma = line.find(',');
      if (line.compare(comma + 1, 5, "quiet") == 0) quiet.insert(line.substr(0, comma));
    }
    REQUIRE(quiet.size() > 400);
    DetectProgress detecting;
    std::size_t found = 0;
    for (const Ring& ring : detect(*store, {}, detecting).rings) {
      const auto members = static_cast<std::size_t>(std::count_if(
          ring.members.begin(), ring.members.end(), [&](const Member& member) { return quiet.contains(member.name); }));
      CAPTURE(ring.id);
      if (10 * members > 9 * ring.members.size() && ring.members.size() >= 100) {
        found += members;
        CHECK(ring.behavior.traffic_p < 1e-6);
        CHECK(ring.behavior.traffic_ratio < 0.8);
      } else if (members == 0) {
        // A course asks on common days, and evenly on some of them.
        CHECK((ring.behavior.traffic_p > 1e-4 || ring.behavior.traffic_ratio > 1));
        CHECK(ring.behavior.turns_z > -4);
      }
    }
    CHECK(2 * found > quiet.size());
  }
}

TEST_CASE("dispatch: steady or uneven, by day or round the clock") {
  struct Stream {
    double rate, unsteady;
    bool by_day;
  };
  for (const auto& [rate, unsteady, by_day] : {Stream{1.1, 0.3, true}, Stream{5.6, 0, true}, Stream{5.6, 0.01, false},
                                               Stream{5.6, 0.3, false}, Stream{12.3, 0.3, true}}) {
    CAPTURE(rate);
    CAPTURE(unsteady);
    CAPTURE(by_day);
    Traffic traffic(1000);
    add_round_robin(traffic, rate, unsteady, 3, by_day);
    const std::vector<Group> groups = dispatched(traffic);
    CHECK(groups.size() == 1);
    if (groups.size() == 1) CHECK(groups.front().members.size() >= 950);
  }
}

TEST_CASE("dispatch: copies of one program, each with its own timer, are not one dispatcher's") {
  Traffic timers(2000), jobs(2000), quotas(2000);
  for (std::size_t a = 0; a < timers.size(); ++a) {
    Random random(8, a);
    const double fixed_hour = 24 * random.uniform();
    for (double at = 4.28 * random.uniform(); at < 24 * kDays; at += 4.28 + 0.01 * random.uniform()) {
      const bool failure = at > 200 && at < 220;  // of the service, for everybody
      if (!failure) timers.request(a, at);
    }
    for (int day = 0; day < kDays; ++day) {
      jobs.request(a, 24 * day + fixed_hour);
      for (int i = 0; i < 5; ++i) quotas.request(a, 24 * (day + random.uniform()));
    }
  }
  CHECK(dispatched(timers).empty());
  CHECK(dispatched(jobs).empty());
  CHECK(dispatched(quotas).empty());
}

}  // namespace
