// Cuts the text of a source into blocks at ends of records. Not for two threads at once.
#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <string>
#include <string_view>

#include "engine/ingest/block.h"
#include "engine/ingest/bytes.h"
#include "engine/ingest/identity.h"
#include "engine/ingest/layout.h"

namespace ringscope {

struct BlockReaderOptions {
  std::size_t block_bytes = std::size_t{8} << 20;
  std::size_t max_line_bytes = std::size_t{64} << 20;
  BlockKind last = BlockKind::tail;  // of the last line, if without newline; records: it cannot grow any more
  bool eager = false;                // a block ends where the source gives no more at once, if a line does by then
};

// How far a source has been consumed.
struct Progress {
  std::uint64_t offset = 0;  // bytes of text
  std::uint64_t lines = 0;
  PrefixHasher hasher;  // of the text
};

class BlockReader {
 public:
  // Starts at `start` (text from `bytes` follows it); `last_byte` is the one before, '\n' at the beginning of a source.
  BlockReader(Bytes& bytes, Notation notation, const BlockReaderOptions& options, Progress start, char last_byte);

  // Consumes the header: bytes and lines before the first event.
  void skip(std::size_t bytes, std::uint64_t lines);

  // The next block, in `buffer`; false at the end and when the lines allowed are used up.
  bool next(BlockBuffer& buffer, Block& block);
  void allow_lines(std::uint64_t lines) { allowed_lines_ = lines; }
  // Makes next() give what is there when the source pauses, then stop until lines are allowed again.
  void stop_at_pauses() { stop_at_pauses_ = true; }
  bool at_end() const { return at_end_; }

  // After the blocks given so far.
  const Progress& progress() const { return progress_; }
  // Takes the tail block back: it has been cut short and is not consumed.
  void give_back_tail() { progress_ = before_tail_; }

 private:
  struct Cut {
    std::size_t bytes = 0;
    std::uint64_t lines = 0;
  };
  void fill(BlockBuffer& buffer, std::size_t target);
  void load_carry(BlockBuffer& buffer);
  Cut find_cut(std::string_view text) const;
  Cut cut_csv(std::string_view text) const;
  bool emit(BlockBuffer& buffer, Block& block, Cut cut, BlockKind kind);
  bool emit_overlong(BlockBuffer& buffer, Block& block);
  bool emit_tail(BlockBuffer& buffer, Block& block);
  bool emit_continuation(BlockBuffer& buffer, Block& block);

  Bytes& bytes_;
  Notation notation_;
  BlockReaderOptions options_;
  Progress progress_;
  Progress before_tail_;
  std::string carry_;  // read, not yet given
  std::uint64_t next_number_ = 0;
  std::uint64_t allowed_lines_ = std::numeric_limits<std::uint64_t>::max();
  bool inside_line_;
  bool source_ended_ = false;
  bool paused_ = false;
  bool stop_at_pauses_ = false;
  bool at_end_ = false;
};

}  // namespace ringscope
