#include "server/routes.h"

#include <algorithm>

#include "server/api_error.h"

namespace ringscope::server {
namespace {

std::vector<const Route*> gathered() {
  std::vector<const Route*> all;
  for (const std::span<const Route> subject : {
           session_routes(),
           ring_routes(),
           account_routes(),
           search_routes(),
           reveal_routes(),
           life_routes(),
           feed_routes(),
           verdict_routes(),
           export_routes(),
           release_routes(),
           run_routes(),
           live_routes(),
       }) {
    for (const Route& route : subject) all.push_back(&route);
  }
  return all;
}

std::vector<std::string_view> pieces_of(std::string_view path) {
  std::vector<std::string_view> pieces;
  for (std::size_t begin = 1; begin < path.size();) {
    const std::size_t end = std::min(path.find('/', begin), path.size());
    pieces.push_back(path.substr(begin, end - begin));
    begin = end + 1;
  }
  return pieces;
}

// The path's values when it is one of the route's.
std::optional<std::vector<std::string>> values_in(const Route& route, std::span<const std::string> segments) {
  const std::vector<std::string_view> pieces = pieces_of(route.path);
  if (pieces.size() != segments.size()) return std::nullopt;
  std::vector<std::string> values;
  for (std::size_t i = 0; i < pieces.size(); ++i) {
    if (pieces[i].starts_with('{')) {
      values.push_back(segments[i]);
    } else if (pieces[i] != segments[i]) {
      return std::nullopt;
    }
  }
  return values;
}

}  // namespace

std::span<const Route* const> routes() {
  static const std::vector<const Route*> all = gathered();
  return all;
}

Match match_route(Method method, std::span<const std::string> segments) {
  const Method asked = method == Method::head ? Method::get : method;
  std::string allowed;
  for (const Route* const route : routes()) {
    auto values = values_in(*route, segments);
    if (!values) continue;
    if (route->method == asked) return {route, std::move(*values)};
    allowed += allowed.empty() ? "" : ", ";
    allowed += route->method == Method::get ? "GET, HEAD" : "POST";
  }
  if (!allowed.empty()) throw ApiError(405, "method", "this is not asked by this method", allowed);
  throw ApiError(404, "not_found", "there is nothing here; /openapi.json lists what there is");
}

}  // namespace ringscope::server
