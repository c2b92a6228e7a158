// Rings over the runs: what happened to them, to one of them, which came out of which, and who followed the banned.
#include "engine/ask/life/flow.h"
#include "engine/ask/life/ring_life.h"
#include "engine/ask/life/successions.h"
#include "engine/ledger/chronicle.h"
#include "engine/ledger/ring_event_json.h"
#include "server/lists.h"
#include "server/routes.h"
#include "server/view.h"

namespace ringscope::server {
namespace {

Answer history(const Call& call) {
  const Store& store = call.view->store();
  const std::vector<RingEvent> all = events_of(store, find_standing(store, call.arguments.text("ring")));
  const Slice slice = slice_of(call, "history", all.size());
  return list_answer(call, slice, [&](std::size_t i) { return event_to_json(all[i], store); });
}

Answer timeline(const Call& call) {
  const Store& store = call.view->store();
  const Standing standing = find_standing(store, call.arguments.text("ring"));
  return answer_of(200, "image/svg+xml",
                   timeline_to_svg(standing, events_of(store, standing), call.view->counts().runs));
}

Answer version(const Call& call) {
  const Store& store = call.view->store();
  const Standing standing = find_standing(store, call.arguments.text("ring"));
  const std::uint64_t run = *call.arguments.number("run");
  return json_answer(version_to_json(store, standing, version_at(store, standing, run), run));
}

Answer changed(const Call& call) {
  const std::uint64_t since = *call.arguments.number("since");
  const std::vector<ChangedRing> all = changed_since(call.view->store(), since);
  const Slice slice = slice_of(call, "changed", all.size(), since);
  return list_answer(call, slice, [&](std::size_t i) { return changed_to_json(all[i]); });
}

Answer flow(const Call& call) {
  const Flow all = build_flow(call.view->store());
  const Slice slice = slice_of(call, "flow", all.links.size());
  return list_answer(call, slice, [&](std::size_t i) { return link_to_json(all, all.links[i]); });
}

Answer flow_picture(const Call& call) {
  return answer_of(200, "image/svg+xml", flow_to_svg(build_flow(call.view->store())));
}

Answer waves(const Call& call) {
  (void)call.view->require_run();
  const std::vector<Succession> all = successions(call.view->store());
  const Slice slice = slice_of(call, "successions", all.size());
  return list_answer(call, slice, [&](std::size_t i) { return succession_to_json(all[i]); });
}

Answer replaced(const Call& call) {
  (void)call.view->require_run();
  const std::vector<ReplacedAccount> all = replaced_accounts(call.view->store());
  const Slice slice = slice_of(call, "replaced", all.size());
  return list_answer(call, slice, [&](std::size_t i) { return succession_to_json(all[i]); });
}

constexpr Parameter kList[] = {kLimit, kCursor};
constexpr Parameter kOne[] = {kRing};
constexpr Parameter kLife[] = {kRing, kLimit, kCursor};
constexpr Parameter kAt[] = {kRing,
                             {.name = "run",
                              .place = Place::path,
                              .shape = Shape::number,
                              .meaning = "The run after which",
                              .required = true,
                              .least = 1}};
constexpr Parameter kChanged[] = {
    {.name = "since", .shape = Shape::number, .meaning = "Rings whose version is of a later run", .fallback = "0"},
    kLimit,
    kCursor};

constexpr Reply kEventList{.form = Form::list, .schema = "ring-event"};
constexpr Reply kPicture{.form = Form::lines, .media = "image/svg+xml"};

constexpr Route kRoutes[] = {
    {.name = "rings.history",
     .path = "/api/v1/rings/{ring}/history",
     .summary = "What happened to a ring over the runs, a retired one as well",
     .parameters = kLife,
     .reply = kEventList,
     .answer = history},
    {.name = "rings.life_picture",
     .path = "/api/v1/rings/{ring}/timeline.svg",
     .summary = "The same as a picture: size and tier over the runs",
     .parameters = kOne,
     .reply = kPicture,
     .answer = timeline},
    {.name = "rings.version",
     .path = "/api/v1/rings/{ring}/at/{run}",
     .summary = "Members and tiers that a ring had after a run",
     .parameters = kAt,
     .reply = {.schema = "ring-version"},
     .answer = version},
    {.name = "rings.changed",
     .path = "/api/v1/changes",
     .summary = "Rings that changed after a run, retired ones as well, and what happened to them",
     .parameters = kChanged,
     .reply = {.form = Form::list, .schema = "ring-change"},
     .answer = changed},
    {.name = "rings.flow",
     .path = "/api/v1/flow",
     .summary = "Which rings came out of which over the runs",
     .parameters = kList,
     .reply = {.form = Form::list, .schema = "ring-flow"},
     .answer = flow},
    {.name = "rings.flow_picture",
     .path = "/api/v1/flow.svg",
     .summary = "The same as a picture",
     .reply = kPicture,
     .answer = flow_picture},
    {.name = "successions.waves",
     .path = "/api/v1/successions",
     .summary = "Waves of bans, and the rings that took over",
     .raw = true,
     .parameters = kList,
     .reply = {.form = Form::list, .schema = "succession"},
     .answer = waves},
    {.name = "successions.accounts",
     .path = "/api/v1/successions/accounts",
     .summary = "Accounts that took a banned one's place",
     .raw = true,
     .parameters = kList,
     .reply = {.form = Form::list, .schema = "replacement"},
     .answer = replaced},
};

}  // namespace

std::span<const Route> life_routes() { return kRoutes; }

}  // namespace ringscope::server
