#include "engine/lab/calibrate.h"

#include <algorithm>
#include <array>
#include <map>
#include <set>
#include <stack>

#include <doctest/doctest.h>

#include "base/error.h"
#include "engine/ingest/ingest.h"
#include "engine/lab/calibration/copy.h"
#include "engine/lab/calibration/inject.h"
#include "engine/lab/calibration/surroundings.h"
#include "engine/lab/simulate.h"
#include "engine/load/facets.h"
#include "tests/engine/lab/scratch.h"
#include "tests/engine/lab/simulated.h"

namespace ringscope {
namespace {

using calibration::Injected;
using calibration::Surroundings;

// A store of a simulated world without rings, closed for writing.
class Honest {
 public:
  Honest() : scratch_("calibrate") {
    simulate({.out = scratch_.path("w"), .seed = 5, .accounts = 3000, .requests = 50'000, .rings = false});
    fill({scratch_.path("w/events.jsonl")});
  }
  // Of a file.
  explicit Honest(const std::string& text) : scratch_("calibrate") { fill({scratch_.write("log.csv", text)}); }

  std::unique_ptr<Store> open(OpenMode mode = OpenMode::read_only, const std::string& name = "db") const {
    return Store::open(scratch_.path(name), {.mode = mode});
  }
  std::string path(const std::string& name) const { return scratch_.path(name); }

 private:
  void fill(const std::vector<std::string>& files) {
    IngestProgress progress;
    ingest(*open(OpenMode::create), files, {}, progress);
  }

  Scratch scratch_;
};

// A copy of a store with a ring and its twins in it.
struct WithRing {
  WithRing(const Honest& honest, const calibration::RingPlan& plan, const std::string& name) {
    base = honest.open();
    real = std::make_unique<Surroundings>(*base, std::vector<KeyHash>{}, std::vector<std::string>{}, LoadOptions{});
    calibration::copy_store(*base, honest.path(name));
    store = honest.open(OpenMode::write, name);
    injected = calibration::inject(*store, *real, plan);
  }

  std::unique_ptr<Store> base, store;
  std::unique_ptr<Surroundings> real;
  Injected injected;
};

const DayWindow kMonth{20454, 20483};  // of the default world

std::string everything(const Store& store) {
  std::string text;
  store.scan_cells({}, [&](KeyHash account, std::span<const Cell> cells) {
    for (const Cell& cell : cells)
      text += std::to_string(account) + ' ' + store.kind_name(cell.entity.kind) + ' ' +
              std::to_string(cell.entity.hash) + ' ' + std::to_string(cell.day) + ' ' + std::to_string(cell.count) +
              ' ' + std::to_string(cell.first) + ' ' + std::to_string(cell.last) + '\n';
  });
  store.scan_activity({}, 0, 1, [&](KeyHash account, std::span<const ActivityDay> days) {
    for (const ActivityDay& day : days)
      text += std::to_string(account) + ' ' + std::to_string(day.day) + ' ' + std::to_string(day.requests) + ' ' +
              std::to_string(day.tokens_in) + ' ' + std::to_string(day.templates.size()) + '\n';
  });
  store.scan_facts([&](KeyHash account, const AccountFacts& facts) {
    text += std::to_string(account) + ' ' + std::to_string(facts.created) + facts.plan.value() + facts.status.value() +
            '\n';
  });
  store.scan_names(kAccountKind, [&](KeyHash, std::string_view name) { text += std::string(name) + '\n'; });
  return text + std::to_string(store.runs().size());
}

using Hours = std::map<Day, std::array<std::uint32_t, 24>>;
Hours hours_of(const Store& store, KeyHash account) {
  Hours hours;
  for (const ActivityDay& day : store.activity_of(account, {})) hours[day.day] = day.hours;
  return hours;
}

std::set<VertexKey> things_of(const Store& store, KeyHash account) {
  std::set<VertexKey> things;
  for (const Cell& cell : store.cells_of(account, {})) things.insert(cell.entity);
  return things;
}

Config on_threads(unsigned threads) {
  Config config;
  config.threads = threads;
  return config;
}

// Whether every element of the text is closed in its turn.
bool is_well_formed(const std::string& text) {
  std::stack<std::string> open;
  for (std::size_t at = text.find('<'); at != std::string::npos; at = text.find('<', at + 1)) {
    const std::size_t end = text.find('>', at);
    if (end == std::string::npos || text.find('<', at + 1) < end) return false;
    const std::string tag = text.substr(at + 1, end - at - 1);
    if (std::ranges::count(tag, '"') % 2 != 0) return false;
    if (tag.starts_with('?') || tag.ends_with('/')) continue;
    if (!tag.starts_with('/')) {
      open.push(tag.substr(0, tag.find(' ')));
    } else if (open.empty() || open.top() != tag.substr(1)) {
      return false;
    } else {
      open.pop();
    }
  }
  return open.empty();
}

std::string all_json(const Calibration& calibration) {
  std::string text;
  for (const CalibrationCell& cell : calibration.cells) text += calibration_cell_to_json(calibration, cell) + "\n";
  return text;
}

}  // namespace

TEST_CASE("calibrate: intervals hold both how seeds differ and how few accounts there were") {
  using calibration::Share;
  const Estimate none = calibration::estimate_share(std::vector<Share>{{0, 0}, {0, 0}});
  CHECK(!none.known);
  const Estimate all = calibration::estimate_share(std::vector<Share>{{20, 20}, {20, 20}});
  CHECK(all.mean == 1);
  CHECK(all.high == 1);
  CHECK(all.low == doctest::Approx(0.9124).epsilon(0.001));  // Wilson of 40 of 40
  const Estimate two = calibration::estimate_share(std::vector<Share>{{500, 1000}, {520, 1000}, {0, 0}});
  CHECK(two.mean == doctest::Approx(0.51));
  CHECK(two.high == doctest::Approx(0.51 + 12.706 * 0.01).epsilon(0.001));  // Student of two
  const Estimate count = calibration::estimate_count(std::vector<std::uint64_t>{0, 0, 3});
  CHECK(count.mean == 1);
  CHECK(count.low == 0);
  CHECK(count.high == doctest::Approx(1 + 4.303).epsilon(0.001));
}

TEST_CASE("calibrate: a copy holds the same, and a linked copy goes its own way") {
  const Honest honest;
  const std::string before = everything(*honest.open());
  calibration::copy_store(*honest.open(), honest.path("copy"));
  CHECK(everything(*honest.open(OpenMode::read_only, "copy")) == before);
  calibration::link_store(honest.path("copy"), honest.path("linked"));
  {
    const auto linked = honest.open(OpenMode::write, "linked");
    const auto writer = linked->live_writer();
    AccountRow row;
    row.account = 1;
    row.cells = {{{linked->intern_kind("ip"), 7}, 20454, 1, start_of_day(20454), start_of_day(20454)}};
    writer->add_row(row);
    writer->commit();
    linked->merge_fragments();
  }
  CHECK(everything(*honest.open(OpenMode::read_only, "copy")) == before);
  CHECK(everything(*honest.open(OpenMode::read_only, "linked")) != before);
}

TEST_CASE("calibrate: a twin asks as often as its member, in the same hours of the same days") {
  const Honest honest;
  for (const char* kind : {"loud", "quiet", "balanced"}) {
    const WithRing world(honest, {.kind = kind, .hardness = 0.5, .size = 12, .seed = 3, .days = kMonth}, kind);
    REQUIRE(world.injected.members.size() == 12);
    REQUIRE(world.injected.twins.size() == 12);
    for (std::size_t i = 0; i < 12; ++i) {
      const Hours hours = hours_of(*world.store, world.injected.members[i]);
      CHECK(!hours.empty());
      CHECK(hours == hours_of(*world.store, world.injected.twins[i]));
    }
  }
}

TEST_CASE("calibrate: members of a ring share with each other, twins next to nothing") {
  const Honest honest;
  const WithRing world(honest, {.kind = "small", .hardness = 0.25, .size = 30, .seed = 4, .days = kMonth}, "copy");
  const KindId card = *world.store->find_kind("payment");
  const auto most_on_a_card = [&](const std::vector<KeyHash>& accounts) {
    std::map<VertexKey, int> users;
    for (const KeyHash account : accounts) {
      for (const VertexKey& thing : things_of(*world.store, account)) users[thing] += thing.kind == card ? 1 : 0;
    }
    int most = 0;
    for (const auto& [thing, count] : users) most = std::max(most, count);
    return most;
  };
  CHECK(most_on_a_card(world.injected.members) >= 10);
  CHECK(most_on_a_card(world.injected.twins) <= 4);  // a few of one customer may be drawn
}

TEST_CASE("calibrate: a ring hides behind values that the store has, and pays with cards of its issuers") {
  const Honest honest;
  const WithRing world(honest, {.kind = "thin", .hardness = 1, .size = 40, .seed = 2, .days = kMonth}, "copy");
  std::set<std::string> issuers;
  for (const auto& issuer : world.real->issuers()) issuers.insert(issuer.value);
  std::map<std::string, int> old_values, new_values;
  for (const KeyHash member : world.injected.members) {
    for (const VertexKey& thing : things_of(*world.store, member)) {
      const std::string kind = world.store->kind_name(thing.kind);
      const std::string value = world.store->name_of(thing).value();
      ++(world.base->name_of(thing) ? old_values : new_values)[kind];
      if (kind == "payment") CHECK(issuers.contains(issuer_of(value).value()));
    }
    for (const ActivityDay& day : world.store->activity_of(member, {})) {
      for (const TagCount& tag : day.tags) CHECK(world.base->name_of(tag.tag).has_value());
    }
  }
  CHECK(old_values["ip"] > 0);
  CHECK(new_values["ip"] > 0);
  CHECK(old_values["fingerprint"] > 0);
  CHECK(old_values["payment"] == 0);
  CHECK(old_values["email"] == 0);
}

TEST_CASE("calibrate: a plain ring is found and its twins are not; the store is unchanged; a seed is its figures") {
  const Honest honest;
  const std::string before = everything(*honest.open());
  CalibrateOptions options{.kinds = {"residential", "small"}, .hardness = {0, 0.4}, .seeds = 2, .ring_size = 40};
  options.scratch = honest.path("scratch");
  CalibrateProgress progress;
  const Calibration one = calibrate(*honest.open(), on_threads(1), options, progress);
  CHECK(progress.runs_done == 9);
  REQUIRE(one.cells.size() == 8);
  CHECK(one.activity);
  CHECK(one.missing.empty());
  const CalibrationCell& plain = one.cells[1];
  CHECK(plain.kind == "residential");
  CHECK(plain.tiers == std::vector<std::string>{"ban", "review"});
  CHECK(plain.members == 80);
  CHECK(plain.recall.mean >= 0.9);
  CHECK(plain.recall.low < plain.recall.mean);
  CHECK(plain.twins_flagged == 0);
  CHECK(plain.false_discovery.mean == 0);
  CHECK(plain.precision.mean == 1);
  CHECK(everything(*honest.open()) == before);
  CHECK(std::filesystem::is_empty(honest.path("scratch")));

  CalibrateProgress again;
  CHECK(all_json(calibrate(*honest.open(), on_threads(3), options, again)) == all_json(one));

  const std::string svg = calibration_to_svg(one);
  CHECK(is_well_formed(svg));
  for (const char* words : {"residential", "small", "hardness of the ring", "share of accounts", "recall, ban alone"})
    CHECK_MESSAGE(svg.find(words) != std::string::npos, words);
  CHECK(is_well_formed(calibration_to_svg({})));
}

TEST_CASE("calibrate: where only sightings are known, only sightings are injected") {
  std::string log = "account,kind,value\n";
  for (int a = 0; a < 400; ++a) {
    const std::string account = "a" + std::to_string(a);
    log += account + ",sink,s" + std::to_string(a % 90) + "\n" + account + ",sink,s" + std::to_string(a % 70) + "\n" +
           account + ",fund,f" + std::to_string(a / 3) + "\n" + account + ",town,t" + std::to_string(a % 7) + "\n" +
           account + ",shoe,size" + std::to_string(a % 9) + "\n";
  }
  const Honest honest(log);
  const WithRing world(honest, {.kind = "loud", .hardness = 0, .size = 20, .seed = 1, .days = {0, 29}}, "copy");
  CHECK(!world.real->has_activity());
  for (const auto* accounts : {&world.injected.members, &world.injected.twins}) {
    for (const KeyHash account : *accounts) {
      CHECK(world.store->activity_of(account, {}).empty());
      std::set<std::string> kinds;
      for (const VertexKey& thing : things_of(*world.store, account)) kinds.insert(world.store->kind_name(thing.kind));
      CHECK(kinds == std::set<std::string>{"fund", "shoe", "sink", "town"});
    }
  }
  CHECK(!world.store->day_range());

  CalibrateProgress progress;
  CalibrateOptions options{.kinds = {"loud"}, .hardness = {0}, .seeds = 1, .ring_size = 20, .roles = {"payment=fund"}};
  const Calibration calibration = calibrate(*honest.open(), {}, options, progress);
  CHECK(!calibration.activity);
  CHECK(calibration.injected == std::vector<std::string>{"payment as fund"});
  CHECK(calibration.missing == std::vector<std::string>{"ip", "fingerprint", "email"});
}

TEST_CASE("calibrate: options out of range and an empty store are refused") {
  const Honest honest("account,kind,value\na,sink,s\n");
  CalibrateProgress progress;
  const auto code = [&](CalibrateOptions options) {
    try {
      calibrate(*honest.open(), {}, options, progress);
    } catch (const Error& error) {
      return error.code();
    }
    return ErrorCode::internal;
  };
  CHECK(code({.kinds = {"square"}}) == ErrorCode::usage);
  CHECK(code({.kinds = {}}) == ErrorCode::usage);
  CHECK(code({.hardness = {2}}) == ErrorCode::usage);
  CHECK(code({.seeds = 0}) == ErrorCode::usage);
  CHECK(code({.ring_size = 1}) == ErrorCode::usage);
  CHECK(code({.roles = {"ip=none"}}) == ErrorCode::usage);
  Store::open(honest.path("empty"), {.mode = OpenMode::create});
  CHECK_THROWS_AS(calibrate(*honest.open(OpenMode::read_only, "empty"), {}, {}, progress), Error);
}

}  // namespace ringscope
