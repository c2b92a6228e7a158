#include "engine/release/own_words.h"

#include <algorithm>
#include <array>

#include "engine/ledger/renaming.h"

namespace ringscope {
namespace {

constexpr auto kNpos = std::string_view::npos;
// Fields whose texts are words of the program: no account and no value ever stands there.
constexpr auto kClosedFields =
    std::to_array<std::string_view>({"schema", "type", "tier", "word", "kind", "kinds", "mode", "class", "change", "on",
                                     "likeness", "subjects", "sentences"});
// Fields that have names of accounts and values.
constexpr auto kNameFields = std::to_array<std::string_view>({"account", "value", "target"});
// Sentences that the program makes, and measures that have one behind them in the field "reason".
constexpr auto kSentenceFields = std::to_array<std::string_view>({"reasons", "summary"});
constexpr auto kMeasures = std::to_array<std::string_view>({"probability", "nats"});

template <class List>
bool is_in(const List& list, std::string_view word) {
  return std::ranges::find(list, word) != list.end();
}

bool is_quote(std::string_view bytes, std::size_t at) {
  if (bytes[at] != '"') return false;
  std::size_t slashes = 0;
  while (slashes < at && bytes[at - 1 - slashes] == '\\') ++slashes;
  return slashes % 2 == 0;
}

// The quote before `end`, or none.
std::size_t quote_before(std::string_view bytes, std::size_t end) {
  while (end > 0 && !is_quote(bytes, end - 1)) --end;
  return end == 0 ? kNpos : end - 1;
}

// The name of the field whose colon ends before `end`; empty: there is none.
std::string_view field_before(std::string_view bytes, std::size_t end) {
  if (end < 3 || bytes[end - 1] != ':' || !is_quote(bytes, end - 2)) return {};
  const std::size_t open = quote_before(bytes, end - 2);
  return open == kNpos ? std::string_view() : bytes.substr(open + 1, end - 3 - open);
}

// The name of the field of a number that ends before the comma before `end`; empty: there is none.
std::string_view number_before(std::string_view bytes, std::size_t end) {
  if (end == 0 || bytes[end - 1] != ',') return {};
  const std::size_t colon = bytes.substr(0, end - 1).find_last_not_of("0123456789.eE+-");
  return colon == kNpos ? std::string_view() : field_before(bytes, colon + 1);
}

// The name of the field that has the string that opens at `open`, as its value or in its list of strings.
std::string_view field_of(std::string_view bytes, std::size_t open) {
  while (open > 1 && bytes[open - 1] == ',' && is_quote(bytes, open - 2)) {
    open = quote_before(bytes, open - 2);
    if (open == kNpos) return {};
  }
  if (open > 0 && bytes[open - 1] == '[') --open;
  return field_before(bytes, open);
}

// Of a string in a list that begins with an account's key as a number: [4711,"ban"].
bool is_behind_key(std::string_view bytes, std::size_t open) {
  if (open == 0 || bytes[open - 1] != ',') return false;
  const std::string_view before = bytes.substr(0, open - 1);
  const std::size_t bracket = before.find_last_not_of("0123456789");
  return bracket != kNpos && bracket + 1 < before.size() && before[bracket] == '[';
}

// Of a bare word, as a number: whether it is all of a field's value.
bool is_bare_value(std::string_view bytes, std::size_t at, std::size_t size) {
  const std::string_view field = field_before(bytes, at);
  const std::size_t end = at + size;
  return !field.empty() && !is_in(kNameFields, field) && end < bytes.size() && (bytes[end] == ',' || bytes[end] == '}');
}

// Whether the program made the sentence that opens at `open`. People's reasons stand behind their names.
bool is_sentence(std::string_view bytes, std::size_t open) {
  const std::string_view field = field_of(bytes, open);
  if (field != "reason") return is_in(kSentenceFields, field);
  const auto begin = static_cast<std::size_t>(field.data() - bytes.data());
  return is_in(kMeasures, number_before(bytes, begin - 1));
}

bool is_short_word(std::string_view word) {
  return word.size() < kLeastInProse && std::ranges::all_of(word, [](char c) { return c >= 'a' && c <= 'z'; });
}

}  // namespace

bool is_own_word(std::string_view bytes, std::size_t at, std::size_t size) {
  if (is_bare_value(bytes, at, size)) return true;
  const std::size_t open = quote_before(bytes, at), close = at + size;
  if (open == kNpos || close >= bytes.size()) return false;
  if (is_in(kClosedFields, field_of(bytes, open)) || bytes.substr(open + 1).starts_with(kErasedReason)) return true;
  if (open + 1 == at && is_quote(bytes, close))
    return (close + 1 < bytes.size() && bytes[close + 1] == ':') || is_behind_key(bytes, open);
  return is_short_word(bytes.substr(at, size)) && is_sentence(bytes, open) &&
         !bytes.substr(0, at).ends_with(kBeforeName);
}

}  // namespace ringscope
