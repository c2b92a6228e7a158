#include "engine/ingest/layout.h"

#include <algorithm>
#include <array>
#include <optional>

#include "base/error.h"
#include "engine/ingest/csv_record.h"
#include "engine/ingest/event.h"
#include "engine/ingest/json_reader.h"
#include "engine/ingest/normalize.h"

namespace ringscope {
namespace {

constexpr std::string_view kByteOrderMark = "\xef\xbb\xbf";

bool is_utf16(std::string_view head) {
  if (head.starts_with("\xff\xfe") || head.starts_with("\xfe\xff")) return true;
  return head.size() >= 2 && (head[0] == '\0') != (head[1] == '\0') && head.size() % 2 == 0 &&
         head.find('\n') == std::string_view::npos;
}

// Moves the beginning behind blank lines.
void skip_blank_lines(std::string_view head, Layout& layout) {
  for (;;) {
    const std::string_view rest = head.substr(layout.body_begin);
    const std::size_t newline = rest.find('\n');
    if (newline == std::string_view::npos || !trim(rest.substr(0, newline)).empty()) return;
    layout.body_begin += newline + 1;
    ++layout.body_lines;
  }
}

bool has_json_line(std::string_view text) {
  while (!text.empty()) {
    const std::size_t newline = std::min(text.find('\n'), text.size());
    if (trim(text.substr(0, newline)).starts_with('{')) return true;
    text.remove_prefix(std::min(newline + 1, text.size()));
  }
  return false;
}

std::vector<Column> read_columns(std::string_view record) {
  std::vector<std::string_view> names;
  std::string scratch;
  split_csv_record(without_newline(record), names, scratch);
  std::vector<Column> columns;
  for (const std::string_view raw : names) {
    const std::string_view name = trim(raw);
    const auto field = find_field(name);
    columns.push_back({std::string(name), field ? static_cast<int>(*field) : -1});
  }
  return columns;
}

bool has_column(const std::vector<Column>& columns, std::string_view name) {
  return std::ranges::find(columns, name, &Column::name) != columns.end();
}

void check_columns(const std::vector<Column>& columns, const std::string& label) {
  std::array<bool, kFieldCount> seen{};
  for (const Column& column : columns) {
    if (column.field < 0) continue;
    bool& twice = seen[static_cast<std::size_t>(column.field)];
    if (twice) throw Error(ErrorCode::input, "the header names the column " + column.name + " twice", label);
    twice = true;
  }
}

bool read_csv_header(std::string_view rest, Layout& layout, const std::string& label) {
  const CsvRecord header = next_csv_record(rest, TextEnd::all_is_here);
  if (header.state != CsvState::whole) return false;
  layout.columns = read_columns(rest.substr(0, header.bytes));
  if (!has_column(layout.columns, "account")) return false;
  check_columns(layout.columns, label);
  layout.notation = Notation::csv;
  layout.long_form = has_column(layout.columns, "kind") && has_column(layout.columns, "value");
  const std::string_view text = rest.substr(0, header.bytes);
  layout.body_begin += header.bytes;
  layout.body_lines += static_cast<std::uint64_t>(std::ranges::count(text, '\n')) + (text.ends_with('\n') ? 0 : 1);
  return true;
}

[[noreturn]] void refuse(std::string_view rest, const std::string& label) {
  if (rest.starts_with('['))
    throw Error(ErrorCode::input, "is a JSON array; write one object a line (jq -c '.[]')", label);
  throw Error(ErrorCode::input, "is neither JSON Lines nor CSV with commas and a header that names a column account",
              label);
}

}  // namespace

Layout detect_layout(std::string_view head, const std::string& label) {
  if (is_utf16(head)) throw Error(ErrorCode::input, "is UTF-16; convert it to UTF-8 (iconv -f UTF-16 -t UTF-8)", label);
  if (head.starts_with("PAR1"))
    throw Error(ErrorCode::input, "is Parquet, which cannot be read from a pipe; name the file", label);
  Layout layout;
  if (head.starts_with(kByteOrderMark)) layout.body_begin = kByteOrderMark.size();
  skip_blank_lines(head, layout);
  const std::string_view rest = head.substr(layout.body_begin);
  const std::string_view first = trim(rest);
  if (first.empty()) return layout;
  if (!first.starts_with('{') && read_csv_header(rest, layout, label)) return layout;
  if (!has_json_line(rest)) refuse(first, label);
  layout.notation = Notation::json_lines;
  layout.long_form = json_is_long(rest);
  return layout;
}

}  // namespace ringscope
