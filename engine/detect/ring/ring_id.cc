#include "engine/detect/ring/ring_id.h"

#include <algorithm>
#include <vector>

#include <fmt/format.h>

#include "base/error.h"
#include "base/random.h"

namespace ringscope {

std::string content_ring_id(KeyHash smallest) { return fmt::format("R-{:08x}", mix64(smallest) >> 32); }

bool is_ring_id(std::string_view id, std::string_view text) {
  const bool named = id.starts_with(text) || (id.starts_with("R-") && id.substr(2).starts_with(text));
  return named && !text.empty();
}

std::string complete_ring_id(std::span<const std::string> ids, std::string_view id, std::string_view whose) {
  std::vector<std::string> found;
  for (const std::string& full : ids) {
    if (full == id) return full;
    if (is_ring_id(full, id)) found.push_back(full);
  }
  if (found.empty()) {
    throw Error(ErrorCode::not_found,
                fmt::format("no ring of {} is called \"{}\"; 'ringscope rings' lists them", whose, id));
  }
  if (found.size() > 1) {
    throw Error(ErrorCode::usage, fmt::format("\"{}\" is the beginning of {} rings ({}, {}{}); write more of it", id,
                                              found.size(), found[0], found[1], found.size() > 2 ? ", …" : ""));
  }
  return found.front();
}

}  // namespace ringscope
