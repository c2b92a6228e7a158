// What a text in a log may not have.
#pragma once

#include <string_view>

#include <simdjson.h>

namespace ringscope {

// Why a text is refused, for people: invalid UTF-8 or a NUL byte; null when it is sound. A sound text's parts that
// begin and end between two characters are sound, too.
inline const char* damage_of(std::string_view text) {
  if (text.find('\0') != std::string_view::npos) return "contains a NUL byte";
  return simdjson::validate_utf8(text.data(), text.size()) ? nullptr : "invalid UTF-8";
}

}  // namespace ringscope
