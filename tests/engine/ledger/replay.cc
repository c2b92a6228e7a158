#include "engine/ledger/replay.h"

#include <set>

#include <doctest/doctest.h>

#include "base/error.h"
#include "base/random.h"
#include "tests/engine/ledger/rings_for_tests.h"

using namespace ringscope;

namespace {

using World = std::vector<NewRing>;

// Splits, merges, churn, absence and return, regrading, or nothing at all.
class History {
 public:
  explicit History(std::uint64_t seed) : random_(seed) {
    for (std::uint64_t r = 0; r < 3 + random_.below(8); ++r) groups_.push_back(take(2 + random_.below(30)));
  }

  World next() {
    const std::uint64_t changes = random_.below(4);
    for (std::uint64_t i = 0; i < changes; ++i) change();
    World world;
    for (const auto& group : groups_) {
      if (group.size() < 2) continue;
      NewRing ring = ring_of(group, group.size() % 3 == 0 ? Tier::ban : Tier::review);
      for (LedgerMember& member : ring.members) member.tier = member.account % 7 == shade_ ? Tier::watch : ring.tier;
      world.push_back(std::move(ring));
    }
    for (std::size_t i = world.size(); i > 1; --i) std::swap(world[i - 1], world[random_.below(i)]);
    return world;
  }

 private:
  using Group = std::vector<KeyHash>;

  Group take(std::uint64_t count) {
    Group group;
    for (; count > 0; --count) {
      const bool again = !idle_.empty() && random_.below(3) == 0;
      if (again) {
        const std::size_t at = random_.below(idle_.size());
        group.push_back(idle_[at]);
        idle_.erase(idle_.begin() + static_cast<std::ptrdiff_t>(at));
      } else {
        group.push_back(mix64(next_account_++));
      }
    }
    return group;
  }

  void change() {
    if (groups_.empty()) groups_.push_back(take(5));
    const std::size_t a = random_.below(groups_.size());
    const std::size_t b = random_.below(groups_.size());
    switch (random_.below(7)) {
      case 0: {  // split
        const auto cut = static_cast<std::ptrdiff_t>(groups_[a].size() * 6 / 10);
        Group part(groups_[a].begin() + cut, groups_[a].end());
        groups_[a].resize(static_cast<std::size_t>(cut));
        groups_.push_back(std::move(part));
        break;
      }
      case 1:  // merge
        if (a != b) {
          groups_[a] = groups_[a] + groups_[b];
          groups_[b].clear();
        }
        break;
      case 2:  // goes, perhaps to come back
        away_.push_back(groups_[a]);
        groups_[a].clear();
        break;
      case 3:  // comes back
        if (!away_.empty()) {
          groups_.push_back(away_.back());
          away_.pop_back();
        }
        break;
      case 4: {  // churn
        const std::uint64_t gone = random_.below(groups_[a].size() + 1);
        for (std::uint64_t i = 0; i < gone; ++i) {
          idle_.push_back(groups_[a].back());
          groups_[a].pop_back();
        }
        groups_[a] = groups_[a] + take(random_.below(10));
        break;
      }
      case 5:
        groups_.push_back(take(2 + random_.below(20)));
        break;
      default:
        shade_ = random_.below(7);
    }
  }

  Random random_;
  std::vector<Group> groups_, away_;
  Group idle_;
  KeyHash next_account_ = 1;
  KeyHash shade_ = 0;
};

}  // namespace

TEST_CASE("replay: over 300 random histories the events rebuild every version, and no id is another ring's") {
  std::uint64_t events = 0;
  std::set<RingChange> seen;
  for (std::uint64_t seed = 0; seed < 300; ++seed) {
    CAPTURE(seed);
    History history(seed);
    Ledger ledger;
    std::set<std::string> retired_once;
    for (int run = 1; run <= 25; ++run) {
      CAPTURE(run);
      const World world = history.next();
      const std::vector<std::string> ids = ledger.run(world);
      REQUIRE(std::set(ids.begin(), ids.end()).size() == ids.size());
      const auto rings = replay(ledger.events());
      std::size_t live = 0;
      for (const auto& [id, version] : rings) live += version.members.empty() ? 0 : 1;
      REQUIRE(live == world.size());
      for (std::size_t i = 0; i < world.size(); ++i) {
        const RingVersion& version = rings.at(ids[i]);
        REQUIRE(version.members == world[i].members);
        REQUIRE(version.tier == world[i].tier);
        REQUIRE(version.version == ledger.identities()[i].version);
      }
      for (const RingEvent& event : ledger.last_events()) {
        seen.insert(event.change);
        const bool first = ledger.standings().at(event.ring).events.size() == 1;
        REQUIRE((event.change == RingChange::born) == first);  // so an id is born once
      }
    }
    events += ledger.events().size();
  }
  CHECK(events > 10'000);
  CHECK(seen.size() == 9);  // every kind of event came about
}

TEST_CASE("replay: the same rings in another order give the same events") {
  for (std::uint64_t seed = 0; seed < 50; ++seed) {
    History history(seed);
    Ledger one, other;
    for (int run = 0; run < 15; ++run) {
      World world = history.next();
      one.run(world);
      std::ranges::reverse(world);
      other.run(world);
    }
    CHECK(one.events() == other.events());
  }
}

TEST_CASE("replay: events that do not follow each other are damage") {
  Ledger ledger;
  ledger.run({ring_of(accounts(1, 5))});
  ledger.run({ring_of(accounts(1, 6))});
  ledger.run({ring_of(accounts(2, 5))});
  const std::vector<RingEvent> events = ledger.events();
  REQUIRE(events.size() == 3);
  CHECK_THROWS_AS(replay(std::vector{events[0], events[2]}), Error);
  std::vector<RingEvent> wrong = events;
  wrong[1].came.front().account = 5;  // is there already
  CHECK_THROWS_AS(replay(wrong), Error);
  wrong = events;
  wrong[2].went.front().account = 77;
  CHECK_THROWS_AS(replay(wrong), Error);
  wrong = events;
  wrong[1].size = 9;
  CHECK_THROWS_AS(replay(wrong), Error);
  wrong = events;
  wrong[1].regraded.push_back({77, Tier::watch, Tier::ban});
  CHECK_THROWS_AS(replay(wrong), Error);
}
