// Where a page of a list ends, as a text that can stand in an address: run, order, keys of the last item, its name.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace ringscope {

struct Cursor {
  std::uint64_t run = 0;
  std::string order;             // what the list is sorted by, and for what it was asked beside; no '.'
  std::array<double, 3> keys{};  // of the last item
  std::string last;              // its id; no '.'
  friend bool operator==(const Cursor&, const Cursor&) = default;
};

std::string encode_cursor(const Cursor& cursor);
// Nothing for a text that is none.
std::optional<Cursor> decode_cursor(std::string_view text);
// Throws Error usage when it is none, or of another run or order.
Cursor require_cursor(std::string_view text, std::uint64_t run, std::string_view order);

}  // namespace ringscope
