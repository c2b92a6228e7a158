// Strangers who do alike, and people of one firm who are apart: what tells them from an operator's accounts.
#include <doctest/doctest.h>

#include "tests/engine/detect/judge/explained.h"

namespace ringscope {
namespace {

using namespace testing;

// Who asks what goes round in one country: signed up on one day, all are busy on the same days.
Traits fashion() {
  Traits traits = people();
  traits.likeness = {"ip", "template"};
  traits.places_alone = true;
  traits.connected = 0.5;
  traits.common_addresses = 1.5;
  traits.common_places = 1.5;
  traits.hour_spread = 0.12;
  traits.synchrony = 0.7;
  traits.signup_span = 1;
  traits.signup_share = 0.01;
  return traits;
}

TEST_CASE("benign: a prompt that goes round is asked by people who have nothing else in common but where they are") {
  CHECK(explained(fashion(), "fad") == doctest::Approx(0.8));
  Traits cards = fashion();
  cards.places_alone = false;
  CHECK(explained(cards, "fad") == 0);
  Traits tied = fashion();
  tied.connected = 0.9;  // things tie nearly all of them
  CHECK(explained(tied, "fad") == 0);
  Traits together = fashion();
  together.common_addresses = 6;
  CHECK(explained(together, "fad") == 0);
  Traits pool = fashion();
  pool.common_places = 9;
  CHECK(explained(pool, "fad") == 0);
  Traits one_clock = fashion();
  one_clock.hour_spread = 0.03;
  CHECK(explained(one_clock, "fad") == 0);
  Traits exits = fashion();
  exits.wandering = 0.9;
  CHECK(explained(exits, "fad") == 0);
  Traits staying = fashion();
  staying.wandering = 0.2;  // a crew's accounts stay where they are
  CHECK(explained(staying, "fad") == 0);
  Traits few = fashion();
  few.size = 8;
  CHECK(explained(few, "fad") == 0);
  Traits loud = fashion();
  loud.daily_requests = 80;
  CHECK(explained(loud, "fad") == 0);
}

TEST_CASE("benign: strangers are banned for what they ask, but not one and all while nobody else is") {
  const auto left = [](Traits traits, const std::string& name, double banned) {
    const double before = explained(traits, name);
    REQUIRE(before > 0);
    traits.banned = banned;
    traits.ban_chance = 1e-9;
    return explained(traits, name) / before;
  };
  CHECK(left(fashion(), "fad", 0.1) == 1);
  CHECK(left(fashion(), "fad", 0.5) == 0);
  Traits users = people();
  users.likeness = {"fingerprint", "template"};
  CHECK(left(users, "application", 0.1) == 0);  // what they pay with is not known
  users.tools_alone = true;
  CHECK(left(users, "application", 0.1) == 1);
  CHECK(left(users, "course", 0.1) == 1);
  CHECK(left(users, "application", 0.5) == 0);
  Traits testers = people();
  testers.likeness = {"template"};
  testers.kinds.clear();
  testers.member_days = 2;
  CHECK(left(testers, "benchmark", 0.1) == 1);
}

TEST_CASE("benign: a firm pays for people who work at home") {
  Traits team = people();
  team.likeness = {"payment", "template"};
  team.shares_payment = true;
  team.payers = 1.0 / 40;
  team.paying = 1;
  team.payer_reach = 1;
  team.common_addresses = 0.5;
  team.common_places = 1;
  team.client_reach = 0.1;
  team.hour_spread = 0.12;
  team.capability_spread = 0.01;
  CHECK(explained(team, "remote_team") == doctest::Approx(0.8));
  Traits cards = team;
  cards.payer_reach = 0.3;
  CHECK(explained(cards, "remote_team") == 0);
  Traits not_known = team;
  not_known.payers.reset();
  CHECK(explained(not_known, "remote_team") == 0);
  Traits pool = team;
  pool.common_addresses = 4;
  CHECK(explained(pool, "remote_team") == 0);
  Traits near = team;
  near.common_places = 5;
  CHECK(explained(near, "remote_team") == 0);
  Traits one_machine = team;
  one_machine.client_reach = 0.9;
  CHECK(explained(one_machine, "remote_team") == 0);
  Traits one_clock = team;
  one_clock.hour_spread = 0.03;
  CHECK(explained(one_clock, "remote_team") == 0);
  Traits servers = team;
  servers.listed[static_cast<std::size_t>(EntityClass::data_centre)] = 1;
  CHECK(explained(servers, "remote_team") == 0);
  Traits exits = team;
  exits.wandering = 0.9;
  CHECK(explained(exits, "remote_team") == 0);
}

TEST_CASE("benign: a team on one card is all at one address, and elsewhere as well") {
  Traits team = people();
  team.payers = 1.0 / 32;
  team.paying = 0.8;  // nothing is known of the others' cards
  team.payer_reach = 1;
  team.addresses = 2;
  team.address_reach = 1;
  team.signup_span = 2;
  CHECK(explained(team, "pipeline") == doctest::Approx(0.4));
  team.signup_span = 120;  // an operator has his made for a campaign
  CHECK(explained(team, "pipeline") == doctest::Approx(0.8));
  Traits apart = team;
  apart.address_reach = 0.6;
  CHECK(explained(apart, "pipeline") == 0);
  Traits pool = team;
  pool.common_places = 9;
  CHECK(explained(pool, "pipeline") == 0);
  Traits one_clock = team;
  one_clock.hour_spread = 0.01;
  CHECK(explained(one_clock, "pipeline") == 0);
  Traits cards = team;
  cards.payer_reach = 0.3;
  CHECK(explained(cards, "pipeline") == 0);
}

TEST_CASE("benign: a firm pays for people who try what others must not, through exits of many networks") {
  Traits team = people();
  team.likeness = {"ip", "payment", "template"};
  team.shares_payment = true;
  team.payers = 0.1;
  team.paying = 0.6;
  team.payer_reach = 1;
  team.common_places = 15;
  team.synchrony = 0.35;
  team.capability_spread = 0.2;
  CHECK(explained(team, "testers") == doctest::Approx(0.4));
  team.signup_span = 120;
  CHECK(explained(team, "testers") == doctest::Approx(0.8));
  Traits cards = team;
  cards.payer_reach = 0.5;
  CHECK(explained(cards, "testers") == 0);
  Traits not_known = team;
  not_known.payers.reset();
  CHECK(explained(not_known, "testers") == 0);
  Traits one_program = team;
  one_program.synchrony = 0.6;
  CHECK(explained(one_program, "testers") == 0);
  Traits one_end = team;
  one_end.capability_spread = 0.03;
  CHECK(explained(one_end, "testers") == 0);
  Traits one_clock = team;
  one_clock.hour_spread = 0.01;
  CHECK(explained(one_clock, "testers") == 0);
  Traits loud = team;
  loud.daily_requests = 80;
  CHECK(explained(loud, "testers") == 0);
}

// Customers of a platform that asks for them: they leave by its gateway, with its client.
Traits customers() {
  Traits traits = people();
  traits.likeness = {"fingerprint", "ip", "template"};
  traits.payers = 1;
  traits.address_reach = 0.9;
  traits.client_reach = 1;
  traits.active_hours = 24;
  traits.synchrony = 0.6;
  traits.hour_spread = 0.04;
  traits.capability_spread = 0.25;
  traits.rate_spread = 0.15;
  traits.signup_span = 200;
  return traits;
}

TEST_CASE("benign: customers of a platform leave by its gateway, and each has a card and ends of his own") {
  CHECK(explained(customers(), "application") == doctest::Approx(0.8));
  Traits new_ones = customers();
  new_ones.signup_span = 10;  // as an operator's accounts
  CHECK(explained(new_ones, "application") == doctest::Approx(0.4));
  Traits one_card = customers();
  one_card.shares_payment = true;
  CHECK(explained(one_card, "application") == 0);
  Traits not_known = new_ones;
  not_known.payers.reset();
  CHECK(explained(not_known, "application") == doctest::Approx(0.2));
  Traits pool = new_ones;
  pool.address_reach = 0.4;
  CHECK(explained(pool, "application") == 0);
  Traits clients = new_ones;
  clients.client_reach = 0.5;
  CHECK(explained(clients, "application") == 0);
  Traits one_end = new_ones;
  one_end.capability_spread = 0.02;
  CHECK(explained(one_end, "application") == 0);
}

TEST_CASE("benign: customers of a platform are banned for what it asks, but not one and all") {
  Traits some = customers(), most = customers();
  some.banned = 0.15;
  some.ban_chance = 1e-15;
  CHECK(explained(some, "application") == doctest::Approx(0.8));
  most.banned = 0.5;
  most.ban_chance = 1e-30;
  CHECK(explained(most, "application") == 0);
  Traits pool = some;
  pool.address_reach = 0.3;  // bought for many accounts
  pool.synchrony = 0.45;
  CHECK(explained(pool, "application") == 0);
}

TEST_CASE("benign: tests of many projects ask the same of each, on rented machines and days of their own") {
  Traits jobs = people();
  jobs.likeness = {"ip", "template"};
  jobs.payers = 1;
  jobs.active_hours = 24;
  jobs.common_places = 9;
  jobs.wandering = 0.95;
  jobs.template_overlap = 0.85;
  jobs.synchrony = 0.36;
  jobs.hour_spread = 0.11;
  jobs.capability_spread = 0.15;
  jobs.signup_span = 200;
  CHECK(explained(jobs, "application") == doctest::Approx(0.8));
  Traits other_questions = jobs;
  other_questions.template_overlap = 0.4;
  CHECK(explained(other_questions, "application") == 0);
  Traits one_end = jobs;
  one_end.capability_spread = 0.02;
  CHECK(explained(one_end, "application") == 0);
  Traits campaign = jobs;
  campaign.signup_span = 20;
  CHECK(explained(campaign, "application") == 0);
  Traits one_schedule = jobs;
  one_schedule.synchrony = 0.7;
  CHECK(explained(one_schedule, "application") == 0);
}

TEST_CASE("benign: people signed up at one place for an event and ask on, each as much as he likes") {
  Traits guests = people();
  guests.likeness = {"ip", "template"};
  guests.address_reach = 0.95;
  guests.synchrony = 0.7;
  guests.member_days = 7;
  guests.meeting = 0.4;
  guests.signup_span = 0.2;
  guests.rate_spread = 0.5;
  CHECK(explained(guests, "venue") == doctest::Approx(0.7));
  Traits alike = guests;
  alike.rate_spread = 0.1;
  CHECK(explained(alike, "venue") == 0);
  Traits later = guests;
  later.signup_span = 20;
  CHECK(explained(later, "venue") == 0);
  Traits not_known = guests;
  not_known.signup_span.reset();
  CHECK(explained(not_known, "venue") == 0);
}

}  // namespace
}  // namespace ringscope
