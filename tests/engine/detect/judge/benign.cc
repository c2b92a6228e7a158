// What tells people from one operator's accounts: their days, their hours, when they came, and where they are.
#include "engine/detect/judge/benign.h"

#include <algorithm>
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "engine/detect/judge/places.h"
#include "engine/detect/judge/score_model.h"
#include "engine/load/habits.h"
#include "tests/engine/detect/cluster/pool_town.h"
#include "tests/engine/detect/judge/explained.h"

namespace ringscope {
namespace {

using namespace testing;

TEST_CASE("benign: the staff of a house rest at night, each on days and hours of his own") {
  CHECK(explained(people(), "staff") == doctest::Approx(0.7));
  Traits driven = people();
  driven.synchrony = 0.75;  // all are busy on the same days
  CHECK(explained(driven, "staff") == 0);
  Traits sleepless = people();
  sleepless.active_hours = 22;
  CHECK(explained(sleepless, "staff") == 0);
  Traits one_clock = people();
  one_clock.hour_spread = 0.01;
  CHECK(explained(one_clock, "staff") == 0);
  Traits roaming = people();
  roaming.common_places = 9;
  CHECK(explained(roaming, "staff") == 0);
  Traits few_days = people();
  few_days.active_days = 3;
  CHECK(explained(few_days, "staff") == 0);
}

TEST_CASE("benign: who has a client and prompts in common, and pays with his own, takes a course") {
  Traits course = people();
  course.likeness = {"fingerprint", "template"};
  CHECK(explained(course, "course") == doctest::Approx(0.4));
  course.tools_alone = true;
  CHECK(explained(course, "course") == doctest::Approx(0.8));
  course.synchrony = 0.6;  // one program's days
  CHECK(explained(course, "course") == 0);
}

TEST_CASE("benign: a course is busy before the same days, in a town or on a campus where many others are") {
  Traits course = people();
  course.likeness = {"email", "ip", "template"};
  course.synchrony = 0.65;
  CHECK(explained(course, "course") == 0);
  course.places = 1;
  course.common_places = 1.5;
  course.place_reach = 0.8;
  course.place_outside = 0.85;
  CHECK(explained(course, "course") == doctest::Approx(0.4));
  Traits own_machines = course;
  own_machines.place_outside = 0.3;  // hardly anybody else is there
  CHECK(explained(own_machines, "course") == 0);
  Traits one_end = course;
  one_end.capability_spread = 0.01;
  CHECK(explained(one_end, "course") == 0);
  Traits one_clock = course;
  one_clock.hour_spread = 0.01;
  CHECK(explained(one_clock, "course") == 0);
  Traits roaming = course;
  roaming.common_places = 6;
  CHECK(explained(roaming, "course") == 0);
}

TEST_CASE("benign: a laboratory is a part of a university, by its name and its network") {
  Traits laboratory = people();
  laboratory.shares_payment = true;
  laboratory.synchrony = 0.9;
  CHECK(explained(laboratory, "campus") == 0);
  laboratory.body_reach = 0.8;
  laboratory.body_outside = 0.9;
  laboratory.body_together = 0.6;
  CHECK(explained(laboratory, "campus") == doctest::Approx(0.4));
  laboratory.signup_span = 200;
  CHECK(explained(laboratory, "campus") == doctest::Approx(0.8));
  Traits whole = laboratory;  // a house of its own
  whole.body_outside = 0.5;
  CHECK(explained(whole, "campus") == 0);
  Traits public_mail = laboratory;
  public_mail.body_together = 0.1;
  CHECK(explained(public_mail, "campus") == 0);
  Traits one_clock = laboratory;
  one_clock.hour_spread = 0.01;
  CHECK(explained(one_clock, "campus") == 0);
  Traits evading = laboratory;
  evading.banned = 0.6;
  CHECK(explained(evading, "campus") == 0);
}

TEST_CASE("benign: teams that run one benchmark have nothing else that ties them") {
  Traits teams = people();
  teams.likeness = {"ip", "payment", "template"};
  teams.shares_payment = true;
  teams.synchrony = 0.9;
  teams.connected = 0.4;
  CHECK(explained(teams, "benchmark") == doctest::Approx(0.2));
  Traits tied = teams;
  tied.connected = 0.8;
  CHECK(explained(tied, "benchmark") == 0);
  Traits one_end = teams;
  one_end.capability_spread = 0.01;
  CHECK(explained(one_end, "benchmark") == 0);
  Traits one_clock = teams;
  one_clock.hour_spread = 0.01;
  CHECK(explained(one_clock, "benchmark") == 0);
  Traits pool = teams;
  pool.common_places = 9;
  CHECK(explained(pool, "benchmark") == 0);
  Traits things_alone = teams;
  things_alone.likeness = {"ip", "payment"};
  CHECK(explained(things_alone, "benchmark") == 0);
}

TEST_CASE("benign: a chain pays by one card, and some of its seats are free") {
  Traits chain = people();
  chain.house_domain = 0.9;
  chain.payers = 0.05;
  chain.paying = 0.6;
  chain.payer_reach = 0.9;
  CHECK(explained(chain, "organisation") == doctest::Approx(0.4));
  Traits several_cards = chain;
  several_cards.payer_reach = 0.4;
  CHECK(explained(several_cards, "organisation") == 0);
  Traits hardly_anybody_pays = chain;
  hardly_anybody_pays.paying = 0.1;
  hardly_anybody_pays.payer_reach = 0.2;
  CHECK(explained(hardly_anybody_pays, "organisation") == 0);
}

TEST_CASE("benign: a house pays for some of its people, and the others for themselves") {
  Traits chain = people();
  chain.size = 40;
  chain.house_domain = 0.9;
  chain.paying = 1;
  chain.payer_reach = 0.5;
  chain.payers = 21.0 / 40;  // one for twenty, twenty others
  chain.signup_span = 2;
  CHECK(explained(chain, "organisation") == doctest::Approx(0.4));
  Traits dealt = chain;
  dealt.payers = 9.0 / 40;  // eight cards for the other twenty
  CHECK(explained(dealt, "organisation") == 0);
}

TEST_CASE("benign: two doubtful explanations are together more likely than either") {
  CHECK(any_benign({}) == 0);
  CHECK(any_benign({{"course", 0.5, ""}, {"organisation", 0.4, ""}}) == doctest::Approx(0.7));
  CHECK(any_benign({{"family", 1, ""}, {"course", 0.5, ""}}) == 1);
  CHECK(any_benign({{"course", 0.5, ""}, {"reseller", kLeastBenign / 2, ""}}) == 0.5);  // is not told either
}

TEST_CASE("benign: a group of which as many are banned as of everybody does not evade") {
  Traits customers = people();
  customers.payers = 1.0 / 40;
  customers.payer_reach = 1;
  customers.addresses = 1.0 / 40;
  customers.banned = 3.0 / 40;
  customers.renewed = 0.2;
  CHECK(explained(customers, "pipeline") < 0.1);
  customers.ban_chance = 0.0001;
  CHECK(explained(customers, "pipeline") < 0.1);
  customers.ban_chance = 0.2;
  CHECK(explained(customers, "pipeline") == 1);
}

TEST_CASE("benign: strangers behind one exit are not nearly all banned while nobody else is") {
  Traits strangers = people();
  strangers.kinds.clear();
  strangers.address_reach = 0.9;
  strangers.exclusivity = 0.1;
  const auto exit = [&](double banned, std::optional<double> chance) {
    strangers.banned = banned;
    strangers.ban_chance = chance;
    return explained(strangers, "carrier_nat_or_vpn");
  };
  REQUIRE(exit(0, {}) == 1);
  CHECK(exit(0.1, 1e-9) == 1);  // one operator among them
  CHECK(exit(0.5, 1e-3) == 1);  // of four
  CHECK(exit(0.3, 1e-9) == doctest::Approx(0.5));
  CHECK(exit(0.5, 1e-9) == 0);
  CHECK(exit(0.5, {}) == 1);
}

TEST_CASE("benign: who is busy on the same days is no campus, and no reseller's or application's users") {
  Traits traits = people();
  traits.size = 200;
  traits.address_reach = 0.4;
  traits.places = 2;
  traits.payers = 0.01;
  traits.payer_reach = 1;
  Traits together = traits;
  together.synchrony = 0.85;
  for (const char* name : {"campus", "reseller", "application"}) {
    CAPTURE(name);
    CHECK(explained(traits, name) > 0.5);
    CHECK(explained(together, name) == 0);
  }
  together.active_days = 4;  // a busy day makes no rhythm
  CHECK(explained(together, "campus") > 0.5);
}

TEST_CASE("benign: a reseller whose payer is not known has customers who came over time") {
  Traits traits = people();
  CHECK(explained(traits, "reseller") == doctest::Approx(0.7));
  traits.signup_share = 0.8;
  CHECK(explained(traits, "reseller") == doctest::Approx(0.7));
  traits.signup_share = 0.05;
  CHECK(explained(traits, "reseller") == 0);
  traits.payers = 0.02;
  traits.payer_reach = 1;
  CHECK(explained(traits, "reseller") > 0.9);
}

TEST_CASE(
    "benign: who came over months and pays with one card is a reseller's customer, whatever the client has them ask") {
  Traits traits = people();
  traits.payers = 0.01;
  traits.payer_reach = 1;
  traits.template_overlap = 0.6;
  traits.capability_spread = 0.01;
  traits.signup_span = 20;
  CHECK(explained(traits, "reseller") == 0);
  traits.signup_span = 200;
  CHECK(explained(traits, "reseller") == doctest::Approx(0.8));
  traits.daily_requests = 80;
  CHECK(explained(traits, "reseller") == 0);
}

TEST_CASE("benign: eight people who meet on many networks are no family") {
  Traits traits = people();
  traits.size = 6;
  CHECK(explained(traits, "family") > 0.9);
  traits.common_places = 20;
  CHECK(explained(traits, "family") == 0);
}

TEST_CASE("benign: who rests at night and at weekends but meets on many networks is no office") {
  Traits traits = people();
  traits.weekend_share = 0.05;
  traits.address_reach = 0.6;
  CHECK(explained(traits, "office") == 1);
  traits.common_places = 4;  // at work, at home, on the way
  CHECK(explained(traits, "office") == 1);
  traits.common_places = 9;
  CHECK(explained(traits, "office") == 0);
}

TEST_CASE("benign: an office and a class are found at their address or bear its name, or are as likely an operator's") {
  for (const char* const name : {"office", "classroom"}) {
    CAPTURE(name);
    Traits traits = people();
    traits.weekend_share = 0.05;
    traits.busiest_day = 0.9;
    traits.signup_hour = 1;
    CHECK(explained(traits, name) == doctest::Approx(0.4));
    Traits named = traits;
    named.house_domain = 0.9;
    CHECK(explained(named, name) == 1);
    traits.address_reach = 0.8;
    CHECK(explained(traits, name) == 1);
  }
  Traits evading = people();
  evading.size = 6;
  evading.weekend_share = 0.05;
  evading.busiest_day = 0.9;
  evading.signup_hour = 1;
  evading.address_reach = 0.8;
  for (const char* const name : {"office", "classroom", "family"}) CHECK(explained(evading, name) > 0.9);
  evading.banned = 0.5;
  for (const char* const name : {"classroom", "family"}) CHECK(explained(evading, name) == 0);
  CHECK(explained(evading, "office") == doctest::Approx(0.3));  // a firm may be banned by mistake: no ban, a look
}

TEST_CASE("benign: who meets at one place asks for his own ends, or works there by a rota") {
  Traits centre = people();
  centre.address_reach = 0.95;
  CHECK(explained(centre, "venue") == doctest::Approx(0.7));
  Traits hackathon = centre;
  hackathon.synchrony = 0.9;
  CHECK(explained(hackathon, "venue") == 0);
  hackathon.meeting = 0.8;  // and the rest on days of their own
  CHECK(explained(hackathon, "venue") == doctest::Approx(0.7));
  hackathon.meeting = 0.4;
  hackathon.member_days = 2;
  CHECK(explained(hackathon, "venue") == doctest::Approx(0.7));
  Traits team = centre;
  team.synchrony = 0.9;
  team.signup_span = 10;
  CHECK(explained(team, "venue") == 0);
  team.signup_span = 400;
  CHECK(explained(team, "venue") == doctest::Approx(0.7));
  Traits one_end = centre, one_clock = centre, scattered = centre, loud = centre, dealt = centre, evading = centre;
  one_end.capability_spread = 0.01;
  one_clock.hour_spread = 0.01;
  scattered.address_reach = 0.45;
  loud.daily_requests = 80;
  dealt.interlocked = 0.9;
  evading.banned = 0.5;
  one_end.synchrony = 0.5;
  for (const Traits* other : {&one_end, &one_clock, &scattered, &loud, &dealt, &evading})
    CHECK(explained(*other, "venue") == 0);
  one_end.synchrony = 0.3;  // shifts of one house, who all do its work
  CHECK(explained(one_end, "venue") == doctest::Approx(0.7));
  one_end.address_reach = 0.75;
  CHECK(explained(one_end, "venue") == 0);
  centre.address_reach = 0.55;  // who comes there for a few hours, and is at home else
  CHECK(explained(centre, "venue") == doctest::Approx(0.7 * 2 / 9));
}

TEST_CASE(
    "features: accounts made at once speak for a ring, a group that grew with the service against, unknown for "
    "neither") {
  Traits traits = people();
  CHECK(feature(traits, "made_at_once") == 0);
  CHECK(feature(traits, "grown") == 0);
  traits.signup_share = 0.05;
  CHECK(feature(traits, "made_at_once") == 1);
  CHECK(feature(traits, "grown") == 0);
  traits.signup_share = 1.2;
  CHECK(feature(traits, "made_at_once") == 0);
  CHECK(feature(traits, "grown") == 1);
  CHECK(weight_of("made_at_once") > 0);
  CHECK(weight_of("grown") < 0);
}

TEST_CASE("features: a pool's members meet on many networks, a carrier's customers meet everybody there") {
  PoolTown town;
  const std::vector<Vertex> pool = town.pool(40, kDealer, 20'000);  // two networks of the dealer's
  std::vector<Vertex> carried;
  for (int i = 0; i < 40; ++i) {
    const Vertex account = town.person();
    for (std::uint64_t net = 0; net < 12; ++net) town.address(account, 900'000 + 30 * net);
    carried.push_back(account);
  }
  for (Vertex v = 0; v < 1500; ++v) {  // half of the town has that carrier
    for (std::uint64_t net = 0; net < 12; ++net) town.address(v, 900'000 + 30 * net);
  }
  const Snapshot snapshot = town.snapshot();
  const Habits habits = town.habits();
  Traits roaming = people(), mobile = people();
  mobile.common_places = places_of(snapshot, &habits, carried).common;
  CHECK(mobile.common_places < 1);
  CHECK(feature(mobile, "roaming") == 0);
  CHECK(places_of(snapshot, &habits, pool).common > 1.5);
  roaming.common_places = 12;
  CHECK(feature(roaming, "roaming") == doctest::Approx(1 + 2.0 / 15));
  roaming.common_places = 40;
  CHECK(feature(roaming, "roaming") == 2);
}

TEST_CASE("habits: the days in which the middle half of all signed up") {
  const auto known_of = [](Vertex known) {  // of so many of a hundred accounts, one a day
    World world(100, 4);
    Habits habits;
    habits.layers = {"signup", "template", "capability", "hour"};
    for (Vertex account = 0; account < known; ++account) {
      world.touch(account, 0, account);
      habits.keys.push_back(account);
    }
    habits.arrays = world.build();
    return habits;
  };
  CHECK(signup_span(known_of(100), kSecondsPerDay).value_or(0) == doctest::Approx(50).epsilon(0.03));
  CHECK(!signup_span(known_of(100), 0));
  CHECK(!signup_span(known_of(40), kSecondsPerDay));
}

}  // namespace
}  // namespace ringscope
