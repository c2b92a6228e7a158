#include "engine/ingest/csv_reader.h"

#include <algorithm>

#include "engine/ingest/csv_record.h"
#include "engine/ingest/normalize.h"
#include "engine/ingest/text_damage.h"

namespace ringscope {
void CsvReader::read_record(std::uint64_t line, std::string_view record, const Layout& layout, LineSink& sink) {
  if (const char* const damage = sound_ ? nullptr : damage_of(record)) return sink.malformed(line, damage, record);
  split_csv_record(record, fields_, scratch_);
  if (fields_.size() < layout.columns.size()) return sink.malformed(line, "fewer fields than the header names", record);
  if (fields_.size() > layout.columns.size()) return sink.malformed(line, "more fields than the header names", record);
  event_ = {};
  for (std::size_t c = 0; c < fields_.size(); ++c) {
    const Column& column = layout.columns[c];
    if (column.field < 0) {
      if (!fields_[c].empty()) sink.ignored().count(sink.ignored().number_of(column.name));
      continue;
    }
    const auto field = static_cast<std::size_t>(column.field);
    const bool long_only =
        column.field == static_cast<int>(Field::kind) || column.field == static_cast<int>(Field::value);
    event_.text[field] = fields_[c];
    if (long_only || !fields_[c].empty()) event_.present |= 1U << field;
  }
  sink.take(line, event_, record);
}

void CsvReader::read(const Block& block, const Layout& layout, LineSink& sink) {
  sound_ = damage_of(block.text) == nullptr;  // looked at as one, each record only where it is not
  std::uint64_t line = block.first_line;
  for (std::size_t at = 0; at < block.text.size();) {
    const CsvRecord record = next_csv_record(block.text.substr(at), TextEnd::all_is_here);
    const std::string_view whole = block.text.substr(at, record.bytes);
    const std::string_view text = without_newline(whole);
    const bool blank = trim(text).empty();
    if (!blank && !sink.refuse_long_line(line, text)) {
      if (record.state == CsvState::stray)
        sink.malformed(line, "a quote is not closed or stands inside a field", text);
      else
        read_record(line, text, layout, sink);
    }
    at += whole.size();
    line += static_cast<std::uint64_t>(std::ranges::count(whole, '\n'));
  }
}

}  // namespace ringscope
