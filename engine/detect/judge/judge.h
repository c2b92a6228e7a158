// Groups -> rings: score, tier, reasons, and what each member has to do with it.
#pragma once

#include <string>
#include <vector>

#include "engine/detect/cluster/clearing.h"
#include "engine/detect/judge/evidence.h"
#include "engine/detect/judge/seeding.h"
#include "engine/detect/judge/traits.h"
#include "engine/detect/project/cluster.h"
#include "engine/detect/ring/ring.h"
#include "engine/detect/ring/verdict.h"

namespace ringscope {

inline constexpr double kLeastNats = 0.05;  // of a finding, to be one of the ring's reasons: "+2.2 …", in their order

struct JudgeOptions {
  std::uint32_t evidence_per_ring = 50;
  double ban_score = 0.90;                                // least score of a ban
  double review_score = 0.5;                              // least score of a review
  double ban_benign = 0.1;                                // most probability of any honest explanation under a ban
  const UsageBaseline* baseline = nullptr;                // nothing: what the traffic is for is not asked
  const Habits* habits = nullptr;                         // nothing: mail domains and crowds are not known
  const Clearing* clearing = nullptr;                     // nothing: nobody was cleared
  const std::vector<std::vector<Seed>>* seeds = nullptr;  // by group; nothing: nobody joins
  unsigned threads = 0;
};

// One step of the score: what was seen, and how it moved the log-odds (nats) that this is one operator's ring.
struct Finding {
  std::string feature;  // of engine/detect/judge/score_model.h
  double value = 0;
  double nats = 0;  // value times the feature's weight
  std::string reason;
};

struct Judgement {
  double score = 0;  // probability of a ring, after honest explanations
  Tier tier = Tier::watch;
  std::vector<Finding> findings;  // largest effect first
  std::vector<BenignHypothesis> benign;
};

// The verdict on a group's traits. A pure function.
Judgement judge(const Traits& traits, const JudgeOptions& options);

// The accounts that judging asks the profiles of, ascending.
std::vector<Vertex> members_of(const std::vector<Group>& groups);

// Whom people confirmed speaks for a ring as the banned do.
void mark_confirmed(const Snapshot& snapshot, const Decisions& decisions, Profiles& profiles);

// A ring is judged by its members but those that people cleared, where they are fewer than half: of these the ring's
// things are shared outside of it. Both they and who joins for what it shares with confirmed members (seeding.h) are
// listed, and no evidence.
//
// All groups as rings, by tier, score, size descending, then id; `origins`, when asked for: by ring the number of its
// group. Everything a ring says comes from the snapshot it was made of. `profiles` are those of the members, and what
// they are held against.
std::vector<Ring> judge_groups(const Store& store, const Snapshot& snapshot, const Weights& weights,
                               const std::vector<Group>& groups, const Profiles& profiles, const JudgeOptions& options,
                               std::vector<std::size_t>* origins = nullptr);

}  // namespace ringscope
