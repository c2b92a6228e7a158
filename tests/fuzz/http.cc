// Requests: the target's path and parameters, and their check against a route's rows.
#include <array>
#include <string>

#include "server/api_error.h"
#include "server/route.h"
#include "server/target.h"
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

}  // namespace ringscope::fuzz
