// Search: from a text, or from many ids at once, to what they may mean.
#include <algorithm>

#include <fmt/format.h>

#include "engine/json.h"
#include "server/api_error.h"
#include "server/routes.h"
#include "server/verdict_body.h"
#include "server/view.h"

namespace ringscope::server {
namespace {

constexpr std::size_t kMostBody = std::size_t{1} << 20;

// Whoever sees no values may not find out by asking which there are, either.
std::string found(const Call& call, std::string_view text, const SearchOptions& options) {
  SearchAnswer answer = call.view->finder().find(text, options);
  if (call.principal.masked())
    std::erase_if(answer.hits, [](const SearchHit& hit) { return hit.type == HitType::thing; });
  return search_to_json(answer);
}

Answer search(const Call& call) {
  return json_answer(found(call, call.arguments.text("q"),
                           {.limit = *call.arguments.number("limit"), .exact_only = call.arguments.flag("exact")}));
}

// One answer an id, in their order; what is equal to it only. To the audit they are one text.
Answer bulk(const Call& call) {
  const std::vector<std::string> texts = search_texts_in(call.body);
  std::string items;
  for (const std::string& text : texts) {
    call.budget.check();
    items += (items.empty() ? "" : ",") + found(call, text, {.limit = 10, .exact_only = true});
  }
  Answer answer = json_answer(
      fmt::format("{{\"run\":{},\"items\":[{}],\"total\":{},\"next\":null}}", call.view->run(), items, texts.size()));
  answer.subjects = {
      fmt::format("search {} {:016x}", texts.size(), hash_value(fmt::format("{}", fmt::join(texts, "\n"))))};
  return answer;
}

constexpr Parameter kSearch[] = {
    {.name = "q",
     .meaning = "An id or value, its beginning, a network (203.0.113.0/24), or one of these after a kind and a colon",
     .required = true,
     .longest = 512},
    {.name = "limit",
     .shape = Shape::number,
     .meaning = "At most so many hits",
     .fallback = "50",
     .least = 1,
     .most = 1000},
    {.name = "exact", .shape = Shape::flag, .meaning = "Only what is equal to the text"}};

constexpr Route kRoutes[] = {
    {.name = "search.text",
     .path = "/api/v1/search",
     .summary = "Accounts, things, rings and campaigns that a text may mean",
     .raw = true,
     .parameters = kSearch,
     .reply = {.schema = "search"},
     .answer = search},
    {.name = "search.bulk",
     .method = Method::post,
     .path = "/api/v1/search",
     .summary = "The same for up to 10,000 ids at once, exact ones only",
     .raw = true,
     .reply = {.form = Form::list, .schema = "search"},
     .answer = bulk,
     .body = {.media = "application/json", .schema = "search-ids", .most_bytes = kMostBody},
     .tagged = false},
};

}  // namespace

std::span<const Route> search_routes() { return kRoutes; }

}  // namespace ringscope::server
