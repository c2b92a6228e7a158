// Where a word ends: whether a name that is found in a text stands there alone, or is part of a longer one.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace ringscope {

// Which characters are letters: of text those of the alphabets up to U+1FFF, written in UTF-8; of bytes that need not
// be text only those of ASCII.
enum class Letters : std::uint8_t { of_text, of_bytes };

// Whether the `size` bytes at `at` are no part of a longer word. Words are of letters and digits, and go on over the
// characters ". - _ '" where more of them follows: "ring-3" is none in "ring-3b", "my.ring-3" and "ring-3-b", but one
// in "ring-3.", "ring-3's" and "ring-3@here". What begins or ends with another character needs no border there. O(size
// of a word).
bool is_whole_word(std::string_view text, std::size_t at, std::size_t size, Letters letters);

}  // namespace ringscope
