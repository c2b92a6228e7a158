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
  team.payers = 1.0 / 40;
  team.paying = 1;
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

}  // namespace
}  // namespace ringscope
