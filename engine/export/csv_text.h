// Fields of CSV that neither break the row nor run in a spreadsheet.
#pragma once

#include <string>
#include <string_view>

namespace ringscope {

// Whether a spreadsheet may take the cell for a formula: it begins with =, +, -, @, a tab or a carriage return, or with
// apostrophes and then one of these.
bool is_formula(std::string_view cell);

// Quoted as RFC 4180 says where that is needed, and nothing else: for files that are read back, as by a program.
void append_csv_quoted(std::string& row, std::string_view text);
std::string csv_quoted(std::string_view text);

// As csv_quoted(), for people, too. What a spreadsheet would run gets an apostrophe before it, which
// csv_cell() takes away again.
std::string csv_field(std::string_view text);
void append_csv_field(std::string& row, std::string_view text);

// The value behind a cell that csv_field() wrote, unquoted already.
std::string_view csv_cell(std::string_view cell);

}  // namespace ringscope
