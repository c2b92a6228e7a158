// Accounts: one of them, and what two have in common.
#include "engine/ask/account.h"
#include "engine/ask/why.h"
#include "server/routes.h"
#include "server/view.h"

namespace ringscope::server {
namespace {

Answer show(const Call& call) {
  return json_answer(account_to_json(account_page(call.view->store(), call.arguments.text("account"),
                                                  call.view->summary(), call.view->tests(), call.budget.checkpoint())));
}

Answer why_linked(const Call& call) {
  return json_answer(why_to_json(why(call.view->store(), call.arguments.text("a"), call.arguments.text("b"),
                                     call.view->summary(), call.view->tests(), {.check = call.budget.checkpoint()})));
}

constexpr Parameter kOne[] = {kAccount};
constexpr Parameter kTwo[] = {{.name = "a", .meaning = "One account", .required = true, .longest = 512},
                              {.name = "b", .meaning = "The other", .required = true, .longest = 512}};

constexpr Route kRoutes[] = {
    {.name = "accounts.show",
     .path = "/api/v1/accounts/{account}",
     .summary = "All that is known of one account",
     .raw = true,
     .parameters = kOne,
     .reply = {.schema = "account"},
     .answer = show},
    {.name = "accounts.why",
     .path = "/api/v1/why",
     .summary = "What two accounts have in common and what it is worth, or why they are in no ring together",
     .raw = true,
     .parameters = kTwo,
     .reply = {.schema = "why"},
     .answer = why_linked},
};

}  // namespace

std::span<const Route> account_routes() { return kRoutes; }

}  // namespace ringscope::server
