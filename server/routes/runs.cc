// Runs: what detections found, and what was kept of the store.
#include <fmt/format.h>

#include "base/error.h"
#include "engine/ask/cuts.h"
#include "engine/ask/read_run.h"
#include "engine/ask/snapshot_diff.h"
#include "engine/ask/snapshots.h"
#include "engine/detect/ring/ring_json.h"
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

// -- what hangs together at a strength of evidence

Answer cuts(const Call& call) {
  return json_answer(
      chart_to_json(chart_cuts(call.view->store(), call.view->require_run().run, *call.arguments.number("min_size"))));
}

Answer cut_groups(const Call& call) {
  const Cut cut = cut_run(call.view->store(), call.view->require_run().run,
                          {.cut = static_cast<double>(*call.arguments.number("bits")),
                           .min_size = *call.arguments.number("min_size"),
                           .limit = *call.arguments.number("limit")});
  std::string items;
  for (const CutGroup& group : cut.list) items += (items.empty() ? "" : ",") + group_to_json(cut, group);
  return json_answer(fmt::format(R"({{"run":{},"items":[{}],"total":{},"next":null}})", cut.run, items, cut.groups));
}

// -- two states of the store

std::unique_ptr<Store> state_named(const Call& call, const std::string& name) {
  return name == kLiveStore ? call.services.open_store() : call.services.open_snapshot(name);
}

Answer difference(const Call& call) {
  const std::string before = call.arguments.text("before"), after = call.arguments.text("after");
  const auto then = state_named(call, before), now = state_named(call, after);
  const SnapshotDiff diff = compare_stores(*then, *now, *call.arguments.number("limit"), call.budget.checkpoint());
  return json_answer(diff_to_json(before, after, diff));
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

constexpr Parameter kCuts[] = {{.name = "min_size",
                                .shape = Shape::number,
                                .meaning = "Accounts of a group that counts for plateaus",
                                .fallback = "5",
                                .least = 2}};
constexpr Parameter kCut[] = {{.name = "bits",
                               .shape = Shape::number,
                               .meaning = "The strength of links that hold accounts together, or more",
                               .required = true,
                               .most = 100'000},
                              {.name = "min_size",
                               .shape = Shape::number,
                               .meaning = "Of this many accounts or more",
                               .fallback = "2",
                               .least = 2},
                              kLimit};
constexpr Parameter kStates[] = {
    {.name = "before", .meaning = "A snapshot, or live: the store itself", .required = true, .longest = 64},
    {.name = "after", .meaning = "A snapshot, or live", .fallback = "live", .longest = 64},
    kLimit};

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
    {.name = "snapshots.diff",
     .path = "/api/v1/snapshots/diff",
     .summary = "What came, went and changed between two states of the store",
     .cost = Cost::heavy,
     .parameters = kStates,
     .reply = {.schema = "snapshot-diff"},
     .answer = difference,
     .tagged = false},
    {.name = "cuts.chart",
     .path = "/api/v1/cuts",
     .summary = "How many accounts hang together in how many groups, at every strength of evidence",
     .cost = Cost::heavy,
     .parameters = kCuts,
     .reply = {.schema = "cuts"},
     .answer = cuts},
    {.name = "cuts.groups",
     .path = "/api/v1/cuts/groups",
     .summary = "What links of so many bits or more hold together, the largest group first",
     .cost = Cost::heavy,
     .parameters = kCut,
     .reply = {.form = Form::list, .schema = "cut-group"},
     .answer = cut_groups},
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
