// Documents beside the database: digits at their end by which damage is found.
#pragma once

#include <string>

#include "engine/detect/ring/json_parts.h"
#include "storage/sha256.h"

namespace ringscope {

// `json` is complete otherwise.
inline void add_check(Json& json) { json["check"] = check_digits(dump(json)); }

// Also of what earlier programs wrote, without digits.
inline bool is_as_written(Json json) {
  const auto found = json.find("check");
  if (found == json.end()) return true;
  const auto check = found->get<std::string>();
  json.erase("check");
  return check_digits(dump(json)) == check;
}

}  // namespace ringscope
