// What a full and an incremental detection have in common: what they are set up with, and the stages after grouping.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "engine/config.h"
#include "engine/detect/cluster/coact.h"
#include "engine/detect/judge/judge.h"
#include "engine/detect/project/cluster.h"
#include "engine/detect/ring/verdict.h"
#include "engine/load/habits.h"
#include "engine/load/hub_list.h"

namespace ringscope {

// What the configuration, the operator's files and the verdicts say.
struct Setup {
  Setup(const Store& store, const Config& config);

  const Config& config;
  Decisions decisions;
  OperatorLists lists;
  HubList listed;  // the operator's, and things that verdicts call honest
  HabitOptions habits;
  ClusterOptions clustering;
};

// The window that a detection looks at now. Throws Error usage.
DayWindow window_of(const Store& store, const DetectConfig& config);

// What rings are made of.
struct Grouped {
  const Snapshot& snapshot;
  const Weights& weights;
  const Habits& habits;
  const std::vector<Group>& groups;
  std::span<const Coaction> coactions;
  const Profiles& profiles;
  const UsageBaseline& baseline;
  const Clearing& clearing;
  const std::vector<std::vector<Seed>>& seeds;  // by group
};

// Rings with all that is said of them but campaigns; `origins` as in judge_groups().
std::vector<Ring> rings_of(const Store& store, const Setup& setup, const Grouped& grouped,
                           std::vector<std::size_t>* origins = nullptr);

// Sets what the summary says of all rings, in their order and under the names that their content gives them.
void sum_up(const std::vector<Ring>& rings, RunSummary& summary);
// Sets what the summary says of what was looked at, and of the means.
void sum_up(const Snapshot& snapshot, const Similarity& similarity, const Config& config, RunSummary& summary);

// As stored.
StoredEntity stored_entity(const Snapshot& snapshot, const Weights& weights, Vertex entity);

}  // namespace ringscope
