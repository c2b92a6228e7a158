// Who goes on with new accounts after a ban evades; who goes on with the accounts that he has does not.
#include <algorithm>

#include <doctest/doctest.h>
#include <fmt/format.h>

#include "engine/detect/judge/judge.h"
#include "tests/engine/detect/said.h"
#include "tests/engine/detect/town.h"

namespace ringscope {
namespace {

using testing::kStart;
using testing::Town;

struct Jobs {
  double pipeline = 0;  // probability of the explanation
  bool at_ban = false;  // any of them
};

// A customer's 24 accounts, the first `banned` of them banned on the ninth day.
Jobs judged(int banned, int fresh) {
  Town town;
  town.add_pipeline(24, fresh);
  for (int i = 0; i < banned; ++i) town.ban(fmt::format("batch-{}", i), kStart + 8 * kSecondsPerDay);
  const Detection detection = town.judged();
  Jobs jobs;
  for (const Ring& ring : detection.rings) {
    const auto job = [](const Member& member) { return member.name.starts_with("batch-"); };
    if (std::ranges::count_if(ring.members, job) < 20) continue;
    const auto pipeline = std::ranges::find(ring.benign, "pipeline", &BenignHypothesis::name);
    if (pipeline != ring.benign.end()) jobs.pipeline = pipeline->probability;
    jobs.at_ban = std::ranges::any_of(ring.members, [](const Member& member) { return member.tier == Tier::ban; });
  }
  return jobs;
}

TEST_CASE("evasion: a customer two of whose accounts were banned goes on with the others") {
  const Jobs none = judged(0, 0), two = judged(2, 0);
  CHECK(none.pipeline >= 0.9);
  CHECK(two.pipeline == none.pipeline);
  CHECK(!two.at_ban);
}

TEST_CASE("evasion: new accounts after the bans, or half of all banned, are no customer's") {
  CHECK(judged(2, 6).pipeline == 0);
  CHECK(judged(14, 0).pipeline == 0);
  CHECK(judged(0, 6).pipeline >= 0.9);  // new accounts alone are no fault
}

TEST_CASE("evasion: of whom people confirmed it is not known since when he is out") {
  Snapshot snapshot;
  snapshot.accounts = {testing::key_of(0), testing::key_of(1), testing::key_of(2)};
  Profiles profiles{.accounts = {0, 1, 2}, .of = std::vector<Profile>(3), .population = {}};
  profiles.of[0].facts.status = StatedFact("active", 100);
  profiles.of[1].facts.status = StatedFact("banned", 200);
  profiles.of[2].facts.status = StatedFact("active", 300);
  mark_confirmed(snapshot, testing::said(VerdictWord::confirm, {0, 1}), profiles);
  CHECK(profiles.of[0].facts.status == StatedFact("banned", kNoTime));
  CHECK(profiles.of[1].facts.status == StatedFact("banned", 200));
  CHECK(profiles.of[2].facts.status == StatedFact("active", 300));
}

}  // namespace
}  // namespace ringscope
