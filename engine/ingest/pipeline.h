// The threads of an ingest: each takes a block, reads its lines and adds them to its share of the fold.
#pragma once

#include <atomic>
#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "engine/ingest/block_reader.h"
#include "engine/ingest/fold.h"
#include "engine/ingest/ingest.h"
#include "engine/ingest/line_reader.h"
#include "engine/ingest/reject_log.h"

namespace ringscope {

// Rows that are no text: `read` hands them to a sink, by whatever thread.
struct RowPiece {
  std::uint64_t number = 0;  // 0, 1, 2, … in a source
  std::function<void(LineSink& sink)> read;
};
// The next piece of a source; false at the end. Not called by two threads at once.
using RowPieces = std::function<bool(RowPiece& piece)>;

class Pipeline {
 public:
  // `policy` must outlive it.
  Pipeline(const IngestOptions& options, const ValuePolicy& policy, IngestProgress& progress);

  // Reads blocks until there are none for now or the fold is full. Not at the same time as flush().
  void pump(BlockReader& reader, const Layout& layout, RejectLog& rejects);
  // The same for pieces of rows; false when there are no more.
  bool pump(const RowPieces& pieces, const Layout& layout, RejectLog& rejects);
  bool full() const { return filled_bytes_ >= memory_bytes_; }
  // Hands all that has been read to a writer.
  void flush(Store& store, BatchWriter& writer);

  std::uint64_t suppressed() const { return suppressed_; }  // lines of accounts that were erased
  // Fields that are not ours, by name.
  std::vector<std::pair<std::string, std::uint64_t>> ignored_fields() const;

 private:
  struct Worker {
    Worker(FoldShard& fold_shard, const IngestOptions& options, const ValuePolicy& policy)
        : shard(fold_shard), lines(fold_shard, options.max_line_bytes, &policy) {}

    FoldShard& shard;
    LineReader lines;
    BlockBuffer buffer;
  };
  void work(Worker& worker, RejectLog& rejects, const std::function<BlockOutcome()>& read);
  // Lets every thread ask for pieces until next() gives none or the fold is full.
  template <class Next, class Read>
  void run(const Next& next, const Read& read, RejectLog& rejects);

  std::size_t memory_bytes_;
  IngestProgress& progress_;
  Fold fold_;
  std::vector<std::unique_ptr<Worker>> workers_;
  std::atomic<std::size_t> filled_bytes_{0};
  std::atomic<std::uint64_t> suppressed_{0};
};

// Options of the block reader that keep the blocks of all threads small beside the fold.
BlockReaderOptions block_options(const IngestOptions& options);

}  // namespace ringscope
