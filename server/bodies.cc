#include "server/bodies.h"

#include <algorithm>

#include <fmt/format.h>

#include "engine/json.h"
#include "server/api_error.h"

namespace ringscope::server {
namespace {

constexpr std::size_t kLongestText = 4000;  // bytes

}  // namespace

void refuse_body(const std::string& message, const std::string& field) { throw ApiError(400, "body", message, field); }

Json parse_body(std::string_view body, std::initializer_list<const char*> known) {
  Json json = Json::parse(body, nullptr, false);
  if (!json.is_object()) refuse_body("the body is no JSON object", "");
  for (const auto& [key, value] : json.items()) {
    if (std::ranges::find(known, key) == known.end()) refuse_body("there is no such field", key);
  }
  return json;
}

std::string text_in(const Json& json, const char* field, bool required) {
  const auto found = json.find(field);
  if (found == json.end() || found->is_null()) {
    if (required) refuse_body("the field is missing", field);
    return "";
  }
  if (!found->is_string()) refuse_body("the field is no text", field);
  std::string text = found->get<std::string>();
  if (text.size() > kLongestText) refuse_body(fmt::format("the text has more than {} bytes", kLongestText), field);
  if (required && text.find_first_not_of(" \t\r\n") == std::string::npos) refuse_body("the text is empty", field);
  return text;
}

bool flag_in(const Json& json, const char* field) {
  const auto found = json.find(field);
  if (found == json.end() || found->is_null()) return false;
  if (!found->is_boolean()) refuse_body("the field is neither true nor false", field);
  return found->get<bool>();
}

// Whoever started the server could write any name by the command, and may here; all others speak for themselves.
std::string name_in(const Json& json, const Call& call) {
  std::string by = text_in(json, "by", false);
  if (by.empty() || by == call.principal.name) return call.principal.name;
  if (!call.principal.by_owner) throw ApiError(403, "role", "one speaks in one's own name here", call.principal.name);
  return by;
}

}  // namespace ringscope::server
