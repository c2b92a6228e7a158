// Parquet files of events: wide or long by their columns, as CSV is by its header. Only columns that are ours are read.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include "engine/ingest/source.h"

struct ArrowArray;  // of Arrow's C data interface
struct ArrowSchema;

namespace ringscope {

// Whether a file that begins so is Parquet.
inline bool is_parquet(std::string_view head) { return head.starts_with("PAR1"); }

// Reads a whole file; what it brings is committed by the caller. A row is a line, from 1. Texts, whole numbers, reals,
// times, days and dictionaries of texts are taken as what they say; other types are no field of ours. Throws Error
// input when the file is damaged, names a column twice or no column account, or has changed since it was read; usage in
// a program that was built without Parquet.
SourceResult read_parquet(IngestJob& job, BatchWriter& writer, const std::string& path, const std::string& label,
                          std::uint64_t size, const Recognition& start);

// The rows of a file one after the other, handed to the sink that `open` gives for their layout. Throws as
// read_parquet().
void read_parquet_rows(const std::string& path, const std::string& label,
                       const std::function<LineSink&(const Layout& layout)>& open);

// The rows of one batch in memory, handed to the sink that `open` gives for their layout, by the same rules; both
// structures are consumed. Rows are numbered from `first_line`. Throws as read_parquet().
void read_arrow_batch(ArrowSchema* schema, ArrowArray* array, std::uint64_t first_line, const std::string& label,
                      const std::function<LineSink&(const Layout& layout)>& open);

}  // namespace ringscope
