#include "engine/release/mentions.h"

#include <algorithm>
#include <charconv>
#include <cstdint>

#include "base/words.h"
#include "engine/ingest/intake.h"
#include "engine/ingest/normalize.h"
#include "storage/value_keys.h"

namespace ringscope {
namespace {

constexpr int kDeepest = 3;  // JSON in a string of JSON in a string

bool has_word(std::string_view text, std::string_view word) {
  for (std::size_t at = 0; (at = text.find(word, at)) != std::string_view::npos; ++at)
    if (is_whole_word(text, at, word.size(), Letters::of_text)) return true;
  return false;
}

bool has_any(std::string_view text, const std::vector<std::string>& words) {
  return std::ranges::any_of(words, [&](const std::string& word) { return has_word(text, word); });
}

void append_utf8(std::string& out, std::uint32_t code) {
  const auto put = [&](std::uint32_t byte) { out.push_back(static_cast<char>(byte)); };
  if (code < 0x80) return put(code);
  if (code < 0x800) {
    put(0xC0 | code >> 6);
  } else {
    if (code < 0x10000) {
      put(0xE0 | code >> 12);
    } else {
      put(0xF0 | code >> 18);
      put(0x80 | (code >> 12 & 0x3F));
    }
    put(0x80 | (code >> 6 & 0x3F));
  }
  put(0x80 | (code & 0x3F));
}

// The UTF-16 unit that an escape of four hex digits at the beginning stands for; -1: it is none.
std::int64_t unit_at(std::string_view text) {
  std::uint32_t unit = 0;
  if (text.size() < 6 || text[0] != '\\' || text[1] != 'u') return -1;
  const auto [end, error] = std::from_chars(text.data() + 2, text.data() + 6, unit, 16);
  return error == std::errc() && end == text.data() + 6 ? std::int64_t{unit} : -1;
}

// Appends what the escape at the beginning stands for; how long it is.
std::size_t append_escape(std::string& out, std::string_view text) {
  constexpr std::string_view kLetters = "bfnrt\"\\/", kMeanings = "\b\f\n\r\t\"\\/";
  if (const std::int64_t high = unit_at(text); high >= 0) {
    const std::int64_t low = high >= 0xD800 && high < 0xDC00 ? unit_at(text.substr(6)) : -1;
    const bool pair = low >= 0xDC00 && low < 0xE000;
    append_utf8(out, static_cast<std::uint32_t>(pair ? 0x10000 + ((high - 0xD800) << 10) + (low - 0xDC00) : high));
    return pair ? 12 : 6;
  }
  const std::size_t which = text.size() > 1 ? kLetters.find(text[1]) : std::string_view::npos;
  out.push_back(which == std::string_view::npos ? text[0] : kMeanings[which]);
  return which == std::string_view::npos ? 1 : 2;
}

std::string without_doubled_quotes(std::string_view text) {
  std::string out;
  for (std::size_t at = 0; at < text.size(); ++at) {
    out.push_back(text[at]);
    if (text[at] == '"' && at + 1 < text.size() && text[at + 1] == '"') ++at;
  }
  return out;
}

std::string in_small_letters(std::string_view text) {
  std::string scratch;
  return std::string(to_lower(text, scratch));
}

}  // namespace

std::string without_escapes(std::string_view text) {
  std::string out;
  for (std::size_t at = 0; at < text.size();) {
    if (text[at] == '\\') {
      at += append_escape(out, text.substr(at));
    } else {
      out.push_back(text[at++]);
    }
  }
  return out;
}

Mentions::Mentions(const std::string& account, const std::vector<Name>& values) : accounts_{account} {
  if (std::string masked = without_card_numbers(account); masked != account) accounts_.push_back(std::move(masked));
  for (const Name& value : values) values_.push_back(in_small_letters(value.value));
}

bool Mentions::names(const std::string& text) const {
  return has_any(text, accounts_) || (!values_.empty() && has_any(in_small_letters(text), values_));
}

bool Mentions::operator()(std::string_view raw) const {
  if (raw.size() >= kKeptOfRejectedLine || names(without_doubled_quotes(raw))) return true;
  std::string text(raw);
  for (int depth = 0; depth <= kDeepest; ++depth) {
    if (names(text)) return true;
    std::string plain = without_escapes(text);
    if (plain == text) break;
    text = std::move(plain);
  }
  return false;
}

}  // namespace ringscope
