// How far the rings of incremental runs are from those of full runs on the same data, batch after batch; and what is
// exact about a run over a base.
#include <algorithm>
#include <map>
#include <set>
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "engine/detect/detect.h"
#include "engine/detect/index/held_things.h"
#include "engine/detect/index/score_index.h"
#include "engine/detect/ring/ring_json.h"
#include "engine/detect/stages.h"
#include "engine/lab/simulate.h"
#include "tests/engine/ask/kept_shapes.h"
#include "tests/engine/detect/incremental/places.h"
#include "tests/engine/ingest/ingest_for_tests.h"
#include "tests/engine/lab/simulated.h"

using namespace ringscope;
using namespace ringscope::test;

namespace {

// A simulated log, the first part of it read, the rest to come.
class Stream {
 public:
  explicit Stream(SimulateOptions options) : scratch_("stream") {
    options.out = scratch_.path("world");
    simulate(options);
    text_ = read_text(scratch_.path("world/events.jsonl"));
    lines_ = lines_of(text_);
  }
  std::size_t size() const { return lines_.size(); }
  std::string part(std::size_t begin, std::size_t end) const {
    std::string text;
    for (std::size_t i = begin; i < std::min(end, lines_.size()); ++i) text.append(lines_[i]).append("\n");
    return text;
  }

 private:
  Scratch scratch_;
  std::string text_;
  std::vector<std::string_view> lines_;
};

Detection detect_in(Store& store, DetectMode mode) {
  DetectProgress progress;
  Config config;
  config.threads = 2;
  return detect(store, config, progress, mode);
}

// Of the accounts of `wanted`, those that are not in `old`: how many there are, and how many of them `found` has.
std::pair<int, int> found_among_new(const Places& wanted, const std::set<KeyHash>& old, const Places& found) {
  std::pair<int, int> count;
  for (const auto& [account, place] : wanted) {
    if (old.contains(account)) continue;
    ++count.first;
    count.second += found.contains(account) ? 1 : 0;
  }
  return count;
}

std::set<KeyHash> accounts_in(const Store& store) {
  std::set<KeyHash> accounts;
  store.scan_cells({}, [&](KeyHash account, std::span<const Cell>) { accounts.insert(account); });
  return accounts;
}

constexpr Seconds kDay0 = 1767225600;  // 2026-01-01

std::string event(const std::string& account, int day, const std::string& ip, const std::string& card,
                  const std::string& device) {
  return fmt::format(R"({{"ts":{},"account":"{}","ip":"{}","payment":"{}","fingerprint":"{}"}})"
                     "\n",
                     kDay0 + day * kSecondsPerDay + 3600, account, ip, card, device);
}

// Accounts that share an address with three others, seen on days 5 to 9.
std::string town_of(int accounts) {
  std::string lines;
  for (int i = 0; i < accounts; ++i) {
    const std::string own = std::to_string(i);
    lines += event("user-" + own, 5 + i % 5, fmt::format("198.51.{}.{}", i / 4 / 200, i / 4 % 200), "card-" + own,
                   "device-" + own);
  }
  return lines;
}

std::string on_crew(int i, int day) {
  const std::string account = "crew-" + std::to_string(i);
  return event(account, day, "203.0.113." + std::to_string(i % 3), "crew-card-" + std::to_string(i % 2),
               "crew-device") +
         event(account, day, "203.0.113." + std::to_string((i + 1) % 3), "crew-card", "crew-device");
}

std::string on_own(int i, int day) {
  const std::string own = std::to_string(i);
  return event("crew-" + own, day, "192.0.2." + own, "own-card-" + own, "own-device-" + own);
}

RunSummary detect_window(Store& store, DetectMode mode) {
  DetectProgress progress;
  Config config;
  config.detect.window_days = 10;
  return detect(store, config, progress, mode).summary;
}

// What the run's index says of a value: accounts of everybody, and by ring the members that touch it.
using Said = std::pair<std::uint32_t, std::map<std::string, std::uint32_t>>;

Said said(const std::string& bytes, const std::vector<std::string>& ids) {
  const IndexedValue value = decode_indexed_value(bytes);
  Said result{value.accounts, {}};
  if (value.cut) return result;  // of equally telling rings others may be listed
  for (const Posting& posting : value.postings) result.second[ids.at(posting.ring)] = posting.members;
  return result;
}

std::vector<std::string> ring_ids(const Store& store, std::uint64_t run, const IndexHead& head) {
  std::vector<std::string> ids;
  for (const IndexRing& ring : head.rings) {
    const auto place = store.find_place(run, ring.member);
    ids.push_back(ring.size > 0 && place ? *place : "none");
  }
  return ids;
}

// The index that the rings of the run give when all of it is made anew; compares it with the stored one. Returns how
// many values there are.
std::size_t check_index(const Store& store, std::uint64_t run) {
  Config config;
  const Setup setup(store, config);
  const Snapshot snapshot = load_window(store, config);
  const Habits habits = load_habits(store, snapshot, setup.habits);
  const std::vector<Ring> rings = read_rings(store, run, RingParts::members);
  const ScoreIndex made = index_for_scoring(snapshot, habits, config.facets, rings);
  const IndexHead head = decode_index_head(made.entries.back().value);
  const IndexHead stored = decode_index_head(store.find_index(run, index_head_key()).value());
  const std::vector<std::string> ids = ring_ids(store, run, head), stored_ids = ring_ids(store, run, stored);
  std::size_t values = 0;
  for (const IndexEntry& entry : made.entries) {
    if (entry.key.size() != 9 || static_cast<unsigned char>(entry.key[0]) >= 0xfe) continue;
    ++values;
    const auto there = store.find_index(run, entry.key);
    REQUIRE(there);
    CHECK(said(*there, stored_ids) == said(entry.value, ids));
  }
  std::vector<IndexEntry> held;
  add_held(snapshot, rings, {}, held);
  REQUIRE(held.size() == rings.size());
  for (const IndexEntry& row : held) CHECK(store.find_index(run, row.key) == row.value);
  std::map<std::string, std::pair<Tier, float>> now, then;
  for (std::size_t i = 0; i < head.rings.size(); ++i) now[ids[i]] = {head.rings[i].tier, head.rings[i].score};
  for (std::size_t i = 0; i < stored.rings.size(); ++i) {
    if (stored.rings[i].size > 0) then[stored_ids[i]] = {stored.rings[i].tier, stored.rings[i].score};
  }
  CHECK(now == then);
  return values;
}

// Rows that the run itself has, by family.
std::map<std::string, std::size_t> rows_of(const Store& store, std::uint64_t run) {
  std::map<std::string, std::size_t> rows;
  store.scan_all([&](std::string_view family, std::string_view key, std::string_view) {
    if (family != "rings" && family != "members" && family != "index") return;
    std::uint64_t number = 0;
    for (std::size_t i = 0; i < 8; ++i) number = number << 8 | static_cast<unsigned char>(key[i]);
    if (number == run) ++rows[std::string(family)];
  });
  return rows;
}

// A log of which all but the last 180 lines is in a store with a full run; batch by batch the rest.
class Renewed {
 public:
  Renewed() {
    bench_.read_text(stream_.part(0, at_));
    REQUIRE(detect_in(bench_.store(), DetectMode::automatic).summary.renewal.base == 0);
  }
  const Store& store() { return bench_.store(); }
  bool has_more() const { return at_ < stream_.size(); }
  // Of the next 60 lines, over the first run.
  RunSummary run() {
    bench_.read_text(stream_.part(at_, at_ + 60));
    at_ += 60;
    const RunSummary run = detect_in(bench_.store(), DetectMode::automatic).summary;
    REQUIRE(run.renewal.base == 1);
    return run;
  }

 private:
  Stream stream_{{.seed = 23, .accounts = 8000, .requests = 120'000, .days = 14}};
  test::Bench bench_;
  std::size_t at_ = stream_.size() - 180;
};

}  // namespace

TEST_CASE("incremental: only what changed is written, and the index for scoring is that of all rings") {
  Renewed renewed;
  const Store& store = renewed.store();
  const auto all = rows_of(store, 1);
  CHECK(check_index(store, 1) > 1000);
  while (renewed.has_more()) {
    const RunSummary run = renewed.run();
    CHECK(check_index(store, run.run) > 1000);
    auto rows = rows_of(store, run.run);
    CHECK(rows["rings"] > 0);
    CHECK(rows["rings"] < all.at("rings") / 2);
    CHECK(rows["members"] < all.at("members") / 2);
    CHECK(rows["index"] < all.at("index") / 2);
  }
}

TEST_CASE("incremental: what a run keeps of large rings is what a reader would work out, of rings that are kept too") {
  Renewed renewed;
  const Store& store = renewed.store();
  CHECK(check_shapes(store, 1).large >= 5);
  std::size_t of_base = 0;
  while (renewed.has_more()) {
    const RunSummary run = renewed.run();
    const KeptShapes kept = check_shapes(store, run.run);
    CHECK(kept.shared == kept.large);
    CHECK(kept.shapes > 0);
    for (const RingLine& line : read_ring_lines(store, run.run).lines)
      of_base +=
          stored_shape(store, run.run, line.ring, line.size) == stored_shape(store, 1, line.ring, line.size) ? 1 : 0;
  }
  CHECK(of_base > 0);
}

TEST_CASE("incremental: batch after batch the rings stay near those of a full run, and new members are found") {
  const Stream stream({.seed = 21, .accounts = 6000, .requests = 90'000, .days = 14});
  test::Bench growing, anew;
  std::size_t at = stream.size() * 9 / 10;
  for (test::Bench* bench : {&growing, &anew}) bench->read_text(stream.part(0, at));
  REQUIRE(detect_in(growing.store(), DetectMode::automatic).summary.renewal.base == 0);
  const std::set<KeyHash> old = accounts_in(growing.store());
  const Places first = places_in(growing.store(), 1);
  double all = 1, review = 0, ban = 1, still = 0;
  std::pair<int, int> found;
  for (int batch = 0; batch < 8; ++batch) {
    const std::string events = stream.part(at, at + 90);
    at += 90;
    growing.read_text(events);
    anew.read_text(events);
    const RunSummary run = detect_in(growing.store(), DetectMode::automatic).summary;
    CHECK(run.renewal.base == 1);
    CHECK(run.renewal.touched > 0);
    const RunSummary full = detect_in(anew.store(), DetectMode::once).summary;
    CHECK(run.population_accounts == full.population_accounts);
    CHECK(run.edges == full.edges);
    const Places places = places_in(growing.store(), run.run), wanted = places_in(anew.store(), full.run);
    CHECK(run.accounts == places.size());
    const auto near = [&](Tier least) { return b_cubed(flagged(places, least), flagged(wanted, least)); };
    all = std::min(all, near(Tier::watch));
    review += near(Tier::review) / 8;
    ban = std::min(ban, near(Tier::ban));
    still += b_cubed(flagged(first, Tier::review), flagged(wanted, Tier::review)) / 8;
    found = found_among_new(flagged(wanted, Tier::review), old, flagged(places, Tier::review));
  }
  MESSAGE("B-cubed with full runs over 8 batches: at review or ban "
          << review << " in the mean (the first run's rings: " << still << "), at ban at least " << ban
          << ", all groups at least " << all);
  MESSAGE("of " << found.first << " new accounts that a full run flags, " << found.second << " are flagged");
  CHECK(review >= 0.98);
  CHECK(ban >= 0.97);
  CHECK(all >= 0.95);
  CHECK(found.second == found.first);
}

TEST_CASE("incremental: nothing new gives the same digest, and the same result whatever runs lay between") {
  const Stream stream({.seed = 22, .accounts = 3000, .requests = 40'000, .days = 10});
  test::Bench often, once;
  const std::size_t at = stream.size() - 120;
  for (test::Bench* bench : {&often, &once}) {
    bench->read_text(stream.part(0, at));
    detect_in(bench->store(), DetectMode::automatic);
  }
  const RunSummary again = detect_in(often.store(), DetectMode::automatic).summary;
  CHECK(again.renewal.base == 1);
  CHECK(again.digest == detect_in(once.store(), DetectMode::automatic).summary.digest);
  const Places unchanged = places_in(often.store(), 2);
  CHECK(unchanged == places_in(often.store(), 1));
  for (std::size_t i = 0; i < 120; i += 40) {
    often.read_text(stream.part(at + i, at + i + 40));
    detect_in(often.store(), DetectMode::automatic);
  }
  once.read_text(stream.part(at, at + 120));
  const RunSummary one = detect_in(once.store(), DetectMode::automatic).summary;
  const auto last = often.store().latest_run();
  CHECK(run_from_json(last->payload).digest == one.digest);
  CHECK(places_in(often.store(), last->run) == places_in(once.store(), one.run));
}

TEST_CASE(
    "incremental: a ring takes in who shares its things, and lets go whose part in them expires, as a full run does") {
  test::Bench growing, anew;
  std::string first = town_of(600);
  for (int i = 0; i < 10; ++i) first += on_crew(i, 7);
  for (int i = 10; i < 13; ++i) first += on_crew(i, 1) + on_own(i, 8);  // on their own since
  const auto step = [&](const std::string& events, std::size_t members) {
    for (test::Bench* bench : {&growing, &anew}) bench->read_text(events);
    const RunSummary run = detect_window(growing.store(), DetectMode::automatic);
    const RunSummary full = detect_window(anew.store(), DetectMode::once);
    const Places places = places_in(growing.store(), run.run), wanted = places_in(anew.store(), full.run);
    CHECK(b_cubed(places, wanted) == doctest::Approx(1));
    const std::string ring = wanted.at(hash_value("crew-0")).first;
    CHECK(std::ranges::count(wanted, ring, [](const auto& place) { return place.second.first; }) ==
          static_cast<std::ptrdiff_t>(members));
    return run.renewal;
  };
  CHECK(step(first, 13).base == 0);
  CHECK(step(on_crew(20, 9) + on_crew(21, 9), 15).base == 1);
  CHECK(step(on_own(0, 12), 12).base == 1);  // the first days are out: the three are gone
}

TEST_CASE("incremental: past the bounds a full run is made and says why") {
  const Stream stream({.seed = 22, .accounts = 3000, .requests = 40'000, .days = 10});
  test::Bench bench;
  bench.read_text(stream.part(0, stream.size() * 3 / 4));
  CHECK(detect_in(bench.store(), DetectMode::automatic).summary.renewal.reason.empty());
  CHECK(detect_in(bench.store(), DetectMode::full).summary.renewal.reason == "asked for");
  bench.read_text(stream.part(stream.size() * 3 / 4, stream.size()));
  const Renewal grown = detect_in(bench.store(), DetectMode::automatic).summary.renewal;
  CHECK(grown.base == 0);
  CHECK(grown.reason.find("% of the accounts") != std::string::npos);
  CHECK(grown.reason.find("run 2") != std::string::npos);
  Config other;
  other.detect.resolution = 1;
  DetectProgress progress;
  const Renewal changed = detect(bench.store(), other, progress, DetectMode::automatic).summary.renewal;
  CHECK(changed.base == 0);
  CHECK(changed.reason == "the configuration is not that of the last full run");
  detect_in(bench.store(), DetectMode::once);
  CHECK(detect_in(bench.store(), DetectMode::automatic).summary.renewal.base == 0);  // nothing to start from
}
