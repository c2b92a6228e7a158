#include "engine/lab/simulate.h"

#include <chrono>
#include <system_error>

#include "base/error.h"
#include "engine/lab/world/plan.h"
#include "engine/lab/world/planner.h"
#include "engine/lab/world/writer.h"

namespace ringscope {

const std::vector<SimulatedKind>& simulated_kinds() {
  static const std::vector<SimulatedKind> kKinds = [] {
    std::vector<SimulatedKind> kinds = world::ring_kinds();
    for (const SimulatedKind& kind : world::honest_kinds()) kinds.push_back(kind);
    return kinds;
  }();
  return kKinds;
}

SimulateReport simulate(const SimulateOptions& options) {
  const auto began = std::chrono::steady_clock::now();
  const world::World world = world::plan_world(options);
  std::error_code error;
  std::filesystem::create_directories(options.out, error);
  if (error) throw Error(ErrorCode::io, "cannot create the directory: " + error.message(), options.out.string());

  const world::Written written = world::write_events(world, options.out / ("events." + options.format));
  world::write_truth(world, options.out, written);

  SimulateReport report{.accounts = world.accounts.size(), .requests = written.requests, .bytes = written.bytes};
  for (const world::Group& group : world.groups) {
    report.rings += group.is_ring ? 1 : 0;
    report.ring_accounts += group.is_ring ? group.size : 0;
    report.honest_groups += !group.is_ring && !group.name.empty() ? 1 : 0;
  }
  report.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - began).count();
  return report;
}

}  // namespace ringscope
