// All that can be asked under /api/v1: a file a subject under server/routes/, and one line each in routes.cc.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "server/route.h"

namespace ringscope::server {

// Of all subjects, in the order of the document.
std::span<const Route* const> routes();

// A route that a path leads to, with the values of the path.
struct Match {
  const Route* route = nullptr;
  std::vector<std::string> values;
};
// HEAD is asked as GET. Throws ApiError 404 (no such path), 405 (not by this method; with what is allowed).
Match match_route(Method method, std::span<const std::string> segments);

// -- subjects
std::span<const Route> session_routes();
std::span<const Route> ring_routes();
std::span<const Route> account_routes();
std::span<const Route> search_routes();
std::span<const Route> reveal_routes();
std::span<const Route> life_routes();
std::span<const Route> feed_routes();
std::span<const Route> verdict_routes();
std::span<const Route> export_routes();
std::span<const Route> release_routes();
std::span<const Route> run_routes();
std::span<const Route> live_routes();

}  // namespace ringscope::server
