// Words that records of the store have of their own, whoever is in it: names of fields, tiers, kinds, sentences.
#pragma once

#include <cstddef>
#include <string_view>

namespace ringscope {

// Whether the word of `size` bytes at `at`, in bytes that may hold records (JSON), is one of the records' own: the name
// of a field, the value of a field that has only words of the program, a number, true, false or null, or a short word
// in a sentence that the program made. It looks no further than the string's field, so a piece of a file will do. When
// in doubt it is none. O(length of the string and of the list around it).
bool is_own_word(std::string_view bytes, std::size_t at, std::size_t size);

}  // namespace ringscope
