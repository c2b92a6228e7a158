// The feed: everything that happened, in order, for whoever keeps a cursor.
#include "engine/export/feed.h"

#include <fmt/format.h>

#include "server/api_error.h"
#include "server/http.h"
#include "server/routes.h"
#include "server/view.h"

namespace ringscope::server {
namespace {

// A list whose cursor is a number that a machine keeps for as long as it likes.
Answer events(const Call& call) {
  const Store& store = call.view->store();
  const FeedQuery query{.after = *call.arguments.number("after"), .limit = *call.arguments.number("limit")};
  if (const auto gap = feed_gap(store, query.after))
    throw ApiError(410, "feed_gap", gap->message, fmt::format("after={}", query.after));
  std::string items;
  const FeedPage page = read_feed(store, query, [&](std::string_view line) {
    call.budget.check();
    if (!items.empty()) items += ',';
    items += line;
  });
  return json_answer(
      fmt::format(R"({{"run":{},"items":[{}],"total":{},"next":{},"more":{},"high_water":{},"halted":{}}})",
                  call.view->run(), items, page.high_water - page.after,
                  page.more ? fmt::format("\"{}\"", page.next) : "null", page.more, page.high_water, page.halted));
}

constexpr Parameter kFeed[] = {
    {.name = "after", .shape = Shape::number, .meaning = "Only events with a greater number", .fallback = "0"}, kLimit};

constexpr Route kRoutes[] = {
    {.name = "events.list",
     .path = "/api/v1/events",
     .summary =
         "Everything that happened, in one series of numbers: rings, verdicts, bans and unbans, the kill switch. "
         "next is the number to go on after; without more it is high_water",
     .raw = true,
     .parameters = kFeed,
     .reply = {.form = Form::list, .schema = "ring-event,verdict-event,action-event,switch-event"},
     .answer = events,
     .gone = true}};

}  // namespace

std::span<const Route> feed_routes() { return kRoutes; }

}  // namespace ringscope::server
