// What a text in a log may not have.
#pragma once

#include <string_view>

namespace ringscope {

// Why a text is refused, for people: a NUL byte or invalid UTF-8; null when it is sound. A sound text's parts that
// begin and end between two characters are sound, too. O(bytes).
const char* damage_of(std::string_view text);

}  // namespace ringscope
