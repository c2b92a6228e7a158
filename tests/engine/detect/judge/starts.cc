// Old accounts that were silent and woke together are bought ones; people who signed up long ago ask all along.
#include "engine/detect/judge/starts.h"

#include <functional>
#include <optional>
#include <vector>

#include <doctest/doctest.h>

#include "tests/engine/detect/judge/explained.h"

namespace ringscope {
namespace {

using testing::explained;
using testing::feature;

constexpr Day kFirst = 20'000;

// Signed up so many days before the log begins, and first asked on a day of it.
Profile account(int age, Day start) {
  Profile profile;
  profile.facts.created = Seconds{kFirst - age} * kSecondsPerDay;
  profile.days = {{kFirst + start, 1}, {kFirst + start + 1, 3}};
  return profile;
}

// Forty accounts a year old, of which the i-th first asked on day start(i).
std::vector<Profile> forty(const std::function<Day(int)>& start, int age = 365) {
  std::vector<Profile> profiles;
  profiles.reserve(40);
  for (int i = 0; i < 40; ++i) profiles.push_back(account(age, start(i)));
  return profiles;
}

double woken(const std::vector<Profile>& profiles, std::optional<Day> usual_start) {
  std::vector<const Profile*> of;
  of.reserve(profiles.size());
  for (const Profile& profile : profiles) of.push_back(&profile);
  Population population;
  population.usual_start = usual_start;
  return woken_together(of, population);
}

}  // namespace

TEST_CASE("starts: half of the old accounts had asked by the usual day, new ones do not count") {
  std::vector<Profile> all = forty([](int i) { return i / 10; });
  for (int i = 0; i < 100; ++i) all.push_back(account(0, 10));
  CHECK(usual_start(all) == kFirst + 2);
  all.resize(29);
  CHECK(!usual_start(all));
  CHECK(!usual_start({}));
}

TEST_CASE("starts: silent for days after everybody and begun within a few") {
  const Day usual = kFirst + 1;
  CHECK(woken(forty([](int i) { return 10 + i % 3; }), usual) == 1);
  CHECK(woken(forty([](int i) { return i % 3; }), usual) == 0);              // as everybody
  CHECK(woken(forty([](int i) { return 10 + i % 3; }), kFirst + 10) == 0);   // back from the holidays, as all
  CHECK(woken(forty([](int i) { return 2 + i / 2; }), usual) < 0.2);         // who seldom asks
  CHECK(woken(forty([](int i) { return 10 + i % 3; }, -8), usual) == 0);     // signed up for it
  CHECK(woken(forty([](int i) { return i < 20 ? 0 : 12; }), usual) == 0);    // half had asked before
  CHECK(woken(forty([](int i) { return 10 + i % 3; }), std::nullopt) == 0);  // not known what is usual
  CHECK(woken({}, usual) == 0);
}

TEST_CASE("starts: of accounts that were woken, age is no excuse") {
  Traits traits;
  traits.size = 40;
  traits.has_activity = true;
  traits.active_days = 30;
  traits.daily_requests = 5;
  traits.synchrony = 0.3;
  traits.signup_span = 300;
  traits.signup_share = 1;
  CHECK(explained(traits, "course") == doctest::Approx(0.8));
  CHECK(feature(traits, "grown") == 1);
  CHECK(feature(traits, "made_at_once") == 0);
  traits.woken = 1;
  CHECK(explained(traits, "course") == doctest::Approx(0.4));
  CHECK(feature(traits, "grown") == 0);
  CHECK(feature(traits, "made_at_once") == 1);
}

// Ten accounts, each asked from the day after its sign-up for three days; the i-th signed up on day start(i).
double relayed(const std::function<Day(int)>& start, int age = 1, Day for_days = 3) {
  std::vector<Profile> profiles(10);
  std::vector<const Profile*> of;
  for (int i = 0; i < 10; ++i) {
    Profile& profile = profiles[static_cast<std::size_t>(i)];
    const Day first = kFirst + start(i);
    profile.facts.created = Seconds{first - age} * kSecondsPerDay;
    for (Day day = 0; day < for_days; ++day) profile.days.emplace_back(first + day, 8);
    of.push_back(&profile);
  }
  return relay_of(of);
}

TEST_CASE("starts: one account after the other is made and used up") {
  CHECK(relayed([](int i) { return 3 * i; }) == 1);
  CHECK(relayed([](int i) { return 3 * (9 - i); }) == 1);  // in any order
  CHECK(relayed([](int i) { return 3 * (i / 2); }) == 1);  // two hands
  CHECK(relayed([](int) { return 0; }) == 0);              // all at once
  CHECK(relayed([](int i) { return i; }, 1, 12) == 0);     // they go on while others begin
  CHECK(relayed([](int i) { return 3 * i; }, 30) == 0);    // old ones, seldom used
  CHECK(relayed([](int i) { return i; }, 1, 3) == doctest::Approx((28.0 / 45 - 0.4) / 0.3));
}

TEST_CASE("starts: people keep their accounts, a customer's tests may make one each time") {
  Traits traits = testing::colleagues();
  traits.synchrony = 0.3;
  traits.hour_spread = 0.06;
  traits.active_hours = 9;
  const double staff = explained(traits, "staff"), office = explained(traits, "office");
  REQUIRE(staff > 0.3);
  REQUIRE(office > 0.3);
  traits.relay = 1;
  CHECK(explained(traits, "staff") == 0);
  CHECK(explained(traits, "office") == 0);
  CHECK(feature(traits, "relay") == 1);
  Traits tests = testing::colleagues();
  tests.payers = 1.0 / 40;
  tests.payer_reach = 1;
  tests.addresses = 1.0 / 40;
  tests.relay = 1;
  CHECK(explained(tests, "pipeline") == 1);
}

}  // namespace ringscope
