#include "engine/ingest/text_damage.h"

#include <simdjson.h>

namespace ringscope {

const char* damage_of(std::string_view text) {
  if (text.find('\0') != std::string_view::npos) return "contains a NUL byte";
  return simdjson::validate_utf8(text.data(), text.size()) ? nullptr : "invalid UTF-8";
}

}  // namespace ringscope
