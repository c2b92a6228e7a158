#include "engine/ask/plan.h"

#include <algorithm>
#include <numeric>

#include "base/error.h"
#include "engine/detect/project/weigh.h"
#include "tests/engine/ask/bench.h"

namespace ringscope {
namespace {

using testing::Bench;
using testing::contains;

// Six accounts: an address of all, a card of two, a device each.
void fill(Bench& bench) {
  for (int a = 0; a < 6; ++a) {
    const std::string number = std::to_string(a);
    bench.add("account-" + number, {{"ip", "everybody's"},
                                    {"payment", a < 2 ? std::string("common") : "own-" + number},
                                    {"fingerprint", "device-" + number}});
  }
}

TEST_CASE("plan: counts accounts, entities, edges and pairs, and says what becomes of each band") {
  Bench bench;
  fill(bench);
  Config config;
  config.detect.hub_accounts = 5;
  const Plan planned = plan(bench.store(), config);
  CHECK(planned.size.accounts == 6);
  CHECK(planned.entities == 1 + 5 + 6);
  CHECK(planned.size.edges == 18);
  CHECK(planned.size.pairs == 1);  // the card's; the address is a hub
  REQUIRE(planned.kinds.size() == 3);
  CHECK(planned.kinds[1].name == "ip");
  CHECK(planned.kinds[1].most == 6);
  REQUIRE(planned.bands.size() == 3);
  CHECK(planned.bands[0].treatment == Treatment::alone);
  CHECK(planned.bands[0].entities == 10);
  CHECK(planned.bands[1].treatment == Treatment::paired);
  CHECK(planned.bands[2].treatment == Treatment::hub);
  CHECK(planned.bands[2].least == 6);
  config.detect.hub_accounts = 1000;
  CHECK(plan(bench.store(), config).size.pairs == 16);
}

TEST_CASE("plan: a layer that is switched off is not counted, nor days beside the window") {
  Bench bench;
  fill(bench);
  bench.add("late", {{"ip", "everybody's"}}, 200);
  Config config;
  config.layers["ip"].weight = 0;
  const Plan without = plan(bench.store(), config);
  CHECK(without.size.edges == 12);
  config.layers.clear();
  config.detect.as_of = format_day(100);
  CHECK(plan(bench.store(), config).size.accounts == 6);
  config.detect.as_of.clear();
  CHECK(plan(bench.store(), config).size.accounts == 7);
}

TEST_CASE("plan: bands hold every entity once and ascend") {
  Bench bench;
  for (int group = 1; group <= 40; ++group) {
    for (int a = 0; a < group; ++a)
      bench.add("g" + std::to_string(group) + "-" + std::to_string(a), {{"ip", "of " + std::to_string(group)}});
  }
  const Plan planned = plan(bench.store(), {});
  std::uint64_t entities = 0, edges = 0, pairs = 0;
  Vertex last = 0;
  for (const DegreeBand& band : planned.bands) {
    CHECK(band.least > last);
    CHECK(band.most >= band.least);
    last = band.most;
    entities += band.entities;
    edges += band.edges;
    pairs += band.pairs;
  }
  CHECK(entities == 40);
  CHECK(edges == 40 * 41 / 2);
  CHECK(pairs == 40 * 41 * 39 / 6);  // sum of d (d - 1) / 2
}

TEST_CASE("plan: the limit on hubs is lowered until few enough pairs are made") {
  const std::map<Vertex, std::uint64_t> entities = {{1, 1000}, {10, 2}, {100, 1}};
  CHECK(hub_limit(entities, {.hub_accounts = 200}) == 200);
  CHECK(hub_limit(entities, {.hub_accounts = 50}) == 50);
  CHECK(hub_limit(entities, {.hub_accounts = 200, .most_pairs = 90}) == 99);
  CHECK(hub_limit(entities, {.hub_accounts = 200, .most_pairs = 89}) == 9);
}

TEST_CASE("cost: more edges cost more in every stage; a faster machine and more threads take less") {
  const auto total = [](const WorkSize& size, unsigned threads, double speed) {
    const auto stages = detection_cost(size, threads, speed);
    return std::accumulate(stages.begin(), stages.end(), 0.0,
                           [](double sum, const StageCost& stage) { return sum + stage.seconds; });
  };
  const WorkSize small{1'000, 10'000, 20'000}, large{10'000, 100'000, 200'000};
  CHECK(total(large, 1, 1) > 9 * total(small, 1, 1));
  CHECK(total(large, 2, 1) < total(large, 1, 1));
  CHECK(total(large, 1, 2) == doctest::Approx(total(large, 1, 1) / 2));
  CHECK(detection_bytes(large) > detection_bytes(small));
}

TEST_CASE("detect: refuses what would not fit, naming what is needed, and leaves the store as it was") {
  Bench bench;
  fill(bench);
  Config config;
  config.memory_bytes = std::size_t{20} << 20;
  DetectProgress progress;
  try {
    detect(bench.store(), config, progress);
    FAIL("was not refused");
  } catch (const Error& error) {
    CHECK(error.code() == ErrorCode::memory);
    CHECK(contains(error.what(), "--memory"));
    CHECK(contains(error.what(), "25 MiB"));
  }
  CHECK(bench.store().counts().runs == 0);
}

TEST_CASE("load: what does not fit is counted to its end, and the number that is needed is the whole one") {
  Bench bench;
  constexpr std::size_t kAccounts = 30'000;  // many times what is looked at between two looks at the bound
  const auto writer = bench.store().bulk_writer();
  const VertexKey thing{bench.store().intern_kind("ip"), 1};
  for (std::uint64_t i = 1; i <= kAccounts; ++i) {
    AccountRow row{.account = i, .cells = {}, .activity = {}, .facts = {}};
    row.cells.push_back({thing, kNoDay, 1, kNoTime, kNoTime});
    writer->add_row(row);
  }
  writer->commit();
  const MemoryNeed need{"this", [](std::size_t edges) { return edges << 20U; }};  // a MiB an edge
  for (const std::size_t fits : {std::size_t{1}, std::size_t{20'000}, kAccounts - 1}) {
    CAPTURE(fits);
    CHECK_THROWS_WITH_AS(load(bench.store(), {.window = {}, .memory_bytes = fits << 20U, .need = need}),
                         doctest::Contains("this needs about 30000 MiB"), Error);
  }
  CHECK(load(bench.store(), {.window = {}, .memory_bytes = kAccounts << 20U, .need = need}).accounts.size() ==
        kAccounts);
}

}  // namespace
}  // namespace ringscope
