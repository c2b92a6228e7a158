#include "engine/detect/ring/plain_text.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <cstring>

#include "engine/detect/ring/json_parts.h"

namespace ringscope {
namespace {

constexpr std::uint64_t each(unsigned char byte) { return 0x0101010101010101 * std::uint64_t{byte}; }
// Whether a byte of the word is below `least` (at most 128); 0: none. Anderson, Bit Twiddling Hacks, "hasless".
constexpr std::uint64_t below(std::uint64_t word, unsigned char least) {
  return (word - each(least)) & ~word & each(0x80);
}
constexpr std::uint64_t equal(std::uint64_t word, unsigned char byte) { return below(word ^ each(byte), 1); }

// Whether the word has a byte that JSON does not have as it is: all but 0x20 to 0x7e, the quote and the backslash.
constexpr std::uint64_t special(std::uint64_t word) {
  return (word & each(0x80)) | below(word, 0x20) | equal(word, 0x7f) | equal(word, '"') | equal(word, '\\');
}

bool is_plain(std::string_view text) {
  std::uint64_t found = 0, word = 0;
  for (; text.size() >= sizeof word; text.remove_prefix(sizeof word)) {
    std::memcpy(&word, text.data(), sizeof word);
    found |= special(word);
  }
  word = each(' ');
  if (!text.empty()) std::memcpy(&word, text.data(), text.size());
  return (found | special(word)) == 0;
}

}  // namespace

void append_json_text(std::string& out, std::string_view text) {
  if (is_plain(text)) {
    out += '"';
    out += text;
    out += '"';
  } else {
    out += dump(Json(text));
  }
}

void append_json_number(std::string& out, double number) {
  if (!std::isfinite(number)) {
    out += "null";
    return;
  }
  std::array<char, 64> digits{};
  const char* const end = nlohmann::detail::to_chars(digits.data(), digits.data() + digits.size(), number);
  out.append(digits.data(), static_cast<std::size_t>(end - digits.data()));
}

}  // namespace ringscope
