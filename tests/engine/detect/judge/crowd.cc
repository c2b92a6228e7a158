#include "engine/detect/judge/crowd.h"

#include <algorithm>
#include <optional>
#include <string>

#include <doctest/doctest.h>

#include "engine/detect/judge/evidence.h"
#include "engine/detect/project/weigh.h"
#include "tests/engine/detect/town.h"

namespace ringscope {
namespace {

// Forty strangers, each with a card, on the entity for a day.
EntityUse strangers() {
  return {.users = 40, .churn = 0.8, .own_prompts = 0.95, .ages = 0.95, .payers = 0.95, .addresses = 0.9};
}

// The use of an address or a device of a town by everybody.
EntityUse use_in(const Store& store, const std::string& kind, const std::string& value) {
  const Snapshot snapshot = load(store, {});
  const Habits habits = load_habits(store, snapshot, {.facets = {}, .signup_bucket = kSecondsPerDay});
  std::optional<EntityUse> use;
  for (std::size_t layer = 0; layer < snapshot.layers.size(); ++layer) {
    if (snapshot.layers[layer].name != kind) continue;
    scan_names_of(store, snapshot, layer, [&](Vertex entity, std::string_view name) {
      if (name == value) use = use_of(snapshot, habits, entity, {});
    });
  }
  REQUIRE(use);
  return *use;
}

}  // namespace

TEST_CASE("crowd: what strangers meet on has a class by how they come and pay") {
  EntityUse use = strangers();
  CHECK(classify_crowd("ip", use).name == "carrier_nat");
  CHECK(classify_crowd("ip", use).probability > 0.9);
  CHECK(classify_crowd("payment", use).name == "reseller");
  CHECK(classify_crowd("fingerprint", use).name == "popular_device");
  CHECK(classify_crowd("wallet", use).name == "crowd");
  use.listed = EntityClass::vpn;
  CHECK(classify_crowd("ip", use).name == "vpn_exit");
  use = strangers();
  use.churn = 0.1;
  CHECK(classify_crowd("ip", use).name == "office");
  use.payers = 0.1;
  CHECK(classify_crowd("ip", use).name == "campus");
}

TEST_CASE("crowd: accounts that ask the same, or came at once, are no crowd of strangers") {
  for (const char* kind : {"ip", "payment", "fingerprint", "wallet"}) {
    EntityUse use = strangers();
    use.own_prompts = 0.2;
    CHECK(classify_crowd(kind, use).probability < kCrowdBinds);
    use = strangers();
    use.ages = 0.1;
    CHECK(classify_crowd(kind, use).probability < kCrowdBinds);
  }
}

TEST_CASE("crowd: nothing is said of few users, or of users nothing is known of") {
  EntityUse use = strangers();
  use.users = 7;
  CHECK(classify_crowd("ip", use).name.empty());
  use = strangers();
  use.own_prompts.reset();
  use.ages.reset();
  CHECK(classify_crowd("fingerprint", use).probability == 0);
}

TEST_CASE("crowd: a campus, a carrier and a reseller are told from a ring by who uses their things") {
  testing::Town town;
  town.add_ring();
  town.add_campus();
  town.add_reseller();
  const Scratch scratch("crowd");
  const auto store = town.stored(scratch);

  const EntityUse campus = use_in(*store, "ip", testing::Town::address("campus-0"));
  CHECK(campus.users > 150);
  CHECK(*campus.own_prompts > 0.9);
  CHECK(*campus.ages > 0.9);
  CHECK(!campus.payers);
  CHECK(classify_crowd("ip", campus).probability >= 0.5);
  const EntityUse carrier = use_in(*store, "ip", testing::Town::address("carrier-3"));
  CHECK(*carrier.payers > 0.9);
  CHECK(classify_crowd("ip", carrier).probability > 0.8);
  CHECK(classify_crowd("payment", use_in(*store, "payment", "reseller card")).name == "reseller");
  CHECK(classify_crowd("fingerprint", use_in(*store, "fingerprint", "model-7")).name == "popular_device");

  const EntityUse exit = use_in(*store, "ip", testing::Town::address("exit-0"));
  CHECK(exit.users == 24);
  CHECK(*exit.own_prompts < 0.1);
  CHECK(classify_crowd("ip", exit).probability < 0.1);
  CHECK(classify_crowd("fingerprint", use_in(*store, "fingerprint", "ring-device-0")).probability < 0.1);
}

TEST_CASE("crowd: a carrier stays in the receipt and makes its layer less exclusive, but ties nobody") {
  testing::Town town;
  const Scratch scratch("crowd");
  const auto store = town.stored(scratch);
  const Snapshot snapshot = load(*store, {});
  const Habits habits = load_habits(*store, snapshot, {.facets = {}, .signup_bucket = kSecondsPerDay});
  std::size_t layer = 0;
  while (snapshot.layers[layer].name != "ip") ++layer;
  std::optional<Vertex> carrier;
  scan_names_of(*store, snapshot, layer, [&](Vertex entity, std::string_view name) {
    if (name == testing::Town::address("carrier-3")) carrier = entity;
  });
  REQUIRE(carrier);
  const auto users = snapshot.graph().lefts_of(*carrier);
  const Group group{.members = {users.begin(), users.begin() + 3}, .cohesion = {}};
  const Weights weights = weigh(snapshot.graph(), {});

  const GroupEvidence alone = gather_evidence(snapshot, nullptr, weights, group);
  CHECK(alone.layers[layer].coverage == 1);
  const GroupEvidence evidence = gather_evidence(snapshot, &habits, weights, group);
  CHECK(evidence.layers[layer].coverage == 0);
  CHECK(evidence.layers[layer].exclusivity == alone.layers[layer].exclusivity);
  CHECK(evidence.layers[layer].exclusivity < 0.5);
  const auto receipt = std::ranges::find(evidence.shared, *carrier, &SharedEntity::entity);
  REQUIRE(receipt != evidence.shared.end());
  CHECK(receipt->crowd.probability >= kCrowdBinds);
  CHECK(receipt->bits < 0.5 * weights.bits(*carrier));
}

}  // namespace ringscope
