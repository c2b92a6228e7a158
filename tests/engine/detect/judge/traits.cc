// A group in numbers: whose prompts its members ask.
#include "engine/detect/judge/traits.h"

#include <cstdint>
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "engine/detect/judge/graded.h"
#include "tests/engine/detect/cluster/pool_town.h"
#include "tests/engine/lab/scratch.h"

namespace ringscope {
namespace {

using namespace testing;

// Ten who ask prompt 1 nine times out of ten, which so many accounts ask in all; found by what they ask and by
// addresses.
Traits askers(std::uint32_t in_all) {
  const Scratch scratch("traits");
  const auto store = Store::open(scratch.path("db"), {.mode = OpenMode::create});
  PoolTown town;
  Group group;
  std::vector<Profile> profiles(10);
  for (Profile& profile : profiles) {
    group.members.push_back(town.person());
    group.cohesion.push_back(0.5F);
    profile.requests = 10;
    profile.days = {{20'000, 10}};
    profile.prompts = {{1, 9}, {100 + group.members.back(), 1}};
  }
  group.likeness = {"ip", kPrompts};
  std::vector<const Profile*> of;
  of.reserve(profiles.size());
  for (const Profile& profile : profiles) of.push_back(&profile);
  Population population;
  population.accounts = 3000;
  population.templates = {{1, in_all}};
  for (const Profile& profile : profiles) population.templates.push_back({profile.prompts.back().template_hash, 1});
  return traits_of(town.snapshot(), nullptr, group, GroupEvidence{}, of, population, *store);
}

}  // namespace

TEST_CASE("traits: prompts that the group asks are its own, and what it is alike in") {
  const Traits own = askers(25);
  CHECK(own.template_overlap == doctest::Approx(0.9));
  CHECK(own.likeness == std::vector<std::string>{"ip", "template"});
  CHECK(own.evidence_kinds() == 2);
}

TEST_CASE("traits: prompts that mostly others ask are not, and the group is not alike in them") {
  const Traits lesson = askers(90);
  CHECK(lesson.template_overlap == 0);
  CHECK(lesson.likeness == std::vector<std::string>{"ip"});
  CHECK(lesson.evidence_kinds() == 1);
}

TEST_CASE("traits: a prompt that mostly others ask is not the group's") {
  Population population;
  population.accounts = 10'000;
  population.templates = {{1, 30}, {2, 100}, {3, 40}};
  CHECK(asked_by(population, 1, 10, 20) == AskedBy::group);
  CHECK(asked_by(population, 2, 10, 20) == AskedBy::others);   // nine for each
  CHECK(asked_by(population, 2, 30, 60) == AskedBy::anybody);  // two or three
  CHECK(asked_by(population, 2, 40, 60) == AskedBy::group);
  CHECK(asked_by(population, 3, 2, 2'000) == AskedBy::anybody);
  CHECK(asked_by(population, 4, 10, 20) == AskedBy::anybody);  // not known
}

TEST_CASE("traits: a house of one name behind several gateways of one network hands out cards by teams") {
  const Scratch scratch("traits");
  const auto store = Store::open(scratch.path("db"), {.mode = OpenMode::create});
  const auto interlocked = [&](bool named, bool together, int strangers = 0) {
    PoolTown town;
    Group group;
    const std::vector<Profile> profiles(30);
    std::vector<const Profile*> of;
    for (const Profile& profile : profiles) {
      const Vertex account = town.nameless();
      if (named) town.name(account, 1);
      town.address(account,
                   together ? kDealer.addresses + 5 + account % 8 : kDealer.addresses + 30 * std::uint64_t{account});
      group.members.push_back(account);
      group.cohesion.push_back(0.5F);
      of.push_back(&profile);
    }
    for (int i = 0; i < strangers; ++i) town.address(town.person(), kDealer.addresses + 5);
    const Habits habits = town.habits();
    GroupEvidence evidence;
    evidence.interlocked = 0.8;
    return traits_of(town.snapshot(), &habits, group, evidence, of, Population{}, *store).interlocked;
  };
  CHECK(interlocked(true, true) == 0);
  CHECK(interlocked(true, true, 60) == doctest::Approx(0.8));  // on somebody else's
  CHECK(interlocked(true, false) == doctest::Approx(0.8));
  CHECK(interlocked(false, true) == doctest::Approx(0.8));
}

TEST_CASE("graded: of those of whom it is known, half of all at least") {
  CHECK(of_known(0.6, 0.6) == 1);
  CHECK(of_known(0.3, 0.6) == doctest::Approx(0.5));
  CHECK(of_known(0.1, 0.1) == doctest::Approx(0.2));
  CHECK(of_known(0, 0) == 0);
}

}  // namespace ringscope
