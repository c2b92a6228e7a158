// What a source is written in, told from its beginning.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace ringscope {

enum class Notation : std::uint8_t { nothing, json_lines, csv };

struct Column {
  std::string name;
  int field = -1;  // index of a Field; -1: not ours
};

struct Layout {
  Notation notation = Notation::nothing;  // nothing: no line that could be an event
  bool long_form = false;                 // one sighting a line, by the header or the first line
  std::vector<Column> columns;            // csv
  std::size_t body_begin = 0;             // bytes before the first event: byte order mark, header
  std::uint64_t body_lines = 0;           // and their lines
};

// `head` is the first kHeadBytes of the text (decompressed), or all of it when shorter. Throws Error input when the
// source is no log: UTF-16, a JSON array, CSV without a column `account` or with one column twice.
Layout detect_layout(std::string_view head, const std::string& label);

}  // namespace ringscope
