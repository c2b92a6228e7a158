// How far the members of a group differ.
#include "engine/detect/judge/spreads.h"

#include <vector>

#include <doctest/doctest.h>

#include "tests/engine/lab/scratch.h"

namespace ringscope {
namespace {

// Members who are active on ten days and ask so many times.
Traits spreads_of(const std::vector<std::uint32_t>& requests) {
  std::vector<Profile> profiles;
  for (const std::uint32_t n : requests) {
    Profile profile;
    profile.requests = n;
    for (Day day = 0; day < 10; ++day) profile.days.emplace_back(day, n / 10);
    for (std::size_t h = 0; h < 24; ++h) profile.hours[h] = n / 24;
    profiles.push_back(std::move(profile));
  }
  std::vector<const Profile*> all;
  for (const Profile& profile : profiles) all.push_back(&profile);
  const Scratch scratch("spreads");
  const auto store = Store::open(scratch.path("db"), {.mode = OpenMode::create});
  Traits traits;
  add_spreads(all, *store, traits);
  return traits;
}

TEST_CASE("spreads: one loud account among many even ones does not make them differ") {
  std::vector<std::uint32_t> even(60, 240);
  CHECK(spreads_of(even).rate_spread == 0);
  even.push_back(24'000);
  CHECK(spreads_of(even).rate_spread == 0);
  even.push_back(24'000);  // two of 62: one in fifty, rounded up
  CHECK(spreads_of(even).rate_spread == 0);
  for (int i = 0; i < 4; ++i) even.push_back(24'000);
  CHECK(spreads_of(even).rate_spread > 1);
  // Of few, each counts.
  std::vector<std::uint32_t> few(10, 240);
  few.push_back(24'000);
  CHECK(spreads_of(few).rate_spread > 1);
}

TEST_CASE("spreads: people of unequal volume differ still") {
  std::vector<std::uint32_t> people;
  for (std::uint32_t i = 0; i < 100; ++i) people.push_back(240U << (i % 5));
  CHECK(spreads_of(people).rate_spread > 0.5);
}

}  // namespace
}  // namespace ringscope
