// Log files -> durable rows. The first stage of the way.
#pragma once

#include <atomic>
#include <cstdint>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "storage/store.h"

namespace ringscope {

struct IngestOptions {
  unsigned threads = 0;                                // 0: as many as the machine has
  std::size_t memory_bytes = std::size_t{1} << 30;     // bound on the fold's tables; above, sorted runs are spilled
  std::size_t max_line_bytes = std::size_t{64} << 20;  // a longer line is rejected, not kept in memory
  std::uint64_t live_batch_events = 50'000;            // standard input: events a durable batch
};

// Counters that another thread may read while ingest() runs (for a progress bar).
struct IngestProgress {
  std::atomic<std::uint64_t> bytes_total{0};  // 0: unknown (standard input)
  std::atomic<std::uint64_t> bytes_done{0};   // of the files as they lie on disk
  std::atomic<std::uint64_t> events{0};
  std::atomic<std::uint64_t> rejected{0};
};

struct SourceReport {
  std::string label;        // the path, or "-"
  std::uint64_t bytes = 0;  // consumed now
  std::uint64_t lines = 0;
  std::uint64_t events = 0;
  std::uint64_t rejected = 0;
  bool already_known = false;    // nothing new in it since an earlier ingest
  std::uint64_t resumed_at = 0;  // byte offset where an earlier ingest had stopped; 0: read from the start
};

struct IngestReport {
  std::vector<SourceReport> sources;
  std::uint64_t events = 0;
  std::uint64_t rejected = 0;
  std::uint64_t suppressed = 0;       // lines of accounts that were erased: neither taken nor rejected
  std::uint64_t accounts = 0;         // of which something was written, each counted once
  std::vector<Reject> first_rejects;  // at most 20, for the message; all of them are under DB/rejects/
  std::vector<std::pair<std::string, std::uint64_t>> unknown_fields;  // ignored field -> lines that had it
  std::vector<Name> collisions;
  double seconds = 0;
};

// Reads files ("-" is standard input) of any mixture of formats (DESIGN section 4) into the store. Files are committed
// in one atomic write; standard input batch by batch. Re-reading what was read changes nothing: a source is recognised
// by its content, a file that has grown is read from where the last ingest stopped. Throws Error: input (a file cannot
// be opened or is not a log), io, no_space. What earlier commits stored stays.
IngestReport ingest(Store& store, std::span<const std::string> files, const IngestOptions& options,
                    IngestProgress& progress);

}  // namespace ringscope
