// How values look in the terminal.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/time.h"

namespace ringscope::cli {

// Control characters, bytes that are no UTF-8 and characters that turn the direction of writing, as \n, \x1b, \u202e: a
// value from a log can neither move the cursor nor hide.
std::string escaped(std::string_view text);
// Columns the (escaped) text takes: one a code point.
std::size_t columns_of(std::string_view text);
// Cut to at most `columns`, the last of them "…".
std::string fitted(std::string_view text, std::size_t columns);
// Broken between words into lines of at most `columns`, each after the first begun with `indent` spaces.
std::string wrapped(std::string_view text, std::size_t columns, std::size_t indent);

std::string thousands(std::uint64_t number);                                         // 1,234,567
std::string decimal(double number, int digits);                                      // 0.997
std::string percent(double share);                                                   // 81%
std::string bytes_text(std::uint64_t bytes);                                         // 1.2 GiB
std::string duration_text(double seconds);                                           // 0.8 s, 3 min 20 s
std::string day_text(Seconds t);                                                     // 2026-01-31, or "-"
std::string count_of(std::uint64_t n, std::string_view one, std::string_view many);  // 1 ring, 1,200 rings

}  // namespace ringscope::cli
