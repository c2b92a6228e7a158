// Random words that nobody can guess, and what is kept of them.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace ringscope::server {

// `bytes` random bytes of the system's generator as base64url without padding. Throws Error internal when there is
// none.
std::string random_word(std::size_t bytes = 32);
// SHA-256 in hex: of words as random as those above that is all that needs to be kept.
std::string sha256_hex(std::string_view text);
// Whether two texts are equal, in a time that depends on their lengths only.
bool same_secret(std::string_view a, std::string_view b);

}  // namespace ringscope::server
