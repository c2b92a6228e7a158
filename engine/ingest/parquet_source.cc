#include "engine/ingest/parquet_source.h"

#include "base/error.h"

#ifdef RINGSCOPE_HAS_PARQUET

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdio>

#include <arrow/api.h>
#include <arrow/c/bridge.h>
#include <arrow/io/file.h>
#include <fmt/format.h>
#include <parquet/arrow/reader.h>
#include <parquet/exception.h>
#include <simdjson.h>

#include "engine/ingest/event.h"

namespace ringscope {
namespace {

constexpr std::int64_t kRowsABatch = std::int64_t{1} << 15;

template <class Value>
Value must(arrow::Result<Value> result, const std::string& label) {
  if (!result.ok()) throw Error(ErrorCode::input, "damaged Parquet: " + result.status().ToString(), label);
  return std::move(result).ValueOrDie();
}
void check(const arrow::Status& status, const std::string& label) {
  if (!status.ok()) throw Error(ErrorCode::input, "damaged Parquet: " + status.ToString(), label);
}

// -- a value of a column as the text that a log would have

struct Cell {
  std::string_view text;
  bool other = false;            // neither a text nor a number
  const char* damage = nullptr;  // what no log may have
};

std::int64_t seconds_of(std::int64_t value, arrow::TimeUnit::type unit) {
  constexpr std::array<std::int64_t, 4> kASecond = {1, 1000, 1'000'000, 1'000'000'000};
  const std::int64_t second = kASecond[static_cast<std::size_t>(unit)];
  return value >= 0 ? value / second : -((-value + second - 1) / second);
}

const char* damage_of(std::string_view text) {
  if (!simdjson::validate_utf8(text.data(), text.size())) return "invalid UTF-8";
  return text.find('\0') != std::string_view::npos ? "contains a NUL byte" : nullptr;
}

// All texts of a column, one behind the other. They are looked at together: where the whole is sound, so is each that
// begins and ends between two characters.
class Texts {
 public:
  Texts() = default;
  explicit Texts(std::string_view all) : all_(all), sound_(damage_of(all) == nullptr) {}

  Cell cell(std::string_view text) const {
    const bool whole = sound_ && is_border(text.data()) && is_border(text.data() + text.size());
    return {text, false, whole ? nullptr : damage_of(text)};
  }

 private:
  bool is_border(const char* at) const {
    return at == all_.data() + all_.size() || (static_cast<unsigned char>(*at) & 0xC0U) != 0x80U;
  }

  std::string_view all_;
  bool sound_ = false;
};

template <class Array>
Texts texts_of(const arrow::Array& array) {
  const auto& texts = static_cast<const Array&>(array);
  if (texts.length() == 0 || texts.value_data() == nullptr) return {};
  const auto begin = texts.value_offset(0), end = texts.value_offset(texts.length());
  return Texts({reinterpret_cast<const char*>(texts.raw_data()) + begin, static_cast<std::size_t>(end - begin)});
}

// One column of a batch. A number is written into memory of its own, which lasts until the next value.
class ColumnView {
 public:
  explicit ColumnView(const arrow::Array& array) : array_(&array) {
    if (array.type_id() == arrow::Type::DICTIONARY) {
      keys_ = static_cast<const arrow::DictionaryArray*>(&array);
      array_ = keys_->dictionary().get();
    }
    const arrow::Type::type type = array_->type_id();
    if (type == arrow::Type::STRING || type == arrow::Type::BINARY) texts_ = texts_of<arrow::BinaryArray>(*array_);
    if (type == arrow::Type::LARGE_STRING || type == arrow::Type::LARGE_BINARY)
      texts_ = texts_of<arrow::LargeBinaryArray>(*array_);
  }

  Cell value(std::int64_t row) {
    if (keys_ != nullptr) {
      if (keys_->IsNull(row)) return {};
      row = keys_->GetValueIndex(row);
    }
    if (array_->IsNull(row)) return {};
    switch (array_->type_id()) {
      case arrow::Type::STRING:
      case arrow::Type::BINARY:
        return texts_.cell(static_cast<const arrow::BinaryArray&>(*array_).GetView(row));
      case arrow::Type::LARGE_STRING:
      case arrow::Type::LARGE_BINARY:
        return texts_.cell(static_cast<const arrow::LargeBinaryArray&>(*array_).GetView(row));
      case arrow::Type::TIMESTAMP: {
        const auto& type = static_cast<const arrow::TimestampType&>(*array_->type());
        return whole(seconds_of(static_cast<const arrow::TimestampArray&>(*array_).Value(row), type.unit()));
      }
      case arrow::Type::DATE32:
        return whole(std::int64_t{86400} * static_cast<const arrow::Date32Array&>(*array_).Value(row));
      default:
        return number(row);
    }
  }

 private:
  template <class Number>
  Cell whole(Number value) {
    const auto end = std::to_chars(digits_.data(), digits_.data() + digits_.size(), value).ptr;
    return {{digits_.data(), static_cast<std::size_t>(end - digits_.data())}};
  }
  template <class Array>
  Cell whole_of(std::int64_t row) {
    return whole(static_cast<const Array&>(*array_).Value(row));
  }
  template <class Array>
  Cell real_of(std::int64_t row) {
    const auto written =
        fmt::format_to_n(digits_.data(), digits_.size(), "{}", static_cast<const Array&>(*array_).Value(row));
    return {{digits_.data(), written.size}};
  }
  Cell number(std::int64_t row) {
    switch (array_->type_id()) {
      case arrow::Type::INT8:
        return whole_of<arrow::Int8Array>(row);
      case arrow::Type::UINT8:
        return whole_of<arrow::UInt8Array>(row);
      case arrow::Type::INT16:
        return whole_of<arrow::Int16Array>(row);
      case arrow::Type::UINT16:
        return whole_of<arrow::UInt16Array>(row);
      case arrow::Type::INT32:
        return whole_of<arrow::Int32Array>(row);
      case arrow::Type::UINT32:
        return whole_of<arrow::UInt32Array>(row);
      case arrow::Type::INT64:
        return whole_of<arrow::Int64Array>(row);
      case arrow::Type::UINT64:
        return whole_of<arrow::UInt64Array>(row);
      case arrow::Type::FLOAT:
        return real_of<arrow::FloatArray>(row);
      case arrow::Type::DOUBLE:
        return real_of<arrow::DoubleArray>(row);
      default:
        return {{}, true};
    }
  }

  const arrow::Array* array_;
  const arrow::DictionaryArray* keys_ = nullptr;
  Texts texts_;
  std::array<char, 32> digits_{};
};

// -- a batch as lines

class BatchLines {
 public:
  BatchLines(const arrow::RecordBatch& batch, const std::vector<std::size_t>& fields) : fields_(fields) {
    for (std::size_t c = 0; c < fields.size(); ++c) columns_.emplace_back(*batch.column(static_cast<int>(c)));
  }

  void take(std::int64_t row, std::uint64_t line, LineSink& sink) {
    Event event;
    for (std::size_t c = 0; c < fields_.size(); ++c) {
      const Cell cell = columns_[c].value(row);
      const std::uint32_t bit = 1U << fields_[c];
      const bool long_only =
          fields_[c] == static_cast<std::size_t>(Field::kind) || fields_[c] == static_cast<std::size_t>(Field::value);
      if (cell.other) event.not_text |= bit;
      if (cell.other || long_only || !cell.text.empty()) event.present |= bit;
      if (cell.damage != nullptr) return sink.malformed(line, cell.damage, "");
      event.text[fields_[c]] = cell.text;
    }
    sink.take(line, event, event[Field::account]);
  }

 private:
  const std::vector<std::size_t>& fields_;
  std::vector<ColumnView> columns_;
};

// -- which columns are ours

struct OurColumns {
  std::vector<int> columns;
  std::vector<std::size_t> fields;  // of the columns
  std::vector<std::string> unknown;
  Layout layout;
};

// `name_of` gives the name of a column, and whether it holds one value a row.
template <class NameOf>
OurColumns choose_columns(int count, const NameOf& name_of, const std::string& label) {
  OurColumns ours;
  std::array<bool, kFieldCount> seen{};
  for (int c = 0; c < count; ++c) {
    const auto [name, single] = name_of(c);
    const auto field = single ? find_field(name) : std::nullopt;
    if (!field) {
      ours.unknown.push_back(name);
      continue;
    }
    if (std::exchange(seen[*field], true)) throw Error(ErrorCode::input, "names the column " + name + " twice", label);
    ours.columns.push_back(c);
    ours.fields.push_back(*field);
  }
  if (!seen[static_cast<std::size_t>(Field::account)])
    throw Error(ErrorCode::input, "is Parquet without a column account", label);
  ours.layout.long_form = seen[static_cast<std::size_t>(Field::kind)] && seen[static_cast<std::size_t>(Field::value)];
  return ours;
}

void count_unknown(const std::vector<std::string>& names, std::int64_t rows, LineSink& sink) {
  for (const std::string& name : names)
    sink.ignored().count(sink.ignored().number_of(name), static_cast<std::uint64_t>(rows));
}

// -- a file

class ParquetFile {
 public:
  ParquetFile(const std::string& path, const std::string& label) : label_(label) {
    const auto file = must(arrow::io::ReadableFile::Open(path), label);
    parquet::arrow::FileReaderBuilder builder;
    check(builder.Open(file), label);
    parquet::ArrowReaderProperties properties(/*use_threads=*/false);
    properties.set_batch_size(kRowsABatch);
    builder.properties(properties);
    reader_ = must(builder.Build(), label);
    ours_ = columns_of(*reader_->parquet_reader()->metadata()->schema(), label);
  }

  const Layout& layout() const { return ours_.layout; }
  const std::vector<std::size_t>& fields() const { return ours_.fields; }
  const std::vector<std::string>& unknown() const { return ours_.unknown; }
  std::uint64_t rows() const { return static_cast<std::uint64_t>(reader_->parquet_reader()->metadata()->num_rows()); }

  // Null at the end. Only the columns that are ours are read from the disk.
  std::shared_ptr<arrow::RecordBatch> next() {
    if (!batches_) {
      std::vector<int> groups;
      for (int g = 0; g < reader_->num_row_groups(); ++g) groups.push_back(g);
      batches_ = must(reader_->GetRecordBatchReader(groups, ours_.columns), label_);
    }
    return must(batches_->Next(), label_);
  }

 private:
  static OurColumns columns_of(const parquet::SchemaDescriptor& schema, const std::string& label) {
    const auto name_of = [&](int c) {
      const parquet::ColumnDescriptor& column = *schema.Column(c);
      return std::pair(column.path()->ToDotString(), column.max_repetition_level() == 0);
    };
    return choose_columns(schema.num_columns(), name_of, label);
  }

  std::string label_;
  std::unique_ptr<parquet::arrow::FileReader> reader_;
  std::unique_ptr<arrow::RecordBatchReader> batches_;
  OurColumns ours_;
};

PrefixHasher hash_of(const std::string& path) {
  PrefixHasher hasher;
  FileBytes file(path);
  std::string piece(std::size_t{1} << 20, '\0');
  for (std::size_t got = 0; (got = file.read({piece.data(), piece.size()})) > 0;) hasher.update({piece.data(), got});
  return hasher;
}

// Batches one after the other, whoever asks.
RowPieces pieces_of(ParquetFile& file) {
  struct State {
    std::uint64_t number = 0, line = 1;
  };
  return [&file, state = State{}](RowPiece& piece) mutable {
    const std::shared_ptr<arrow::RecordBatch> batch = file.next();
    if (!batch) return false;
    piece.number = state.number++;
    const std::uint64_t first = state.line;
    state.line += static_cast<std::uint64_t>(batch->num_rows());
    piece.read = [batch, first, &file](LineSink& sink) {
      BatchLines lines(*batch, file.fields());
      for (std::int64_t row = 0; row < batch->num_rows(); ++row)
        lines.take(row, first + static_cast<std::uint64_t>(row), sink);
      count_unknown(file.unknown(), batch->num_rows(), sink);
    };
    return true;
  };
}

SourceResult read_rows(IngestJob& job, BatchWriter& writer, ParquetFile& file, SourcePosition position,
                       const std::string& label) {
  RejectLog rejects(job.store.rejects_directory(), position);
  rejects.use(writer);
  const RowPieces pieces = pieces_of(file);
  while (job.pipeline.pump(pieces, file.layout(), rejects)) job.pipeline.flush(job.store, writer);
  rejects.flush();
  position.lines = file.rows();
  position.rejected = rejects.rejected();
  position.complete = true;
  writer.set_position(position);
  std::erase_if(job.positions, [&](const SourcePosition& p) { return p.source == position.source; });
  job.positions.push_back(position);
  SourceResult result;
  result.report = {.label = label,
                   .bytes = position.offset,
                   .lines = file.rows(),
                   .events = rejects.events(),
                   .rejected = rejects.rejected()};
  result.first_rejects = rejects.first();
  return result;
}

}  // namespace

SourceResult read_parquet(IngestJob& job, BatchWriter& writer, const std::string& path, const std::string& label,
                          std::uint64_t size, const Recognition& start) {
  if (start.position.offset > 0)
    throw Error(ErrorCode::input,
                "begins like a Parquet file that was read, and is longer; write what is new into a "
                "file of its own",
                label);
  try {
    ParquetFile file(path, label);
    SourcePosition position = start.position;
    const PrefixHasher hasher = hash_of(path);
    position.offset = hasher.bytes();
    position.prefix_hash = hasher.hex();
    SourceResult result = read_rows(job, writer, file, position, label);
    job.progress.bytes_done += size;
    return result;
  } catch (const parquet::ParquetException& error) {
    throw Error(ErrorCode::input, std::string("damaged Parquet: ") + error.what(), label);
  }
}

void read_arrow_batch(ArrowSchema* schema, ArrowArray* array, std::uint64_t first_line, const std::string& label,
                      const std::function<LineSink&(const Layout& layout)>& open) {
  const auto batch = must(arrow::ImportRecordBatch(array, schema), label);
  const auto name_of = [&](int c) { return std::pair(batch->schema()->field(c)->name(), true); };
  const OurColumns ours = choose_columns(batch->num_columns(), name_of, label);
  const auto chosen = must(batch->SelectColumns(ours.columns), label);
  LineSink& sink = open(ours.layout);
  BatchLines lines(*chosen, ours.fields);
  for (std::int64_t row = 0; row < chosen->num_rows(); ++row)
    lines.take(row, first_line + static_cast<std::uint64_t>(row), sink);
  count_unknown(ours.unknown, chosen->num_rows(), sink);
}

}  // namespace ringscope

#else

namespace ringscope {

void read_arrow_batch(ArrowSchema*, ArrowArray*, std::uint64_t, const std::string& label,
                      const std::function<LineSink&(const Layout& layout)>&) {
  throw Error(ErrorCode::usage, "is Parquet, and this program was built without it (scripts/setup)", label);
}

SourceResult read_parquet(IngestJob&, BatchWriter&, const std::string&, const std::string& label, std::uint64_t,
                          const Recognition&) {
  throw Error(ErrorCode::usage, "is Parquet, and this program was built without it (scripts/setup)", label);
}

}  // namespace ringscope

#endif

namespace ringscope {

bool is_parquet(std::string_view head) { return head.starts_with("PAR1"); }

}  // namespace ringscope
