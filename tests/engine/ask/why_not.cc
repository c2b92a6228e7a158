#include "engine/ask/why_not.h"

#include "tests/engine/ask/bench.h"

using namespace ringscope;
using namespace ringscope::testing;

TEST_CASE("why not: two that share nothing in the window fail the first test") {
  Bench bench;
  bench.add("ann", {{"ip", "a"}});
  bench.add("bob", {{"ip", "b"}});
  bench.add("ann", {{"ip", "late"}}, 2000);
  bench.add("bob", {{"ip", "late"}}, 2000);
  bench.publish_run();
  const auto why = bench.pair("ann", "bob");
  REQUIRE(why);
  CHECK(why->cause == WhyNotCause::nothing_shared);
  CHECK(why->needed == 25);
  const WhyAnswer answer = ringscope::why(bench.store(), "ann", "bob");
  REQUIRE(answer.shared.size() == 1);
  CHECK(answer.shared[0].verdict == ThingVerdict::outside_window);
  CHECK(bench.account("ann")->why.cause == WhyNotCause::nothing_shared);
  CHECK(bench.account("ann")->things.unshared == 1);
}

TEST_CASE("why not: hubs are told apart, each with how far it was from being none") {
  Bench bench;
  const std::vector<Seen> hubs = {{"ip", "nat"}, {"ip", "vpn"}, {"payment", "gift"}};
  for (const char* name : {"ann", "bob"}) bench.add(name, hubs);
  bench.hub(hubs[0], HubCause::over_cap, 4200);
  bench.hub(hubs[1], HubCause::uncorroborated, 80, 0.004F);
  bench.hub(hubs[2], HubCause::listed, 7);
  bench.publish_run();
  const auto why = bench.pair("ann", "bob");
  REQUIRE(why);
  CHECK(why->cause == WhyNotCause::hubs_only);
  CHECK(any_contains(why->details, "ip nat: 4200 accounts, 3200 over the limit of 1000"));
  CHECK(any_contains(why->details, "corroborate 0.40%, less than 1.00%"));
  CHECK(any_contains(why->details, "payment gift: 7 accounts, listed"));
  const auto account = bench.account("bob");
  CHECK(account->why.cause == WhyNotCause::hubs_only);
  CHECK(account->things.over_cap == 1);
  CHECK(account->things.listed == 1);
  CHECK(account->things.uncorroborated == 1);
  CHECK(account->partner.empty());
}

TEST_CASE("why not: a pair below the cut is told by how much, and what would have done") {
  Bench bench;
  bench.add("ann", {{"ip", "weak-1"}});
  bench.add("bob", {{"ip", "weak-1"}});
  bench.near("ann", "bob", 20);
  bench.publish_run();
  const auto why = bench.pair("ann", "bob");
  REQUIRE(why);
  CHECK(why->cause == WhyNotCause::below_cut);
  CHECK(why->value == doctest::Approx(20).epsilon(0.1));
  CHECK(why->needed == 25);
  CHECK(any_contains(why->details, "one more shared thing, of 0.5 bits or more"));
  CHECK(any_contains(why->details, "30% of its pairs; 50% would attach"));
  const auto account = bench.account("ann");
  CHECK(account->why.cause == WhyNotCause::below_cut);
  CHECK(account->partner == "bob");
  CHECK(account->partner_bits == 20);
  CHECK(account->things.evidence == 1);
}

TEST_CASE("why not: what was ingested after the run and would pass is said to be new") {
  Bench bench;
  bench.add("ann", {{"ip", "one"}, {"email", "two"}});
  bench.add("bob", {{"ip", "one"}});
  bench.add("cy", {{"email", "two"}});
  bench.publish_run();
  CHECK(bench.pair("ann", "bob")->cause == WhyNotCause::changed);
  CHECK(bench.pair("ann", "cy")->cause == WhyNotCause::changed);  // vouched for, not surprising
  CHECK(bench.account("ann")->why.cause == WhyNotCause::changed);
}

TEST_CASE("why not: a linked pair in two rings is drawn more to its own") {
  Bench bench;
  for (const char* name : {"ann", "amy", "bob", "ben"}) bench.add(name, {{"ip", name}});
  bench.link("ann", "amy", 40);
  bench.link("ann", "bob", 26);
  bench.link("bob", "ben", 40);
  bench.ring("R-a", Tier::ban, {"ann", "amy"});
  bench.ring("R-b", Tier::ban, {"bob", "ben"});
  bench.publish_run();
  const auto why = bench.pair("ann", "bob");
  REQUIRE(why);
  CHECK(why->cause == WhyNotCause::grouped_apart);
  CHECK(why->value == 24);   // 26 bits to two accounts of 1 bit each
  CHECK(why->needed == 39);  // 40 bits to one
  CHECK(any_contains(why->details, "40.0 bits over 1 link with 1 account of its own ring R-a"));
  CHECK(!bench.pair("ann", "amy"));
  CHECK(!bench.account("ann"));
}

TEST_CASE("why not: a linked account that shares too little of its own was left out of the ring") {
  Bench bench;
  std::vector<Seen> many = {{"ip", "one"}};
  for (int i = 0; i < 12; ++i) many.emplace_back("payment", fmt::format("own-{}", i));
  bench.add("ann", many);
  bench.add("bob", {{"ip", "one"}});
  bench.add("ben", {{"ip", "other"}});
  bench.link("ann", "bob", 30);
  bench.ring("R-b", Tier::ban, {"bob", "ben"});
  bench.publish_run();
  const auto why = bench.pair("ann", "bob");
  REQUIRE(why);
  CHECK(why->cause == WhyNotCause::incohesive);
  CHECK(why->value == doctest::Approx(9.0 / (9 + 12 * 10)));
  CHECK(why->needed == 0.1);
  CHECK(std::string(why->unit) == "share");
  CHECK(bench.account("ann")->why.cause == WhyNotCause::incohesive);
  CHECK(bench.account("ann")->partner == "bob");
}

TEST_CASE("why not: a linked account that shares enough and is in no ring was outweighed") {
  Bench bench;
  bench.add("ann", {{"ip", "one"}});
  bench.add("bob", {{"ip", "one"}});
  bench.link("ann", "bob", 1);
  bench.ring("R-b", Tier::ban, {"bob", "ben"});
  bench.publish_run();
  CHECK(bench.pair("bob", "ann")->cause == WhyNotCause::grouped_apart);
}

TEST_CASE("why not: an account that links alone would have grouped was told apart by what no link is made of") {
  Bench bench;
  bench.add("ann", {{"ip", "one"}});
  bench.add("bob", {{"ip", "one"}});
  bench.link("ann", "bob", 30);
  bench.ring("R-b", Tier::ban, {"bob", "ben"});
  bench.publish_run();
  CHECK(bench.pair("bob", "ann")->cause == WhyNotCause::told_apart);
}

TEST_CASE("why not: linked accounts that are fewer than a ring needs are said to be few") {
  Bench bench;
  bench.least_ring = 3;
  for (const char* name : {"ann", "bob"}) bench.add(name, {{"ip", "one"}});
  bench.link("ann", "bob", 30);
  bench.publish_run();
  const auto why = bench.pair("ann", "bob");
  REQUIRE(why);
  CHECK(why->cause == WhyNotCause::too_small);
  CHECK(why->value == 2);
  CHECK(why->needed == 3);
}

TEST_CASE("why not: a watched ring is told from what it lacks and from what speaks against it") {
  Bench bench;
  for (const char* name : {"ann", "bob"}) bench.add(name, {{"ip", "one"}});
  bench.link("ann", "bob", 30);
  Ring& ring = bench.ring("R-w", Tier::watch, {"ann", "bob"});
  ring.reasons = {"+2.0 shared", "-1.5 few requests"};
  ring.benign = {{"family", 0.2, "few"}, {"office", 0.7, "nights off"}};
  bench.publish_run();
  const auto why = bench.pair("ann", "bob");
  REQUIRE(why);
  CHECK(why->cause == WhyNotCause::low_score);
  CHECK(why->value == 0.25);
  CHECK(why->needed == 0.5);
  CHECK(any_contains(why->details, "-1.5 few requests"));
  CHECK(!any_contains(why->details, "+2.0"));
  CHECK(any_contains(why->details, "office (70%)"));
  CHECK(bench.account("ann")->why.cause == WhyNotCause::low_score);
}

TEST_CASE("why not: a run of an earlier program that kept no tests has no answer, and no error") {
  Bench bench;
  bench.add("ann", {{"ip", "one"}});
  bench.add("bob", {{"ip", "one"}});
  CHECK(!bench.view());
  std::vector<Ring> none;
  RunSummary old;
  publish(bench.store(), none, old, {});
  CHECK(!bench.view());
  const AccountPage page = account_page(bench.store(), "ann");
  CHECK(!page.why_not);
  CHECK(!page.entities.at(0).verdict);
  CHECK(nlohmann::json::parse(account_to_json(page)).at("why_not").is_null());
  CHECK(nlohmann::json::parse(why_to_json(why(bench.store(), "ann", "bob"))).at("why_not").is_null());
}
