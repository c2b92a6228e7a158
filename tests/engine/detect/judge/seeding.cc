#include "engine/detect/judge/seeding.h"

#include <algorithm>
#include <cmath>
#include <vector>

#include <doctest/doctest.h>

#include "tests/engine/detect/said.h"

namespace ringscope {
namespace {

using testing::World;

constexpr Vertex kAccounts = 2000;
constexpr Vertex kShy = 12;        // shares a card and an address with the ring
constexpr Vertex kNeighbour = 40;  // behind an address of forty, of which one is a member

// Twelve members, 0 to 11, on three cards and four addresses; all others have a card of their own and, forty at a time,
// one address.
World ring_and_strangers() {
  World world(kAccounts, 2);
  for (Vertex a = 0; a < kAccounts; ++a) {
    if (a < 12) {
      world.touch(a, 0, a % 4);
      world.touch(a, 1, a % 3);
    } else {
      world.touch(a, 0, 1000 + a / 40);
      world.touch(a, 1, a == kShy ? 0 : world.fresh_value());
    }
  }
  world.touch(kShy, 0, 0);
  world.touch(0, 0, 1000 + kNeighbour / 40);
  return world;
}

const std::vector<Vertex> kRing = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11};

struct Asked {
  explicit Asked(const World& world)
      : snapshot(testing::snapshot_of(world, {"ip", "payment"})), weights(weigh(snapshot.graph(), {})) {}

  std::vector<std::vector<Seed>> seeds(const Decisions& decisions, const std::vector<std::vector<Vertex>>& groups,
                                       double odds = 10) const {
    return seed_groups(snapshot, {}, weights, decisions, {groups.begin(), groups.end()}, {.odds = odds});
  }

  Snapshot snapshot;
  Weights weights;
};

}  // namespace

TEST_CASE(
    "seeding: who shares two kinds with confirmed members joins, who shares one or sits behind an office does not") {
  const Asked asked(ring_and_strangers());
  const auto seeds = asked.seeds(testing::said(VerdictWord::confirm, kRing), {{1990, 1991}, kRing});
  REQUIRE(seeds.size() == 2);
  CHECK(seeds[0].empty());
  REQUIRE(seeds[1].size() == 1);
  const Seed& seed = seeds[1].front();
  CHECK(seed.account == kShy);
  CHECK(seed.confirmed == 4);
  CHECK(seed.things == 2);
  CHECK(seed.bits >= seed.needed);
  CHECK(seed.needed == doctest::Approx(std::log2(10 * kAccounts / (kHiddenPart * 12))));
  CHECK(seed.odds == doctest::Approx(seed.bits - seed.needed + std::log2(10)));
  CHECK(seed.cohesion > 0.3);
  CHECK(score_of(seed) > 0.85);
  CHECK(score_of(seed) <= kMostOfSeeding);
  Asked card_only{ring_and_strangers()};
  for (const Vertex r : card_only.snapshot.graph().rights_of(kShy)) {
    if (r < card_only.snapshot.graph().layer_end(0)) card_only.weights.rarity[r] = 0;
  }
  CHECK(card_only.seeds(testing::said(VerdictWord::confirm, kRing), {kRing}).at(0).empty());
}

TEST_CASE("seeding: the cut is lower beside many confirmed than beside few, and higher odds seed fewer") {
  const Asked asked(ring_and_strangers());
  const auto needed = [&](const std::vector<Vertex>& confirmed) {
    return asked.seeds(testing::said(VerdictWord::confirm, confirmed), {kRing}, 0.001).at(0).front().needed;
  };
  CHECK(needed(kRing) == doctest::Approx(needed({0, 3, 6}) - 2));
  CHECK(asked.seeds(testing::said(VerdictWord::confirm, kRing), {kRing}, 1e9).at(0).empty());
  CHECK(asked.seeds(testing::said(VerdictWord::confirm, kRing), {kRing}, 0).at(0).empty());
}

TEST_CASE(
    "seeding: nobody joins a ring that nobody confirmed, and neither do the cleared nor members of other groups") {
  const Asked asked(ring_and_strangers());
  CHECK(asked.seeds(testing::said(VerdictWord::reject, kRing), {kRing}).at(0).empty());
  CHECK(asked.seeds({}, {kRing}).at(0).empty());
  const Decisions confirmed = testing::said(VerdictWord::confirm, kRing);
  for (const auto& of_group : asked.seeds(confirmed, {kRing, {kShy, 100}})) CHECK(of_group.empty());
  std::vector<Verdict> log = confirmed.verdicts();
  log.push_back(testing::said(VerdictWord::reject, {kShy}).verdicts().front());
  log.back().number = log.size();
  CHECK(asked.seeds(Decisions(log), {kRing}).at(0).empty());
}

TEST_CASE("seeding: hubs seed nobody, and what strangers share with the ring as well counts for less") {
  World world = ring_and_strangers();
  for (Vertex a = 500; a < 540; ++a) world.touch(a, 1, 0);  // the card is everybody's
  const Asked asked(world);
  CHECK(asked.seeds(testing::said(VerdictWord::confirm, kRing), {kRing}).at(0).empty());
  Asked listed{ring_and_strangers()};
  for (const Vertex r : listed.snapshot.graph().rights_of(kShy)) listed.weights.rarity[r] = 0;
  CHECK(listed.seeds(testing::said(VerdictWord::confirm, kRing), {kRing}).at(0).empty());
}

TEST_CASE("seeding: members and who joins are one list in order") {
  const std::vector<Vertex> members = {2, 5};
  CHECK(with_seeds(members, {{.account = 3}, {.account = 9}}) == std::vector<Vertex>{2, 3, 5, 9});
}

}  // namespace ringscope
