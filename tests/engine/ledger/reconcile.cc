#include "engine/ledger/reconcile.h"

#include <set>

#include <doctest/doctest.h>

#include "base/error.h"
#include "base/random.h"
#include "engine/ledger/overlap.h"
#include "engine/ledger/ring_event_json.h"
#include "tests/engine/ledger/rings_for_tests.h"

using namespace ringscope;

namespace {

const std::string kOne = "R-00000001";

using Strings = std::vector<std::string>;

std::vector<KeyHash> keys_of(const std::vector<MovedAccount>& moved) {
  std::vector<KeyHash> keys;
  for (const MovedAccount& one : moved) keys.push_back(one.account);
  return keys;
}

}  // namespace

TEST_CASE("reconcile: the same rings again are no event, whatever their order") {
  Ledger ledger;
  const Strings ids = ledger.run({ring_of(accounts(1, 10)), ring_of(accounts(50, 5))});
  CHECK(ids == Strings{kOne, "R-00000032"});
  CHECK(ledger.told() == "born R-00000001, born R-00000032");
  CHECK(ledger.run({ring_of(accounts(50, 5)), ring_of(accounts(1, 10))}) == Strings{"R-00000032", kOne});
  CHECK(ledger.told() == "");
  CHECK(ledger.identities()[1].version == 1);
}

TEST_CASE("reconcile: of a ring that splits 60 to 40 the larger part keeps the id, the other is born of it") {
  Ledger ledger;
  ledger.run({ring_of(accounts(1, 100))});
  // The smaller part holds the smallest account, so its content proposes the id that is taken.
  const Strings ids = ledger.run({ring_of(accounts(1, 40)), ring_of(accounts(41, 60))});
  CHECK(ids[1] == kOne);
  CHECK(ids[0] != kOne);
  CHECK(ids[0].starts_with("R-"));
  CHECK(ids[0].size() == kOne.size());
  const RingEvent& split = ledger.told_of(kOne);
  CHECK(split.change == RingChange::split);
  CHECK(split.children == Strings{ids[0]});
  CHECK(keys_of(split.went) == accounts(1, 40));
  CHECK(split.went.front().other == ids[0]);
  CHECK(split.version == 2);
  const RingEvent& born = ledger.told_of(ids[0]);
  CHECK(born.change == RingChange::born);
  CHECK(born.parents == Strings{kOne});
  CHECK(born.came.front().other == kOne);
  CHECK(ledger.identities()[0].parents == Strings{kOne});
}

TEST_CASE("reconcile: of two rings that merge the larger keeps its id, the other retires into it") {
  Ledger ledger;
  ledger.run({ring_of(accounts(1, 10)), ring_of(accounts(50, 20))});
  CHECK(ledger.run({ring_of(accounts(1, 10) + accounts(50, 20))}) == Strings{"R-00000032"});
  CHECK(ledger.told() == "retired R-00000001, merged R-00000032");
  CHECK(ledger.told_of("R-00000032").parents == Strings{kOne});
  CHECK(keys_of(ledger.told_of("R-00000032").came) == accounts(1, 10));
  CHECK(ledger.told_of(kOne).children == Strings{"R-00000032"});
  CHECK(keys_of(ledger.told_of(kOne).went) == accounts(1, 10));
  CHECK(ledger.identities()[0].parents == Strings{kOne});
}

TEST_CASE("reconcile: of two equal rings that merge the older keeps its id, of two born in one run the smaller id") {
  Ledger ledger;
  ledger.run({ring_of(accounts(50, 10))});
  ledger.run({ring_of(accounts(50, 10)), ring_of(accounts(1, 10)), ring_of(accounts(80, 10))});
  CHECK(ledger.run({ring_of(accounts(50, 10) + accounts(1, 10)), ring_of(accounts(80, 10))})[0] == "R-00000032");
  Ledger twins;
  twins.run({ring_of(accounts(50, 10)), ring_of(accounts(1, 10))});
  CHECK(twins.run({ring_of(accounts(50, 10) + accounts(1, 10))}) == Strings{kOne});
}

TEST_CASE("reconcile: of two equal halves the one with the smaller account keeps the id") {
  Ledger ledger;
  ledger.run({ring_of(accounts(1, 20))});
  const Strings ids = ledger.run({ring_of(accounts(11, 10)), ring_of(accounts(1, 10))});
  CHECK(ids[1] == kOne);
  CHECK(ids[0] != kOne);
}

TEST_CASE("reconcile: a ring that is gone and comes back has its old id") {
  Ledger ledger;
  ledger.run({ring_of(accounts(1, 10))});
  ledger.run({});
  CHECK(ledger.told() == "retired R-00000001");
  CHECK(!ledger.standings().at(kOne).live);
  ledger.run({});
  CHECK(ledger.told() == "");
  CHECK(ledger.run({ring_of(accounts(3, 9))}) == Strings{kOne});
  CHECK(ledger.told() == "returned R-00000001");
  CHECK(ledger.identities()[0].version == 3);
  CHECK(ledger.last_events()[0].came.size() == 9);
}

TEST_CASE("reconcile: a ring that merged into another and leaves it again has its old id") {
  Ledger ledger;
  ledger.run({ring_of(accounts(1, 10)), ring_of(accounts(50, 20))});
  ledger.run({ring_of(accounts(1, 10) + accounts(50, 20))});
  CHECK(ledger.run({ring_of(accounts(1, 10)), ring_of(accounts(50, 20))}) == Strings{kOne, "R-00000032"});
  CHECK(ledger.told() == "returned R-00000001, split R-00000032");
  CHECK(ledger.told_of(kOne).parents == Strings{"R-00000032"});
}

TEST_CASE("reconcile: a ring comes back with its old id though a crumb of it lived on under another") {
  Ledger ledger;
  ledger.run({ring_of(accounts(1, 30)), ring_of(accounts(100, 40))});
  const Strings crumb = ledger.run({ring_of(accounts(4, 27)), ring_of(accounts(100, 40)), ring_of(accounts(1, 3))});
  ledger.run({ring_of(accounts(4, 27) + accounts(100, 40)), ring_of(accounts(1, 3))});
  CHECK(ledger.told() == "retired R-00000001, merged R-00000064");
  CHECK(ledger.run({ring_of(accounts(1, 30)), ring_of(accounts(100, 40))}) == Strings{kOne, "R-00000064"});
  CHECK(ledger.told_of(crumb[2]).change == RingChange::retired);
  CHECK(ledger.told_of(crumb[2]).children == Strings{kOne});
  CHECK(ledger.told_of(kOne).change == RingChange::returned);
}

TEST_CASE("reconcile: a ring that strangers were glued to for days leaves them with its id, though they are more") {
  Ledger ledger;
  for (int day = 1; day <= 6; ++day) ledger.run({ring_of(accounts(10, 20))});
  for (int day = 7; day <= 9; ++day) ledger.run({ring_of(accounts(10, 20) + accounts(100, 30))});
  CHECK(ledger.standings().at("R-0000000a").since.front() == 1);
  CHECK(ledger.standings().at("R-0000000a").since.back() == 7);
  const Strings ids = ledger.run({ring_of(accounts(10, 20)), ring_of(accounts(100, 30))});  // 20 by 9 days, 30 by 3
  CHECK(ids[0] == "R-0000000a");
  CHECK(ids[1] != "R-0000000a");
  CHECK(ledger.told_of(ids[1]).parents == Strings{"R-0000000a"});
}

TEST_CASE("reconcile: a ring that merged and comes apart has its own id, not that of the mixture") {
  Ledger ledger;
  for (int day = 1; day <= 8; ++day) ledger.run({ring_of(accounts(10, 20)), ring_of(accounts(100, 30))});
  ledger.run({ring_of(accounts(10, 20) + accounts(100, 30))});
  ledger.run({ring_of(accounts(10, 20) + accounts(100, 30))});
  CHECK(ledger.told() == "");
  // The others are no ring any more: two days in the mixture, counted twice, against seven in a ring of its own.
  CHECK(ledger.run({ring_of(accounts(10, 20))}) == Strings{"R-0000000a"});
  CHECK(ledger.told() == "retired R-00000064, returned R-0000000a");
}

TEST_CASE(
    "reconcile: who leaves a ring and comes again is in it from then on, who is in one that comes back as before") {
  Ledger ledger;
  ledger.run({ring_of(accounts(1, 10))});
  ledger.run({ring_of(accounts(1, 9))});
  ledger.run({ring_of(accounts(1, 10))});
  CHECK(ledger.standings().at(kOne).since == std::vector<Day>{1, 1, 1, 1, 1, 1, 1, 1, 1, 3});
  ledger.run({});
  ledger.run({ring_of(accounts(1, 11))});
  CHECK(ledger.standings().at(kOne).since == std::vector<Day>{1, 1, 1, 1, 1, 1, 1, 1, 1, 3, 5});
}

TEST_CASE("reconcile: a ring that goes on does not lose its id to a retired one that it resembles a little more") {
  Ledger ledger;
  ledger.run({ring_of(accounts(1, 12)), ring_of(accounts(100, 30))});
  ledger.run({ring_of(accounts(1, 10) + accounts(100, 30))});  // takes in ten of the twelve
  CHECK(ledger.told_of(kOne).change == RingChange::retired);
  // Mostly the old ring again, and all of it accounts of the ring that took it in but for two.
  CHECK(ledger.run({ring_of(accounts(1, 12) + accounts(100, 2))}) == Strings{"R-00000064"});
}

TEST_CASE("reconcile: an id is never another ring's, even when the content proposes it again") {
  Ledger ledger;
  ledger.run({ring_of(accounts(1, 10))});
  ledger.run({});
  // The same smallest account among strangers is not the old ring.
  const Strings ids = ledger.run({ring_of({1, 200, 201, 202})});
  CHECK(ids[0] != kOne);
  CHECK(ledger.told_of(ids[0]).change == RingChange::born);
  ledger.run({});
  CHECK(ledger.run({ring_of(accounts(1, 10))}) == Strings{kOne});
}

TEST_CASE("reconcile: grown, shrunk, moved and regraded are told apart") {
  Ledger ledger;
  ledger.run({ring_of(accounts(1, 10))});
  ledger.run({ring_of(accounts(2, 20))});  // one went, eleven came
  CHECK(ledger.told_of(kOne).change == RingChange::grown);
  ledger.run({ring_of(accounts(2, 8))});
  CHECK(ledger.told_of(kOne).change == RingChange::shrunk);
  ledger.run({ring_of(accounts(3, 8))});  // one for one
  CHECK(ledger.told_of(kOne).change == RingChange::moved);
  ledger.run({ring_of(accounts(8, 12))});  // three stay, five go, nine come
  CHECK(ledger.told_of(kOne).change == RingChange::moved);
  ledger.run({ring_of(accounts(8, 12), Tier::ban)});
  const RingEvent& event = ledger.told_of(kOne);
  CHECK(event.change == RingChange::regraded);
  CHECK(event.tier_before == Tier::review);
  CHECK(event.tier == Tier::ban);
  CHECK(event.regraded.size() == 12);
  CHECK(event.version == 6);
}

TEST_CASE("reconcile: one account or less than a third of the smaller ring is not the same ring") {
  Ledger ledger;
  ledger.run({ring_of(accounts(1, 9))});
  CHECK(ledger.run({ring_of(accounts(8, 9))})[0] != kOne);  // two of nine
  Ledger third;
  third.run({ring_of(accounts(1, 9))});
  CHECK(third.run({ring_of(accounts(7, 9))})[0] == kOne);  // three of nine
  Ledger small;
  small.run({ring_of(accounts(1, 2))});
  CHECK(small.run({ring_of(accounts(2, 2))})[0] != kOne);  // one account in common
}

TEST_CASE("reconcile: ids go to the greatest overlap in all, not to the first choice") {
  Ledger ledger;
  const Strings old = ledger.run({ring_of(accounts(1, 30)), ring_of(accounts(100, 30))});
  // The first ring's best is X (12), but the second shares only with X (11); together 10 + 11 is more than 12.
  const Strings ids = ledger.run({ring_of(accounts(1, 12) + accounts(100, 11)), ring_of(accounts(13, 10))});
  CHECK(ids == Strings{old[1], old[0]});
}

TEST_CASE("reconcile: churn elsewhere changes neither id nor version nor event of a ring") {
  Random random(5);
  Ledger ledger;
  ledger.run({ring_of(accounts(1, 10))});
  for (int run = 0; run < 50; ++run) {
    std::vector<NewRing> rings;
    for (KeyHash r = 1; r <= 5; ++r) {
      if (random.below(2) == 0) rings.push_back(ring_of(accounts(100 * r + random.below(50), 2 + random.below(40))));
    }
    rings.insert(rings.begin() + static_cast<std::ptrdiff_t>(random.below(rings.size() + 1)), ring_of(accounts(1, 10)));
    const Strings ids = ledger.run(rings);
    const auto at = std::ranges::find(ids, kOne);
    REQUIRE(at != ids.end());
    CHECK(ledger.identities()[static_cast<std::size_t>(at - ids.begin())].version == 1);
    CHECK(std::ranges::find(ledger.last_events(), kOne, &RingEvent::ring) == ledger.last_events().end());
  }
}

TEST_CASE("reconcile: an account in two rings of a run is refused") {
  Ledger ledger;
  CHECK_THROWS_AS(ledger.run({ring_of(accounts(1, 3)), ring_of(accounts(3, 3))}), Error);
}

TEST_CASE("overlap: no ring has more partners as large as itself than the bound on the cost allows") {
  for (std::uint64_t seed = 0; seed < 50; ++seed) {
    Random random(seed);
    std::vector<NewRing> before, now;
    for (auto* side : {&before, &now}) {
      std::vector<std::vector<KeyHash>> groups(1 + random.below(20));
      for (KeyHash account = 1; account <= 300; ++account) groups[random.below(groups.size())].push_back(account);
      for (const auto& group : groups) {
        if (!group.empty()) side->push_back(ring_of(group));
      }
    }
    std::vector<Members> a, b;
    for (const NewRing& ring : before) a.emplace_back(ring.members);
    for (const NewRing& ring : now) b.emplace_back(ring.members);
    const std::vector<Overlap> overlaps = recognised(a, b);
    for (std::uint32_t r = 0; r < a.size(); ++r) {
      const auto larger = std::ranges::count_if(
          overlaps, [&](const Overlap& one) { return one.before == r && b[one.now].size() >= a[r].size(); });
      CHECK(static_cast<std::uint64_t>(larger) <= kLeastPart);
    }
  }
}
