// Who asks, and what the store holds.

#include "engine/json.h"
#include "server/routes.h"
#include "server/services.h"

namespace ringscope::server {
namespace {

Answer get_session(const Call& call) {
  const Principal& who = call.principal;
  const Json json = {{"schema", "ringscope.session/1"},
                     {"name", who.name},
                     {"role", to_string(who.role)},
                     {"masked", who.masked()},
                     {"permissions", permissions_of(who.role)},
                     {"csrf", who.csrf},
                     {"expires", who.expires == 0 ? Json(nullptr) : Json(who.expires)}};
  return json_answer(json.dump());
}

Answer get_store(const Call& call) {
  const View& view = *call.view;
  const RunSummary& run = view.summary();
  const auto days = view.store().day_range();
  const auto keyed = view.store().keyed();
  const WriterState writer = call.services.views.writer();
  const Json json = {{"schema", "ringscope.store/1"},
                     {"version", call.services.settings.version},
                     {"run", run.run},
                     {"runs", view.counts().runs},
                     {"rings", view.rings().lines.size()},
                     {"ring_accounts", run.accounts},
                     {"accounts", run.population_accounts},
                     {"entities", run.population_entities},
                     {"batches", view.counts().batches},
                     {"verdicts", view.decisions().verdicts().size()},
                     {"events", view.last_event()},
                     {"first_event", view.store().feed_floor() + 1},
                     {"first_day", days ? Json(format_day(days->first)) : Json(nullptr)},
                     {"last_day", days ? Json(format_day(days->last)) : Json(nullptr)},
                     {"detected", run.run == 0 ? Json(nullptr) : Json(run.created)},
                     {"two_persons_above", call.services.settings.two_persons_above},
                     {"sealed", keyed ? keyed->sealed : std::vector<std::string>()},
                     {"read_only", call.services.settings.read_only},
                     {"writing", writer.writing},
                     {"activity", writer.activity}};
  return json_answer(json.dump());
}

constexpr Route kRoutes[] = {
    {.name = "session.show",
     .path = "/api/v1/session",
     .summary = "Who asks, and what they may do",
     .reply = {.schema = "session"},
     .answer = get_session,
     .tagged = false},
    {.name = "session.store",
     .path = "/api/v1/store",
     .summary = "What the store holds, and what is being done to it",
     .reply = {.schema = "store"},
     .answer = get_store,
     .tagged = false},
};

}  // namespace

std::span<const Route> session_routes() { return kRoutes; }

}  // namespace ringscope::server
