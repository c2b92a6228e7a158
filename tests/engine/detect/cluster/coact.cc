#include "engine/detect/cluster/coact.h"

#include <algorithm>
#include <memory>
#include <set>
#include <string>

#include <doctest/doctest.h>
#include <fmt/format.h>

#include "base/error.h"
#include "base/random.h"
#include "engine/ask/why.h"
#include "engine/detect/detect.h"
#include "engine/ingest/ingest.h"
#include "tests/engine/lab/scratch.h"

using namespace ringscope;

namespace {

constexpr Seconds kStart = 1767225600;

// 1,500 readers repost some of 60 items within days of their appearance; six of them, "bot…", come within seconds of
// each other to the items that any of the six reposts, among readers who come to the same items at their leisure.
std::string reposts() {
  std::string text = "account,kind,value,ts\n";
  const auto line = [&](const std::string& account, int item, Seconds at) {
    text += fmt::format("{},repost,item{},{}\n", account, item, at);
  };
  Random random(4);
  for (int item = 0; item < 60; ++item) {
    const Seconds appears = kStart + static_cast<Seconds>(random.below(20 * 86400));
    const Seconds seen = appears + static_cast<Seconds>(random.exponential(86400));
    for (int reader = 0; reader < 1500; ++reader) {
      if (random.chance(0.15))
        line(fmt::format("reader{}", reader), item, appears + static_cast<Seconds>(random.exponential(86400)));
    }
    if (item % 4 != 0) continue;
    for (int bot = 0; bot < 6; ++bot)
      line(fmt::format("bot{}", bot), item, seen + static_cast<Seconds>(random.below(9)));
  }
  return text;
}

class Reposts {
 public:
  explicit Reposts(const std::string& text) : store_(Store::open(scratch_.path("db"), {.mode = OpenMode::create})) {
    IngestProgress progress;
    ingest(*store_, std::vector<std::string>{scratch_.write("log.csv", text)}, {}, progress);
  }
  Store& store() { return *store_; }
  std::vector<Ring> rings(const Config& config) {
    DetectProgress progress;
    return detect(*store_, config, progress).rings;
  }

 private:
  Scratch scratch_{"coact"};
  std::unique_ptr<Store> store_;
};

std::set<std::string> names_of(const Ring& ring) {
  std::set<std::string> names;
  for (const Member& member : ring.members) names.insert(member.name);
  return names;
}

const std::set<std::string> kBots = {"bot0", "bot1", "bot2", "bot3", "bot4", "bot5"};

TEST_CASE("coact: six accounts in lockstep on what hundreds repost are one ring, found by time alone") {
  Reposts world(reposts());
  const std::vector<Ring> rings = world.rings({});
  const auto found = std::find_if(rings.begin(), rings.end(), [](const Ring& ring) { return names_of(ring) == kBots; });
  REQUIRE(found != rings.end());
  const auto says = [](const std::string& reason) {
    return reason == "15 pairs of members come to the same things at the same time, one within 10 s 15 times";
  };
  CHECK(std::any_of(found->reasons.begin(), found->reasons.end(), says));
  CHECK(std::count_if(rings.begin(), rings.end(), [](const Ring& ring) { return names_of(ring).contains("bot0"); }) ==
        1);

  const WhyAnswer answer = why(world.store(), "bot0", "bot3");
  CHECK(answer.link_bits > 30);
  REQUIRE_FALSE(answer.together.empty());
  CHECK(answer.together.front().window == 10);
  CHECK(answer.together.front().things == 15);
  CHECK(answer.meaning.find("They came to 15 of them within 10 s of each other.") != std::string::npos);

  Config untimed;
  untimed.detect.coaction_windows = {};
  for (const Ring& ring : world.rings(untimed)) CHECK(names_of(ring) != kBots);
}

TEST_CASE("coact: a rule links without a test; a kind that is not there is refused") {
  // Two meet once, three come to the same item at their leisure.
  Reposts world(
      "account,kind,value,ts\n"
      "ann,repost,x,1767225600\nbob,repost,x,1767225605\nann,repost,y,1767300000\nbob,repost,z,1767400000\n"
      "cy,repost,x,1767229200\ncy,repost,z,1767403600\ndan,repost,x,1767230000\neve,repost,w,1767230000\n");
  const Snapshot snapshot = load(world.store(), {});
  CoactOptions options;
  options.windows.clear();
  options.rule = {.kind = "repost", .window = 10};
  const std::vector<Coaction> pairs = coact(snapshot, options);
  REQUIRE(pairs.size() == 1);
  const std::set<KeyHash> ends = {snapshot.accounts[pairs[0].u], snapshot.accounts[pairs[0].v]};
  CHECK(ends == std::set<KeyHash>{hash_value("ann"), hash_value("bob")});
  options.rule.least_actions = 3;
  CHECK(coact(snapshot, options).empty());
  options.rule = {.kind = "", .window = 3600, .least_things = 2, .least_actions = 2};
  CHECK(coact(snapshot, options).size() == 1);  // bob and cy
  options.rule.kind = "payment";
  CHECK_THROWS_AS(coact(snapshot, options), Error);
}

TEST_CASE("coact: bits add up, attaching pairs become core, others stay") {
  Similarity similarity{.core = {{0, 1, 5}, {2, 3, 7}},
                        .attach = {{0, 2, 3}, {1, 3, 3}},
                        .least_surprise = 25,
                        .held = {},
                        .vouching = {}};
  const std::vector<Coaction> coactions = {
      {.u = 0, .v = 1, .surprise = 30}, {.u = 0, .v = 2, .surprise = 0}, {.u = 4, .v = 5, .surprise = 40}};
  const Similarity joined = with_coactions(similarity, coactions, 6);
  CHECK(joined.core == std::vector<WeightedEdge>{{0, 1, 35}, {0, 2, 25}, {2, 3, 7}, {4, 5, 40}});
  CHECK(joined.attach == std::vector<WeightedEdge>{{1, 3, 3}});
  CHECK(joined.held == std::vector<char>{1, 1, 1, 0, 1, 1});
}

TEST_CASE("coact: windows in words") {
  CHECK(window_text(10) == "10 s");
  CHECK(window_text(600) == "10 min");
  CHECK(window_text(7200) == "2 h");
}

}  // namespace
