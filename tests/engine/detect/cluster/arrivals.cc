#include "engine/detect/cluster/arrivals.h"

#include <algorithm>
#include <string>
#include <vector>

#include <doctest/doctest.h>
#include <fmt/format.h>

#include "base/random.h"
#include "engine/detect/detect.h"
#include "engine/ingest/ingest.h"
#include "tests/engine/lab/scratch.h"

using namespace ringscope;

namespace {

constexpr Seconds kBegin = 1'767'225'600;  // 2026-01-01
constexpr Seconds kDay = 86'400;

Seconds some_time(Random& random) { return kBegin + static_cast<Seconds>(random.below(100 * kDay)); }

std::vector<Ring> rings_in(const std::string& name, const std::string& log, const Config& config = {}) {
  const Scratch scratch("arrivals");
  const auto store = Store::open(scratch.path("db"), {.mode = OpenMode::create});
  IngestProgress reading;
  ingest(*store, std::vector<std::string>{scratch.write(name, log)}, {}, reading);
  DetectProgress progress;
  return detect(*store, config, progress).rings;
}

// Sightings in long form.
class Sightings {
 public:
  void add(const std::string& account, const std::string& kind, const std::string& value, Seconds at) {
    text_ += fmt::format("{},{},{},{}\n", account, kind, value, at);
  }
  // Strangers with a device each, a few of them two to a device, over 100 days.
  void add_people(std::size_t count) {
    Random random(11);
    for (std::size_t i = 0; i < count; ++i)
      add(fmt::format("person-{}", i), "device", fmt::format("own-{}", i % 10 == 0 ? i : i + 1), some_time(random));
  }
  void add_team(const std::string& name, std::size_t size, Seconds at, Seconds apart) {
    for (std::size_t i = 0; i < size; ++i)
      add(fmt::format("{}-{}", name, i), "device", name, at + static_cast<Seconds>(i) * apart);
  }

  std::vector<Ring> rings(const Config& config = {}) const {
    return rings_in("events.csv", "account,kind,value,ts\n" + text_, config);
  }

 private:
  std::string text_;
};

std::vector<std::string> names_of(const Ring& ring) {
  std::vector<std::string> names;
  for (const Member& member : ring.members) names.push_back(member.name);
  std::ranges::sort(names);
  return names;
}

}  // namespace

TEST_CASE(
    "arrivals: accounts on one device that came all at once are a ring, at watch or review, and others are none") {
  Sightings log;
  log.add_people(2000);
  log.add_team("farm", 8, kBegin + 30 * kDay, 20);
  log.add_team("library", 8, kBegin + 3 * kDay, 11 * kDay);  // as many on one device, over three months
  const std::vector<Ring> rings = log.rings();
  REQUIRE(rings.size() == 1);
  CHECK(names_of(rings[0]).front() == "farm-0");
  CHECK(rings[0].members.size() == 8);
  CHECK(rings[0].kinds == std::vector<std::string>{"device", "arrival"});
  CHECK(rings[0].tier != Tier::ban);
  CHECK(rings[0].reasons.front() == "members came all at once, as chance does not explain");
  Config without;
  without.detect.tests.arrivals = false;
  CHECK(log.rings(without).empty());
}

TEST_CASE("arrivals: who shares other things with others is bound to nobody by one thing") {
  Sightings log;
  log.add_people(2000);
  log.add_team("class", 6, kBegin + 30 * kDay, 20);
  Random random(7);
  for (int i = 0; i < 2000; ++i)
    log.add(fmt::format("person-{}", i), "area", fmt::format("a-{}", i % 10), some_time(random));
  const auto arrived = [&] {
    const std::vector<Ring> rings = log.rings();
    return std::ranges::count_if(rings, [](const Ring& ring) { return std::ranges::count(ring.kinds, "arrival") > 0; });
  };
  CHECK(arrived() == 1);
  // Half of them live where others do: too common to link anybody, but it is something else to share.
  for (int i = 0; i < 3; ++i)
    log.add(fmt::format("class-{}", i), "area", fmt::format("a-{}", i), kBegin + 30 * kDay + 60);
  CHECK(arrived() == 0);
}

TEST_CASE("arrivals: where things are short-lived, newcomers come when everybody does") {
  Sightings log;
  log.add_people(2000);
  Random random(5);
  for (int post = 0; post < 40; ++post) {
    const Seconds at = kBegin + kDay + some_time(random) - kBegin;
    for (int i = 0; i < 12; ++i)  // those who were there before …
      log.add(fmt::format("reader-{}", random.below(300)), "post", fmt::format("p-{}", post), at + i * 60);
    for (int i = 0; i < 3; ++i)  // … and one post that only newcomers saw
      log.add(fmt::format("new-{}-{}", post, i), "post", fmt::format("q-{}", post), at + i * 60);
  }
  for (const Ring& ring : log.rings()) CHECK(std::ranges::count(ring.kinds, "arrival") == 0);
}

TEST_CASE("arrivals: a sign-up counts before the first sighting") {
  const Scratch scratch("arrivals");
  const auto store = Store::open(scratch.path("db"), {.mode = OpenMode::create});
  const KindId device = store->intern_kind("device");
  auto writer = store->bulk_writer();
  const auto add = [&](const std::string& account, const std::string& thing, Seconds created, Seconds at) {
    AccountRow row{.account = hash_value(account), .cells = {}, .activity = {}, .facts = {}};
    row.cells.push_back({{device, hash_value(thing)}, day_of(at), 1, at, at});
    row.facts.created = created;
    writer->add_name({{kAccountKind, row.account}, account});
    writer->add_name({{device, hash_value(thing)}, thing});
    writer->add_row(row);
  };
  Random random(3);
  for (int i = 0; i < 1500; ++i)
    add(fmt::format("person-{}", i), fmt::format("own-{}", i), some_time(random) - 200 * kDay, some_time(random));
  for (int i = 0; i < 6; ++i) {
    add(fmt::format("farm-{}", i), "farm", kBegin - 100 * kDay + i, kBegin + 9 * kDay * (i + 1));  // made together
    add(fmt::format("shop-{}", i), "shop", kBegin - 30 * i * kDay, kBegin + 50 * kDay + i);        // seen together
  }
  writer->commit();
  DetectProgress progress;
  const std::vector<Ring> rings = detect(*store, Config{}, progress).rings;
  REQUIRE(rings.size() == 1);
  CHECK(names_of(rings[0]).front() == "farm-0");
}
