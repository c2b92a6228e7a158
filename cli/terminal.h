// What the terminal can do, and the two kinds of page that commands print: tables and lists of facts.
#pragma once

#include <cstdio>
#include <string>
#include <string_view>
#include <vector>

#include "engine/detect/ring/ring.h"

namespace ringscope::cli {

enum class Style { plain, bold, dim, red, yellow, green };

// Style of a tier: ban red, review yellow, watch dim.
Style style_of(Tier tier);
// "● ban", "◐ review", "○ watch": a sign beside the word, so that no meaning is in the colour alone.
std::string tier_text(Tier tier);
// Wrapped in escape sequences if standard output is a terminal and NO_COLOR is not set.
std::string styled(std::string_view text, Style style);
// Whether standard output is a terminal.
bool on_terminal();
// Columns of the terminal on standard output ($COLUMNS, if set); very many when it is none.
std::size_t terminal_columns();
// As terminal_columns(), but at most 100: for sentences.
std::size_t text_columns();

// Everything written to standard output goes through here. Throws Error io when it is closed or full.
void print(std::string_view text);
void print_line(std::string_view text);
void print_heading(std::string_view text);  // with an empty line before it

enum class Align { left, right };
struct Column {
  std::string title;
  Align align = Align::left;
  std::size_t least = 0;  // > 0: may be cut down to this many columns to fit the terminal
};
struct TableCell {
  std::string text;  // printed escaped
  Style style = Style::plain;
};

TableCell tier_cell(Tier tier);

class Table {
 public:
  explicit Table(std::vector<Column> columns) : columns_(std::move(columns)) {}
  void add(std::vector<TableCell> row);
  std::string text(std::size_t terminal_columns) const;
  void print() const;

 private:
  std::vector<std::size_t> widths(std::size_t terminal_columns) const;
  void append_row(std::string& out, const std::vector<TableCell>& row, const std::vector<std::size_t>& widths) const;

  std::vector<Column> columns_;
  std::vector<std::vector<TableCell>> rows_;
};

// "label   value" lines with aligned values; lines without a value are left out.
struct Fact {
  std::string label;
  std::string value;  // printed escaped
};
void print_facts(const std::vector<Fact>& facts);

}  // namespace ringscope::cli
