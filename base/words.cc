#include "base/words.h"

namespace ringscope {
namespace {

constexpr bool is_letter(char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
constexpr bool is_joint(char c) { return c == '.' || c == '-' || c == '_'; }
constexpr bool continues(char c) { return (static_cast<unsigned char>(c) & 0xC0U) == 0x80U; }

// Whether the first byte of a character is that of a letter beyond ASCII. Later ones are signs, or of scripts that put
// no blanks between words.
constexpr bool leads_letter(char c) {
  const auto byte = static_cast<unsigned char>(c);
  return byte >= 0xC3 && byte <= 0xE1;
}

bool letter_ends(std::string_view text, Letters letters) {
  if (text.empty()) return false;
  std::size_t at = text.size() - 1;
  if (is_letter(text[at])) return true;
  if (letters == Letters::of_bytes || !continues(text[at])) return false;
  while (at > 0 && continues(text[at])) --at;
  return leads_letter(text[at]);
}

bool letter_begins(std::string_view text, Letters letters) {
  return !text.empty() && (is_letter(text[0]) || (letters == Letters::of_text && leads_letter(text[0])));
}

bool goes_on_before(std::string_view text, Letters letters) {
  while (!text.empty() && is_joint(text.back())) text.remove_suffix(1);
  return letter_ends(text, letters);
}

bool goes_on_behind(std::string_view text, Letters letters) {
  while (!text.empty() && is_joint(text.front())) text.remove_prefix(1);
  return letter_begins(text, letters);
}

}  // namespace

bool is_whole_word(std::string_view text, std::size_t at, std::size_t size, Letters letters) {
  const std::string_view word = text.substr(at, size);
  return !(letter_begins(word, letters) && goes_on_before(text.substr(0, at), letters)) &&
         !(letter_ends(word, letters) && goes_on_behind(text.substr(at + size), letters));
}

}  // namespace ringscope
