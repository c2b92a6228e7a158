// Where the lines of rings stand in a run's index (engine/ledger/ring_line.h).
#pragma once

#include <string_view>

namespace ringscope {

inline constexpr std::string_view kLinesKey = "lines/";           // + number of the block
inline constexpr std::string_view kMemberLinesKey = "lines-of/";  // + id

inline bool is_line_key(std::string_view key) { return key.starts_with(kLinesKey) || key.starts_with(kMemberLinesKey); }

}  // namespace ringscope
