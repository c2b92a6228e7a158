// Why not, and what expels, in a simulated world.
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
