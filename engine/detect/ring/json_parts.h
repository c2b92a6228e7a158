// What the sources that write and read JSON share. Not for other headers: nlohmann/json is slow to compile.
#pragma once

#include <string>
#include <string_view>

#include <fmt/format.h>

#include "base/error.h"
#include "base/time.h"
#include "engine/detect/ring/ring.h"
#include "engine/json.h"

namespace ringscope {

// Bytes that are no UTF-8 become U+FFFD: the output is JSON whatever a log held.
inline std::string dump(const Json& json) { return json.dump(-1, ' ', false, Json::error_handler_t::replace); }

inline Json text_json(const std::string& text) { return text.empty() ? Json(nullptr) : Json(text); }
inline Json time_json(Seconds t) { return t == kNoTime ? Json(nullptr) : Json(t); }
inline Seconds time_from(const Json& json) { return json.is_null() ? kNoTime : json.get<Seconds>(); }

inline Tier tier_from(const Json& json) {
  const auto tier = parse_tier(json.get<std::string>());
  if (!tier) throw Error(ErrorCode::corrupt, fmt::format("\"{}\" is no tier", json.get<std::string>()));
  return *tier;
}

// Parses and lets `read` take the value apart; whatever is wrong with it is corruption.
template <class Read>
auto parse_stored(std::string_view text, const char* what, const Read& read) {
  try {
    return read(Json::parse(text));
  } catch (const Json::exception& error) {
    throw Error(ErrorCode::corrupt,
                fmt::format("a stored {} cannot be read: {}; run 'ringscope doctor'", what, error.what()));
  }
}

}  // namespace ringscope
