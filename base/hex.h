// Bytes as hexadecimal digits.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace ringscope {

// Two lower-case digits a byte.
std::string to_hex(std::string_view bytes);
// Digits of either case. Nothing for an odd number of them, or when there is anything else.
std::optional<std::string> from_hex(std::string_view digits);

}  // namespace ringscope
