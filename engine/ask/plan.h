// What a detection would look at, what becomes of it and what it will cost, before it runs.
//
// Method   one scan of the window's cells counts every entity's accounts; the null model's limit on hubs follows from
//          the counts. Costs by engine/detect/project/cost.h, with the machine's speed measured by sorting a million
//          words.
// Errors   Error usage, config as detect() throws them.
// Cost     a scan of the cells; 16 bytes an entity.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "algorithms/csr_graph.h"
#include "engine/config.h"
#include "engine/detect/project/cost.h"
#include "storage/store.h"

namespace ringscope {

// What detection does with entities of so many accounts.
enum class Treatment : std::uint8_t {
  alone,   // of one account: makes no pair; its facets and habits are looked at
  paired,  // every pair of its accounts is tested
  hub,     // above the limit: counted, never enumerated
};
const char* to_string(Treatment treatment);

struct DegreeBand {
  Vertex least = 0, most = 0;  // accounts
  std::uint64_t entities = 0, edges = 0, pairs = 0;
  Treatment treatment = Treatment::paired;
};

struct PlannedKind {
  std::string name;
  std::uint64_t entities = 0, edges = 0;
  Vertex most = 0;  // accounts on one entity
};

struct Plan {
  DayWindow window;
  WorkSize size;
  std::uint64_t entities = 0, cells = 0;
  Vertex hub_accounts = 0;         // the limit in force
  std::vector<PlannedKind> kinds;  // ascending by name
  std::vector<DegreeBand> bands;   // ascending; none without entities
  std::vector<StageCost> stages;
  double seconds = 0;
  std::size_t peak_bytes = 0;
  std::size_t memory_bytes = 0;  // the bound that the configuration sets
};

Plan plan(const Store& store, const Config& config);

// {"schema": "ringscope.plan/1", …}, see docs/schema/plan.schema.json.
std::string plan_to_json(const Plan& plan);

}  // namespace ringscope
