#include "engine/ingest/parquet_source.h"

#include "base/error.h"

#ifdef RINGSCOPE_HAS_PARQUET

#include <algorithm>
#include <array>
#include <cstdio>
#include <numeric>

#include <arrow/api.h>
#include <arrow/c/bridge.h>
#include <arrow/io/file.h>
#include <parquet/arrow/reader.h>
#include <parquet/exception.h>

#include "engine/ingest/arrow_columns_internal.h"
#include "engine/ingest/event.h"

namespace ringscope {
namespace {

constexpr std::int64_t kRowsABatch = std::int64_t{1} << 15;

// -- a batch as lines

class BatchLines {
 public:
  BatchLines(const arrow::RecordBatch& batch, const std::vector<std::size_t>& fields) : fields_(fields) {
    for (std::size_t c = 0; c < fields.size(); ++c) columns_.emplace_back(*batch.column(static_cast<int>(c)));
  }

  void take(std::int64_t row, std::uint64_t line, LineSink& sink) {
    Event event;
    for (std::size_t c = 0; c < fields_.size(); ++c) {
      const ColumnValue cell = columns_[c].value(row);
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
      std::vector<int> groups(static_cast<std::size_t>(reader_->num_row_groups()));
      std::iota(groups.begin(), groups.end(), 0);
      batches_ = must(reader_->GetRecordBatchReader(groups, ours_.columns), label_);
    }
    auto batch = must(batches_->Next(), label_);
    if (batch) require_sound(*batch, label_);
    return batch;
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

// What is wrong with the file is told of it.
template <class Action>
auto telling_damage(const std::string& label, const Action& action) {
  try {
    return action();
  } catch (const parquet::ParquetException& error) {
    throw Error(ErrorCode::input, std::string("damaged Parquet or Arrow file: ") + error.what(), label);
  }
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
  return telling_damage(label, [&] {
    ParquetFile file(path, label);
    SourcePosition position = start.position;
    const PrefixHasher hasher = hash_of(path);
    position.offset = hasher.bytes();
    position.prefix_hash = hasher.hex();
    SourceResult result = read_rows(job, writer, file, position, label);
    job.progress.bytes_done += size;
    return result;
  });
}

void read_parquet_rows(const std::string& path, const std::string& label,
                       const std::function<LineSink&(const Layout& layout)>& open) {
  telling_damage(label, [&] {
    ParquetFile file(path, label);
    LineSink& sink = open(file.layout());
    const RowPieces pieces = pieces_of(file);
    for (RowPiece piece; pieces(piece);) piece.read(sink);
  });
}

void read_arrow_batch(ArrowSchema* schema, ArrowArray* array, std::uint64_t first_line, const std::string& label,
                      const std::function<LineSink&(const Layout& layout)>& open) {
  const auto batch = must(arrow::ImportRecordBatch(array, schema), label);
  const auto name_of = [&](int c) { return std::pair(batch->schema()->field(c)->name(), true); };
  const OurColumns ours = choose_columns(batch->num_columns(), name_of, label);
  const auto chosen = must(batch->SelectColumns(ours.columns), label);
  require_sound(*chosen, label);
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

void read_parquet_rows(const std::string&, const std::string& label,
                       const std::function<LineSink&(const Layout& layout)>&) {
  throw Error(ErrorCode::usage, "is Parquet, and this program was built without it (scripts/setup)", label);
}

SourceResult read_parquet(IngestJob&, BatchWriter&, const std::string&, const std::string& label, std::uint64_t,
                          const Recognition&) {
  throw Error(ErrorCode::usage, "is Parquet, and this program was built without it (scripts/setup)", label);
}

}  // namespace ringscope

#endif
