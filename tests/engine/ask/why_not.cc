#include "engine/ask/why_not.h"

#include <algorithm>
#include <map>

#include <doctest/doctest.h>
#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "engine/ask/account.h"
#include "engine/ask/expel.h"
#include "engine/ask/why.h"
#include "engine/detect/detect.h"
#include "engine/detect/publish.h"
#include "engine/ingest/ingest.h"
#include "engine/lab/simulate.h"
#include "tests/engine/lab/scratch.h"

using namespace ringscope;

namespace {

using Seen = std::pair<std::string, std::string>;  // kind, value

bool contains(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

bool any_contains(const std::vector<std::string>& texts, const std::string& part) {
  return std::any_of(texts.begin(), texts.end(), [&](const std::string& text) { return contains(text, part); });
}

// Accounts, what they touch, and a run made by hand. In its null model a shared thing of 10 bits comes about once in
// 2^20 pairs, one of 20 bits once in 2^30, and a pair needs 25 bits: so two things of 10 bits, or one of 20.
class Bench {
 public:
  Bench() : store_(Store::open(scratch_.path("db"), {.mode = OpenMode::create})) {}

  Store& store() { return *store_; }
  void add(const std::string& account, const std::vector<Seen>& seen, Day day = 100) {
    AccountRow row;
    row.account = hash_value(account);
    const auto writer = store_->live_writer();
    writer->add_name({{kAccountKind, row.account}, account});
    for (const auto& [kind, value] : seen) {
      const VertexKey key{store_->intern_kind(kind), hash_value(value)};
      writer->add_name({key, value});
      row.cells.push_back({key, day, 1, start_of_day(day), start_of_day(day) + 1});
      if (day <= run.window.last) ++accounts_[key];
    }
    std::sort(row.cells.begin(), row.cells.end());
    writer->add_row(row);
    writer->commit();
  }
  void link(const std::string& a, const std::string& b, float bits) {
    links_[hash_value(a)].push_back({hash_value(b), bits});
    links_[hash_value(b)].push_back({hash_value(a), bits});
  }
  void near(const std::string& a, const std::string& b, float bits) {
    graph_.nearest.push_back({hash_value(a), {{hash_value(b), bits}}});
  }
  void hub(const Seen& thing, HubCause cause, std::uint32_t accounts, float trust = 0) {
    const VertexKey key{store_->intern_kind(thing.first), hash_value(thing.second)};
    graph_.entities.push_back({key, accounts, 0, static_cast<std::uint8_t>(cause), trust});
    accounts_.erase(key);
  }
  Ring& ring(const std::string& id, Tier tier, const std::vector<std::string>& members) {
    Ring& ring = rings_.emplace_back();
    ring.id = id;
    ring.tier = tier;
    ring.score = tier == Tier::watch ? 0.25 : 0.99;
    for (const std::string& name : members) {
      Member& member = ring.members.emplace_back();
      member.account = hash_value(name);
      member.name = name;
    }
    return ring;
  }
  // Things called "weak…" are worth 10 bits, others 20.
  void publish_run() {
    run.tests = {.pair_cut = 25,
                 .hub_accounts = 1000,
                 .least_trust = 0.01,
                 .vouch_core = 0.9,
                 .vouch_attach = 0.5,
                 .resolution = 1,
                 .least_cohesion = 0.1,
                 .min_ring = least_ring,
                 .review_score = 0.5,
                 .ban_score = 0.95,
                 .ban_benign = 0.1};
    run.model.intensity = {{20, 0x1p-20}, {40, 0x1p-30}};
    for (const char* kind : {"email", "ip", "payment"}) {
      LayerModel& layer = run.model.layers.emplace_back();
      layer.kind = kind;
      layer.edges = 1024;
      layer.scales = {{1, 0.5F}, {50, 0.5F}};
      layer.vouches = {{1, 0.3F, 0.3F}};
    }
    run.model.layers[0].vouches = {{1, 0.6F, 0.6F}};  // an address of mail attaches by itself
    for (const auto& [key, accounts] : accounts_) {
      if (accounts < 2) continue;
      const bool weak = store_->name_of(key).value_or("").starts_with("weak");
      graph_.entities.push_back({key, accounts, weak ? 10.0F : 20.0F});
    }
    for (const auto& [account, links] : links_) graph_.links.push_back({account, links});
    publish(*store_, rings_, run, graph_);
  }

  std::optional<WhyNot> pair(const std::string& a, const std::string& b) {
    return why_not_pair(*view(), hash_value(a), hash_value(b));
  }
  std::optional<AccountWhyNot> account(const std::string& name) { return why_not_account(*view(), hash_value(name)); }
  std::optional<Expulsion> expulsion(const std::string& name, const ExpelOptions& options = {}) {
    return expulsion_of(*view(), hash_value(name), options);
  }
  std::unique_ptr<RunView> view() { return view_of(*store_, asked_run(*store_)); }

  RunSummary run = [] {
    RunSummary made;
    made.window = {0, 1000};
    return made;
  }();
  std::uint32_t least_ring = 2;

 private:
  Scratch scratch_{"why-not"};
  std::unique_ptr<Store> store_;
  std::map<VertexKey, std::uint32_t> accounts_;
  std::map<KeyHash, std::vector<StoredLink>> links_;
  std::vector<Ring> rings_;
  RunGraph graph_;
};

std::vector<std::string> values_of(const Expulsion& expulsion) {
  std::vector<std::string> values;
  values.reserve(expulsion.things.size());
  for (const ExpellingThing& thing : expulsion.things) values.push_back(thing.value);
  std::sort(values.begin(), values.end());
  return values;
}

}  // namespace

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

TEST_CASE("expel: one thing that all links hang on is enough, though more is shared") {
  Bench bench;
  bench.add("ann", {{"ip", "key"}, {"ip", "weak-1"}, {"ip", "weak-2"}});
  bench.add("bob", {{"ip", "key"}, {"ip", "weak-1"}});
  bench.add("cy", {{"ip", "key"}, {"ip", "weak-2"}});
  bench.link("ann", "bob", 30);
  bench.link("ann", "cy", 30);
  bench.ring("R-a", Tier::ban, {"ann", "bob", "cy"});
  bench.publish_run();
  const auto answer = bench.expulsion("ann");
  REQUIRE(answer);
  CHECK(answer->by == ExpelledBy::links);
  CHECK(values_of(*answer) == std::vector<std::string>{"key"});
  CHECK(answer->smallest);
  CHECK(answer->links == 2);
  CHECK(answer->things[0].members == 2);
  CHECK(answer->cohesion == 1);
  CHECK(!bench.expulsion("dan"));
}

TEST_CASE("expel: of things that only surprise together it is enough to take one from each pair") {
  Bench bench;
  bench.add("ann", {{"ip", "weak-1"}, {"ip", "weak-2"}, {"ip", "weak-3"}});
  bench.add("bob", {{"ip", "weak-1"}, {"ip", "weak-2"}});
  bench.add("cy", {{"ip", "weak-2"}, {"ip", "weak-3"}});
  bench.link("ann", "bob", 30);
  bench.link("ann", "cy", 30);
  bench.ring("R-a", Tier::ban, {"ann", "bob", "cy"});
  bench.publish_run();
  CHECK(values_of(*bench.expulsion("ann")) == std::vector<std::string>{"weak-2"});
  CHECK(bench.expulsion("ann")->smallest);
}

TEST_CASE("expel: a thing that vouches by itself must go, whatever the bits") {
  Bench bench;
  bench.add("ann", {{"email", "weak-m"}, {"ip", "weak-1"}, {"ip", "weak-2"}});
  bench.add("bob", {{"email", "weak-m"}, {"ip", "weak-1"}, {"ip", "weak-2"}});
  bench.link("ann", "bob", 30);
  bench.ring("R-a", Tier::ban, {"ann", "bob"});
  bench.publish_run();
  const auto answer = bench.expulsion("ann");
  // The mail and, of the addresses that still surprise together, one.
  CHECK(answer->things.size() == 2);
  const auto values = values_of(*answer);
  CHECK(std::find(values.begin(), values.end(), "weak-m") != values.end());
}

TEST_CASE("expel: where much of its own is not shared, less cohesion is the shorter way") {
  Bench bench;
  std::vector<Seen> mine = {{"ip", "one"}, {"ip", "two"}, {"ip", "three"}};
  for (int i = 0; i < 20; ++i) mine.emplace_back("payment", fmt::format("own-{}", i));
  bench.add("ann", mine);
  bench.add("bob", {{"ip", "one"}, {"ip", "x"}});
  bench.add("cy", {{"ip", "two"}});
  bench.add("dan", {{"ip", "three"}});
  for (const char* name : {"bob", "cy", "dan"}) bench.link("ann", name, 30);
  bench.ring("R-a", Tier::ban, {"ann", "bob", "cy", "dan"});
  bench.publish_run();
  const auto answer = bench.expulsion("ann");
  CHECK(answer->by == ExpelledBy::cohesion);
  CHECK(answer->things.size() == 1);
  CHECK(answer->smallest);
  CHECK(answer->cohesion == doctest::Approx(27.0 / 227));
}

TEST_CASE("expel: a tie that no test explains is cut by all that is shared, and then not proven smallest") {
  Bench bench;
  bench.add("ann", {{"ip", "weak-1"}});
  bench.add("bob", {{"ip", "weak-1"}});
  bench.link("ann", "bob", 20);
  bench.ring("R-a", Tier::ban, {"ann", "bob"});
  bench.publish_run();
  const auto answer = bench.expulsion("ann");
  CHECK(answer->unexplained == 1);
  CHECK(answer->things.size() == 1);
  CHECK(!answer->smallest);
}

TEST_CASE("expel: a tie stronger than what is shared explains is cut by no less than everything") {
  Bench bench;
  for (const char* name : {"ann", "bob"}) bench.add(name, {{"ip", "weak-1"}, {"ip", "weak-2"}, {"ip", "weak-3"}});
  bench.link("ann", "bob", 80);
  bench.ring("R-a", Tier::ban, {"ann", "bob"});
  bench.publish_run();
  const auto answer = bench.expulsion("ann");
  CHECK(answer->unexplained == 1);
  CHECK(answer->things.size() == 3);
  CHECK(!answer->smallest);
}

TEST_CASE("expel: a member of a pool that no link ties is held by no thing; a ring too large is not searched") {
  Bench bench;
  bench.add("ann", {{"ip", "weak-1"}});
  bench.add("bob", {{"ip", "weak-1"}});
  bench.ring("R-a", Tier::ban, {"ann", "bob"}).members[0].likeness = 3;
  bench.publish_run();
  const auto answer = bench.expulsion("ann");
  CHECK(answer->by == ExpelledBy::nothing);
  CHECK(answer->things.empty());
  CHECK(answer->likeness == 3);
  CHECK(contains(answer->meaning, "like the others in 3 kinds"));
  CHECK(bench.expulsion("ann", {.most_members = 1})->by == ExpelledBy::too_large);
}

namespace {

// A simulated world and its run.
class Detected {
 public:
  Detected() : store_(Store::open(scratch_.path("db"), {.mode = OpenMode::create})) {
    simulate({.out = scratch_.path("world"), .seed = 81, .accounts = 3000, .requests = 60'000});
    const std::vector<std::string> files{scratch_.path("world/events.jsonl")};
    IngestProgress reading;
    ingest(*store_, files, {}, reading);
    DetectProgress detecting;
    detection_ = detect(*store_, {}, detecting);
  }
  Store& store() { return *store_; }
  const Detection& detection() const { return detection_; }
  std::vector<KeyHash> accounts() const {
    std::vector<KeyHash> keys;
    store_->scan_cells({}, [&](KeyHash account, std::span<const Cell>) { keys.push_back(account); });
    return keys;
  }

 private:
  Scratch scratch_{"why-not"};
  std::unique_ptr<Store> store_;
  Detection detection_;
};

Detected& detected() {
  static Detected world;
  return world;
}

double bits_of(const std::vector<Thing>& things) {
  double bits = 0;
  for (const Thing& thing : things) bits += thing.bits;
  return bits;
}

}  // namespace

TEST_CASE("why not: the store gives the surprise of every pair again as the run had it, bit for bit") {
  const auto view = view_of(detected().store(), asked_run(detected().store()));
  REQUIRE(view);
  std::uint64_t nearest = 0, links = 0, enriched = 0;
  for (const KeyHash key : detected().accounts()) {
    const AccountThings mine = view->things_of(key);
    if (const auto near = detected().store().nearest_of(view->run().run, key)) {
      const AccountThings theirs = view->things_of(near->other);
      ++nearest;
      CHECK(view->surprise(mine, theirs, bits_of(RunView::shared(mine, theirs))) == static_cast<double>(near->bits));
      CHECK(static_cast<double>(near->bits) < view->tests().pair_cut);
      CHECK(detected().store().links_of(view->run().run, key).empty());
    }
    for (const StoredLink& link : detected().store().links_of(view->run().run, key)) {
      const AccountThings theirs = view->things_of(link.other);
      const std::vector<Thing> shared = RunView::shared(mine, theirs);
      const double surprise = view->surprise(mine, theirs, bits_of(shared));
      const bool vouched =
          std::any_of(shared.begin(), shared.end(), [&](const Thing& thing) { return view->vouches(thing); });
      ++links;
      if (surprise >= view->tests().pair_cut || vouched) {
        CHECK(static_cast<double>(link.bits) == std::max(1.0, surprise));
      } else {
        ++enriched;
      }
    }
  }
  CHECK(nearest > 100);
  CHECK(links > 1000);
  CHECK(enriched * 10 < links);
}

TEST_CASE("expel: without what is named no pair with a member passes, and with one of them back some pair does") {
  const auto view = view_of(detected().store(), asked_run(detected().store()));
  int proven = 0;
  for (const Ring& ring : detected().detection().rings) {
    if (ring.tier == Tier::watch) continue;
    for (std::size_t m = 0; m < std::min<std::size_t>(ring.members.size(), 5); ++m) {
      const KeyHash key = ring.members[m].account;
      const auto answer = expulsion_of(*view, key);
      REQUIRE(answer);
      if (answer->by != ExpelledBy::links || answer->unexplained > 0) continue;
      ++proven;
      const AccountThings mine = view->things_of(key);
      // Whether a link to a member is left when the things but one (none: past the end) are gone.
      const auto holds_without = [&](std::size_t kept) {
        const auto gone = [&](const Thing& thing) {
          for (std::size_t i = 0; i < answer->things.size(); ++i) {
            if (i != kept && view->thing_name(thing.entity) == answer->things[i].kind + " " + answer->things[i].value)
              return true;
          }
          return false;
        };
        return std::any_of(ring.members.begin(), ring.members.end(), [&](const Member& member) {
          if (member.account == key) return false;
          const AccountThings theirs = view->things_of(member.account);
          std::vector<Thing> shared = RunView::shared(mine, theirs);
          std::erase_if(shared, gone);
          return view->surprise(mine, theirs, bits_of(shared)) >= view->tests().pair_cut ||
                 std::any_of(shared.begin(), shared.end(), [&](const Thing& thing) { return view->vouches(thing); });
        });
      };
      CHECK(!holds_without(answer->things.size()));
      for (std::size_t kept = 0; answer->smallest && kept < answer->things.size(); ++kept) CHECK(holds_without(kept));
    }
  }
  CHECK(proven > 5);
}

TEST_CASE("why not: every account of a simulated world is in a ring worth looking at or has a reason why not") {
  const auto view = view_of(detected().store(), asked_run(detected().store()));
  std::map<WhyNotCause, int> causes;
  for (const KeyHash key : detected().accounts()) {
    const auto stored = detected().store().find_member(view->run().run, key);
    const auto answer = why_not_account(*view, key);
    if (!stored) REQUIRE(answer);
    if (!answer) continue;
    ++causes[answer->why.cause];
    CHECK(answer->why.cause != WhyNotCause::changed);
    const bool enough = answer->why.cause == WhyNotCause::told_apart;
    if (answer->why.cause != WhyNotCause::changed) CHECK((answer->why.value >= answer->why.needed) == enough);
  }
  CHECK(causes.size() >= 4);
}
