#include "engine/ask/cursor.h"

#include <bit>
#include <charconv>
#include <vector>

#include <fmt/format.h>

#include "base/error.h"

namespace ringscope {
namespace {

template <class Number>
bool parse(std::string_view text, Number& number, int base) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number, base);
  return error == std::errc() && end == text.data() + text.size();
}

}  // namespace

std::string encode_cursor(const Cursor& cursor) {
  std::string text = fmt::format("{}.{}", cursor.run, cursor.order);
  for (const double key : cursor.keys) text += fmt::format(".{:x}", std::bit_cast<std::uint64_t>(key));
  return text + "." + cursor.last;
}

std::optional<Cursor> decode_cursor(std::string_view text) {
  std::vector<std::string_view> parts;
  for (std::size_t begin = 0; begin <= text.size();) {
    const std::size_t end = std::min(text.find('.', begin), text.size());
    parts.push_back(text.substr(begin, end - begin));
    begin = end + 1;
  }
  Cursor cursor;
  if (parts.size() != 6 || !parse(parts[0], cursor.run, 10) || parts[5].empty()) return std::nullopt;
  cursor.order = parts[1];
  for (std::size_t i = 0; i < cursor.keys.size(); ++i) {
    std::uint64_t bits = 0;
    if (!parse(parts[2 + i], bits, 16)) return std::nullopt;
    cursor.keys[i] = std::bit_cast<double>(bits);
    if (cursor.keys[i] != cursor.keys[i]) return std::nullopt;  // no number has a place in an order
  }
  cursor.last = parts[5];
  return cursor;
}

Cursor require_cursor(std::string_view text, std::uint64_t run, std::string_view order) {
  std::optional<Cursor> cursor = decode_cursor(text);
  if (!cursor)
    throw Error(ErrorCode::usage, "this is no cursor of a page; take it from the page before", std::string(text));
  if (cursor->run != run || cursor->order != order) {
    throw Error(ErrorCode::usage,
                fmt::format("the cursor is of run {} in order \"{}\", not of run {} in order \"{}\"; begin at the "
                            "first page",
                            cursor->run, cursor->order, run, order),
                std::string(text));
  }
  return std::move(*cursor);
}

}  // namespace ringscope
