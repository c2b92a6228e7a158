// Runs: what detections found, and what was kept of the store.
#include "base/error.h"
#include "engine/ask/read_run.h"
#include "engine/ask/snapshots.h"
#include "engine/detect/ring_json.h"
#include "engine/ledger/indicators.h"
#include "server/lists.h"
#include "server/routes.h"
#include "server/services.h"

namespace ringscope::server {
namespace {

// The latest first.
Answer list(const Call& call) {
  const std::vector<RunInfo> runs = call.view->store().runs();
  const Slice slice = slice_of(call, "runs", runs.size());
  return list_answer(call, slice,
                     [&](std::size_t i) { return run_to_json(run_from_json(runs[runs.size() - 1 - i].payload)); });
}

Answer show(const Call& call) {
  return json_answer(run_to_json(find_run(call.view->store(), *call.arguments.number("run"))));
}

Answer snapshots(const Call& call) {
  const std::vector<SnapshotManifest> all = list_snapshots(call.services.settings.store);
  const Slice slice = slice_of(call, "snapshots", all.size(), all.size());
  return list_answer(call, slice, [&](std::size_t i) { return manifest_to_json(all[i]); });
}

Answer indicators(const Call& call) {
  const std::vector<std::string> campaigns =
      indicators_to_json(call.view->store().indicators(), call.services.settings.has_asn_table);
  const Slice slice = slice_of(call, "indicators", campaigns.size(), campaigns.size());
  return list_answer(call, slice, [&](std::size_t i) { return campaigns[i]; });
}

constexpr Parameter kList[] = {kLimit, kCursor};
constexpr Parameter kOne[] = {{.name = "run",
                               .place = Place::path,
                               .shape = Shape::number,
                               .meaning = "Its number",
                               .required = true,
                               .least = 1}};

constexpr Route kRoutes[] = {
    {.name = "runs.list",
     .path = "/api/v1/runs",
     .summary = "The detections that were made, the latest first",
     .parameters = kList,
     .reply = {.form = Form::list, .schema = "run"},
     .answer = list},
    {.name = "runs.show",
     .path = "/api/v1/runs/{run}",
     .summary = "One detection",
     .parameters = kOne,
     .reply = {.schema = "run"},
     .answer = show},
    {.name = "snapshots.list",
     .path = "/api/v1/snapshots",
     .summary = "What was kept of the store under a name",
     .parameters = kList,
     .reply = {.form = Form::list, .schema = "snapshot"},
     .answer = snapshots,
     .tagged = false},
    {.name = "indicators.list",
     .path = "/api/v1/indicators",
     .summary = "What is known of campaigns",
     .raw = true,
     .parameters = kList,
     .reply = {.form = Form::list, .schema = "indicators"},
     .answer = indicators},
};

}  // namespace

std::span<const Route> run_routes() { return kRoutes; }

}  // namespace ringscope::server
