// Bodies of requests that write: JSON objects of known fields. What is wrong is refused with ApiError 400 "body".
#pragma once

#include <initializer_list>
#include <string>
#include <string_view>

#include "engine/json_fwd.h"
#include "server/route.h"

namespace ringscope::server {

[[noreturn]] void refuse_body(const std::string& message, const std::string& field);

// An object that has no field but these.
Json parse_body(std::string_view body, std::initializer_list<const char*> known);
// At most 4000 bytes; empty when it is missing or null, unless it is required.
std::string text_in(const Json& json, const char* field, bool required);
// False when it is missing or null.
bool flag_in(const Json& json, const char* field);
// Who says so: the field "by", which only whoever started the server may fill with another name than his own.
std::string name_in(const Json& json, const Call& call);

}  // namespace ringscope::server
