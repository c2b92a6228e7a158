#include "engine/ingest/source.h"

#include <algorithm>

#include "base/error.h"
#include "engine/ingest/parquet_source.h"
#include "engine/ingest/source_steps.h"

namespace ringscope {
namespace {

// The source as it lies, up to where a stored position has read it.
Recognition recognize_file(const IngestJob& job, const std::string& path, const std::string& label,
                           std::string_view head) {
  FileBytes file(path);
  PrefixMatcher matcher(candidates(job.positions, head));
  std::string piece(std::size_t{1} << 20, '\0');
  while (matcher.wants() > 0) {
    const std::size_t want = static_cast<std::size_t>(std::min<std::uint64_t>(matcher.wants(), piece.size()));
    const std::size_t got = file.read({piece.data(), want});
    if (got == 0) break;
    matcher.feed({piece.data(), got});
  }
  return matcher.best() ? *matcher.best() : new_source(job.positions, head, label);
}

// The beginning of the text, for telling its layout.
std::string text_head(const std::string& path, const std::string& label, Compression compression,
                      std::string_view head) {
  if (compression == Compression::none) return std::string(head);
  FileBytes raw(path);
  return read_up_to(*decompressor(compression, raw, label), kHeadBytes);
}

void check_border(const std::string& path, const std::string& label, Compression compression, std::uint64_t offset) {
  FileBytes raw(path, offset);
  const std::string next = read_up_to(raw, 4);
  if (detect_compression(next) == compression || next.find_first_not_of('\0') == std::string::npos) return;
  throw Error(ErrorCode::input, "has grown inside its compressed data; decompress it and ingest that", label);
}

}  // namespace

SourceResult read_file(IngestJob& job, BatchWriter& writer, const std::string& path, const std::string& label) {
  std::string head;
  std::uint64_t size = 0;
  {
    FileBytes file(path);
    size = file.size();
    head = read_up_to(file, kHeadBytes);
  }
  Recognition start = recognize_file(job, path, label, head);
  const std::uint64_t offset = start.position.offset;
  job.progress.bytes_done += offset;
  if (offset >= size) return known_source(label, offset > 0);

  if (is_parquet(head)) return read_parquet(job, writer, path, label, size, start);
  const Compression compression = detect_compression(head);
  if (compression != Compression::none && offset > 0) check_border(path, label, compression, offset);
  const Layout layout = detect_layout(text_head(path, label, compression, head), label);
  if (layout.notation == Notation::nothing) {
    job.progress.bytes_done += size;
    return known_source(label, false);
  }

  FileBytes file(path, offset);
  MeteredBytes metered(file, job.progress);
  HashedBytes hashed(metered, start.hasher);
  const auto text = decompressor(compression, hashed, label);
  SourceReader source(job, layout, start, text ? *text : metered, text ? &hashed : nullptr);
  source.rejects().use(writer);
  while (!source.reader().at_end()) {
    source.pump();
    if (job.pipeline.full()) job.pipeline.flush(job.store, writer);
  }
  source.finish(writer);
  return source.result(label);
}

}  // namespace ringscope
