#include "engine/export/csv_text.h"

#include <algorithm>

namespace ringscope {
namespace {

bool needs_quotes(char c) { return c == ',' || c == '"' || c == '\r' || c == '\n'; }

}  // namespace

bool is_formula(std::string_view cell) {
  const std::size_t at = cell.find_first_not_of('\'');
  return at != std::string_view::npos && std::string_view("=+-@\t\r").find(cell[at]) != std::string_view::npos;
}

void append_csv_quoted(std::string& row, std::string_view text) {
  const bool spaced = !text.empty() && (text.front() == ' ' || text.back() == ' ');
  if (!spaced && std::ranges::none_of(text, needs_quotes)) {
    row += text;
    return;
  }
  row += '"';
  for (const char c : text) {
    if (c == '"') row += '"';
    row += c;
  }
  row += '"';
}

std::string csv_quoted(std::string_view text) {
  std::string field;
  append_csv_quoted(field, text);
  return field;
}

void append_csv_field(std::string& row, std::string_view text) {
  if (!is_formula(text)) return append_csv_quoted(row, text);
  append_csv_quoted(row, "'" + std::string(text));
}

std::string csv_field(std::string_view text) {
  std::string field;
  append_csv_field(field, text);
  return field;
}

std::string_view csv_cell(std::string_view cell) {
  return cell.starts_with('\'') && is_formula(cell) ? cell.substr(1) : cell;
}

}  // namespace ringscope
