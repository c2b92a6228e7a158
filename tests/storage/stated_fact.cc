#include "storage/stated_fact.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "rows_for_tests.h"
#include <doctest/doctest.h>

using namespace ringscope;
using namespace ringscope::test;

namespace {

constexpr Day kFirst = 20000;

Seconds noon(int day) { return start_of_day(kFirst + day) + 43200; }

StatedFact stated(const std::vector<std::pair<const char*, Seconds>>& statements) {
  StatedFact fact;
  for (const auto& [value, time] : statements) fact.state(value, time);
  return fact;
}

// A list of all accounts every day at midnight: active up to the day of the ban, banned from the day after it.
StatedFact listed_daily(int ban, int last) {
  StatedFact fact = stated({{"banned", noon(ban)}});
  for (int day = 0; day <= last; ++day) fact.state(day <= ban ? "active" : "banned", start_of_day(kFirst + day));
  return fact;
}

}  // namespace

TEST_CASE("stated fact: said again every day, it holds since it was first said") {
  const StatedFact fact = listed_daily(10, 29);
  CHECK(fact.value() == "banned");
  CHECK(fact.since() == noon(10));
  CHECK(fact.last_stated() == start_of_day(kFirst + 29));
  REQUIRE(fact.statements().size() == 2);
  CHECK(fact.statements()[0].days == std::vector<DayRun>{{kFirst, kFirst + 10}});
  CHECK(fact.statements()[1].days == std::vector<DayRun>{{kFirst + 10, kFirst + 29}});
}

TEST_CASE("stated fact: said again after something else, it holds since then") {
  CHECK(stated({{"banned", noon(3)}, {"active", noon(5)}, {"banned", noon(8)}}).since() == noon(8));
  // On many days: to the day. On the day of the other value it is not known which came last.
  CHECK(
      stated({{"banned", noon(3)}, {"active", noon(5)}, {"banned", noon(5)}, {"banned", noon(8)}, {"banned", noon(9)}})
          .since() == start_of_day(kFirst + 8));
  CHECK(stated({{"banned", noon(3)}, {"active", noon(8)}, {"banned", noon(8) + 60}}).since() == noon(8) + 60);
}

TEST_CASE("stated fact: nothing stated, and lines without a time") {
  CHECK(StatedFact().value().empty());
  CHECK(StatedFact().since() == kNoTime);
  StatedFact fact("banned", kNoTime);
  CHECK(fact.value() == "banned");
  CHECK(fact.since() == kNoTime);
  fact.state("active", noon(1));
  CHECK(fact.value() == "active");
  CHECK(fact.since() == noon(1));
  fact.state("banned", noon(2));
  CHECK(fact.since() == noon(2));
}

TEST_CASE("stated fact: what was known on a day is what a log that ended on it says") {
  for (int day = 0; day < 29; ++day) {
    const StatedFact then = listed_daily(10, 29).known_by(kFirst + day);
    const StatedFact ended = day < 10 ? stated({{"active", noon(0)}}) : listed_daily(10, day);
    CAPTURE(day);
    CHECK(then.value() == ended.value());
    CHECK(then.since() == (day < 10 ? start_of_day(kFirst) : noon(10)));
  }
  CHECK(listed_daily(10, 29).known_by(kFirst - 1).empty());
  // As last said before, not as first said.
  const StatedFact freed =
      stated({{"active", noon(0)}, {"banned", noon(3)}, {"active", noon(6)}, {"active", noon(20)}});
  CHECK(freed.known_by(kFirst + 4).value() == "banned");
  CHECK(freed.known_by(kFirst + 10).value() == "active");
  CHECK(freed.known_by(kFirst + 10).since() == freed.since());
}

TEST_CASE("stated fact: order, split and repetition do not show") {
  for (std::uint64_t seed = 0; seed < 200; ++seed) {
    Random random(seed);
    std::vector<std::pair<const char*, Seconds>> all;
    for (std::uint64_t left = 1 + random.below(30); left > 0; --left)
      all.emplace_back(std::vector{"active", "banned", "closed"}[random.below(3)],
                       random.chance(0.05) ? kNoTime : noon(static_cast<int>(random.below(40))));
    const StatedFact whole = stated(all);
    std::vector<StatedFact> parts(1 + random.below(4));
    for (std::size_t i = all.size(); i > 1; --i) std::swap(all[i - 1], all[random.below(i)]);
    for (const auto& [value, time] : all) {
      parts[random.below(parts.size())].state(value, time);
      parts[random.below(parts.size())].state(value, time);
    }
    StatedFact merged;
    for (const StatedFact& part : parts) merged.merge(part);
    CHECK(merged == whole);
    // No time of it is later than the last statement or earlier than the first of its value.
    const auto& now = *std::ranges::find(whole.statements(), whole.value(), &Statement::value);
    CHECK(whole.since() <= now.last);
    CHECK(whole.since() >= now.first);
  }
}

TEST_CASE("stated fact: what was stored is taken in order, and nothing else") {
  const StatedFact fact = listed_daily(10, 29);
  StatedFact again;
  for (const Statement& statement : fact.statements()) CHECK(again.restore(statement));
  CHECK(again == fact);
  CHECK_FALSE(again.restore(fact.statements()[0]));  // out of order
  const auto refused = [](const std::vector<DayRun>& days, Seconds first, Seconds last) {
    return !StatedFact().restore({.value = "banned", .first = first, .last = last, .days = days});
  };
  CHECK_FALSE(StatedFact().restore({}));
  CHECK(refused({{kFirst, kFirst}}, noon(1), noon(1)));
  CHECK(refused({{kFirst, kFirst}, {kFirst + 1, kFirst + 1}}, noon(0), noon(1)));
  CHECK(refused({{kFirst + 1, kFirst}}, noon(0), noon(0)));
  CHECK(refused({}, noon(0), noon(0)));
  CHECK(refused({{kFirst, kFirst}}, noon(0) + 9, noon(0)));
}
