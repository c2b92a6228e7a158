// Requests: the target's path and parameters, their check against a route's rows, and bodies.
#include <array>
#include <string>

#include "engine/json.h"
#include "server/api_error.h"
#include "server/bodies.h"
#include "server/login.h"
#include "server/route.h"
#include "server/target.h"
#include "server/verdict_body.h"
#include "tests/fuzz/targets.h"

namespace ringscope::fuzz {

using namespace server;

void run_http_target(std::string_view bytes) {
  try {
    const server::Target target = parse_target(bytes);
    for (const std::string& segment : target.segments) {
      require(!segment.empty() && segment != "." && segment != "..", "no segment climbs");
      require(percent_decoded(percent_encoded(segment), false) == segment, "what is encoded is decoded to the same");
    }
  } catch (const ApiError&) {
  }
}

void run_http_arguments(std::string_view bytes) {
  static constexpr std::array kRows = std::to_array<Parameter>({
      {.name = "ring", .place = Place::path, .meaning = ""},
      {.name = "limit", .shape = Shape::number, .meaning = "", .least = 1, .most = 500},
      {.name = "sort", .shape = Shape::choice, .meaning = "", .words = "score,size"},
      {.name = "tier", .shape = Shape::choices, .meaning = "", .words = "ban,review,watch"},
      {.name = "facets", .shape = Shape::flag, .meaning = ""},
      {.name = "text", .meaning = "", .longest = 64},
  });
  try {
    const server::Target target = parse_target(std::string("/r?").append(bytes));
    const std::array<std::string, 1> in_path = {"R-1"};
    const Arguments arguments = check_arguments(kRows, in_path, target.parameters);
    if (const auto limit = arguments.number("limit")) require(*limit >= 1 && *limit <= 500, "a number is in its range");
    require(arguments.text("text").size() <= 64, "a text is no longer than it may be");
    (void)arguments.words("tier");
    (void)arguments.canonical();
  } catch (const ApiError&) {
  }
}

namespace {

void read_body(char which, std::string_view bytes) {
  switch (static_cast<unsigned char>(which) % 4) {
    case 0: {
      const VerdictBody body =
          verdict_in(parse_body(bytes, {"target", "on", "decision", "reason", "accounts", "note"}));
      require(!body.request.target.empty() && !body.request.reason.empty(), "a verdict has a target and a reason");
      require(body.accounts.size() <= kMostAccounts, "a verdict is on no more accounts than one may name");
      return;
    }
    case 1: {
      const auto json = parse_body(bytes, {"numbers", "reason", "force"});
      for (const std::uint64_t number : numbers_in(json)) require(number > 0, "verdicts are numbered from 1");
      require(!text_in(json, "reason", true).empty(), "who takes back says why");
      (void)flag_in(json, "force");
      return;
    }
    case 2:
      for (const std::string& text : search_texts_in(bytes)) require(!text.empty(), "a text is not empty");
      return;
    default:
      (void)form_value(bytes, "token");
      (void)reveal_in(parse_body(bytes, {"kind", "values", "account", "ring"}));
  }
}

}  // namespace

void run_http_body(std::string_view bytes) {
  if (bytes.empty()) return;
  try {
    read_body(bytes.front(), bytes.substr(1));
  } catch (const ApiError& error) {
    require(error.status() >= 400 && error.status() < 500, "what is wrong with a body is its sender's");
  }
}

}  // namespace ringscope::fuzz
