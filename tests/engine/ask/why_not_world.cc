// Why not, and what expels, in a simulated world.
#include <algorithm>
#include <map>
#include <set>

#include <doctest/doctest.h>
#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "engine/ask/account.h"
#include "engine/ask/expel.h"
#include "engine/ask/link_break.h"
#include "engine/ask/waterfall.h"
#include "engine/ask/why.h"
#include "engine/detect/detect.h"
#include "engine/detect/index/held_things.h"
#include "engine/detect/publish.h"
#include "engine/ingest/ingest.h"
#include "engine/lab/simulate.h"
#include "tests/engine/lab/scratch.h"

using namespace ringscope;

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

TEST_CASE("held things: the run counts of every ring what its members' rows say") {
  const Store& store = detected().store();
  const auto view = view_of(store, asked_run(store));
  std::size_t things = 0, hubs = 0;
  for (const Ring& ring : detected().detection().rings) {
    CAPTURE(ring.id);
    std::map<VertexKey, std::uint32_t> counts;
    for (const Member& member : ring.members) {
      for (const Thing& thing : view->keys_of(member.account).things) ++counts[thing.entity];
    }
    std::vector<HeldThing> rows;
    for (const auto& [thing, members] : counts) {
      if (members > 1) rows.push_back({thing, members});
    }
    const auto held = held_things(store, view->run().run, ring.id);
    REQUIRE(held);
    CHECK(*held == rows);
    things += rows.size();
    for (const HeldThing& one : rows) {
      const auto known = store.find_entity(view->run().run, one.thing);
      hubs += known && known->bits == 0 ? 1 : 0;
    }
  }
  CHECK(things > 500);
  CHECK(hubs > 0);
  CHECK(!held_things(store, view->run().run, "R-nobody"));
}

TEST_CASE("why not: every account of a simulated world is in a ring worth looking at or has a reason why not") {
  const auto view = view_of(detected().store(), asked_run(detected().store()));
  std::map<WhyNotCause, int> causes;
  for (const KeyHash key : detected().accounts()) {
    const auto stored = detected().store().find_place(view->run().run, key);
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

TEST_CASE("link break: without the things named the pair misses the cut, and each of them is needed") {
  const auto view = view_of(detected().store(), asked_run(detected().store()));
  REQUIRE(view);
  int asked = 0, several = 0;
  for (const KeyHash key : detected().accounts()) {
    for (const StoredLink& link : detected().store().links_of(view->run().run, key)) {
      if (link.other < key || ++asked % 7 != 0) continue;
      const auto breaks = link_break(*view, key, link.other);
      REQUIRE(breaks);
      if (!breaks->smallest) continue;
      const AccountThings mine = view->things_of(key), theirs = view->things_of(link.other);
      std::vector<Thing> left;
      for (const Thing& thing : RunView::shared(mine, theirs)) {
        const std::string name = view->thing_name(thing.entity);
        const bool gone = std::any_of(breaks->things.begin(), breaks->things.end(),
                                      [&](const BreakingThing& one) { return one.kind + " " + one.value == name; });
        if (!gone) left.push_back(thing);
      }
      CHECK(view->surprise(mine, theirs, bits_of(left)) < view->tests().pair_cut);
      CHECK(std::none_of(left.begin(), left.end(), [&](const Thing& thing) { return view->vouches(thing); }));
      REQUIRE(!breaks->things.empty());
      const BreakingThing& least = breaks->things.back();
      const bool links = view->surprise(mine, theirs, bits_of(left) + least.bits) >= view->tests().pair_cut;
      CHECK((links || least.vouches));
      several += breaks->things.size() > 1 ? 1 : 0;
    }
  }
  CHECK(asked > 500);
  CHECK(several > 10);
}

TEST_CASE("why: other chains go through other accounts, and not by the link of the two") {
  const Store& store = detected().store();
  const auto name = [&](KeyHash key) { return store.name_of({kAccountKind, key}).value_or("?"); };
  int found = 0;
  for (const Ring& ring : detected().detection().rings) {
    if (ring.members.size() < 5 || found > 20) continue;
    const KeyHash a = ring.members[0].account;
    const auto links = store.links_of(1, a);
    if (links.empty()) continue;
    const WhyAnswer answer = why(store, name(a), name(links.front().other));
    CHECK(answer.path_end == PathEnd::found);
    std::vector<std::string> passed;
    for (const auto& chain : answer.alternatives) {
      CHECK(chain.size() >= 2);
      CHECK(chain.front().from == answer.a);
      CHECK(chain.back().to == answer.b);
      for (std::size_t i = 0; i + 1 < chain.size(); ++i) {
        CHECK(std::find(passed.begin(), passed.end(), chain[i].to) == passed.end());
        passed.push_back(chain[i].to);
      }
    }
    found += answer.alternatives.empty() ? 0 : 1;
  }
  CHECK(found > 3);
}

TEST_CASE("waterfall: the steps of every ring end at its score") {
  int honest = 0;
  for (const Ring& ring : detected().detection().rings) {
    const Waterfall waterfall = waterfall_of(ring);
    REQUIRE(!waterfall.steps.empty());
    CHECK(waterfall.exact);
    CHECK(waterfall.steps.front().name == "base");
    CHECK(waterfall.steps.back().score == doctest::Approx(ring.score).epsilon(1e-9));
    for (const ScoreStep& step : waterfall.steps) {
      CHECK(!step.title.empty());
      CHECK(step.title != step.name);
      honest += step.name.starts_with("honest") ? 1 : 0;
    }
    // Every finding among the reasons is said by the step of its weight, once.
    std::multiset<std::string> findings, said;
    for (const std::string& reason : ring.reasons) {
      if (reason.starts_with('+') || reason.starts_with('-')) findings.insert(reason);
    }
    for (const ScoreStep& step : waterfall.steps) {
      if (!step.said.empty()) said.insert(fmt::format("{:+.1f} {}", step.nats, step.said));
    }
    CHECK(!findings.empty());
    CHECK(said == findings);
  }
  CHECK(honest > 0);
  Ring ring = detected().detection().rings.front();
  ring.engine = EngineWord{ring.tier, ring.score};
  ring.score = 0;
  CHECK(waterfall_of(ring).steps.back().name == "verdict");
  CHECK(waterfall_of(ring).steps.back().score == 0);
  ring.engine->score = 0.123;
  CHECK(!waterfall_of(ring).exact);
}
