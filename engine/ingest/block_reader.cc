#include "engine/ingest/block_reader.h"

#include <algorithm>
#include <cstring>

#include "engine/ingest/csv_record.h"

namespace ringscope {
namespace {

constexpr std::size_t kKeptOfLongLine = 4096;
constexpr std::size_t kNone = std::string_view::npos;

std::uint64_t count_lines(std::string_view text) {
  std::uint64_t lines = 0;
  for (std::size_t at = text.find('\n'); at != kNone; at = text.find('\n', at + 1)) ++lines;
  return lines;
}

}  // namespace

BlockReader::BlockReader(Bytes& bytes, Notation notation, const BlockReaderOptions& options, Progress start,
                         char last_byte)
    : bytes_(bytes),
      notation_(notation),
      options_(options),
      progress_(std::move(start)),
      inside_line_(last_byte != '\n') {}

void BlockReader::skip(std::size_t bytes, std::uint64_t lines) {
  const std::string header = read_up_to(bytes_, bytes);
  progress_.hasher.update(header);
  progress_.offset += header.size();
  progress_.lines += lines;
  inside_line_ = !header.empty() && header.back() != '\n' && lines > 0;
}

void BlockReader::load_carry(BlockBuffer& buffer) {
  buffer.reserve(std::max(options_.block_bytes, carry_.size()));
  std::memcpy(buffer.data(), carry_.data(), carry_.size());
  buffer.set_size(carry_.size());
  carry_.clear();
}

// Reads until the buffer holds `target` bytes, the source ends or, with something in the buffer, pauses; an eager one
// until it holds a line.
void BlockReader::fill(BlockBuffer& buffer, std::size_t target) {
  buffer.reserve(target);
  paused_ = false;
  while (buffer.size() < target && !source_ended_) {
    if (options_.eager && buffer.view().find('\n') != kNone) return;
    if (stop_at_pauses_ && buffer.size() > 0 && bytes_.pauses()) {
      paused_ = true;
      return;
    }
    const std::size_t got = bytes_.read({buffer.data() + buffer.size(), target - buffer.size()});
    if (got == 0) source_ended_ = true;
    buffer.set_size(buffer.size() + got);
  }
}

BlockReader::Cut BlockReader::find_cut(std::string_view text) const {
  if (notation_ == Notation::csv && text.find('"') != kNone) return cut_csv(text);
  const std::size_t last = text.rfind('\n');
  if (last == kNone) return {};
  const Cut whole{last + 1, count_lines(text.substr(0, last + 1))};
  if (whole.lines <= allowed_lines_) return whole;
  Cut cut;
  for (; cut.lines < allowed_lines_; ++cut.lines) cut.bytes = text.find('\n', cut.bytes) + 1;
  return cut;
}

BlockReader::Cut BlockReader::cut_csv(std::string_view text) const {
  Cut cut;
  while (cut.bytes < text.size() && cut.lines < allowed_lines_) {
    const std::string_view rest = text.substr(cut.bytes);
    const CsvRecord record = next_csv_record(rest, source_ended_ ? TextEnd::all_is_here : TextEnd::more_may_come);
    const std::string_view whole = rest.substr(0, record.bytes);
    if (!whole.ends_with('\n')) break;
    cut.bytes += whole.size();
    cut.lines += count_lines(whole);
  }
  return cut;
}

bool BlockReader::emit(BlockBuffer& buffer, Block& block, Cut cut, BlockKind kind) {
  const std::string_view text = buffer.view();
  carry_.assign(text.substr(cut.bytes));
  block = {kind, next_number_++, progress_.lines + 1, text.substr(0, cut.bytes)};
  progress_.hasher.update(block.text);
  progress_.offset += cut.bytes;
  progress_.lines += cut.lines;
  allowed_lines_ -= std::min(allowed_lines_, cut.lines);
  if (paused_) allowed_lines_ = 0;
  return true;
}

bool BlockReader::emit_tail(BlockBuffer& buffer, Block& block) {
  before_tail_ = progress_;
  at_end_ = true;
  return buffer.size() > 0 && emit(buffer, block, {buffer.size(), count_lines(buffer.view()) + 1}, options_.last);
}

// The front of the buffer is kept, the rest of the line is read and forgotten.
bool BlockReader::emit_overlong(BlockBuffer& buffer, Block& block) {
  const std::size_t kept = std::min(buffer.size(), kKeptOfLongLine);
  std::string_view piece = buffer.view();
  for (;;) {
    const std::size_t newline = piece.find('\n');
    const std::string_view consumed = piece.substr(0, newline == kNone ? piece.size() : newline + 1);
    progress_.hasher.update(consumed);
    progress_.offset += consumed.size();
    carry_.assign(piece.substr(consumed.size()));
    if (newline != kNone || source_ended_) break;
    buffer.set_size(kept);
    fill(buffer, kept + options_.block_bytes);
    piece = buffer.view().substr(kept);
  }
  ++progress_.lines;
  block = {BlockKind::overlong, next_number_++, progress_.lines, buffer.view().substr(0, kept)};
  allowed_lines_ -= std::min<std::uint64_t>(allowed_lines_, 1);
  return true;
}

bool BlockReader::emit_continuation(BlockBuffer& buffer, Block& block) {
  const std::size_t newline = buffer.view().find('\n');
  const std::size_t bytes = newline == kNone ? buffer.size() : newline + 1;
  inside_line_ = newline == kNone;
  if (!emit(buffer, block, {bytes, 0}, BlockKind::continuation)) return false;
  block.first_line = progress_.lines;
  return true;
}

bool BlockReader::next(BlockBuffer& buffer, Block& block) {
  if (at_end_ || allowed_lines_ == 0) return false;
  load_carry(buffer);
  for (std::size_t target = options_.block_bytes;; target = buffer.size() + options_.block_bytes) {
    fill(buffer, target);
    if (inside_line_ && buffer.size() > 0) return emit_continuation(buffer, block);
    const Cut cut = find_cut(buffer.view());
    if (cut.bytes > 0) return emit(buffer, block, cut, BlockKind::records);
    const bool no_newline = buffer.view().find('\n') == kNone;
    if (no_newline && buffer.size() > options_.max_line_bytes) return emit_overlong(buffer, block);
    if (source_ended_) return emit_tail(buffer, block);
  }
}

}  // namespace ringscope
