// A part of a log, folded by itself and without a store: what one worker of a distributed ingest does. Parts merge in
// any order (storage/rows.h), so that how a log was cut never shows.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "engine/ingest/fold.h"
#include "engine/ingest/line_reader.h"

struct ArrowArray;  // of Arrow's C data interface
struct ArrowSchema;

namespace ringscope {

// Kinds have these numbers in every part, so that packed tags can be merged across parts.
inline constexpr KindId kPartCapability{1};
inline constexpr KindId kPartModel{2};

struct FoldedPart {
  std::vector<std::string> kinds;     // by number; "" is the account side
  std::vector<AccountRow> rows;       // ascending by account, no two of the same
  std::vector<Name> names;            // those that no earlier part of this fold has given
  std::vector<RejectedLine> rejects;  // as they were met
  std::uint64_t events = 0;
  std::vector<std::pair<std::string, std::uint64_t>> ignored;  // fields that are not ours, and lines that had them
};

// Not for two threads at once; starts none.
class PartFold {
 public:
  // `memory_bytes` sizes the tables: when bytes() has passed it, take() is due.
  explicit PartFold(std::size_t memory_bytes, std::size_t max_line_bytes = std::size_t{64} << 20);

  // Whole lines of JSON, each with its newline, as they lie in a source; kPadding readable bytes follow. The first is
  // `first_line` of its source, and `long_form` is whether the source's beginning has lines of sightings
  // (detect_layout). Does not throw on any text.
  void read_lines(std::string_view lines, std::uint64_t first_line, bool long_form);
  // All of a source, JSON Lines or CSV; `last` is what becomes of a last line without newline (BlockReaderOptions).
  // Returns its lines. Throws Error input when it is no log.
  std::uint64_t read_text(std::string_view text, const std::string& label, BlockKind last);
  // Rows of a table (engine/ingest/parquet_source.h). Both structures are consumed.
  void read_batch(ArrowSchema* schema, ArrowArray* array, std::uint64_t first_line, const std::string& label);

  std::size_t bytes() const { return fold_.bytes(); }
  // What was read since the last call. Throws Error input when there are more kinds than a store can have.
  FoldedPart take();

 private:
  void keep(BlockOutcome outcome);

  std::size_t max_line_bytes_;
  Fold fold_;
  LineReader lines_;
  std::uint64_t events_ = 0;
  std::vector<RejectedLine> rejects_;
  std::vector<std::uint64_t> told_;  // of the ignored fields, by number: lines that take() has told
};

// Packed activity and facts of one account from several parts, as one; the numbers of kinds are a part's. Throws Error
// corrupt.
std::string merge_packed_activity(const std::vector<std::string_view>& parts);
std::string merge_packed_facts(const std::vector<std::string_view>& parts);

}  // namespace ringscope
