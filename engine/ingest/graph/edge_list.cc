// Edge lists and Matrix Market files.
//
// An edge list has an edge a line: SOURCE TARGET [WEIGHT], parted by commas (RFC 4180), tabs or blanks, told by the
// first line; '#' and '%' begin a comment. A first line that names columns says which is which (EdgeColumns).
#include <algorithm>
#include <array>
#include <charconv>
#include <filesystem>
#include <sstream>

#include <fmt/format.h>

#include "engine/ingest/bytes.h"
#include "engine/ingest/csv_record.h"
#include "engine/ingest/graph/edge_columns.h"
#include "engine/ingest/graph/graph_file.h"
#include "engine/ingest/normalize.h"

namespace ringscope {
namespace {

bool is_comment(std::string_view line) {
  const std::string_view text = trim(line);
  return text.empty() || text.front() == '#' || text.front() == '%';
}

class EdgeListReader {
 public:
  explicit EdgeListReader(GraphRows& rows) : rows_(rows) {}

  void read(std::string_view text) {
    if (text.starts_with("\xEF\xBB\xBF")) text.remove_prefix(3);
    bool first = true;
    for (std::uint64_t line = 1; !text.empty();) {
      const std::string_view record = next(text);
      const std::uint64_t here = line;
      line += static_cast<std::uint64_t>(std::ranges::count(record, '\n'));
      const std::string_view bare = without_newline(record);
      if (is_comment(bare)) continue;
      if (first) {
        separator_ = bare.find(',') != std::string_view::npos    ? ','
                     : bare.find('\t') != std::string_view::npos ? '\t'
                                                                 : ' ';
        split(bare);
        first = false;
        if (columns_.take_names(fields_)) continue;
      } else {
        split(bare);
      }
      columns_.add(fields_, here, rows_);
    }
  }

 private:
  // The record at the front, with its newline, and goes behind it.
  std::string_view next(std::string_view& text) const {
    std::size_t bytes = 0;
    if (separator_ == ',') {
      const CsvRecord record = next_csv_record(text, TextEnd::all_is_here);
      bytes = record.bytes;
    }
    if (bytes == 0) bytes = std::min(text.find('\n'), text.size() - 1) + 1;
    const std::string_view record = text.substr(0, bytes);
    text.remove_prefix(bytes);
    return record;
  }

  void split(std::string_view line) {
    fields_.clear();
    if (separator_ == ',') return split_csv_record(line, fields_, scratch_);
    while (!line.empty()) {
      const std::size_t end = separator_ == '\t' ? line.find('\t') : line.find_first_of(" \t");
      const std::string_view field = line.substr(0, end);
      if (separator_ == '\t' || !field.empty()) fields_.push_back(field);
      line.remove_prefix(end == std::string_view::npos ? line.size() : end + 1);
    }
  }

  GraphRows& rows_;
  char separator_ = ' ';
  EdgeColumns columns_;
  std::vector<std::string_view> fields_;
  std::string scratch_;
};

// -- Matrix Market

// What on_a_line() of the export wrote.
std::string unescaped(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '\\' || i + 1 == text.size()) {
      out += text[i];
      continue;
    }
    const char c = text[++i];
    out += c == 'n' ? '\n' : c == 'r' ? '\r' : c == 't' ? '\t' : c;
  }
  return out;
}

// Lines of the file beside FILE.mtx; empty: there is none.
std::vector<std::string> names_beside(const std::string& path, std::string_view infix) {
  const std::filesystem::path file = part_path(path, infix, ".txt");
  std::vector<std::string> names;
  if (!std::filesystem::exists(file)) return names;
  std::istringstream in(read_file(file.string()));
  for (std::string line; std::getline(in, line);) names.push_back(line);
  return names;
}

class MatrixReader {
 public:
  explicit MatrixReader(GraphRows& rows)
      : rows_(rows),
        row_names_(names_beside(rows.path(), "rows")),
        column_names_(names_beside(rows.path(), "columns")) {}

  void read(std::string_view text) {
    std::uint64_t line = 0, entries = 0;
    while (!text.empty()) {
      const std::size_t bytes = std::min(text.find('\n'), text.size() - 1) + 1;
      const std::string_view bare = trim(without_newline(text.substr(0, bytes)));
      text.remove_prefix(bytes);
      if (++line == 1) {
        read_head(bare);
      } else if (!is_comment(bare)) {
        sized_ ? read_entry(bare, line) : read_size(bare, line);
        entries += sized_ && !fresh_ ? 1 : 0;
        fresh_ = false;
      }
    }
    if (!sized_) rows_.fail(line, "size", "is missing: ROWS COLUMNS ENTRIES");
    if (entries != size_[2])
      rows_.fail(line, "entries", fmt::format("{} are there, {} were announced", entries, size_[2]));
  }

 private:
  void read_head(std::string_view line) {
    std::string lower;
    const std::string head(to_lower(line, lower));
    if (!head.starts_with("%%matrixmarket matrix coordinate"))
      rows_.fail(1, "header", "is not %%MatrixMarket matrix coordinate …");
    if (head.find("complex") != std::string::npos) rows_.fail(1, "header", "complex numbers are no counts");
    pattern_ = head.find("pattern") != std::string::npos;
    // Rows and columns are the same vertices, so they have the same names.
    if (head.find("symmetric") != std::string::npos && column_names_.empty()) column_names_ = row_names_;
  }

  std::vector<std::string_view> words(std::string_view line) const {
    std::vector<std::string_view> found;
    while (!line.empty()) {
      const std::size_t end = std::min(line.find_first_of(" \t"), line.size());
      if (end > 0) found.push_back(line.substr(0, end));
      line.remove_prefix(std::min(end + 1, line.size()));
    }
    return found;
  }

  std::uint64_t whole(std::string_view text, std::uint64_t line, const char* field) const {
    std::uint64_t value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc() || end != text.data() + text.size())
      rows_.fail(line, field, fmt::format("\"{}\" is no whole number", text));
    return value;
  }

  void read_size(std::string_view line, std::uint64_t number) {
    const auto found = words(line);
    if (found.size() != 3) rows_.fail(number, "size", "is not ROWS COLUMNS ENTRIES");
    constexpr const char* kFields[] = {"rows", "columns", "entries"};
    for (std::size_t i = 0; i < 3; ++i) size_[i] = whole(found[i], number, kFields[i]);
    sized_ = fresh_ = true;
    for (const auto& [names, size, file] :
         {std::tuple(&row_names_, size_[0], "rows"), std::tuple(&column_names_, size_[1], "columns")}) {
      if (!names->empty() && names->size() != size)
        rows_.fail(number, "size", fmt::format("{} {}, but {} names in .{}.txt", size, file, names->size(), file));
    }
  }

  void read_entry(std::string_view line, std::uint64_t number) {
    const auto found = words(line);
    if (found.size() != (pattern_ ? 2U : 3U))
      rows_.fail(number, "entry", pattern_ ? "is not ROW COLUMN" : "is not ROW COLUMN VALUE");
    const std::uint64_t row = whole(found[0], number, "row"), column = whole(found[1], number, "column");
    if (row < 1 || row > size_[0]) rows_.fail(number, "row", fmt::format("{} is not from 1 to {}", row, size_[0]));
    if (column < 1 || column > size_[1])
      rows_.fail(number, "column", fmt::format("{} is not from 1 to {}", column, size_[1]));
    GraphRow edge;
    if (!pattern_) edge.count = rows_.count(found[2], number, "value");
    const std::string source = row_names_.empty() ? fmt::format("{}", row) : unescaped(row_names_[row - 1]);
    std::string target = fmt::format("{}", column);
    if (!column_names_.empty()) {
      const std::string& name = column_names_[column - 1];
      const std::size_t tab = name.find('\t');
      if (tab != std::string::npos) edge.kind = unescaped(name.substr(0, tab));
      target = unescaped(tab == std::string::npos ? name : name.substr(tab + 1));
    }
    rows_.add_plain(source, target, std::move(edge), number);
  }

  GraphRows& rows_;
  std::vector<std::string> row_names_, column_names_;
  bool pattern_ = false, sized_ = false, fresh_ = false;
  std::array<std::uint64_t, 3> size_{};
};

}  // namespace

void read_edge_list(std::string_view text, GraphRows& rows) { EdgeListReader(rows).read(text); }
void read_matrix_market(std::string_view text, GraphRows& rows) { MatrixReader(rows).read(text); }

}  // namespace ringscope
