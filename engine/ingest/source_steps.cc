#include "engine/ingest/source_steps.h"

#include <algorithm>

namespace ringscope {
namespace {

// A compressed text is counted from the border where it goes on; its hash is that of the bytes on disk.
Progress text_start(const Recognition& start, bool compressed) {
  if (compressed) return {0, start.position.lines, PrefixHasher()};
  return {start.position.offset, start.position.lines, start.hasher};
}

// Compressed data goes on only at borders, so its last line is what it is.
BlockReaderOptions reader_options(const IngestOptions& options, bool compressed) {
  BlockReaderOptions reader = block_options(options);
  if (compressed) reader.last = BlockKind::records;
  return reader;
}

}  // namespace

SourceResult known_source(const std::string& label, bool already_known) {
  SourceResult result;
  result.report.label = label;
  result.report.already_known = already_known;
  return result;
}

SourceReader::SourceReader(IngestJob& job, const Layout& layout, const Recognition& start, Bytes& text,
                           const HashedBytes* compressed)
    : job_(job),
      layout_(layout),
      start_(start.position),
      compressed_(compressed),
      reader_(text, layout.notation, reader_options(job.options, compressed != nullptr),
              text_start(start, compressed != nullptr), compressed ? '\n' : start.last_byte),
      rejects_(job.store.rejects_directory(), start.position) {
  if (start_.offset == 0) reader_.skip(layout.body_begin, layout.body_lines);
}

std::uint64_t SourceReader::offset() const {
  return compressed_ ? compressed_->hasher().bytes() : reader_.progress().offset;
}

void SourceReader::finish(BatchWriter& writer) {
  rejects_.flush();
  const bool cut_short = rejects_.truncated();
  if (cut_short) reader_.give_back_tail();
  if (offset() == start_.offset) return;
  SourcePosition position = start_;
  position.offset = offset();
  position.prefix_hash = compressed_ ? compressed_->hasher().hex() : reader_.progress().hasher.hex();
  position.lines = reader_.progress().lines;
  position.rejected += rejects_.rejected() - (cut_short ? 1 : 0);
  position.complete = reader_.at_end() && !cut_short;
  writer.set_position(position);
  std::erase_if(job_.positions, [&](const SourcePosition& p) { return p.source == position.source; });
  job_.positions.push_back(position);
}

SourceResult SourceReader::result(const std::string& label) const {
  SourceResult result;
  SourceReport& report = result.report;
  report.label = label;
  report.bytes = offset() - start_.offset;
  report.lines = reader_.progress().lines - start_.lines;
  report.events = rejects_.events();
  report.rejected = rejects_.rejected();
  report.already_known = report.bytes == 0 && start_.offset > 0;
  report.resumed_at = start_.offset;
  result.first_rejects = rejects_.first();
  return result;
}

}  // namespace ringscope
