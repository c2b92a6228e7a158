#include "engine/lab/csv.h"

#include <cerrno>
#include <cstring>
#include <memory>
#include <optional>
#include <system_error>

#include <zlib.h>

#include "base/error.h"

namespace ringscope {
namespace {

struct CloseGz {
  void operator()(gzFile_s* file) const { gzclose(file); }
};

std::string read_whole(const std::string& file) {
  errno = 0;
  const std::unique_ptr<gzFile_s, CloseGz> in(gzopen(file.c_str(), "rb"));
  if (!in) {
    throw Error(errno == ENOENT ? ErrorCode::not_found : ErrorCode::io,
                "cannot open the file: " + std::generic_category().message(errno), file);
  }
  std::string text;
  std::string buffer(1 << 18, '\0');
  int got = 0;
  while ((got = gzread(in.get(), buffer.data(), static_cast<unsigned>(buffer.size()))) > 0) {
    text.append(buffer, 0, static_cast<std::size_t>(got));
  }
  int status = Z_OK;
  const char* reason = gzerror(in.get(), &status);
  if (status == Z_ERRNO)
    throw Error(ErrorCode::io, "cannot read the file: " + std::generic_category().message(errno), file);
  if (got < 0 || status != Z_OK) throw Error(ErrorCode::input, std::string("damaged gzip data: ") + reason, file);
  return text;
}

// Cuts the text into records.
class Records {
 public:
  explicit Records(std::string_view text) : text_(text) {
    if (text_.starts_with("\xEF\xBB\xBF")) text_.remove_prefix(3);
  }

  // Fills `fields` with the next record that is not an empty line; false at the end.
  bool next(std::vector<std::string>& fields) {
    while (at_ < text_.size() && end_of_line()) ++at_;
    fields.clear();
    if (at_ >= text_.size()) return false;
    for (;;) {
      fields.push_back(field());
      if (at_ >= text_.size()) return true;
      const bool more = text_[at_] == ',';
      ++at_;
      if (!more) return true;
    }
  }

 private:
  bool end_of_line() const { return text_[at_] == '\n' || text_[at_] == '\r'; }

  // Reads up to the comma or line end that ends the field.
  std::string field() {
    std::string value;
    if (at_ < text_.size() && text_[at_] == '"') quoted(value);
    while (at_ < text_.size() && text_[at_] != ',' && !end_of_line()) value += text_[at_++];
    return value;
  }

  void quoted(std::string& value) {
    for (++at_; at_ < text_.size(); ++at_) {
      if (text_[at_] == '"') {
        ++at_;
        if (at_ >= text_.size() || text_[at_] != '"') return;
      }
      value += text_[at_];
    }
  }

  std::string_view text_;
  std::size_t at_ = 0;
};

using Places = std::vector<std::optional<std::size_t>>;

// Where each asked column stands in the header; of equal names the last counts.
Places places_of(const std::vector<std::string>& header, const std::vector<CsvColumn>& columns,
                 const std::string& file) {
  Places places(columns.size());
  for (std::size_t c = 0; c < columns.size(); ++c) {
    for (std::size_t h = 0; h < header.size(); ++h) {
      if (header[h] == columns[c].name) places[c] = h;
    }
    if (!places[c] && columns[c].need == CsvColumn::required) {
      throw Error(ErrorCode::input, "the header has no column '" + std::string(columns[c].name) + "'", file);
    }
  }
  return places;
}

}  // namespace

void read_csv(const std::string& file, const std::vector<CsvColumn>& columns,
              const std::function<void(const CsvRow&)>& row) {
  const std::string text = read_whole(file);
  Records records(text);
  std::vector<std::string> fields;
  if (!records.next(fields)) throw Error(ErrorCode::input, "the file is empty; a header line is needed", file);
  const Places places = places_of(fields, columns, file);
  CsvRow values(columns.size());
  while (records.next(fields)) {
    for (std::size_t c = 0; c < columns.size(); ++c) {
      const bool there = places[c] && *places[c] < fields.size();
      values[c] = there ? std::move(fields[*places[c]]) : std::string();
    }
    row(values);
  }
}

}  // namespace ringscope
