#include "engine/ingest/csv_record.h"

#include <algorithm>

namespace ringscope {
namespace {

constexpr std::size_t kNone = std::string_view::npos;

// Position after the closing quote of the field that opens at `open`; kNone when it does not close.
std::size_t end_of_quoted(std::string_view text, std::size_t open) {
  for (std::size_t i = open + 1;;) {
    const std::size_t quote = text.find('"', i);
    if (quote == kNone) return kNone;
    if (quote + 1 >= text.size() || text[quote + 1] != '"') return quote + 1;
    i = quote + 2;
  }
}

enum class Scan : std::uint8_t { ended, misplaced_quote, inside_quotes, text_ended };

struct Scanned {
  Scan scan;
  std::size_t bytes;
};

// Reads fields until the newline that ends the record.
Scanned scan_record(std::string_view text) {
  for (std::size_t at = 0;; ++at) {  // at the start of a field
    if (at < text.size() && text[at] == '"') {
      at = end_of_quoted(text, at);
      if (at == kNone) return {Scan::inside_quotes, 0};
      if (text.substr(at, 2) == "\r\n") ++at;
    } else {
      at = std::min(text.find_first_of(",\n", at), text.size());
    }
    if (at == text.size()) return {Scan::text_ended, at};
    if (text[at] == '\n') return {Scan::ended, at + 1};
    if (text[at] != ',') return {Scan::misplaced_quote, 0};
  }
}

// What stands between two quotes: as it is, or in `scratch` with doubled quotes made single.
std::string_view unquoted(std::string_view inside, std::string& scratch) {
  std::size_t quote = inside.find('"');
  if (quote == kNone) return inside;
  const std::size_t begin = scratch.size();
  for (; quote != kNone; quote = inside.find('"')) {
    scratch += inside.substr(0, quote + 1);
    inside.remove_prefix(std::min(quote + 2, inside.size()));
  }
  scratch += inside;
  return std::string_view(scratch).substr(begin);
}

}  // namespace

std::string_view without_newline(std::string_view line) {
  if (line.ends_with('\n')) line.remove_suffix(1);
  if (line.ends_with('\r')) line.remove_suffix(1);
  return line;
}

CsvRecord next_csv_record(std::string_view text, TextEnd end) {
  const std::size_t newline = text.find('\n');
  const std::size_t line = newline == kNone ? text.size() : newline + 1;
  if (newline == kNone && end == TextEnd::more_may_come) return {CsvState::unfinished, 0};
  if (text.substr(0, line).find('"') == kNone) return {CsvState::whole, line};
  const std::string_view window = text.substr(0, std::max(kMaxQuotedBytes, line));
  const auto [scan, bytes] = scan_record(window);
  if (scan == Scan::ended) return {CsvState::whole, bytes};
  if (scan == Scan::misplaced_quote || window.size() < text.size()) return {CsvState::stray, line};
  if (end == TextEnd::more_may_come && text.size() < kMaxQuotedBytes) return {CsvState::unfinished, 0};
  if (scan == Scan::text_ended && bytes == text.size()) return {CsvState::whole, bytes};
  return {CsvState::stray, line};
}

void split_csv_record(std::string_view record, std::vector<std::string_view>& fields, std::string& scratch) {
  fields.clear();
  scratch.clear();
  scratch.reserve(record.size());  // so that views of it stay valid
  for (std::size_t at = 0;; ++at) {
    if (at < record.size() && record[at] == '"') {
      const std::size_t end = std::min(end_of_quoted(record, at), record.size());
      fields.push_back(unquoted(record.substr(at + 1, std::max(end, at + 2) - at - 2), scratch));
      at = end;
    } else {
      const std::size_t end = std::min(record.find(',', at), record.size());
      fields.push_back(record.substr(at, end - at));
      at = end;
    }
    if (at >= record.size()) return;
  }
}

}  // namespace ringscope
