// One customer's own accounts by who pays for them, accounts on machines of their own, and people of whom it is not
// known what they ask for.
#include <doctest/doctest.h>

#include "engine/detect/judge/people.h"
#include "tests/engine/detect/judge/explained.h"

namespace ringscope {
namespace {

using namespace testing;

// A customer's monitors: each on a machine of its own in a data centre, one card for all, made on one day.
Traits monitors() {
  Traits traits = people();
  traits.likeness = {"fingerprint", "payment", "template"};
  traits.payers = 0.025;
  traits.paying = 1;
  traits.payer_reach = 1;
  traits.shares_payment = true;
  traits.addresses = 1.0;  // each account's own
  traits.client_reach = 1;
  traits.active_hours = 24;
  traits.wandering = 0.1;
  traits.signup_span = 0;
  return traits;
}

TEST_CASE("benign: who pays for all accounts by one card is one customer") {
  CHECK(explained(monitors(), "pipeline") == doctest::Approx(0.4));
  Traits months = monitors();
  months.signup_span = 90;
  CHECK(explained(months, "pipeline") == doctest::Approx(0.8));
  Traits some = monitors();
  some.paying = 0.7;  // the others pay by nothing
  CHECK(explained(some, "pipeline") == 0);
  Traits another = monitors();
  another.payer_reach = 0.8;
  CHECK(explained(another, "pipeline") == 0);
  Traits unknown = monitors();
  unknown.payers.reset();
  CHECK(explained(unknown, "pipeline") == 0);
}

TEST_CASE("benign: one customer's testers and stations are on many networks, and come back to them") {
  Traits stations = monitors();
  stations.common_places = 12;
  CHECK(explained(stations, "pipeline") == doctest::Approx(0.4));
  stations.wandering = 0.9;
  CHECK(explained(stations, "pipeline") == 0);
}

// Teams that run one suite of questions at all hours, each account from a machine of its own.
Traits suite() {
  Traits traits = people();
  traits.likeness = {"payment", "template"};
  traits.connected = 0.2;
  traits.addresses = 1.0;
  traits.member_days = 13;
  traits.active_hours = 24;
  traits.hour_spread = 0.01;
  traits.capability_spread = 0;
  traits.rate_spread = 0.1;
  traits.template_overlap = 0.9;
  return traits;
}

TEST_CASE("benign: who asks alike from machines of their own, day after day, may be teams with one suite") {
  CHECK(explained(suite(), "benchmark") == doctest::Approx(0.4));
  const auto all = explain_benign(suite());
  CHECK(std::ranges::find(all, "benchmark", &BenignHypothesis::name)->reason ==
        "teams that ask alike, each account from a machine of its own, day after day");
  Traits exits = suite();
  exits.likeness = {"ip", "payment", "template"};
  CHECK(explained(exits, "benchmark") == 0);
  Traits machines = suite();
  machines.likeness = {"fingerprint", "payment", "template"};
  CHECK(explained(machines, "benchmark") == 0);
  Traits proxies = suite();
  proxies.addresses = 2.0;
  CHECK(explained(proxies, "benchmark") == 0);
  Traits together = suite();
  together.common_places = 2;
  CHECK(explained(together, "benchmark") == 0);
  Traits short_lived = suite();  // of few days everybody has one address
  short_lived.member_days = 3;
  CHECK(explained(short_lived, "benchmark") == 0);
  Traits bare = suite();  // nothing that teams have
  bare.kinds.clear();
  bare.likeness = {"template"};
  CHECK(explained(bare, "benchmark") == 0);
  Traits other = suite();
  other.likeness = {"payment"};
  CHECK(explained(other, "benchmark") == 0);
}

TEST_CASE("benign: a house by its name and its network, however it pays and whatever runs on its machines") {
  Traits house = suite();
  house.likeness = {"email", "fingerprint", "ip", "payment", "template"};
  house.house_domain = 0.9;
  house.place_reach = 0.9;
  house.payers = 0.2;  // a card for each team
  house.paying = 1;
  house.payer_reach = 0.2;
  REQUIRE(by_one_program(house) == 1);
  CHECK(explained(house, "organisation") == doctest::Approx(0.4));
  Traits elsewhere = house;
  elsewhere.place_reach = 0.75;
  CHECK(explained(elsewhere, "organisation") == 0);
  Traits names = house;
  names.house_domain = 0.75;
  CHECK(explained(names, "organisation") == 0);
  Traits exits = house;
  exits.wandering = 0.9;
  CHECK(explained(exits, "organisation") == 0);
}

TEST_CASE("people: where it is not known what they ask for, hours of their own tell that they differ") {
  Traits known = people();
  known.capability_spread = 0;
  CHECK(own_ends(known) == 0);
  CHECK(like_people(known) == 1);  // in how much they ask
  known.rate_spread = 0.1;
  CHECK(like_people(known) == 0);
  Traits unknown = known;
  unknown.has_capabilities = false;
  unknown.hour_spread = 0.08;
  CHECK(own_ends(unknown) == 1);
  CHECK(like_people(unknown) == 1);
  unknown.hour_spread = 0.05;
  CHECK(own_ends(unknown) == doctest::Approx(0.5));
  unknown.hour_spread = 0.02;
  CHECK(own_ends(unknown) == 0);
}

// A night shift: at one address at all hours, each at his own.
Traits shift() {
  Traits traits = people();
  traits.has_capabilities = false;
  traits.capability_spread = 0;
  traits.address_reach = 1;
  traits.active_hours = 22;
  traits.hour_spread = 0.08;
  return traits;
}

TEST_CASE("benign: people at one place are so without a word on what they ask for") {
  CHECK(explained(shift(), "venue") == doctest::Approx(0.7));
  Traits program = shift();
  program.hour_spread = 0.01;
  CHECK(explained(program, "venue") == 0);
  Traits alike = shift();
  alike.has_capabilities = true;
  CHECK(explained(alike, "venue") == 0);
}

}  // namespace
}  // namespace ringscope
