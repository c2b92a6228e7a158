// A class that meets every week, strangers whose jobs run on the same rented machines, a laboratory, a customer's
// fleet.
#include <doctest/doctest.h>

#include "engine/detect/judge/traits.h"
#include "tests/engine/detect/judge/explained.h"

namespace ringscope {
namespace {

using testing::explained;
using testing::people;

// Forty who signed up in their first lesson and have had eleven since.
Traits pupils() {
  Traits traits = people();
  traits.address_reach = 1;
  traits.slot = 0.8;
  traits.synchrony = 0.8;
  traits.signup_hour = 1;
  return traits;
}

// Forty maintainers' robots on one company's runners.
Traits robots() {
  Traits traits = people();
  traits.client_reach = 1;
  traits.common_addresses = 12;
  traits.common_places = 12;
  traits.signup_span = 500;
  return traits;
}

TEST_CASE("benign: a class meets in one room at one time of the day, week after week") {
  CHECK(explained(pupils(), "classroom") == 1);
  Traits apart = pupils();
  apart.address_reach = 0.7;
  CHECK(explained(apart, "classroom") == 0);
  Traits all_day = pupils();
  all_day.slot = 0.4;
  CHECK(explained(all_day, "classroom") == 0);
  Traits busy = pupils();
  busy.daily_requests = 150;
  CHECK(explained(busy, "classroom") == 0);
  Traits rented = pupils();
  rented.listed[static_cast<std::size_t>(EntityClass::data_centre)] = 1;
  CHECK(explained(rented, "classroom") == 0);
  Traits old = pupils();
  old.signup_hour = 0.1;
  CHECK(explained(old, "classroom") == 1);
}

TEST_CASE("benign: strangers' jobs on rented machines have one client, came over months and ask little") {
  CHECK(explained(robots(), "application") == doctest::Approx(0.8));
  const auto without = [](auto&& change) {
    Traits traits = robots();
    change(traits);
    return explained(traits, "application");
  };
  CHECK(without([](Traits& t) { t.client_reach = 0.7; }) == 0);
  CHECK(without([](Traits& t) { t.signup_span = 20; }) == 0);
  CHECK(without([](Traits& t) { t.woken = 1; }) == 0);
  CHECK(without([](Traits& t) { t.synchrony = 0.7; }) == 0);
  CHECK(without([](Traits& t) { t.hour_spread = 0; }) == 0);
  CHECK(without([](Traits& t) { t.daily_requests = 60; }) == 0);
  CHECK(without([](Traits& t) { t.shares_payment = true; }) == 0);
  CHECK(without([](Traits& t) { t.size = 6; }) == doctest::Approx(0.8));
  CHECK(without([](Traits& t) { t.size = 3; }) == 0);
}

TEST_CASE("benign: a laboratory is part of a body however many networks that has, if no cards are dealt out") {
  Traits laboratory = people();
  laboratory.body_reach = 0.8;
  laboratory.body_outside = 0.9;
  laboratory.body_together = 0.6;
  laboratory.common_places = 9;
  laboratory.signup_span = 200;
  CHECK(explained(laboratory, "campus") == doctest::Approx(0.8));
  laboratory.interlocked = 0.8;
  CHECK(explained(laboratory, "campus") == 0);
}

TEST_CASE(
    "benign: one payer and one mail domain, of those of whom it is known, are a customer's, wherever his jobs run") {
  Traits fleet = people();
  fleet.common_places = 20;  // a cloud's
  fleet.addresses = 2;
  fleet.payers = 0.05;
  fleet.payer_reach = 0.9;
  fleet.house_domain = 0.9;
  CHECK(explained(fleet, "pipeline") == 1);
  Traits several = fleet;
  several.payer_reach = 0.55;
  CHECK(explained(several, "pipeline") == 0);
  Traits nameless = fleet;
  nameless.house_domain = 0.5;
  CHECK(explained(nameless, "pipeline") == 0);
}

}  // namespace
}  // namespace ringscope
