// Opening values of sealed kinds: what 'ringscope reveal' answers, for who may see values.
#include "engine/ask/reveal.h"

#include <fmt/format.h>

#include "base/error.h"
#include "engine/json.h"
#include "server/api_error.h"
#include "server/bodies.h"
#include "server/routes.h"
#include "server/verdict_body.h"
#include "server/view.h"

namespace ringscope::server {
namespace {

constexpr std::size_t kMostBody = std::size_t{512} << 10;

// A token is no value: which of them the vault has nothing of may be said.
std::vector<RevealedThing> open_values(const Store& store, const std::vector<std::string>& values) {
  try {
    return reveal_values(store, values);
  } catch (const Error& error) {
    if (error.code() != ErrorCode::not_found) throw;
    throw ApiError(404, to_string(error.code()), error.message(), error.context());
  }
}

std::vector<RevealedThing> things_of(const Call& call, const RevealBody& body) {
  const Store& store = call.view->store();
  if (!body.account.empty()) return reveal_account(store, body.account, call.budget.checkpoint());
  if (!body.ring.empty()) return reveal_ring(store, body.ring, call.budget.checkpoint());
  return open_values(store, body.values);
}

// As the command's: each value by itself, so that it can be found who looked at one.
std::vector<std::string> subjects_of(const RevealBody& body) {
  if (!body.account.empty()) return {fmt::format("account {:016x}", hash_value(body.account))};
  if (!body.ring.empty()) return {"ring " + body.ring};
  std::vector<std::string> subjects;
  for (const std::string& value : body.values) subjects.push_back(fmt::format("search {:016x}", hash_value(value)));
  return subjects;
}

Answer open(const Call& call) {
  const RevealBody body = reveal_in(parse_body(call.body, {"kind", "values", "account", "ring"}));
  const std::vector<RevealedThing> things = things_of(call, body);
  std::string items;
  for (const RevealedThing& thing : things) items += (items.empty() ? "" : ",") + revealed_to_json(thing);
  Answer answer = json_answer(
      fmt::format("{{\"run\":{},\"items\":[{}],\"total\":{},\"next\":null}}", call.view->run(), items, things.size()));
  answer.subjects = subjects_of(body);
  return answer;
}

constexpr Route kRoutes[] = {
    {.name = "values.reveal",
     .method = Method::post,
     .path = "/api/v1/reveal",
     .summary = "Open values of sealed kinds, while the keys of their days are there: up to 100 values as they are "
                "stored, all that an account has, or what a ring's evidence is",
     .needs = Permission::raw,
     .raw = true,
     .reply = {.form = Form::list, .schema = "reveal"},
     .answer = open,
     .body = {.media = "application/json", .schema = "reveal-request", .most_bytes = kMostBody},
     .tagged = false},
};

}  // namespace

std::span<const Route> reveal_routes() { return kRoutes; }

}  // namespace ringscope::server
