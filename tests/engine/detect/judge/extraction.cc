#include "engine/detect/judge/extraction.h"

#include <cmath>
#include <functional>
#include <limits>
#include <map>
#include <stdexcept>

#include <doctest/doctest.h>

#include "engine/detect/detect.h"
#include "engine/ingest/ingest.h"
#include "tests/engine/lab/simulated.h"

namespace ringscope {
namespace {

constexpr KindId kCapability{9}, kModel{10};
constexpr Day kFirst = 20454;

VertexKey capability(const std::string& name) { return {kCapability, hash_value(name)}; }
VertexKey model(const std::string& name) { return {kModel, hash_value(name)}; }

// A public that asks for chat, writing and coding as 6 : 3 : 1, two requests a day, half a token out for one in.
UsageBaseline usual() {
  UsageBaseline baseline;
  baseline.accounts = 1000;
  baseline.days = 30;
  baseline.capabilities = {{capability("chat"), "chat", 0.6},
                           {capability("writing"), "writing", 0.3},
                           {capability("coding"), "coding", 0.1}};
  std::sort(baseline.capabilities.begin(), baseline.capabilities.end(),
            [](const CapabilityShare& a, const CapabilityShare& b) { return a.capability < b.capability; });
  baseline.new_models = {{model("sage-4"), "sage-4", kFirst + 10, 0.1}};
  baseline.daily_requests = 2;
  baseline.output = -1;
  baseline.output_high = 0;
  return baseline;
}

// Days of an account, filled by `fill`.
Profile account(int days, const std::function<void(int, ActivityDay&)>& fill) {
  std::vector<ActivityDay> rows(static_cast<std::size_t>(days));
  for (int d = 0; d < days; ++d) {
    ActivityDay& row = rows[static_cast<std::size_t>(d)];
    row.day = kFirst + d;
    fill(d, row);
    std::sort(row.tags.begin(), row.tags.end());
    std::sort(row.templates.begin(), row.templates.end());
  }
  return profile_of(rows, usual().new_models);
}

// `requests` a day, as the public is in all else.
void ordinary(ActivityDay& row, std::uint64_t requests) {
  row.requests = requests;
  row.tokens_in = 100 * requests;
  row.tokens_out = 50 * requests;
  for (std::uint64_t i = 0; i < requests; ++i) ++row.hours[9 + i % 9];
  row.tags = {{capability("chat"), requests * 6 / 10},
              {capability("writing"), requests * 3 / 10},
              {capability("coding"), requests / 10}};
}

ExtractionFeature feature(const std::string& name, std::vector<Profile> profiles,
                          const UsageBaseline& baseline = usual()) {
  std::vector<const Profile*> all;
  all.reserve(profiles.size());
  for (const Profile& profile : profiles) all.push_back(&profile);
  for (const ExtractionFeature& one : extraction_features(traffic_of(all), baseline)) {
    if (one.name == name) return one;
  }
  FAIL("no feature " << name);
  return {};
}

double value(const std::string& name, const Profile& profile) { return feature(name, {profile}).value; }

Profile everybody() {
  return account(20, [](int, ActivityDay& row) { ordinary(row, 10); });
}

TEST_CASE("extraction: nothing is said without activity") {
  const Profile none;
  const Profile* const one = &none;
  CHECK(!extraction_of({&one, 1}, usual()));
  CHECK(!extraction_of({}, usual()));
  CHECK(!extraction_probability(none, usual()));
  CHECK(extraction_features(traffic_of({&one, 1}), usual()).empty());
}

TEST_CASE("extraction: the nats are value times weight and add up to the probability") {
  const Profile profile = everybody();
  const Profile* const one = &profile;
  const Extraction extraction = extraction_of({&one, 1}, usual()).value();
  double nats = 0;
  for (const ExtractionFeature& each : extraction.features) {
    CAPTURE(each.name);
    CHECK(each.nats == doctest::Approx(each.value * extraction_weight(each.name, TrafficOf::account)));
    CHECK(!each.reason.empty());
    nats += each.nats;
  }
  CHECK(extraction.probability == doctest::Approx(1 / (1 + std::exp(-nats))));
  CHECK(extraction_probability(profile, usual()) == extraction.probability);
  CHECK_THROWS_AS(extraction_weight("luck", TrafficOf::group), std::out_of_range);
}

TEST_CASE("extraction: what speaks for it never weighs against it, and the other way round") {
  for (const TrafficOf whose : {TrafficOf::account, TrafficOf::group}) {
    for (const char* name : {"capability_focus", "repertoire", "round_the_clock", "steady_days", "output_heavy",
                             "model_pivot", "volume"}) {
      CAPTURE(std::string(name));
      CHECK(extraction_weight(name, whose) > 0);
    }
    CHECK(extraction_weight("few_tasks", whose) < 0);
    CHECK(extraction_weight("burst", whose) < 0);
  }
}

TEST_CASE("extraction: focus is the divergence from the public's mix, in bits; few requests show little") {
  CHECK(value("capability_focus", everybody()) == doctest::Approx(0).epsilon(0.01));
  const auto coder = [](std::uint64_t requests) {
    return account(20, [=](int, ActivityDay& row) {
      ordinary(row, requests);
      row.tags = {{capability("coding"), requests * 3 / 10}, {capability("chat"), requests * 7 / 10}};
    });
  };
  // .3 log2(.3/.1) + .7 log2(.7/.6) = 0.631 bits, of .15 to .75
  CHECK(value("capability_focus", coder(1000)) == doctest::Approx(0.802).epsilon(0.002));
  CHECK(value("capability_focus", coder(10)) < value("capability_focus", coder(1000)));
  const Profile untagged = account(20, [](int, ActivityDay& row) {
    ordinary(row, 10);
    row.tags.clear();
  });
  CHECK(value("capability_focus", untagged) == 0);
}

TEST_CASE("extraction: targets are asked for surely half again as much as by the public") {
  const auto targets = [](std::uint64_t chat, std::uint64_t writing, std::uint64_t coding) {
    const Profile profile = account(1, [&](int, ActivityDay& row) {
      row.requests = chat + writing + coding;
      row.tags = {{capability("chat"), chat}, {capability("writing"), writing}, {capability("coding"), coding}};
    });
    const Profile* const one = &profile;
    return targets_of(traffic_of({&one, 1}), usual());
  };
  CHECK(targets(60, 30, 10).empty());
  CHECK(targets(0, 500, 500) == std::vector<std::string>{"coding", "writing"});  // most beyond the public's first
  CHECK(targets(50, 30, 20).empty());  // twice as much, but a hundred requests do not show it surely
  CHECK(targets(500, 300, 200) == std::vector<std::string>{"coding"});
  CHECK(targets(1, 1, 1).empty());
}

// `skeletons` templates, asked `each` times a day.
Profile templated(std::uint64_t skeletons, std::uint64_t each, std::uint64_t plain = 0, int days = 2) {
  return account(days, [=](int, ActivityDay& row) {
    ordinary(row, skeletons * each + plain);
    row.templated = skeletons * each;
    const KeyHash step = std::numeric_limits<KeyHash>::max() / (skeletons + 1);
    for (std::uint64_t t = 1; t <= std::min<std::uint64_t>(skeletons, kTemplateSketchSize); ++t)
      row.templates.push_back({t * step, each});
  });
}

TEST_CASE("extraction: the repertoire is requests per skeleton, in bits, by their share") {
  CHECK(value("repertoire", everybody()) == 0);
  // 64 requests on 16 skeletons: four each, 2 bits.
  CHECK(value("repertoire", templated(16, 2)) == doctest::Approx(2 * 64.0 / 72));
  CHECK(value("repertoire", templated(16, 2, 32)) == doctest::Approx(64.0 / 72));  // half of the requests
  // More skeletons than the sketch holds: their number is estimated.
  CHECK(value("repertoire", templated(64, 2)) == doctest::Approx(2 * 256.0 / 264).epsilon(0.05));
  CHECK(value("repertoire", templated(64, 1)) < value("repertoire", templated(16, 4)));
  CHECK(value("repertoire", templated(2, 500)) == doctest::Approx(2.5).epsilon(0.01));
  // Each filled once: no repetition.
  const Profile fresh = account(1, [](int, ActivityDay& row) {
    ordinary(row, 10);
    row.templated = 10;
    for (KeyHash t = 1; t <= 10; ++t) row.templates.push_back({t << 56, 1});
  });
  CHECK(value("repertoire", fresh) == doctest::Approx(0));
}

TEST_CASE("extraction: a few skeletons that repeat are tasks, many are a curriculum, unrepeated ones nothing") {
  CHECK(value("few_tasks", templated(2, 500)) == doctest::Approx(1).epsilon(0.01));
  CHECK(value("few_tasks", templated(4, 500)) == doctest::Approx(0.5).epsilon(0.01));
  CHECK(value("few_tasks", templated(8, 500)) == doctest::Approx(0).epsilon(0.01));
  CHECK(value("few_tasks", everybody()) == 0);
  const Profile once = account(1, [](int, ActivityDay& row) {
    ordinary(row, 2);
    row.templated = 2;
    row.templates = {{1, 1}, {2, 1}};
  });
  CHECK(value("few_tasks", once) == 0);
}

TEST_CASE("extraction: hours are even when Poisson's noise cannot hide a rhythm") {
  const auto clock = [](std::uint32_t an_hour) {
    return account(10, [=](int, ActivityDay& row) {
      ordinary(row, 24 * an_hour);
      row.hours.fill(an_hour);
    });
  };
  CHECK(value("round_the_clock", clock(10)) == doctest::Approx(1));
  CHECK(value("round_the_clock", everybody()) == 0);  // nine hours of the day
  const Profile few = account(1, [](int, ActivityDay& row) {
    ordinary(row, 4);
    row.hours.fill(0);
    for (const std::size_t hour : {2U, 8U, 14U, 20U}) row.hours[hour] = 1;
  });
  CHECK(value("round_the_clock", few) == 0);  // evenly, but four requests prove nothing
}

TEST_CASE("extraction: steady days, and bursts") {
  const auto over = [](int days, const std::function<std::uint64_t(int)>& requests) {
    return account(days, [&](int d, ActivityDay& row) { ordinary(row, requests(d)); });
  };
  const Profile steady = over(20, [](int) { return 100U; });
  const Profile weekly = over(20, [](int d) { return d % 7 == 0 ? 700U : 0U; });
  const Profile benchmark = over(20, [](int d) { return d == 3 || d == 11 ? 500U : 0U; });
  CHECK(value("steady_days", steady) == doctest::Approx(1));
  CHECK(value("burst", steady) == 0);
  CHECK(value("steady_days", weekly) == 0);
  CHECK(value("burst", benchmark) == doctest::Approx(1).epsilon(0.02));
  CHECK(value("steady_days", over(4, [](int) { return 100U; })) == 0);  // too few days
  CHECK(value("burst", over(1, [](int) { return 1U; })) < 0.1);         // one request is no burst
  UsageBaseline short_log = usual();
  short_log.days = 2;
  CHECK(feature("burst", {benchmark}, short_log).value == 0);
}

TEST_CASE("extraction: long answers are measured against the public's median") {
  const auto answers = [](std::uint64_t out) {
    return account(20, [=](int, ActivityDay& row) {
      ordinary(row, 500);
      row.tokens_out = row.tokens_in * out / 100;
    });
  };
  CHECK(value("output_heavy", answers(50)) == doctest::Approx(0));
  CHECK(value("output_heavy", answers(100)) == doctest::Approx(1).epsilon(0.01));
  CHECK(value("output_heavy", answers(1600)) == 2);
  CHECK(value("output_heavy", answers(25)) == doctest::Approx(-1).epsilon(0.01));
  CHECK(value("output_heavy", answers(0)) == 0);  // not logged
}

// Asks `moved` of a hundred requests a day of the new model from the day after its first on.
Profile mover(std::uint64_t moved, bool before = true) {
  return account(20, [=](int d, ActivityDay& row) {
    if (d < 10 && !before) return;
    ordinary(row, 100);
    const std::uint64_t now = d > 10 ? moved : 0;
    row.tags.push_back({model("sage-4"), now});
    row.tags.push_back({model("sage-3"), 100 - now});
  });
}

TEST_CASE("extraction: a pivot is a share that moves to a new model within a day, beyond the public's") {
  const ExtractionFeature quarter = feature("model_pivot", {mover(25)});
  CHECK(quarter.value > 0.08);
  CHECK(quarter.value < 0.13);  // 25% less the public's 10%, less what chance may hide
  CHECK(quarter.reason.find("sage-4") != std::string::npos);
  CHECK(value("model_pivot", mover(10)) == doctest::Approx(0));
  CHECK(value("model_pivot", mover(0)) < -0.05);  // stays: pinned
  CHECK(value("model_pivot", mover(45)) == 0.2);
  CHECK(value("model_pivot", mover(100)) == 0.2);
  CHECK(value("model_pivot", mover(45, false)) == 0);  // was not there before: moved nothing
  CHECK(value("model_pivot", everybody()) == 0);       // models unknown
  CHECK(feature("model_pivot", {mover(40), mover(0)}).value < feature("model_pivot", {mover(40)}).value);
}

TEST_CASE("extraction: volume is octaves above the public's median day") {
  CHECK(value("volume", everybody()) == doctest::Approx(std::log2(5)));
  CHECK(feature("volume", {everybody(), everybody()}).value == doctest::Approx(std::log2(5)));  // per account
}

// -- on simulated worlds

class World {
 public:
  explicit World(SimulateOptions options) {
    options.out = scratch_.path("world");
    simulate(options);
    store_ = Store::open(scratch_.path("db"), {.mode = OpenMode::create});
    IngestProgress reading;
    const std::vector<std::string> files{scratch_.path("world/events.jsonl")};
    ingest(*store_, files, {}, reading);
    DetectProgress detecting;
    detection_ = detect(*store_, {}, detecting);
    const auto truth = nlohmann::json::parse(read_text(scratch_.path("world/world.json")));
    for (const auto& ring : truth.at("rings")) extracts_[ring.at("name")] = ring.at("knobs").at("extraction") > 0;
    const std::string accounts = read_text(scratch_.path("world/truth.csv"));
    for (const std::string_view line : lines_of(accounts)) {
      const auto parts = split(line, ',');
      std::string group(parts[1].empty() ? parts[2] : parts[1]);
      if (parts[1].empty()) group.resize(std::min(group.size(), group.find_first_of("0123456789")));
      groups_[std::string(parts[0])] = group;
    }
  }

  const Detection& detection() const { return detection_; }
  // Found groups of whose members most are of a group that `wanted` accepts.
  std::vector<const Ring*> rings_of(const std::function<bool(const std::string&)>& wanted) const {
    std::vector<const Ring*> found;
    for (const Ring& ring : detection_.rings) {
      const auto members = std::count_if(ring.members.begin(), ring.members.end(),
                                         [&](const Member& member) { return wanted(groups_.at(member.name)); });
      if (2 * static_cast<std::size_t>(members) > ring.members.size()) found.push_back(&ring);
    }
    return found;
  }
  bool extracts(const std::string& group) const { return extracts_.count(group) > 0 && extracts_.at(group); }
  bool does_not(const std::string& group) const { return extracts_.count(group) > 0 && !extracts_.at(group); }

 private:
  Scratch scratch_{"extraction"};
  std::unique_ptr<Store> store_;
  Detection detection_;
  std::map<std::string, bool> extracts_;
  std::map<std::string, std::string> groups_;
};

double share_above_half(const std::vector<const Ring*>& rings) {
  const auto above = std::count_if(rings.begin(), rings.end(), [](const Ring* ring) {
    return ring->extraction && ring->extraction->probability >= 0.5;
  });
  return static_cast<double>(above) / static_cast<double>(std::max<std::size_t>(1, rings.size()));
}

TEST_CASE("extraction: simulated rings that extract are told from other rings and from honest look-alikes") {
  const World world({.seed = 77, .accounts = 12'000, .requests = 240'000, .hardness = 0.25, .other_purpose = 0.4});
  const auto extracting = world.rings_of([&](const std::string& group) { return world.extracts(group); });
  REQUIRE(extracting.size() >= 4);
  CHECK(share_above_half(extracting) >= 0.7);
  for (const Ring* ring : extracting) {
    if (ring->members.size() < 20) continue;
    REQUIRE(ring->extraction);
    const std::vector<std::string>& targets = ring->extraction->targets;
    CHECK(std::count(targets.begin(), targets.end(), "agentic_reasoning") == 1);
    CHECK(std::count(targets.begin(), targets.end(), "chat") == 0);
  }
  const auto others = world.rings_of([&](const std::string& group) { return world.does_not(group); });
  REQUIRE(!others.empty());
  CHECK(share_above_half(others) < 0.5);
  for (const char* kind : {"pipeline", "evaluation", "reseller", "office", "classroom", "family"}) {
    CAPTURE(std::string(kind));
    const auto honest = world.rings_of([&](const std::string& group) { return group == kind; });
    CHECK(!honest.empty());
    CHECK(share_above_half(honest) < 0.5);
  }
}

TEST_CASE("extraction: the baseline knows the public's mix and the model that came out") {
  const World world({.seed = 78, .accounts = 4000, .requests = 60'000});
  const UsageBaseline& baseline = world.detection().summary.baseline;
  CHECK(baseline.accounts == 4000);
  CHECK(baseline.days == 30);
  CHECK(baseline.capabilities.size() == 8);
  double total = 0;
  for (const CapabilityShare& one : baseline.capabilities) total += one.share;
  CHECK(total == doctest::Approx(1));
  REQUIRE(baseline.new_models.size() == 1);
  CHECK(baseline.new_models.front().name == "sage-4");
  CHECK(baseline.new_models.front().first == kFirst + 18);
  CHECK(baseline.new_models.front().share < 0.3);
}

}  // namespace
}  // namespace ringscope
