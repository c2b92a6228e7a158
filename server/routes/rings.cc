// Rings: the list, one ring, its evidence and its members.
#include <array>

#include <nlohmann/json.hpp>

#include "base/error.h"
#include "engine/ask/ring_list.h"
#include "engine/detect/ring_json.h"
#include "server/lists.h"
#include "server/routes.h"
#include "server/view.h"

namespace ringscope::server {
namespace {

using Json = nlohmann::ordered_json;

RingQuery query_of(const Arguments& arguments) {
  RingQuery query;
  for (const std::string& word : arguments.words("tier")) query.filter.tiers.push_back(*parse_tier(word));
  query.filter.min_size = arguments.number("min_size").value_or(0);
  query.filter.max_size = arguments.number("max_size").value_or(UINT64_MAX);
  query.filter.campaigns = arguments.words("campaign");
  query.filter.kinds = arguments.words("kind");
  query.filter.changes = arguments.words("change");
  query.filter.verdicts = arguments.words("verdict");
  query.filter.changed_since = arguments.number("changed_since");
  query.filter.text = arguments.text("q");
  query.order = parse_ring_order(arguments.text("sort"));
  query.ascending = arguments.text("order") == "asc";
  query.limit = arguments.number("limit").value_or(100);
  query.cursor = arguments.text("cursor");
  return query;
}

Answer list(const Call& call) {
  const RingQuery query = query_of(call.arguments);
  const RingPage page = list_rings(call.view->rings(), query);
  if (!call.arguments.flag("facets")) return json_answer(page_to_json(page));
  const RingFacets facets = ring_facets(call.view->rings(), query.filter);
  return json_answer(page_to_json(page, &facets));
}

Answer show(const Call& call) {
  return json_answer(ring_to_json_without_members(*call.view->ring(call.arguments.text("ring"))));
}

Answer evidence(const Call& call) {
  const auto ring = call.view->ring(call.arguments.text("ring"));
  const Json items = Json::parse(ring_to_json_without_members(*ring)).at("evidence");
  const Slice slice = slice_of(call, "evidence-" + ring->id, items.size());
  return list_answer(call, slice, [&](std::size_t i) { return items[i].dump(); });
}

Answer members(const Call& call) {
  const auto ring = call.view->ring(call.arguments.text("ring"));
  const Slice slice = slice_of(call, "members-" + ring->id, ring->members.size());
  return list_answer(call, slice, [&](std::size_t i) { return member_to_json(ring->members[i]); });
}

constexpr Parameter kListed[] = {
    kTier,
    {.name = "min_size", .shape = Shape::number, .meaning = "Of this many accounts or more"},
    {.name = "max_size", .shape = Shape::number, .meaning = "Of this many accounts or fewer"},
    {.name = "campaign", .meaning = "That indicators of one of these campaigns speak for; none: of no campaign"},
    {.name = "kind", .meaning = "With evidence of all these kinds (payment, ip/net, …)"},
    {.name = "change", .meaning = "To which one of these happened in the run (born, grown, …); unchanged: nothing"},
    {.name = "changed_since", .shape = Shape::number, .meaning = "Whose version is of a later run than this"},
    {.name = "verdict",
     .shape = Shape::choices,
     .meaning = "With one of these verdicts; none: without one",
     .words = "confirm,reject,benign,needs-more,note,none"},
    {.name = "q", .meaning = "With all these words in id, summary, campaigns or kinds"},
    {.name = "sort",
     .shape = Shape::choice,
     .meaning = "By what; rank: tier, then score, then size",
     .words = "rank,score,size,requests,evidence,first_seen,last_seen,changed",
     .fallback = "rank"},
    {.name = "order",
     .shape = Shape::choice,
     .meaning = "The greatest or the least first",
     .words = "asc,desc",
     .fallback = "desc"},
    {.name = "facets", .shape = Shape::flag, .meaning = "Count rings by tier, campaign, kind, change and verdict, too"},
    kLimit,
    kCursor};
constexpr Parameter kOne[] = {kRing};
constexpr Parameter kPart[] = {kRing, kLimit, kCursor};

constexpr Route kRoutes[] = {
    {.name = "rings.list",
     .path = "/api/v1/rings",
     .summary = "The rings of the latest run",
     .raw = true,
     .parameters = kListed,
     .reply = {.schema = "ring-page"},
     .answer = list},
    {.name = "rings.show",
     .path = "/api/v1/rings/{ring}",
     .summary = "One ring, without its members",
     .raw = true,
     .parameters = kOne,
     .reply = {.schema = "ring-head"},
     .answer = show},
    {.name = "rings.evidence",
     .path = "/api/v1/rings/{ring}/evidence",
     .summary = "What its members share",
     .raw = true,
     .parameters = kPart,
     .reply = {.form = Form::list, .schema = "evidence"},
     .answer = evidence},
    {.name = "rings.members",
     .path = "/api/v1/rings/{ring}/members",
     .summary = "Its members",
     .raw = true,
     .parameters = kPart,
     .reply = {.form = Form::list, .schema = "member"},
     .answer = members},
};

}  // namespace

std::span<const Route> ring_routes() { return kRoutes; }

}  // namespace ringscope::server
