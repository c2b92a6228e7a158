// The judge in small towns: who is at which tier, and what is said in their favour.
#include "engine/detect/judge/judge.h"

#include <algorithm>
#include <string>
#include <vector>

#include <doctest/doctest.h>
#include <fmt/format.h>

#include "tests/engine/detect/town.h"

namespace ringscope {
namespace {

using testing::names;
using testing::Town;

// An account as a member of a ring.
struct Found {
  const Ring* ring;
  const Member* member;
};

// Members of any ring whose names begin so.
std::vector<Found> find(const Detection& detection, const std::string& stem) {
  std::vector<Found> found;
  for (const Ring& ring : detection.rings) {
    for (const Member& member : ring.members) {
      if (member.name.starts_with(stem)) found.push_back({&ring, &member});
    }
  }
  return found;
}

constexpr std::uint64_t kTowns = 3;

bool none_at_ban(const std::vector<Found>& found) {
  return std::ranges::none_of(found, [](const Found& f) { return f.member->tier == Tier::ban; });
}

// The probability that the ring gives to an honest explanation; 0: not named.
double benign(const Ring& ring, const std::string& name) {
  for (const BenignHypothesis& hypothesis : ring.benign) {
    if (hypothesis.name == name) return hypothesis.probability;
  }
  return 0;
}

TEST_CASE("judge: shared cards and devices, few templates, round the clock: a ban, on several kinds of evidence") {
  for (std::uint64_t seed = 0; seed < kTowns; ++seed) {
    Town town(seed);
    town.add_ring();
    const Detection detection = town.judged();
    REQUIRE(!detection.rings.empty());
    const Ring& ring = detection.rings.front();
    CAPTURE(seed);
    CHECK(ring.tier == Tier::ban);
    CHECK(ring.kinds.size() >= 2);
    CHECK(std::ranges::count(ring.kinds, "payment") == 1);
    CHECK(std::ranges::count(ring.kinds, "fingerprint") == 1);
    CHECK(ring.members.size() == 24);
    CHECK(find(detection, "ring-").size() == 24);
    for (const Found& found : find(detection, "ring-")) {
      CHECK(found.member->tier == Tier::ban);
      CHECK(found.member->score >= 0.95);
    }
    for (const Found& found : find(detection, "citizen-")) CHECK(found.member->tier == Tier::watch);
  }
}

TEST_CASE("judge: an office is at no ban, and is called one when it is reported") {
  for (std::uint64_t seed = 0; seed < kTowns; ++seed) {
    for (const bool equipped : {false, true}) {
      Town town(seed);
      town.add_office(equipped);
      const Detection detection = town.judged();
      const std::vector<Found> colleagues = find(detection, "office-");
      CAPTURE(seed);
      CAPTURE(equipped);
      CHECK(none_at_ban(colleagues));
      for (const Found& found : colleagues) CHECK(benign(*found.ring, "office") >= 0.5);
      if (equipped) CHECK(colleagues.size() >= 30);  // one image and one card are seen
    }
  }
}

TEST_CASE("judge: a family on one card and one address is at no ban, and is called one when it is reported") {
  for (std::uint64_t seed = 0; seed < kTowns; ++seed) {
    Town town(seed);
    town.add_family();
    const Detection detection = town.judged();
    const std::vector<Found> family = find(detection, "family-");
    CAPTURE(seed);
    CHECK(none_at_ban(family));
    CHECK(family.size() == 4);
    for (const Found& found : family) CHECK(benign(*found.ring, "family") >= 0.5);
  }
}

TEST_CASE("judge: a classroom that signed up in one hour is at no ban, and is called one when it is reported") {
  for (std::uint64_t seed = 0; seed < kTowns; ++seed) {
    for (const bool equipped : {false, true}) {
      Town town(seed);
      town.add_classroom(equipped);
      const Detection detection = town.judged();
      const std::vector<Found> pupils = find(detection, "pupil-");
      CAPTURE(seed);
      CAPTURE(equipped);
      CHECK(none_at_ban(pupils));
      for (const Found& found : pupils) CHECK(benign(*found.ring, "classroom") >= 0.5);
      if (equipped) CHECK(pupils.size() >= 25);
    }
  }
}

TEST_CASE("judge: a class that meets every other day in one room is at no ban, and is called one") {
  for (std::uint64_t seed = 0; seed < kTowns; ++seed) {
    Town town(seed);
    town.add_classroom(true, 8);
    const Detection detection = town.judged();
    const std::vector<Found> pupils = find(detection, "pupil-");
    CAPTURE(seed);
    CHECK(none_at_ban(pupils));
    CHECK(pupils.size() >= 25);
    for (const Found& found : pupils) CHECK(benign(*found.ring, "classroom") >= 0.5);
  }
}

TEST_CASE("judge: a customer's own batch jobs are at no ban, though they share everything round the clock") {
  for (std::uint64_t seed = 0; seed < kTowns; ++seed) {
    Town town(seed);
    town.add_pipeline();
    const Detection detection = town.judged();
    const std::vector<Found> jobs = find(detection, "batch-");
    CAPTURE(seed);
    CHECK(none_at_ban(jobs));
    CHECK(jobs.size() == 5);
    for (const Found& found : jobs) CHECK(benign(*found.ring, "pipeline") >= 0.5);
  }
}

TEST_CASE("judge: a campus, a VPN, a reseller and a popular application are at no ban") {
  struct Crowd {
    const char* stem;
    void (Town::*add)();
  };
  for (const Crowd& crowd : {Crowd{"student-", &Town::add_campus}, Crowd{"vpn-", &Town::add_vpn},
                             Crowd{"reseller-", &Town::add_reseller}, Crowd{"app-", &Town::add_app}}) {
    for (std::uint64_t seed = 0; seed < kTowns; ++seed) {
      Town town(seed);
      (town.*crowd.add)();
      const Detection detection = town.judged();
      CAPTURE(crowd.stem);
      CAPTURE(seed);
      const std::vector<Found> people = find(detection, crowd.stem);
      CHECK(none_at_ban(people));
    }
  }
}

TEST_CASE("judge: a ring that sits in a campus or leaves by a VPN is found, and those around it are not") {
  for (const bool prompts : {true, false}) {
    for (const bool campus : {true, false}) {
      for (std::uint64_t seed = 0; seed < kTowns; ++seed) {
        Town town(seed, prompts);
        if (campus)
          town.add_campus();
        else
          town.add_vpn();
        town.add_ring(campus ? names("campus", 5) : names("vpn exit", 6));
        const Detection detection = town.judged();
        CAPTURE(prompts);
        CAPTURE(campus);
        CAPTURE(seed);
        CHECK(find(detection, "ring-").size() == 24);
        for (const Found& found : find(detection, "ring-")) CHECK(found.member->tier == Tier::ban);
        for (const Found& found : find(detection, campus ? "student-" : "vpn-"))
          CHECK(found.member->tier == Tier::watch);
      }
    }
  }
}

TEST_CASE("judge: members that only addresses tie to a ring stay in it when they ask what it asks") {
  for (std::uint64_t seed = 0; seed < kTowns; ++seed) {
    Town town(seed);
    town.add_ring(names("exit", 6), 3);
    const Detection detection = town.judged();
    const std::vector<Found> ring = find(detection, "ring-");
    CAPTURE(seed);
    CHECK(ring.size() == 24);
    for (const Found& found : ring) CHECK(found.ring == ring.front().ring);
  }
}

TEST_CASE("judge: who has an address in common with a ring, or buys of it, is below ban when the ring is not") {
  for (std::uint64_t seed = 0; seed < kTowns; ++seed) {
    Town town(seed);
    town.add_ring();
    town.add_neighbours();
    const Detection detection = town.judged();
    const std::vector<Found> ring = find(detection, "ring-");
    CAPTURE(seed);
    CHECK(ring.size() == 24);
    for (const Found& found : ring) CHECK(found.member->tier == Tier::ban);
    CHECK(none_at_ban(find(detection, "neighbour-")));
  }
}

TEST_CASE("judge: side by side, the ring is at ban and nobody else above watch") {
  Town town;
  town.add_ring();
  town.add_neighbours();
  town.add_office(true);
  town.add_family();
  town.add_classroom(true);
  town.add_pipeline();
  const Detection detection = town.judged();
  CHECK(detection.rings.front().tier == Tier::ban);
  std::size_t others = 0;
  for (const Ring& ring : detection.rings) {
    for (const Member& member : ring.members) {
      CAPTURE(member.name);
      CHECK(member.tier <= ring.tier);
      CHECK(member.membership >= 0);
      CHECK(member.membership <= 1);
      if (member.name.starts_with("ring-")) {
        CHECK(member.tier == Tier::ban);
        continue;
      }
      CHECK(member.tier != Tier::ban);
      CHECK((member.tier == Tier::watch || member.name.starts_with("neighbour-")));
      ++others;
    }
  }
  CHECK(others >= 4 + 5 + 30);  // the crowds are seen, and let be
}

}  // namespace
}  // namespace ringscope
