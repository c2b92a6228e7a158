// Large groups that ask alike and that no honest explanation fits are worth a look, and no more by that alone.
#include <doctest/doctest.h>

#include "engine/ask/waterfall.h"
#include "engine/detect/judge/judge.h"
#include "tests/engine/detect/judge/explained.h"

namespace ringscope {
namespace {

using namespace testing;

// Hundreds on things of two kinds that differ as people do, and keep hours, work and addresses that no crowd does.
Traits crowd() {
  Traits traits = people();
  traits.likeness = {"fingerprint", "template"};
  traits.size = 300;
  traits.active_hours = 24;
  traits.hour_spread = 0.2;
  traits.capability_spread = 0.3;
  traits.template_overlap = 0.3;
  traits.common_places = 12;
  return traits;
}

double score_of(const Traits& traits, double honest) {
  Score sum;
  for (const Feature& feature : features_of(traits)) sum.add(feature.name, feature.value);
  return sum.final(honest);
}

TEST_CASE("unexplained: a reason would show of many accounts that ask alike") {
  CHECK(would_be_explained(crowd()) == 1);
  Traits few = crowd();
  few.size = 20;
  CHECK(would_be_explained(few) == 0);
  few.size = 40;
  CHECK(would_be_explained(few) == doctest::Approx(0.5));
  Traits things = crowd();  // strangers at one exit, customers of a reseller
  things.likeness = {"fingerprint", "ip"};
  CHECK(would_be_explained(things) == 0);
  Traits prompts = crowd();
  prompts.kinds.clear();
  prompts.likeness = {"template"};
  CHECK(would_be_explained(prompts) == 1);
  Traits unknown = crowd();
  unknown.has_activity = false;
  CHECK(would_be_explained(unknown) == 0);
}

TEST_CASE("unexplained: a crowd without a reason is to be reviewed, one with a reason is judged by what it does") {
  const Traits traits = crowd();
  Traits few = traits;
  few.size = 15;
  CHECK(score_of(few, 0) < 0.5);
  CHECK(score_of(traits, 0) == doctest::Approx(0.7));
  CHECK(score_of(traits, 0.25) > 0.5);
  CHECK(score_of(traits, 0.35) < 0.5);
  CHECK(score_of(traits, 1) < 0.05);
}

TEST_CASE("unexplained: by that alone nobody is banned, and a score above it stays as it is") {
  const JudgeOptions options;
  CHECK(score_of(crowd(), 0) < options.ban_score);
  Traits banned = crowd();
  banned.banned = 0.6;
  banned.capability_spread = 0;
  banned.hour_spread = 0;
  Score sum;
  for (const Feature& feature : features_of(banned)) sum.add(feature.name, feature.value);
  REQUIRE(sum.explained(0) > 0.7);
  CHECK(sum.final(0) == std::max(sum.explained(0), sum.with_bans(0)));
}

TEST_CASE("waterfall: that nothing honest explains so many is the last step") {
  Ring ring;
  for (Feature& feature : features_of(crowd())) ring.features.emplace_back(feature.name, feature.value);
  ring.score = score_of(crowd(), 0);
  const Waterfall told = waterfall_of(ring);
  CHECK(told.exact);
  CHECK(told.steps.back().name == "unexplained");
  CHECK(told.steps.back().score == ring.score);
}

}  // namespace
}  // namespace ringscope
