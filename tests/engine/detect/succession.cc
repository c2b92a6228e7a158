#include "engine/detect/succession/succession.h"

#include <algorithm>
#include <set>
#include <string>

#include <doctest/doctest.h>
#include <fmt/format.h>

#include "engine/detect/ring/succession_text.h"
#include "engine/detect/succession/reuse.h"
#include "engine/detect/succession/takeover.h"
#include "tests/engine/detect/town.h"

using namespace ringscope;
using namespace ringscope::testing;

namespace {

constexpr int kWave = 14;  // the day on which the first pool is banned, at noon
constexpr int kPool = 30;
constexpr Seconds kNoon = 12 * 3600;

Seconds moment(int day, Seconds second = 0) { return kStart + day * kSecondsPerDay + second; }

// Of a pool that buys a card, a device and addresses for each account, at the same dealers.
struct PoolPlan {
  std::string name;
  int first_day = 2, last_day = kDays - 1;
  std::string issuer = "532610";
  std::string job = "job";
  int accounts = kPool;
  std::string things = name;  // whose addresses, cards and devices it uses
};

void add_pool(Town& town, const PoolPlan& plan) {
  for (int i = 0; i < plan.accounts; ++i) {
    Person person = ordinary(fmt::format("{}-{}", plan.name, i), town.random());
    person.addresses = names(fmt::format("{} exit {}", plan.things, i / 5), 3);
    person.cards = {fmt::format("{}-{}{}", plan.issuer, plan.things, i / 2)};
    person.devices = {fmt::format("{} device {}", plan.things, i / 3)};
    person.templates = names(plan.job, 12);
    person.capabilities = {"agentic", "coding"};
    person.first_day = plan.first_day;
    person.last_day = plan.last_day;
    person.first_hour = plan.first_day == kWave ? 14 : 0;
    person.created = moment(plan.first_day);
    person.daily = 20;
    town.add(person);
  }
}

void ban_pool(Town& town, const std::string& name, int day = kWave, int accounts = kPool) {
  for (int i = 0; i < accounts; ++i) town.ban(fmt::format("{}-{}", name, i), moment(day, kNoon + 60 * i));
}

// A town in which people come all the time, and the first pool is at work until its last day.
Town busy_town(int last_day = kWave - 1, std::uint64_t seed = 1) {
  Town town(seed);
  for (int i = 0; i < 400; ++i) {
    Person person = ordinary(fmt::format("newcomer-{}", i), town.random());
    person.cards = {fmt::format("{}-newcomer{}", 400000 + 100 * town.random().below(1000), i)};
    person.first_day = static_cast<int>(town.random().below(kDays - 3));
    person.daily = 2;
    town.add(person);
  }
  add_pool(town, {.name = "first", .last_day = last_day});
  return town;
}

Detection detected(const Town& town, const Config& config = {}) {
  const Scratch scratch("succession");
  const auto store = town.stored(scratch);
  DetectProgress progress;
  return detect(*store, config, progress);
}

bool nothing_said(const Detection& detection) {
  return std::all_of(detection.rings.begin(), detection.rings.end(), [](const Ring& ring) {
    return ring.succeeds.empty() && std::none_of(ring.members.begin(), ring.members.end(),
                                                 [](const Member& member) { return member.replaces.has_value(); });
  });
}

std::size_t waves_of(const Detection& detection) {
  std::size_t waves = 0;
  for (const Ring& ring : detection.rings) waves += ring.ban_waves.size();
  return waves;
}

// How many accounts whose name begins so are said to have taken a place of one whose name begins so.
std::size_t heirs(const Detection& detection, const std::string& name, const std::string& of) {
  std::size_t count = 0;
  for (const Ring& ring : detection.rings) {
    for (const Member& member : ring.members)
      count += member.replaces && member.name.starts_with(name) && member.replaces->account.starts_with(of) ? 1 : 0;
  }
  return count;
}

std::size_t heirs_but(const Detection& detection, const std::string& name) {
  std::size_t count = 0;
  for (const Ring& ring : detection.rings) {
    for (const Member& member : ring.members) count += member.replaces && !member.name.starts_with(name) ? 1 : 0;
  }
  return count;
}

}  // namespace

TEST_CASE("succession: where nobody was banned nobody succeeds") {
  Town town = busy_town();
  add_pool(town, {.name = "second", .first_day = kWave});
  const Detection detection = detected(town);
  CHECK(waves_of(detection) == 0);
  CHECK(nothing_said(detection));
}

TEST_CASE("succession: a wave that nobody follows is told as a wave, and no more") {
  Town town = busy_town();
  ban_pool(town, "first");
  const Detection detection = detected(town);
  CHECK(waves_of(detection) == 1);
  CHECK(nothing_said(detection));
}

TEST_CASE("succession: honest people who sign up after a wave are no successors, nor is a ring of its own") {
  Town town = busy_town();
  ban_pool(town, "first");
  for (int i = 0; i < 120; ++i) {  // a product's launch: one example, one day
    Person person = ordinary(fmt::format("launch-{}", i), town.random());
    person.templates.insert(person.templates.end(), 6, "example");
    person.first_day = kWave;
    person.first_hour = 14;
    town.add(person);
  }
  add_pool(town, {.name = "other", .first_day = kWave, .issuer = "431940", .job = "other job"});
  CHECK(nothing_said(detected(town)));
}

TEST_CASE("succession: a pool with nothing exact in common that takes over within the day is found") {
  Town town = busy_town();
  ban_pool(town, "first");
  add_pool(town, {.name = "second", .first_day = kWave});
  const Detection detection = detected(town);
  CHECK(heirs(detection, "second", "first") >= 24);
  CHECK(heirs_but(detection, "second") == 0);
  std::size_t handovers = 0;
  for (const Ring& ring : detection.rings) {
    for (const Handover& one : ring.succeeds) {
      ++handovers;
      CHECK(one.wave.accounts == kPool);
      CHECK(one.wave.first == moment(kWave, kNoon));
      CHECK(one.accounts >= 24);
      CHECK(one.lag < kSecondsPerDay);
      CHECK(one.probability > 0.9);
      CHECK(one.gained_daily == doctest::Approx(one.wave.lost_daily).epsilon(0.3));
      CHECK(std::any_of(one.reused.begin(), one.reused.end(),
                        [](const ReusedThing& thing) { return thing.value == "532610"; }));
      CHECK(one.reasons.size() >= 3);
    }
  }
  CHECK(handovers == 1);
}

TEST_CASE("succession: a part of the new pool that asks other things is found by what it shares with the rest") {
  Town town = busy_town();
  ban_pool(town, "first");
  add_pool(town, {.name = "second", .first_day = kWave});
  add_pool(town, {.name = "third", .first_day = kWave, .job = "other job", .accounts = 12, .things = "second"});
  const Detection detection = detected(town);
  CHECK(heirs(detection, "second", "first") >= 24);
  CHECK(heirs(detection, "third", "first") >= 10);
  CHECK(heirs_but(detection, "second") - heirs(detection, "third", "first") == 0);
}

TEST_CASE("succession: what comes after the day asked for is not used") {
  Town town = busy_town();
  ban_pool(town, "first");
  add_pool(town, {.name = "second", .first_day = kWave + 1});
  Config config;
  config.detect.as_of = format_day(day_of(moment(kWave)));
  const Detection on_the_day = detected(town, config);
  CHECK(waves_of(on_the_day) == 1);
  CHECK(nothing_said(on_the_day));
  config.detect.as_of = format_day(day_of(moment(kWave - 1)));
  CHECK(waves_of(detected(town, config)) == 0);
  config.detect.as_of = format_day(day_of(moment(kWave + 3)));
  CHECK(heirs(detected(town, config), "second", "first") >= 24);
}

TEST_CASE("succession: a list of all who are banned, on the days after, moves no ban") {
  Town town = busy_town();
  ban_pool(town, "first");
  for (int day = kWave + 1; day < kWave + 4; ++day) ban_pool(town, "first", day);
  add_pool(town, {.name = "second", .first_day = kWave});
  const auto wave_begins = [](const Detection& detection) {
    std::vector<Seconds> begins;
    for (const Ring& ring : detection.rings) {
      for (const BanWave& wave : ring.ban_waves) begins.push_back(wave.first);
    }
    return begins;
  };
  CHECK(wave_begins(detected(town)) == std::vector<Seconds>{moment(kWave, kNoon)});
  Config config;  // in the midst of the lists
  config.detect.as_of = format_day(day_of(moment(kWave + 2)));
  CHECK(wave_begins(detected(town, config)) == std::vector<Seconds>{moment(kWave, kNoon)});
}

TEST_CASE("succession: one that comes back on the banned account's card and device is named, with whom it replaces") {
  Town town = busy_town(kDays - 1);
  for (int i = 0; i < 12; ++i) {  // one every other day, so no wave
    Person gone = ordinary(fmt::format("gone-{}", i), town.random());
    gone.last_day = 2 * i;
    Person back = gone;
    back.name = fmt::format("back-{}", i);
    back.first_day = 2 * i + 1;
    back.last_day = kDays - 1;
    back.addresses = {fmt::format("new home {}", i)};
    gone.daily = back.daily = 6;
    gone.first_hour = back.first_hour = 0;
    town.add(gone);
    town.ban(gone.name, moment(2 * i + 1));
    town.add(back);
  }
  const Detection detection = detected(town);
  std::size_t named = 0;
  for (const Ring& ring : detection.rings) {
    for (const Member& member : ring.members) {
      if (!member.replaces) continue;
      CHECK(member.name.starts_with("back-"));
      CHECK(member.replaces->account == "gone-" + member.name.substr(5));
      CHECK(member.replaces->among == 1);
      CHECK(member.replaces->reused.size() >= 2);
      ++named;
    }
  }
  CHECK(named >= 10);
}

TEST_CASE("succession: a household in which one is banned has no successors in those who were there") {
  Town town = busy_town(kDays - 1);
  for (int i = 0; i < 20; ++i) {
    for (int k = 0; k < 3; ++k) {
      Person person = ordinary(fmt::format("kin-{}-{}", i, k), town.random());
      person.addresses = {fmt::format("kin home {}", i)};
      person.cards = {fmt::format("kin card {}", i)};
      person.first_day = static_cast<int>(town.random().below(kDays - 2));
      person.daily = 4;
      town.add(person);
    }
    town.ban(fmt::format("kin-{}-0", i), moment(3 + i, kNoon));
  }
  const Detection detection = detected(town);
  CHECK(heirs_but(detection, "nobody") <= 3);  // of forty who came at any time
}

TEST_CASE("succession: bans at random moments have take-overs in one trial in ten at most") {
  // Twelve pools, of two operators each three, that grow by cells of ten on days of their own; nobody reacts to a ban.
  Town town(3);
  Random random(17);
  for (int i = 0; i < 300; ++i) {
    Person person = ordinary(fmt::format("newcomer-{}", i), town.random());
    person.first_day = static_cast<int>(random.below(kDays - 3));
    town.add(person);
  }
  for (int pool = 0; pool < 12; ++pool) {
    for (int cell = 0; cell < 4; ++cell) {
      add_pool(town, {.name = fmt::format("pool{}cell{}", pool, cell),
                      .first_day = static_cast<int>(random.below(kDays - 4)),
                      .issuer = fmt::format("{}", 440000 + pool),
                      .job = fmt::format("job{}", pool),
                      .accounts = 10});
    }
  }
  const Scratch scratch("succession");
  const auto store = town.stored(scratch);
  DetectProgress progress;
  const Detection detection = detect(*store, {}, progress);
  const Snapshot snapshot = load(*store, {});
  const OperatorLists lists({}, "");
  const Habits habits = load_habits(*store, snapshot, {make_facets({}, lists), 0, 2});
  RingPlaces map{.members = std::vector<std::vector<Vertex>>(12),
                 .ring_of = std::vector<std::size_t>(snapshot.accounts.size(), kNoRing),
                 .suspect = std::vector<char>(snapshot.accounts.size(), 0)};
  for (int pool = 0; pool < 12; ++pool) {
    for (int k = 0; k < 40; ++k) {
      const auto v = snapshot.vertex_of(hash_value(fmt::format("pool{}cell{}-{}", pool, k / 10, k % 10)));
      REQUIRE(v);
      map.members[static_cast<std::size_t>(pool)].push_back(*v);
      map.ring_of[*v] = static_cast<std::size_t>(pool);
      map.suspect[*v] = 1;
    }
    std::sort(map.members[static_cast<std::size_t>(pool)].begin(), map.members[static_cast<std::size_t>(pool)].end());
  }
  const Lives lives = read_lives(*store, snapshot, Decisions());
  int trials = 0, wrong = 0, replaced = 0;
  for (std::uint64_t seed = 0; seed < 60; ++seed) {
    Random draw(seed);
    Lives shuffled = lives;
    for (int ban = 0; ban < 3; ++ban) {
      const Seconds at = moment(4 + static_cast<int>(draw.below(kDays - 8)), static_cast<Seconds>(draw.below(86400)));
      const auto& members = map.members[4 * static_cast<std::size_t>(ban) + draw.below(4)];
      for (const Vertex v : members) {
        if (lives.arrival[v] < at) shuffled.banned[v] = at + static_cast<Seconds>(draw.below(7200));
      }
    }
    Followers followers(snapshot, habits, shuffled, map, 7 * kSecondsPerDay);
    const std::vector<Wave> waves = find_waves(shuffled, map.members);
    trials += waves.empty() ? 0 : 1;
    const Controls controls(shuffled, map);
    wrong += find_takeovers(followers, shuffled, map, controls, waves, {}).empty() ? 0 : 1;
    for (const Reuse& one : find_reuse(followers.plan(), shuffled, map, controls, 7 * kSecondsPerDay))
      replaced += one.probability >= 0.8 ? 1 : 0;
  }
  CAPTURE(wrong);
  CAPTURE(replaced);
  CHECK(trials >= 50);
  CHECK(wrong <= trials / 10);
  CHECK(replaced <= trials);  // one account a trial, of the eighty or so that are banned
}

TEST_CASE("succession: the same at any number of threads") {
  Town town = busy_town();
  ban_pool(town, "first");
  add_pool(town, {.name = "second", .first_day = kWave});
  const auto said = [&](unsigned threads) {
    Config config;
    config.threads = threads;
    std::string text;
    for (const Ring& ring : detected(town, config).rings) {
      for (const Handover& one : ring.succeeds)
        text += fmt::format("{} {:a} {:a}\n", ring.id, one.probability, one.p_value);
      for (const Member& member : ring.members) {
        if (member.replaces) text += fmt::format("{} {}\n", member.name, replacement_text(*member.replaces));
      }
    }
    return text;
  };
  const std::string one = said(1);
  CHECK(!one.empty());
  CHECK(said(3) == one);
}
