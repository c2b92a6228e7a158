#include "engine/ask/overlap.h"

#include <algorithm>
#include <numeric>

#include <doctest/doctest.h>
#include <fmt/format.h>

#include "engine/ask/account.h"
#include "engine/ask/read_run.h"
#include "engine/detect/publish.h"
#include "engine/export/shares.h"
#include "tests/engine/sample.h"

namespace ringscope {
namespace {

double sum_of(const std::vector<Share>& shares) {
  return std::accumulate(shares.begin(), shares.end(), 0.0,
                         [](double sum, const Share& one) { return sum + one.share; });
}

// ann, bob in R-1; cy, dan in R-2; bob is linked to both rings. R-1 has two tenants.
class Overlapping : public SampleStore {
 public:
  Overlapping() {
    Ring one = sample_ring(), two = sample_ring();
    one.id = "R-00000001";
    one.members = {sample_member("ann", 1.0), sample_member("bob", 0.9)};
    one.campaigns = {{.campaign = "north",
                      .confidence = 0.9,
                      .indicators = {{"payment", "card-1", 2, 2, 30, {}}},
                      .accounts = 3,
                      .capabilities = {}},
                     {.campaign = "south",
                      .confidence = 0.8,
                      .indicators = {{"ip", "192.0.2.1", 1, 3, 10, {"bob"}}},
                      .accounts = 1,
                      .capabilities = {}}};
    two.id = "R-00000002";
    two.members = {sample_member("cy", 1.0), sample_member("dan", 0.8)};
    two.campaigns.clear();
    std::vector<Ring> rings = {one, two};
    RunSummary run = sample_run();
    RunGraph graph;
    const KeyHash ann = hash_value("ann"), bob = hash_value("bob"), cy = hash_value("cy");
    graph.links = {{ann, {{bob, 30}}}, {bob, {{ann, 30}, {cy, 10}}}, {cy, {{bob, 10}}}};
    publish(store(), rings, run, graph);
  }
};

TEST_CASE("overlap: an account's shares in rings and campaigns sum to one, by links and by indicators") {
  Overlapping sample;
  const AccountOverlap bob = account_page(sample.store(), "bob").overlap;
  REQUIRE(bob.rings.size() == 2);
  CHECK(bob.rings[0].of == "R-00000001");
  CHECK(bob.rings[0].share == 0.75);
  CHECK(bob.rings[1].share == 0.25);
  REQUIRE(bob.campaigns.size() == 2);  // touches the card of the one and the address of the other: 30 to 10
  CHECK(bob.campaigns[0].of == "north");
  CHECK(bob.campaigns[0].share == 0.75);
  CHECK(sum_of(bob.campaigns) == 1);
  const AccountOverlap ann = account_page(sample.store(), "ann").overlap;
  CHECK(ann.rings.size() == 1);
  CHECK(sum_of(ann.rings) == 1);
  CHECK(ann.campaigns.size() == 1);
  const AccountOverlap cy = account_page(sample.store(), "cy").overlap;
  CHECK(cy.rings[0].of == "R-00000001");  // linked to bob alone
  CHECK(cy.campaigns.empty());
  const AccountOverlap dan = account_page(sample.store(), "dan").overlap;
  REQUIRE(dan.rings.size() == 1);  // no link: its own ring
  CHECK(dan.rings[0].of == "R-00000002");
  CHECK(dan.rings[0].share == 1);
}

TEST_CASE("overlap: exported, each account has a row for its own ring and for every other that it is linked to") {
  Overlapping sample;
  const auto rows = [&](const ExportFilter& filter) {
    std::vector<std::string> found;
    const std::uint64_t count = visit_shares(sample.store(), filter, [&](const ShareRow& row) {
      found.push_back(fmt::format("{} {} {} {} {}", row.account, row.ring, row.member, row.share, row.bits));
    });
    CHECK(count == found.size());
    std::ranges::sort(found);
    return found;
  };
  const std::vector<std::string> all = {"ann R-00000001 true 1 30",     "bob R-00000001 true 0.75 30",
                                        "bob R-00000002 false 0.25 10", "cy R-00000001 false 1 10",
                                        "cy R-00000002 true 0 0",       "dan R-00000002 true 1 0"};
  CHECK(rows({}) == all);
  CHECK(rows({.tiers = {Tier::watch}}).empty());
  std::string text;
  CHECK(write_shares_jsonl(sample.store(), {}, [&](std::string_view bytes) { text += bytes; }) == 6);
  CHECK(text.find(R"({"schema":"ringscope.account-share/1","account":"bob","ring":"R-00000002","member":false,)"
                  R"("share":0.25,"bits":10.0})"
                  "\n") != std::string::npos);
  if (!has_parquet()) return;
  std::string table;
  CHECK(write_shares_parquet(sample.store(), {}, [&](std::string_view bytes) { table += bytes; }) == 6);
  CHECK(table.starts_with("PAR1"));
}

TEST_CASE("overlap: a ring tells its tenants and the rings that its members are linked to") {
  Overlapping sample;
  const RingOverlap one = ring_overlap(sample.store(), find_ring(sample.store(), 1, "R-00000001"));
  CHECK(one.looked_at == 2);
  REQUIRE(one.rings.size() == 1);
  CHECK(one.rings[0].ring == "R-00000002");
  CHECK(one.rings[0].accounts == 0.25);
  CHECK(one.rings[0].members == 1);
  REQUIRE(one.tenants.size() == 2);
  CHECK(one.tenants[0].of == "north");
  CHECK(one.tenants[0].share == 0.75);
  CHECK(sum_of(one.tenants) == 1);
  const std::string account = account_to_json(account_page(sample.store(), "bob"));
  CHECK(account.find(R"("overlap":{"rings":[{"ring":"R-00000001","share":0.75})") != std::string::npos);
}

}  // namespace
}  // namespace ringscope
