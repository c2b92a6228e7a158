// Where a CSV record ends (RFC 4180: quoted fields may hold commas, doubled quotes and newlines).
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace ringscope {

// A quoted field that does not end within this many bytes of its record's start is taken for a stray quote.
inline constexpr std::size_t kMaxQuotedBytes = std::size_t{1} << 20;

enum class CsvState : std::uint8_t {
  whole,  // ends with a newline, or with the text when that is all there is
  stray,  // its quotes make no sense: the record is its first line alone, so that the next lines are not lost with it
  unfinished  // the text ends first
};

struct CsvRecord {
  CsvState state = CsvState::unfinished;
  std::size_t bytes = 0;  // with the newline
};

enum class TextEnd : std::uint8_t { more_may_come, all_is_here };

// The record at the front of a text that is not empty. A quote inside an unquoted field is a character like others.
CsvRecord next_csv_record(std::string_view text, TextEnd end);

// Splits a whole record, without its newline, into fields; quotes are taken off, doubled ones made single. The fields
// view the record or `scratch`, which is cleared first.
void split_csv_record(std::string_view record, std::vector<std::string_view>& fields, std::string& scratch);

// Without "\n" or "\r\n" at the end.
std::string_view without_newline(std::string_view line);

}  // namespace ringscope
