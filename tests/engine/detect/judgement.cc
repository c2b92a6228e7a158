// What is made of a group's traits alone: score, tier and honest explanations.
#include <algorithm>
#include <cmath>
#include <functional>
#include <optional>
#include <set>

#include <doctest/doctest.h>

#include "engine/detect/judge/judge.h"
#include "engine/detect/judge/score_model.h"
#include "tests/engine/detect/judge/explained.h"

namespace ringscope {
namespace {

using testing::explained;

// What an obvious ring's traits look like.
Traits obvious() {
  Traits traits;
  traits.size = 30;
  traits.cohesion = 0.9;
  traits.kinds = {0, 1, 2};
  traits.coverage = 1;
  traits.exclusivity = 1;
  traits.payers = 0.1;
  traits.payer_reach = 0.3;
  traits.addresses = 1;
  traits.address_reach = 0.2;
  traits.has_activity = traits.has_templates = traits.has_capabilities = true;
  traits.daily_requests = 100;
  traits.active_hours = 24;
  traits.weekend_share = 2.0 / 7;
  traits.template_repetition = traits.template_overlap = 0.9;
  traits.capability_excess = 1;
  traits.synchrony = 0.9;
  traits.active_days = 25;
  traits.busiest_day = 0.05;
  traits.member_days = 20;
  traits.signup_hour = 0.2;
  return traits;
}

TEST_CASE("judge: a ban needs two kinds of evidence, activity, a high score and no honest explanation above a tenth") {
  REQUIRE(judge(obvious(), {}).tier == Tier::ban);
  Traits one_kind = obvious();
  one_kind.kinds = {0};
  CHECK(judge(one_kind, {.ban_score = 0.0, .ban_benign = 1.0}).tier != Tier::ban);
  one_kind.likeness = {"template", "ip"};  // independent kinds, found another way
  CHECK(judge(one_kind, {.ban_score = 0.0, .ban_benign = 1.0}).tier == Tier::ban);
  Traits unseen = obvious();
  unseen.has_activity = false;
  CHECK(judge(unseen, {.ban_score = 0.0, .ban_benign = 1.0}).tier != Tier::ban);
  Traits explained = obvious();
  explained.payer_reach = 0.66;  // one payer, more or less, on few addresses: explained by a fifth
  explained.addresses = 0.1;
  CHECK(judge(explained, {.ban_score = 0.0}).benign.front().probability > 0.1);
  CHECK(judge(explained, {.ban_score = 0.0}).tier != Tier::ban);
  CHECK(judge(explained, {.ban_score = 0.0, .ban_benign = 0.5}).tier == Tier::ban);
  CHECK(judge(obvious(), {.ban_score = 1.0}).tier == Tier::review);
  CHECK(judge(obvious(), {.ban_score = 1.0, .review_score = 1.0}).tier == Tier::watch);
}

TEST_CASE("judge: by itself a ban begins at a score of .9, a review at .5") {
  Traits traits = obvious();
  traits.template_overlap = 0.3;
  traits.synchrony = 0.3;
  traits.daily_requests = 20;
  traits.shares_payment = true;
  traits.payers = 1;
  traits.capability_spread = 0.05;
  traits.rate_spread = 1;
  int near = 0;  // scores between .9 and .95
  std::set<Tier> tiers;
  for (int step = 0; step <= 900; ++step) {
    traits.cohesion = step / 1000.0;
    const Judgement judgement = judge(traits, {});
    REQUIRE(judgement.benign.front().probability <= 0.1);
    const Tier wanted = judgement.score >= 0.9 ? Tier::ban : judgement.score >= 0.5 ? Tier::review : Tier::watch;
    CHECK(judgement.tier == wanted);
    tiers.insert(judgement.tier);
    near += judgement.score >= 0.9 && judgement.score < 0.95 ? 1 : 0;
  }
  CHECK(near > 3);
  CHECK(tiers.size() == 3);
}

TEST_CASE("judge: the score is that of the findings, less what an honest explanation takes") {
  Traits traits = obvious();
  for (const double reach : {0.3, 0.65, 0.7, 0.8, 1.0}) {
    traits.payer_reach = reach;
    traits.addresses = 0.1;
    const Judgement judgement = judge(traits, {});
    double nats = 0;
    for (const Finding& finding : judgement.findings) nats += finding.nats;
    const double ring = 1 / (1 + std::exp(-nats));
    const double honest = judgement.benign.front().probability;
    CHECK(judgement.score == doctest::Approx(ring * (1 - 0.9 * honest)));
    CHECK(honest == doctest::Approx(std::clamp((reach - 0.6) / 0.25, 0.0, 1.0)));
    CHECK(std::ranges::is_sorted(judgement.findings, std::ranges::greater{},
                                 [](const Finding& finding) { return std::abs(finding.nats); }));
    CHECK(std::ranges::is_sorted(judgement.benign, std::ranges::greater{}, &BenignHypothesis::probability));
  }
}

TEST_CASE("judge: people who signed up over months are likelier a body of people than accounts made for a campaign") {
  Traits shops = obvious();  // a chain: lines and cards of their own, one mail domain, the same prompts by day
  shops.payers = 1.0;
  shops.shares_payment = false;
  shops.common_addresses = 0;
  shops.house_domain = 1;
  shops.active_hours = 14;
  shops.active_days = 30;
  shops.synchrony = 0.6;
  const auto organisation = [&](std::optional<double> days) {
    shops.signup_span = days;
    return explained(shops, "organisation");
  };
  const double unknown = organisation({});
  CHECK(unknown > 0.1);
  CHECK(organisation(10) == unknown);
  CHECK(organisation(30) == unknown);
  CHECK(organisation(90) == doctest::Approx(2 * unknown));
  CHECK(organisation(60) == doctest::Approx(1.5 * unknown));
  CHECK(organisation(400) == organisation(90));
  shops.payers = 0.3;  // a card for each owner of several shops
  shops.paying = 1;
  shops.payer_reach = 0.4;
  CHECK(organisation(30) == 0);
  CHECK(organisation({}) == 0);
  CHECK(organisation(90) == doctest::Approx(unknown));
  shops.payers = 1.0;
  shops.common_addresses = 9;  // a pool of addresses: whatever its age
  CHECK(organisation(400) == 0);
  shops.common_addresses = 0;
  shops.synchrony = 0.4;  // a course: each on his own days
  shops.daily_requests = 10;
  shops.house_domain = 0;
  shops.signup_span = 400;
  CHECK(explained(shops, "course") == doctest::Approx(0.8));
  shops.signup_span = 10;
  CHECK(explained(shops, "course") == doctest::Approx(0.4));
}

TEST_CASE("judge: bans count by their share, or where chance cannot have them in any of thousands of groups") {
  const auto nats = [](double share, std::optional<double> chance) {
    Traits traits = obvious();
    traits.banned = share;
    traits.ban_chance = chance;
    double sum = 0;
    for (const Finding& finding : judge(traits, {}).findings) sum += finding.feature == "banned" ? finding.nats : 0.0;
    return sum;
  };
  const double most = weight_of("banned");
  CHECK(nats(0.1, {}) == doctest::Approx(0.3 * most));
  CHECK(nats(0.1, 0.01) == doctest::Approx(0.3 * most));
  CHECK(nats(0.1, 1e-6) == doctest::Approx(0.6 * most));
  CHECK(nats(0.5, 0.5) == doctest::Approx(most));
  // What no rate of mistakes has goes on counting.
  CHECK(nats(0.1, 1e-11) == doctest::Approx(1.35 * most));
  CHECK(nats(0.5, 1e-16) == doctest::Approx(1.7 * most));
  CHECK(nats(0.5, 0.0) == doctest::Approx(1.7 * most));  // too small for a double
}

TEST_CASE("judge: a smooth sum speaks for a ring; even turns alone bring it to review, never to a ban") {
  const auto nats = [](const Traits& traits) {
    double sum = 0;
    for (const Finding& finding : judge(traits, {}).findings) sum += finding.nats;
    return sum;
  };
  Traits smooth = obvious();
  smooth.traffic_ratio = 0.3;
  smooth.traffic_p = 1e-9;
  CHECK(nats(smooth) == doctest::Approx(nats(obvious()) + weight_of("smooth_traffic")));
  smooth.traffic_p = 0.01;  // may be chance
  CHECK(nats(smooth) == doctest::Approx(nats(obvious())));
  Traits even = obvious();
  even.turns_z = -50;  // so are jobs by the clock
  CHECK(nats(even) == doctest::Approx(nats(obvious())));
  // What dispatch.h finds: nothing shared, people's hours and wishes.
  Traits dispatched;
  dispatched.size = 5000;
  dispatched.likeness = {"traffic"};
  dispatched.has_activity = true;
  dispatched.daily_requests = 5.6;
  dispatched.active_hours = 20;
  dispatched.weekend_share = 0.28;
  dispatched.capability_excess = 0.05;
  dispatched.synchrony = 1;
  dispatched.active_days = 30;
  dispatched.member_days = 30;
  dispatched.turns_z = -200;
  CHECK(judge(dispatched, {.ban_score = 0}).tier == Tier::review);
  dispatched.turns_z = 0;
  CHECK(judge(dispatched, {}).tier == Tier::watch);
}

TEST_CASE("judge: what speaks against a ring lowers its score") {
  const double score = judge(obvious(), {}).score;
  const auto scored = [](auto change) {
    Traits traits = obvious();
    change(traits);
    return judge(traits, {}).score;
  };
  CHECK(scored([](Traits& t) { t.kinds = {0}; }) < score);
  CHECK(scored([](Traits& t) { t.cohesion = 0.2; }) < score);
  CHECK(scored([](Traits& t) { t.exclusivity = 0.1; }) < score);
  CHECK(scored([](Traits& t) { t.template_overlap = 0; }) < score);
  CHECK(scored([](Traits& t) { t.active_hours = 10; }) < score);
  CHECK(scored([](Traits& t) { t.weekend_share = 0.02; }) < score);
  CHECK(scored([](Traits& t) { t.daily_requests = 2; }) < score);
  CHECK(scored([](Traits& t) { t.capability_excess = 0; }) < score);
  CHECK(scored([](Traits& t) { t.synchrony = 0.1; }) < score);
  CHECK(scored([](Traits& t) { t.banned = 0.5; }) > score);
}

}  // namespace
}  // namespace ringscope
