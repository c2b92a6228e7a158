// What takes long is ended early by whoever waits for it.
#include "engine/ask/checkpoint.h"

#include <algorithm>

#include <doctest/doctest.h>

#include "engine/ask/compare.h"
#include "engine/ask/dossier.h"
#include "engine/ask/life/ring_days.h"
#include "engine/ask/read_run.h"
#include "engine/ask/snapshot_diff.h"
#include "tests/engine/ask/bench.h"

using namespace ringscope;
using namespace ringscope::testing;

namespace {

struct Spent {};

// Two rings of eight on a card each, linked in a row; "near" is linked to the first and in none.
void fill(Bench& bench) {
  for (const std::string ring : {"a", "b"}) {
    std::vector<std::string> members;
    for (int i = 0; i < 8; ++i) {
      members.push_back(ring + std::to_string(i));
      bench.add(members.back(), {{"payment", "card-" + ring}, {"ip", "own-" + members.back()}});
      if (i > 0) bench.link(ring + std::to_string(i - 1), members.back(), 30);
    }
    bench.ring("R-0000000" + ring, Tier::watch, members);
  }
  bench.link("a0", "b0", 26);
  bench.add("near", {{"payment", "card-a"}});
  bench.link("near", "a0", 26);
  bench.publish_run();
}

// Whether the answer asks often enough, and is ended where it asks.
void check_ends(const std::function<void(const Checkpoint& check)>& ask, int at_least) {
  int asked = 0;
  ask([&] { ++asked; });
  CHECK(asked >= at_least);
  for (int last = 1; last <= asked; ++last) {
    int left = last;
    CHECK_THROWS_AS(ask([&] {
                      if (--left == 0) throw Spent();
                    }),
                    Spent);
  }
}

}  // namespace

TEST_CASE("checkpoint: each answer that may take long asks at every account that it reads") {
  Bench bench;
  fill(bench);
  Store& store = bench.store();
  const auto view = bench.view();
  const RunSummary run = asked_run(store);
  check_ends([&](const Checkpoint& check) { (void)why(store, "a7", "b7", run, view.get(), {.check = check}); }, 16);
  check_ends([&](const Checkpoint& check) { (void)why(store, "a0", "near", run, view.get(), {.check = check}); }, 8);
  check_ends([&](const Checkpoint& check) { (void)account_page(store, "a0", run, view.get(), check); }, 3);
  check_ends([&](const Checkpoint& check) { (void)account_page(store, "near", run, view.get(), check); }, 8);
  check_ends(
      [&](const Checkpoint& check) {
        (void)compare_rings(store, run.run, "R-0000000a", "R-0000000b", {.check = check});
      },
      24);
  check_ends([&](const Checkpoint& check) { (void)read_dossier(store, run.run, "R-0000000a", {.check = check}); }, 9);
  std::vector<KeyHash> accounts;
  for (const Member& member : view->ring("R-0000000a")->members) accounts.push_back(member.account);
  std::ranges::sort(accounts);
  check_ends([&](const Checkpoint& check) { (void)ring_days(store, accounts, run.window, check); }, 8);
  check_ends([&](const Checkpoint& check) { (void)compare_stores(store, store, 5, check); }, 17);
}
