#include "engine/ask/life/flow.h"

#include <doctest/doctest.h>

#include "base/error.h"
#include "base/random.h"
#include "engine/ask/life/ring_life.h"
#include "engine/detect/publish.h"
#include "tests/engine/ledger/rings_for_tests.h"
#include "tests/engine/sample.h"

using namespace ringscope;

namespace {

// Detection without looking: the rings are given.
class Runs {
 public:
  // The ids of the rings, in the order given. `heirs`: of the groups, one that took over what a wave of bans cost
  // another.
  std::vector<std::string> run(const std::vector<std::vector<KeyHash>>& groups,
                               const std::vector<std::pair<std::size_t, std::size_t>>& heirs = {}) {
    std::vector<Ring> rings;
    for (const auto& group : groups) {
      Ring& ring = rings.emplace_back();
      const NewRing made = ring_of(group);
      ring.id = made.id;
      ring.tier = made.tier;
      for (const LedgerMember& member : made.members) {
        Member& one = ring.members.emplace_back();
        one.account = member.account;
        one.tier = member.tier;
      }
    }
    RunSummary summary;
    const LedgerEntries entries = reconcile_rings(*store_, kSampleDay + static_cast<Day>(++runs_), rings);
    std::vector<Ring*> given;
    for (const auto& group : groups) {
      for (Ring& ring : rings) {
        const auto holds = [&](const Member& member) { return member.account == group.front(); };
        if (std::ranges::any_of(ring.members, holds)) given.push_back(&ring);
      }
    }
    for (const auto& [heir, banned] : heirs) {
      Handover& handover = given[heir]->succeeds.emplace_back();
      handover.ring = given[banned]->id;
      handover.accounts = 7;
    }
    publish(*store_, rings, summary, {}, entries);
    std::vector<std::string> ids;
    for (const Ring* ring : given) ids.push_back(ring->id);
    return ids;
  }
  const Store& store() const { return *store_; }

 private:
  Scratch scratch_{"runs"};
  std::unique_ptr<Store> store_ = Store::open(scratch_.path("db"), {.mode = OpenMode::create});
  int runs_ = 0;
};

// "R-00000001 split R-00000032 10 @2"
std::vector<std::string> links_of(const Flow& flow) {
  std::vector<std::string> links;
  for (const FlowLink& link : flow.links) {
    links.push_back(fmt::format("{} {} {} {} @{}", flow.lanes[link.to].ring, to_string(link.kind),
                                flow.lanes[link.from].ring, link.accounts, link.run));
  }
  return links;
}

}  // namespace

TEST_CASE("flow: splits, merges and parts are links, and rings by themselves are only counted") {
  Runs runs;
  const auto first = runs.run({accounts(1, 30), accounts(100, 20), accounts(500, 5)});
  const auto second = runs.run({accounts(1, 18), accounts(19, 12), accounts(100, 20), accounts(500, 5)});
  runs.run({accounts(1, 18), accounts(19, 12) + accounts(100, 20), accounts(500, 5)});
  runs.run({accounts(1, 9), accounts(10, 9) + accounts(19, 12) + accounts(100, 20), accounts(500, 6)});
  const Flow flow = build_flow(runs.store());
  CHECK(flow.alone == 1);
  CHECK(flow.lanes.size() == 3);
  CHECK(flow.heads == std::vector<std::size_t>{0});
  CHECK(links_of(flow) == std::vector<std::string>{fmt::format("{} split {} 12 @2", second[1], first[0]),
                                                   fmt::format("{} merged {} 12 @3", first[1], second[1]),
                                                   fmt::format("{} part {} 9 @4", first[1], first[0])});
  const std::string svg = flow_to_svg(flow);
  for (const FlowLane& lane : flow.lanes) CHECK(svg.find(lane.ring) != std::string::npos);
  CHECK(svg.find("took in") != std::string::npos);
}

TEST_CASE("flow: a ring that took over from a banned one is linked to it from its birth") {
  Runs runs;
  runs.run({accounts(1, 30), accounts(500, 5)});
  const auto ids = runs.run({accounts(1, 30), accounts(100, 20), accounts(500, 5)}, {{1, 0}});
  const Flow flow = build_flow(runs.store());
  CHECK(flow.alone == 1);
  CHECK(links_of(flow) == std::vector<std::string>{fmt::format("{} heir {} 7 @2", ids[1], ids[0])});
  CHECK(flow_to_svg(flow).find("took over from") != std::string::npos);
}

TEST_CASE("ring life: the version of every run is what the run's own rows say") {
  Runs runs;
  Random random(4);
  for (int run = 1; run <= 20; ++run) {
    std::vector<std::vector<KeyHash>> groups(5);
    for (KeyHash account = 1; account <= 100; ++account) {
      const std::uint64_t home = random.below(10) == 0 ? random.below(7) : account % 5;
      if (home < 5) groups[home].push_back(account);
    }
    if (run % 3 == 0) groups.pop_back();
    runs.run(groups);
  }
  std::size_t compared = 0;
  for (std::uint64_t run = 1; run <= 20; ++run) {
    runs.store().scan_rings(run, [&](const StoredRing& stored) {
      const RingVersion version = version_at(runs.store(), find_standing(runs.store(), stored.id), run);
      std::vector<KeyHash> members, rows;
      for (const LedgerMember& member : version.members) members.push_back(member.account);
      runs.store().scan_places(run, [&](const StoredPlace& member) {
        if (member.ring == stored.id) rows.push_back(member.account);
      });
      CHECK(members == rows);
      ++compared;
    });
  }
  CHECK(compared > 90);
}

TEST_CASE("ring life: before its birth and after its retirement a ring has no version, and the error says when") {
  Runs runs;
  runs.run({});
  const auto ids = runs.run({accounts(1, 5)});
  runs.run({});
  const Standing standing = find_standing(runs.store(), ids[0]);
  CHECK(version_at(runs.store(), standing, 2).members.size() == 5);
  CHECK_THROWS_WITH_AS(version_at(runs.store(), standing, 1), doctest::Contains("born in run 2"), Error);
  CHECK_THROWS_WITH_AS(version_at(runs.store(), standing, 3), doctest::Contains("--at 2"), Error);
  CHECK(changed_since(runs.store(), 2).size() == 1);
  CHECK(changed_since(runs.store(), 3).empty());
}
