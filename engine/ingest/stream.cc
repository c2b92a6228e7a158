// Standard input and pipes: what has been read cannot be read again, so batches are committed as they come.
#include <algorithm>
#include <filesystem>
#include <fstream>

#include <unistd.h>

#include "base/error.h"
#include "engine/ingest/source.h"
#include "engine/ingest/source_steps.h"

namespace ringscope {
namespace {

constexpr std::size_t kPieceBytes = std::size_t{1} << 20;

// A temporary file beside the rejected lines, inside the store's directory.
class Spool {
 public:
  explicit Spool(const Store& store)
      : path_(store.rejects_directory() / ("stream-" + std::to_string(::getpid()) + ".tmp")) {
    std::filesystem::create_directories(path_.parent_path());
    out_.open(path_, std::ios::binary | std::ios::trunc);
    check();
  }
  ~Spool() {
    std::error_code ignored;
    std::filesystem::remove(path_, ignored);
  }
  Spool(const Spool&) = delete;
  Spool& operator=(const Spool&) = delete;

  void write(std::string_view bytes) {
    out_.write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
    check();
  }
  void close() {
    out_.close();
    check();
  }
  std::string path() const { return path_.string(); }

 private:
  void check() const {
    if (!out_) throw Error(ErrorCode::no_space, "cannot write the temporary copy of the stream", path_.string());
  }

  std::filesystem::path path_;
  std::ofstream out_;
};

class ChainedBytes : public Bytes {
 public:
  ChainedBytes(Bytes& first, Bytes& second) : first_(first), second_(second) {}
  std::size_t read(std::span<char> into) override {
    const std::size_t got = first_done_ ? 0 : first_.read(into);
    if (got > 0) return got;
    first_done_ = true;
    return second_.read(into);
  }
  bool pauses() override { return first_done_ && second_.pauses(); }

 private:
  Bytes& first_;
  Bytes& second_;
  bool first_done_ = false;
};

// Copies a stream to a file until a matcher has seen enough, or all of it without one.
void spool(Bytes& stream, Spool& copy, PrefixMatcher* matcher) {
  std::string piece(kPieceBytes, '\0');
  while (!matcher || matcher->wants() > 0) {
    const auto want = matcher ? std::min<std::uint64_t>(matcher->wants(), piece.size()) : piece.size();
    const std::size_t got = stream.read({piece.data(), static_cast<std::size_t>(want)});
    if (got == 0) break;
    copy.write({piece.data(), got});
    if (matcher) matcher->feed({piece.data(), got});
  }
  copy.close();
}

SourceResult read_compressed(IngestJob& job, Bytes& stream, const std::string& label,
                             const std::function<void(const CommitInfo&)>& committed) {
  Spool copy(job.store);
  spool(stream, copy, nullptr);
  const auto writer = job.store.bulk_writer();
  SourceResult result = read_file(job, *writer, copy.path(), label);
  job.pipeline.flush(job.store, *writer);
  committed(writer->commit());
  return result;
}

void commit_batches(IngestJob& job, SourceReader& source, const std::function<void(const CommitInfo&)>& committed) {
  source.reader().stop_at_pauses();
  while (!source.reader().at_end()) {
    const auto writer = job.store.live_writer();
    source.rejects().use(*writer);
    source.reader().allow_lines(std::max<std::uint64_t>(job.options.live_batch_events, 1));
    source.pump();
    job.pipeline.flush(job.store, *writer);
    source.finish(*writer);
    committed(writer->commit());
  }
}

SourceResult read_from(IngestJob& job, Bytes& bytes, const Recognition& start, const Layout& layout,
                       const std::string& label, const std::function<void(const CommitInfo&)>& committed) {
  MeteredBytes metered(bytes, job.progress);
  SourceReader source(job, layout, start, metered, nullptr);
  commit_batches(job, source, committed);
  return source.result(label);
}

}  // namespace

SourceResult read_stream(IngestJob& job, const std::string& label,
                         const std::function<void(const CommitInfo&)>& committed) {
  FileBytes raw(label);
  const std::string head = read_up_to(raw, kHeadBytes);
  PrefixedBytes stream(head, raw);
  if (detect_compression(head) != Compression::none) return read_compressed(job, stream, label, committed);
  const Layout layout = detect_layout(head, label);
  if (layout.notation == Notation::nothing) return known_source(label, false);

  PrefixMatcher matcher(candidates(job.positions, head));
  if (matcher.wants() == 0)
    return read_from(job, stream, new_source(job.positions, head, label), layout, label, committed);
  Spool copy(job.store);
  spool(stream, copy, &matcher);
  const Recognition start = matcher.best() ? *matcher.best() : new_source(job.positions, head, label);
  FileBytes again(copy.path(), start.position.offset);
  ChainedBytes bytes(again, stream);
  return read_from(job, bytes, start, layout, label, committed);
}

}  // namespace ringscope
