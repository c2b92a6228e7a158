#include "engine/ingest/pipeline.h"

#include <algorithm>
#include <map>
#include <mutex>
#include <optional>
#include <type_traits>

#include "base/parallel.h"

namespace ringscope {
namespace {

constexpr std::size_t kMinBlockBytes = std::size_t{64} << 10;
constexpr std::size_t kMaxBlockBytes = std::size_t{8} << 20;
constexpr std::size_t kBlocksInMemory = 64;
constexpr std::size_t kMinMemoryBytes = std::size_t{1} << 20;

unsigned thread_count(const IngestOptions& options) {
  return options.threads == 0 ? hardware_threads() : options.threads;
}

}  // namespace

BlockReaderOptions block_options(const IngestOptions& options) {
  return {std::clamp(options.memory_bytes / kBlocksInMemory, kMinBlockBytes, kMaxBlockBytes), options.max_line_bytes};
}

Pipeline::Pipeline(const IngestOptions& options, const ValuePolicy& policy, IngestProgress& progress)
    : memory_bytes_(std::max(options.memory_bytes, kMinMemoryBytes)),
      progress_(progress),
      fold_(thread_count(options), memory_bytes_) {
  for (unsigned t = 0; t < fold_.threads(); ++t)
    workers_.push_back(std::make_unique<Worker>(fold_.shard(t), options, policy));
}

void Pipeline::work(Worker& worker, RejectLog& rejects, const std::function<BlockOutcome()>& read) {
  const std::size_t before = worker.shard.bytes();
  BlockOutcome outcome = read();
  filled_bytes_ += worker.shard.bytes() - before;
  progress_.events += outcome.events;
  progress_.rejected += outcome.rejects.size();
  suppressed_ += outcome.suppressed;
  rejects.add(std::move(outcome));
}

template <class Next, class Read>
void Pipeline::run(const Next& next, const Read& read, RejectLog& rejects) {
  std::mutex reading;
  std::atomic<bool> failed{false};
  parallel_chunks(workers_.size(), 1, fold_.threads(), [&](const Chunk& chunk, unsigned) {
    Worker& worker = *workers_[chunk.index];
    std::invoke_result_t<Next, Worker&> piece;
    const auto has_next = [&] {
      const std::scoped_lock lock(reading);
      return !failed && !full() && (piece = next(worker)).has_value();
    };
    try {
      while (has_next()) work(worker, rejects, [&] { return read(worker, *piece); });
    } catch (...) {
      failed = true;
      throw;
    }
  });
}

void Pipeline::pump(BlockReader& reader, const Layout& layout, RejectLog& rejects) {
  run(
      [&](Worker& worker) {
        Block block;
        return reader.next(worker.buffer, block) ? std::optional(block) : std::nullopt;
      },
      [&](Worker& worker, const Block& block) { return worker.lines.read(block, layout); }, rejects);
}

bool Pipeline::pump(const RowPieces& pieces, const Layout& layout, RejectLog& rejects) {
  bool ended = false;
  run(
      [&](Worker&) {
        RowPiece piece;
        ended = ended || !pieces(piece);
        return ended ? std::nullopt : std::optional(std::move(piece));
      },
      [&](Worker& worker, const RowPiece& piece) {
        worker.lines.intake().begin({.kind = BlockKind::records, .number = piece.number, .text = {}}, layout);
        piece.read(worker.lines.intake());
        return worker.lines.intake().finish();
      },
      rejects);
  return !ended;
}

void Pipeline::flush(Store& store, BatchWriter& writer) {
  fold_.flush(store, writer);
  filled_bytes_ = fold_.bytes();
}

std::vector<std::pair<std::string, std::uint64_t>> Pipeline::ignored_fields() const {
  std::map<std::string, std::uint64_t> sums;
  for (const auto& worker : workers_)
    for (const auto& [name, lines] : worker->lines.intake().ignored().counts()) sums[name] += lines;
  std::erase_if(sums, [](const auto& entry) { return entry.second == 0; });
  return {sums.begin(), sums.end()};
}

}  // namespace ringscope
