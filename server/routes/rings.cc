// Rings: the list, one ring, its evidence and its members.
#include <algorithm>

#include "base/error.h"
#include "engine/ask/compare.h"
#include "engine/ask/dossier.h"
#include "engine/ask/life/ring_days.h"
#include "engine/ask/picture.h"
#include "engine/ask/ring_list.h"
#include "engine/detect/ring/ring_json.h"
#include "engine/json.h"
#include "server/lists.h"
#include "server/routes.h"
#include "server/view.h"

namespace ringscope::server {
namespace {

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
  const View& view = *call.view;
  return json_answer(dossier_to_json(read_dossier(view.store(), view.require_run().run, call.arguments.text("ring"),
                                                  {.check = call.budget.checkpoint()})));
}

Answer picture(const Call& call) {
  const auto head = call.view->ring(call.arguments.text("ring"));
  const auto map = call.view->map(head->ring, call.budget.checkpoint());
  call.budget.check();
  PictureOptions options;
  options.open = call.arguments.words("open");
  return json_answer(picture_to_json(draw_ring(call.view->store(), head->ring, *map, options)));
}

Answer compare(const Call& call) {
  const View& view = *call.view;
  return json_answer(comparison_to_json(compare_rings(view.store(), view.require_run().run, call.arguments.text("a"),
                                                      call.arguments.text("b"), {.check = call.budget.checkpoint()})));
}

Answer evidence(const Call& call) {
  const auto head = call.view->ring(call.arguments.text("ring"));
  const Json items = Json::parse(ring_to_json_without_members(head->ring)).at("evidence");
  const Slice slice = slice_of(call, "evidence-" + head->ring.id, items.size());
  return list_answer(call, slice, [&](std::size_t i) { return items[i].dump(); });
}

Answer timeline(const Call& call) {
  const auto head = call.view->ring(call.arguments.text("ring"));
  std::vector<KeyHash> accounts;
  for (const Member& member : head->ring.members) accounts.push_back(member.account);
  std::ranges::sort(accounts);
  const RunSummary& run = call.view->summary();
  return json_answer(days_to_json(head->ring.id, run.run,
                                  ring_days(call.view->store(), accounts, run.window, call.budget.checkpoint())));
}

Answer members(const Call& call) {
  const Arguments& arguments = call.arguments;
  MembersQuery query;
  query.order = parse_member_order(arguments.text("sort"));
  query.reversed = arguments.flag("reversed");
  for (const std::string& word : arguments.words("tier")) query.tiers.push_back(*parse_tier(word));
  query.limit = arguments.number("limit").value_or(100);
  query.cursor = arguments.text("cursor");
  const auto head = call.view->ring(arguments.text("ring"));
  return json_answer(members_to_json(list_members(call.view->store(), *head, query)));
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
constexpr Parameter kPicture[] = {
    kRing, {.name = "open", .meaning = "Groups that are shown by their members, joined by commas: g3,g3.1"}};
constexpr Parameter kTwo[] = {{.name = "a", .meaning = "One ring", .required = true, .longest = 64},
                              {.name = "b", .meaning = "The other", .required = true, .longest = 64}};
constexpr Parameter kPart[] = {kRing, kLimit, kCursor};
constexpr Parameter kMembers[] = {kRing,
                                  kTier,
                                  {.name = "sort",
                                   .shape = Shape::choice,
                                   .meaning = "The greatest first; accounts by name, ascending; verdict: decided ones",
                                   .words = "membership,score,account,verdict",
                                   .fallback = "membership"},
                                  {.name = "reversed", .shape = Shape::flag, .meaning = "The other way round"},
                                  kLimit,
                                  kCursor};

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
     .summary = "One ring, without its members: evidence, the steps of its score, sub-communities, bridges",
     .raw = true,
     .parameters = kOne,
     .reply = {.schema = "dossier"},
     .answer = show},
    {.name = "rings.evidence",
     .path = "/api/v1/rings/{ring}/evidence",
     .summary = "What its members share",
     .raw = true,
     .parameters = kPart,
     .reply = {.form = Form::list, .schema = "evidence"},
     .answer = evidence},
    {.name = "rings.picture",
     .path = "/api/v1/rings/{ring}/picture",
     .summary = "Its members and things as a drawing, placed; of a large ring its sub-communities",
     .raw = true,
     .parameters = kPicture,
     .reply = {.schema = "picture"},
     .answer = picture},
    {.name = "rings.compare",
     .path = "/api/v1/compare",
     .summary = "Two rings side by side, and whether they are one operator's",
     .raw = true,
     .parameters = kTwo,
     .reply = {.schema = "compare"},
     .answer = compare},
    {.name = "rings.days",
     .path = "/api/v1/rings/{ring}/timeline",
     .summary = "What its members did, day by day",
     .parameters = kOne,
     .reply = {.schema = "ring-days"},
     .answer = timeline},
    {.name = "rings.members",
     .path = "/api/v1/rings/{ring}/members",
     .summary = "Its members",
     .raw = true,
     .parameters = kMembers,
     .reply = {.schema = "members"},
     .answer = members},
};

}  // namespace

std::span<const Route> ring_routes() { return kRoutes; }

}  // namespace ringscope::server
