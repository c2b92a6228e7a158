// A small CSV table in memory, as Python's csv.DictReader reads it: truth files and exports, not event logs.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace ringscope {

// One row; the columns are those asked for, in that order. A field that the row or the file lacks is empty.
using CsvRow = std::vector<std::string>;

struct CsvColumn {
  std::string_view name;
  enum Need { required, optional } need = required;
};

// Calls `row` for each row after the header. Plain or gzip, told apart by content. Quoted fields may hold commas, line
// ends and doubled quotes; lines end in LF, CRLF or CR; empty lines are skipped; a leading byte order mark is dropped.
// Throws Error not_found, io, or input when a required column is missing or the compressed data is cut short.
void read_csv(const std::string& file, const std::vector<CsvColumn>& columns,
              const std::function<void(const CsvRow& row)>& row);

}  // namespace ringscope
