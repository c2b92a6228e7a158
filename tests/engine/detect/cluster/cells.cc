// Operators whose accounts ask for many ends, or share too little for pairs: what makes them one all the same.
#include <algorithm>
#include <vector>

#include <doctest/doctest.h>

#include "engine/detect/cluster/dealt.h"
#include "tests/engine/detect/cluster/pool_town.h"

namespace ringscope {
namespace {

using namespace testing;

constexpr Vertex kCells = 6, kCell = 20;

// Cells of one dealer's customers, each with prompts of its own.
std::vector<Group> cells_of(PoolTown& town) {
  std::vector<Group> cells;
  for (std::uint64_t c = 0; c < kCells; ++c)
    cells.push_back({.members = town.pool(kCell, kDealer, 10'000 + 1'000 * c), .cohesion = {}});
  return cells;
}

TEST_CASE("cells: one operator deals cards to all his cells, whatever each of them asks") {
  PoolTown town;
  const std::vector<Group> cells = cells_of(town);
  for (Vertex i = 0; i < kCells * kCell; ++i)  // a card for every four accounts, each of another cell
    town.share_card(cells[i % kCells].members[i / kCells], i / 4);
  const std::vector<Group> found = town.find(cells);
  REQUIRE(found.size() == 1);
  CHECK(found[0].members.size() == kCells * kCell);
}

TEST_CASE("cells: customers of one dealer have cards apart, and stay apart") {
  PoolTown town;
  const std::vector<Group> cells = cells_of(town);
  for (Vertex c = 0; c < kCells; ++c) {
    for (Vertex i = 0; i < kCell; ++i) town.share_card(cells[c].members[i], 10 * c + i / 4);
  }
  CHECK(town.find(cells).size() == kCells);
}

TEST_CASE("cells: things that two groups have in common by chance, or lend each other, are not dealt to both") {
  PoolTown town;
  const std::vector<Group> cells = cells_of(town);
  const auto &a = cells[0].members, &b = cells[1].members;
  for (Vertex i = 0; i < kCell; ++i) {
    town.share_card(a[i], i / 4);
    town.share_card(b[i], 10 + i / 4);
  }
  const auto dealt = [&] {
    const Snapshot snapshot = town.snapshot();
    const Habits habits = town.habits();
    const GroupGauge gauge(snapshot, habits, 1);
    return are_dealt_to_both(gauge, std::vector<char>(snapshot.accounts.size(), 1), a, b);
  };
  CHECK_FALSE(dealt());
  town.share_card(b[0], 0);  // one of b's has a card of a's
  CHECK_FALSE(dealt());
  for (Vertex i = 0; i < kCell; ++i) town.machine(i % 2 == 0 ? a[i] : b[i], i / 2);
  CHECK_FALSE(dealt());  // ten machines for one of each, beside cards for four of one
  for (Vertex i = 0; i < kCell; ++i) {
    town.machine(a[i], 100 + i);
    town.machine(b[i], 100 + i);
  }
  CHECK(dealt());
}

TEST_CASE(
    "cells: accounts with nothing in common but where it was bought and what of many prompts they ask are found") {
  PoolTown town;
  std::vector<Vertex> members;
  for (Vertex i = 0; i < 150; ++i) {
    const Vertex account = town.bought(kDealer);
    for (int t = 0; t < 8; ++t) town.ask(account, 10'000 + town.random().below(100));
    members.push_back(account);
  }
  const std::vector<Group> found = town.find();
  REQUIRE(found.size() == 1);
  CHECK(found[0].members.size() >= 140);
  CHECK(std::ranges::includes(members, found[0].members));
}

TEST_CASE("cells: a group that pairs made takes in who is like it, too few to be a pool, and nobody else") {
  PoolTown town;
  std::vector<Vertex> ring = town.pool(52, kDealer, 10'000);
  for (const Vertex account : ring) town.share_card(account, account % 4);
  const std::vector<Group> known = {{.members = ring, .cohesion = {}}};
  const auto by_dealer = [&](Vertex account) {
    for (int a = 0; a < 6; ++a) town.address(account, kDealer.addresses + town.random().below(60));
  };
  for (int i = 0; i < 8; ++i) {  // all from the dealer, but who ask what anybody asks
    ring.push_back(town.bought(kDealer));
    by_dealer(ring.back());
  }
  for (const Vertex one : {100U, 1500U}) by_dealer(one);  // with nothing else of his
  const std::vector<Group> found = town.find(known);
  REQUIRE(found.size() == 1);
  CHECK(found[0].members == ring);
}

}  // namespace
}  // namespace ringscope
