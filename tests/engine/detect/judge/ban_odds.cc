// What bans say of a group, by themselves and against an honest explanation.
#include "engine/detect/judge/ban_odds.h"

#include <algorithm>
#include <cmath>
#include <utility>
#include <vector>

#include <doctest/doctest.h>

#include "engine/ask/waterfall.h"
#include "engine/detect/judge/score_model.h"
#include "tests/engine/detect/judge/explained.h"

namespace ringscope {
namespace {

TEST_CASE("ban odds: more bans than elsewhere speak for an operator, by what is usual there") {
  CHECK(ban_odds(0, 20, 0.01) == 0);
  CHECK(ban_odds(1, 20, 0.0001) == 0);  // one happens to everybody
  CHECK(ban_odds(3, 20, 0.003) > 2);
  CHECK(ban_odds(3, 20, 0.1) == 0);
  for (std::size_t banned = 2; banned <= 6; ++banned) {
    CAPTURE(banned);
    CHECK(ban_odds(banned, 20, 0.01) >= ban_odds(banned, 20, 0.03));
    CHECK(ban_odds(banned, 20, 0.01) >= ban_odds(banned, 40, 0.01));
    CHECK(ban_odds(banned, 20, 0.01) >= ban_odds(banned - 1, 20, 0.01));
    CHECK(ban_odds(banned, 20, 0.01) <= kMostBanOdds);
  }
}

TEST_CASE("ban odds: a group all of which is banned may have been a mistake") {
  CHECK(ban_odds(30, 30, 0.01) == 0);
  CHECK(ban_odds(27, 30, 0.01) < 1);
  CHECK(ban_odds(10, 30, 0.01) == kMostBanOdds);
}

// Groups of fifty, of which so many are banned each, and what is known of their members.
struct Crowds {
  std::vector<Group> groups;
  Profiles profiles;

  void add(std::size_t count, std::size_t banned) {
    for (std::size_t g = 0; g < count; ++g) {
      groups.emplace_back();
      for (std::size_t m = 0; m < 50; ++m) {
        groups.back().members.push_back(static_cast<Vertex>(profiles.accounts.size()));
        profiles.accounts.push_back(groups.back().members.back());
        profiles.of.emplace_back();
        if (m < banned) profiles.of.back().facts.status = StatedFact("banned", 0);
      }
    }
  }
};

TEST_CASE("ban odds: what is usual is told by the groups whose bans are, where many in no group are banned") {
  Crowds crowds;
  crowds.profiles.population.banned = 0.04;  // operators who were not found are among those
  CHECK(usual_bans(crowds.groups, crowds.profiles) == 0.04);
  crowds.add(100, 0);
  crowds.add(100, 1);
  crowds.add(20, 15);  // operators
  const double usual = usual_bans(crowds.groups, crowds.profiles);
  CHECK(usual == doctest::Approx((100 + 40) / 11'000.0));
  Crowds many = crowds;
  many.add(100, 5);
  CHECK(usual_bans(many.groups, many.profiles) > usual);
  many.profiles.population.banned = 0.001;
  CHECK(usual_bans(many.groups, many.profiles) == 0.001);  // no more than elsewhere
}

TEST_CASE("ban odds: the distributions are those that are documented") {
  // 2 of 3, one in four elsewhere: every honest outcome has a chance that can be worked out by hand.
  const double everybody = 3 * (25.0 * 26 * 75) / (100.0 * 101 * 102);
  const double mistaken = 3 * (4.0 * 5 * 1) / (5.0 * 6 * 7);
  const double caught = 3 * (1.0 * 2 * 4) / (5.0 * 6 * 7);
  const double honest = 0.97 * everybody + 0.03 * mistaken;
  CHECK(ban_odds(2, 3, 0.25) == doctest::Approx(std::max(0.0, std::log(0.5 + 0.5 * caught / honest))));
  const double rare = 0.97 * 3 * (1.0 * 2 * 99) / (100.0 * 101 * 102) + 0.03 * mistaken;
  CHECK(ban_odds(2, 3, 0.01) == doctest::Approx(std::log(0.5 + 0.5 * caught / rare)));
}

TEST_CASE("score: bans are set against a doubtful explanation, not against a certain one") {
  const auto score = [](double banned, double odds, double honest) {
    Score sum;
    sum.add("base", 1);
    sum.add("roaming", 1);
    sum.add("banned", banned);
    sum.add("ban_odds", odds);
    return std::pair(sum.explained(honest), sum.final(honest));
  };
  const auto [before, after] = score(0.3, 4, 0.8);
  CHECK(before < 0.3);
  CHECK(after > 0.8);
  CHECK(score(0.3, 4, 1).second == score(0.3, 4, 1).first);
  CHECK(score(1, 0, 0).second == score(1, 0, 0).first);  // what the feature says is not lost
  CHECK(score(0.3, 0, 0.8).second == score(0.3, 0, 0.8).first);
  CHECK(score(0, 4, 0).second > score(0, 0, 0).second);
}

TEST_CASE("score: bans that have taken the explanations away are not counted against them once more") {
  Traits traits = testing::colleagues();
  traits.banned = 0.05;
  traits.ban_chance = 1e-4;
  traits.ban_odds = 3;
  traits.renewed = 0;
  CHECK(testing::feature(traits, "ban_odds") == 3);
  traits.renewed = 0.5;
  CHECK(testing::feature(traits, "ban_odds") == doctest::Approx(3 * (1 - evades(traits))));
  CHECK(testing::feature(traits, "ban_odds") < 2);
  traits.banned = 0.5;
  CHECK(testing::feature(traits, "ban_odds") == 0);
}

TEST_CASE("waterfall: bans that outweigh an explanation are its last step") {
  Ring ring;
  ring.features = {{"base", 1}, {"roaming", 1}, {"banned", 0.3}, {"ban_odds", 4}};
  ring.benign = {{"course", 0.8, "each on his own days"}};
  Score sum;
  for (const auto& [name, value] : ring.features) sum.add(name, value);
  ring.score = sum.final(0.8);
  const Waterfall told = waterfall_of(ring);
  CHECK(told.exact);
  REQUIRE(told.steps.size() >= 2);
  CHECK(told.steps.back().name == "ban_odds");
  CHECK(told.steps.back().score == ring.score);
  CHECK(told.steps[told.steps.size() - 2].score == doctest::Approx(sum.explained(0.8)));
  ring.benign.front().probability = 1;
  ring.score = sum.final(1);
  CHECK(waterfall_of(ring).steps.back().name == "honest: course");
}

}  // namespace
}  // namespace ringscope
