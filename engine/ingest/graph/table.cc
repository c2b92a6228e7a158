// Parquet and Arrow IPC files of edges, by their columns' names (EdgeColumns).
#include "base/error.h"
#include "engine/ingest/graph/graph_file.h"

#ifdef RINGSCOPE_HAS_PARQUET

#include <vector>

#include <arrow/api.h>
#include <arrow/io/memory.h>
#include <arrow/ipc/reader.h>
#include <parquet/arrow/reader.h>
#include <parquet/exception.h>

#include "engine/ingest/arrow_columns_internal.h"
#include "engine/ingest/graph/edge_columns.h"

namespace ringscope {
namespace {

class TableReader {
 public:
  explicit TableReader(GraphRows& rows) : rows_(rows) {}

  void take_names(const arrow::Schema& schema) {
    const std::vector<std::string> names = schema.field_names();
    if (!columns_.take_names(std::vector<std::string_view>(names.begin(), names.end())))
      rows_.fail(1, "columns", "name no two ends: source|from|account|u and target|to|value|v");
  }

  void take(const arrow::RecordBatch& batch) {
    require_sound(batch, rows_.path());
    std::vector<ColumnView> columns;
    columns.reserve(static_cast<std::size_t>(batch.num_columns()));
    for (int c = 0; c < batch.num_columns(); ++c) columns.emplace_back(*batch.column(c));
    std::vector<std::string_view> fields(columns.size());
    for (std::int64_t row = 0; row < batch.num_rows(); ++row) {
      ++line_;
      for (std::size_t c = 0; c < columns.size(); ++c) {
        const ColumnValue cell = columns[c].value(row);
        if (cell.damage != nullptr) rows_.fail(line_, batch.column_name(static_cast<int>(c)), cell.damage);
        fields[c] = cell.text;
      }
      columns_.add(fields, line_, rows_);
    }
  }

 private:
  GraphRows& rows_;
  EdgeColumns columns_;
  std::uint64_t line_ = 0;
};

std::shared_ptr<arrow::io::BufferReader> over(const std::string& bytes) {
  return std::make_shared<arrow::io::BufferReader>(std::make_shared<arrow::Buffer>(bytes));
}

}  // namespace

void read_parquet_edges(const std::string& bytes, GraphRows& rows) {
  try {
    parquet::arrow::FileReaderBuilder builder;
    check(builder.Open(over(bytes)), rows.path());
    const auto reader = must(builder.Build(), rows.path());
    const auto batches = must(reader->GetRecordBatchReader(), rows.path());
    TableReader table(rows);
    table.take_names(*batches->schema());
    while (const auto batch = must(batches->Next(), rows.path())) table.take(*batch);
  } catch (const parquet::ParquetException& error) {
    throw Error(ErrorCode::input, std::string("damaged Parquet or Arrow file: ") + error.what(), rows.path());
  }
}

void read_arrow_edges(const std::string& bytes, GraphRows& rows) {
  const auto reader = must(arrow::ipc::RecordBatchFileReader::Open(over(bytes)), rows.path());
  TableReader table(rows);
  table.take_names(*reader->schema());
  for (int b = 0; b < reader->num_record_batches(); ++b) {
    table.take(*must(reader->ReadRecordBatch(b), rows.path()));
  }
}

}  // namespace ringscope

#else

namespace ringscope {

void read_parquet_edges(const std::string&, GraphRows& rows) {
  throw Error(ErrorCode::usage, "is Parquet, and this program was built without it (scripts/setup)", rows.path());
}
void read_arrow_edges(const std::string&, GraphRows& rows) {
  throw Error(ErrorCode::usage, "is Arrow IPC, and this program was built without it (scripts/setup)", rows.path());
}

}  // namespace ringscope

#endif
