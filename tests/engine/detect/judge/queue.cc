// What one program deals out to many accounts from one queue, and what that is no sign of.
#include <doctest/doctest.h>

#include "tests/engine/detect/judge/explained.h"

namespace ringscope {
namespace {

using namespace testing;

// Busy at all hours and on the same days with prompts of one store, each account with some of the capabilities.
Traits dealt() {
  Traits traits = people();
  traits.likeness = {"payment", "template"};
  traits.size = 500;
  traits.active_hours = 24;
  traits.synchrony = 0.65;
  traits.hour_spread = 0.04;
  traits.capability_spread = 0.2;
  traits.rate_spread = 0.3;
  traits.template_overlap = 0.65;
  return traits;
}

TEST_CASE("queue: accounts that are dealt out different work from one store are busy at the same times") {
  CHECK(by_one_queue(dealt()) == 1);
  CHECK(by_one_program(dealt()) == 0);  // which deals out the same to all
  Traits nights = dealt();
  nights.active_hours = 17;
  CHECK(by_one_queue(nights) == 0);
  Traits own_hours = dealt();
  own_hours.hour_spread = 0.12;
  CHECK(by_one_queue(own_hours) == 0);
  Traits own_days = dealt();
  own_days.synchrony = 0.4;
  CHECK(by_one_queue(own_days) == 0);
  Traits own_prompts = dealt();
  own_prompts.template_overlap = 0.1;
  CHECK(by_one_queue(own_prompts) == 0);
  Traits few_days = dealt();
  few_days.active_days = 4;
  CHECK(by_one_queue(few_days) == 0);
  CHECK(by_one_queue(Traits{}) == 0);
}

TEST_CASE("queue: that each asks for other things at other hours is no sign of people where one queue is dealt out") {
  CHECK(feature(dealt(), "capability_spread") == 0);
  CHECK(feature(dealt(), "hour_spread") == 0);
  CHECK(feature(dealt(), "one_program") == 1);
  Traits people = dealt();
  people.hour_spread = 0.12;
  CHECK(feature(people, "capability_spread") == 1);
  CHECK(feature(people, "hour_spread") == 1);
  CHECK(feature(people, "one_program") == 0);
}

TEST_CASE("queue: no organisation is dealt out what it asks, a course may be taken at all hours") {
  const auto with = [](Traits traits, const std::string& name) {
    traits.house_domain = 1;
    traits.synchrony = name == "course" ? 0.5 : traits.synchrony;
    return explained(traits, name);
  };
  CHECK(with(dealt(), "organisation") == 0);
  Traits people = dealt();
  people.hour_spread = 0.12;
  CHECK(with(people, "organisation") == doctest::Approx(0.4));
  CHECK(with(people, "course") == doctest::Approx(0.2));
  CHECK(with(dealt(), "course") == doctest::Approx(0.2));
}

TEST_CASE("queue: no teams of a benchmark and no users of an application are, who differ as people do") {
  Traits queue = dealt();
  queue.connected = 0.3;
  queue.rate_spread = 0.8;
  Traits people = queue;
  people.hour_spread = 0.12;
  CHECK(explained(people, "benchmark") == doctest::Approx(0.2));
  CHECK(explained(queue, "benchmark") == 0);
  CHECK(explained(people, "application") > 0.5);
  CHECK(explained(queue, "application") == 0);
}

}  // namespace
}  // namespace ringscope
