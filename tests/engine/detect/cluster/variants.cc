// Operators who have every prompt put in other words: hardly two accounts ask the same, and yet nobody else does.
#include <algorithm>
#include <vector>

#include <doctest/doctest.h>

#include "engine/detect/cluster/crossing.h"
#include "tests/engine/detect/cluster/pool_town.h"

namespace ringscope {
namespace {

using namespace testing;

constexpr Vertex kAccounts = 240, kOthers = 120;
constexpr std::uint64_t kPrompt = 9'000'000;         // the first of an operator's
constexpr std::uint64_t kVariants = 480, kOwn = 16;  // of all, and of each account alone

// Accounts of one operator, which ask some of the variants beside what nobody else asks. Their mail domains are others'
// as well, so that addresses and prompts are all that is their own.
std::vector<Vertex> paraphrased(PoolTown& town) {
  std::vector<Vertex> accounts;
  for (Vertex i = 0; i < kAccounts; ++i) {
    const Vertex account = town.person();
    accounts.push_back(account);
    town.name(account, kDealer.domains + town.random().below(4));
    for (int a = 0; a < 4; ++a) town.address(account, kDealer.addresses + town.random().below(60));
    for (int t = 0; t < 6; ++t) town.ask(account, kPrompt + town.random().below(kVariants));
    for (std::uint64_t t = 0; t < kOwn; ++t) town.ask(account, kPrompt + 100'000 + kOwn * i + t);
  }
  for (Vertex i = 0; i < kOthers; ++i) town.name(town.person(), kDealer.domains + town.random().below(4));
  return accounts;
}

GroupGauge::Kept kept_by(const PoolTown& town, const std::vector<Vertex>& members) {
  const Snapshot snapshot = town.snapshot();
  const Habits habits = town.habits();
  GroupGauge gauge(snapshot, habits, 1);
  gauge.hold(members);
  return gauge.prompts_kept();
}

TEST_CASE("variants: members keep among themselves what hardly two of them ask") {
  PoolTown town;
  const std::vector<Vertex> members = paraphrased(town);
  const GroupGauge::Kept kept = kept_by(town, members);
  CHECK(kept.share > 0.4);  // the rest is everybody's prompts
  CHECK(kept.keepers.size() > 0.9 * kAccounts);
  CHECK(std::ranges::includes(members, kept.keepers));
}

TEST_CASE("variants: strangers keep as much as there are of them") {
  PoolTown town;
  std::vector<Vertex> people(kPeople / 10);
  for (Vertex i = 0; i < people.size(); ++i) people[i] = 10 * i;
  const GroupGauge::Kept kept = kept_by(town, people);
  CHECK(kept.share < 0.2);
  CHECK(kept.keepers.size() < people.size() / 5);
  CHECK(kept_by(PoolTown{}, {}).keepers.empty());
}

TEST_CASE("variants: one operator's accounts are one, whom they ask like is chance") {
  PoolTown town;
  const std::vector<Vertex> members = paraphrased(town);
  const std::vector<Group> found = town.find();
  REQUIRE(found.size() == 1);
  CHECK(found[0].members.size() > 0.95 * kAccounts);
  CHECK(std::ranges::includes(members, found[0].members));
  CHECK(std::ranges::find(found[0].likeness, kPrompts) != found[0].likeness.end());
  const auto asking = std::ranges::count_if(
      found[0].member_likeness, [](const MemberLikeness& like) { return like.asks != 0 && like.kinds >= 3; });
  CHECK(static_cast<double>(asking) > 0.9 * kAccounts);
}

// An operator who works with an application that others work with, too: its client and its prompts.
TEST_CASE("variants: customers of an application that an operator uses are told from his accounts") {
  for (const Vertex customers : {Vertex{50}, Vertex{0}}) {
    CAPTURE(customers);
    PoolTown town;
    const std::vector<Vertex> accounts = town.pool(60, kDealer, kPrompt);
    for (const Vertex account : accounts) town.machine(account, 1);
    for (Vertex i = 0; i < customers; ++i) {
      const Vertex customer = 31 * i;  // of the town, and no neighbours
      town.machine(customer, 1);
      for (int t = 0; t < 6; ++t) town.ask(customer, kPrompt + town.random().below(10));
    }
    const std::vector<Group> found = town.find();
    REQUIRE(found.size() == 1);
    const Group& group = found[0];
    CHECK(std::ranges::includes(group.members, accounts));
    REQUIRE(group.members.size() == 60 + customers);
    for (std::size_t m = 0; m < group.members.size(); ++m) {
      const bool his = std::ranges::binary_search(accounts, group.members[m]);
      CHECK(group.member_likeness[m].tools_only == (his ? 0 : 1));
    }
  }
}

TEST_CASE("variants: so are they where a few of his accounts alone use it") {
  PoolTown town;
  const std::vector<Vertex> accounts = town.pool(60, kDealer, kPrompt);
  for (Vertex i = 0; i < 20; ++i) town.machine(accounts[3 * i], 1);
  for (Vertex i = 0; i < 19; ++i) {
    town.machine(31 * i, 1);
    for (int t = 0; t < 6; ++t) town.ask(31 * i, kPrompt + town.random().below(10));
  }
  const std::vector<Group> found = town.find();
  REQUIRE(found.size() == 1);
  const Group& group = found[0];
  CHECK(std::ranges::includes(group.members, accounts));
  REQUIRE(group.members.size() == 79);
  CHECK(std::ranges::find(group.likeness, kDevices) == group.likeness.end());
  for (std::size_t m = 0; m < group.members.size(); ++m) {
    const bool his = std::ranges::binary_search(accounts, group.members[m]);
    CHECK(group.member_likeness[m].tools_only == (his ? 0 : 1));
  }
}

// Askers of prompt after prompt.
BipartiteArrays asked(const std::vector<std::vector<Vertex>>& prompts, Vertex accounts) {
  World world(accounts, 1);
  for (std::size_t p = 0; p < prompts.size(); ++p) {
    for (const Vertex account : prompts[p]) world.touch(account, 0, p);
  }
  return world.build();
}

TEST_CASE("crossing: parts that ask across each other are one, whichever stands first") {
  using Parts = std::vector<std::vector<Vertex>>;
  const std::vector<Vertex> prompts{0, 1, 2, 3, 4};
  const Parts parts{{0, 1}, {2, 3}, {4, 5}};
  const auto united = [&](const std::vector<std::vector<Vertex>>& askers, const Parts& of) {
    return unite_crossing(asked(askers, 6).view(), prompts, of);
  };
  CHECK(united({{0, 1}, {2, 3}, {4, 5}, {0, 1}, {2, 3}}, parts) == parts);
  CHECK(united({{0, 1}, {1, 2}, {2, 3}, {4, 5}, {4, 5}}, parts) == Parts{{0, 1, 2, 3}, {4, 5}});
  CHECK(united({{0, 1}, {1, 5}, {2, 3}, {4, 5}, {2, 3}}, parts) == Parts{{0, 1, 4, 5}, {2, 3}});
  CHECK(united({{0, 4}, {1, 5}, {2, 3}, {2, 3}, {2, 3}}, {{4, 5}, {2, 3}, {0, 1}}) == Parts{{0, 1, 4, 5}, {2, 3}});
  CHECK(united({{0, 2}, {2, 4}, {0, 4}, {1, 3}, {3, 5}}, parts) == Parts{{0, 1, 2, 3, 4, 5}});
  // One in nine of the first's crosses, and all of the second's.
  CHECK(united({{0, 1}, {0, 1}, {0, 1}, {0, 1}, {1, 2}}, {{0, 1}, {2, 3}, {4, 5}}).size() == 2);
  CHECK(unite_crossing(asked({{0, 1}, {1, 2}, {2, 3}}, 6).view(), {}, parts) == parts);  // nobody asks
  CHECK(united({{0, 1}, {1, 2}, {2, 3}, {4, 5}, {0, 1}}, {}).empty());
}

}  // namespace
}  // namespace ringscope
