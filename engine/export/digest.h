// Codes of messages, and what ids are made with.
#pragma once

#include <string>
#include <string_view>

namespace ringscope {

// HMAC-SHA256 (RFC 2104), 32 bytes.
std::string hmac_sha256(std::string_view key, std::string_view message);
// RFC 4648 base64, with padding; decoding throws Error usage for what is none.
std::string base64(std::string_view bytes);
std::string from_base64(std::string_view text);
// A UUID of version 5 (RFC 9562): of a namespace's 36 characters and a name.
std::string uuid5(std::string_view name_space, std::string_view name);

}  // namespace ringscope
