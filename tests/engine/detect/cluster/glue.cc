// Groups that one kind of thing glued together.
#include "engine/detect/cluster/glue.h"

#include <algorithm>
#include <vector>

#include <doctest/doctest.h>

#include "tests/engine/detect/cluster/pool_town.h"

namespace ringscope {
namespace {

using namespace testing;

Group group_of(std::vector<std::vector<Vertex>> parts) {
  Group group;
  for (const auto& part : parts) group.members.insert(group.members.end(), part.begin(), part.end());
  std::sort(group.members.begin(), group.members.end());
  return group;
}

// Accounts that ask one operator's prompts by a few machines, each on one of his cards.
std::vector<Vertex> operators_accounts(PoolTown& town, std::uint64_t number) {
  std::vector<Vertex> accounts;
  for (std::uint64_t i = 0; i < 20; ++i) {
    const Vertex account = town.person();
    for (std::uint64_t t = 0; t < 5; ++t) town.ask(account, 10'000 * (number + 1) + t);
    town.machine(account, 100 * number + i % 4);
    town.share_card(account, 100 * number + i % 5);
    accounts.push_back(account);
  }
  return accounts;
}

bool is_one_of(const std::vector<Group>& groups, std::vector<Vertex> members) {
  std::sort(members.begin(), members.end());
  return std::ranges::any_of(groups, [&](const Group& group) { return group.members == members; });
}

TEST_CASE("glue: customers of a VPN go, and so do those whom one card holds in the group") {
  PoolTown town;
  const auto ring = operators_accounts(town, 1);
  std::vector<Vertex> customers, payers;
  for (const Vertex account : ring) town.address(account, kDealer.addresses);
  for (int i = 0; i < 8; ++i) {
    customers.push_back(town.person());
    town.address(customers.back(), kDealer.addresses);
  }
  for (int i = 0; i < 6; ++i) {
    payers.push_back(town.person());
    town.share_card(payers.back(), 100);  // a card of the ring's
  }
  const auto groups = unglue(town.snapshot(), town.habits(), {group_of({ring, customers, payers})}, 1);
  CHECK(groups.size() == 3);
  CHECK(is_one_of(groups, ring));
  CHECK(is_one_of(groups, customers));
  CHECK(is_one_of(groups, payers));
}

TEST_CASE("glue: what was taken out is looked at itself") {
  PoolTown town;
  const auto first = operators_accounts(town, 1), second = operators_accounts(town, 2);
  std::vector<Vertex> customers;
  for (int i = 0; i < 8; ++i) customers.push_back(town.person());
  for (const std::vector<Vertex>& accounts : {first, second, customers}) {
    for (const Vertex account : accounts) town.address(account, kDealer.addresses);
  }
  const auto groups = unglue(town.snapshot(), town.habits(), {group_of({first, second, customers})}, 1);
  CHECK(groups.size() == 3);
  CHECK(is_one_of(groups, first));
  CHECK(is_one_of(groups, second));
  CHECK(is_one_of(groups, customers));
}

TEST_CASE(
    "glue: accounts that one kind of thing holds stay when they ask what the others ask; all do without activity") {
  PoolTown town;
  const auto ring = operators_accounts(town, 1);
  std::vector<Vertex> alike;
  for (const Vertex account : ring) town.address(account, kDealer.addresses);
  for (int i = 0; i < 8; ++i) {
    alike.push_back(town.person());
    town.address(alike.back(), kDealer.addresses);
    for (std::uint64_t t = 0; t < 5; ++t) town.ask(alike.back(), 20'000 + t);
  }
  const Group whole = group_of({ring, alike});
  CHECK(is_one_of(unglue(town.snapshot(), town.habits(), {whole}, 1), whole.members));
  const auto strangers = operators_accounts(town, 3);
  const Group glued = group_of({ring, strangers});
  CHECK(is_one_of(unglue(town.snapshot(), town.habits(false), {glued}, 1), glued.members));
}

}  // namespace
}  // namespace ringscope
