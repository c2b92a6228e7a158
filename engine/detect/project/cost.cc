#include "engine/detect/project/cost.h"

#include <algorithm>
#include <cmath>

#include "base/parallel.h"

namespace ringscope {
namespace {

struct StageModel {
  const char* name;
  double edge;   // microseconds of processor time for an edge, of a million …
  double power;  // … and with how many it grows
  double pair;   // microseconds for a pair
  bool parallel;
  std::size_t bytes;  // by edge
};

constexpr double kMillion = 1e6;
constexpr std::size_t kProgramBytes = std::size_t{25} << 20;  // the store's caches and the program itself
constexpr StageModel kStages[] = {
    {"load", 0.6, 1, 0, true, 90},         {"weigh", 0.9, 1, 0.014, true, 90},     {"coact", 0.33, 1, 0, true, 105},
    {"project", 0.3, 1, 0.012, true, 170}, {"cluster", 0.45, 1, 0, false, 245},    {"habits", 1.35, 1, 0, false, 355},
    {"glue", 0.22, 1, 0, false, 270},      {"pools", 6.5, 1.29, 0, false, 290},    {"dispatch", 0.18, 1, 0, true, 290},
    {"arrivals", 0.1, 1, 0, true, 290},    {"profiles", 1.1, 1, 0, true, 345},     {"rings", 1.2, 1, 0, true, 410},
    {"explain", 0.15, 1, 0, true, 410},    {"successions", 0.4, 1, 0, false, 440}, {"index", 0.05, 1, 0, false, 440},
    {"publish", 1.15, 1, 0, false, 455},
};

}  // namespace

std::vector<StageCost> detection_cost(const WorkSize& size, unsigned threads, double speed) {
  const double workers = threads == 0 ? hardware_threads() : threads;
  std::vector<StageCost> costs;
  for (const StageModel& stage : kStages) {
    const double processor = stage.edge * std::pow(static_cast<double>(size.edges) / kMillion, stage.power) +
                             stage.pair * static_cast<double>(size.pairs) / kMillion;
    costs.push_back({.name = stage.name,
                     .seconds = processor / (stage.parallel ? workers : 1.0) / speed,
                     .bytes = kProgramBytes + stage.bytes * size.edges});
  }
  return costs;
}

std::size_t detection_bytes(const WorkSize& size) {
  std::size_t most = 0;
  for (const StageModel& stage : kStages) most = std::max(most, kProgramBytes + stage.bytes * size.edges);
  return most;
}

}  // namespace ringscope
