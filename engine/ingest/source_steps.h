// The steps that files and streams have in common.
#pragma once

#include <string>

#include "engine/ingest/source.h"

namespace ringscope {

// Counts the bytes of a source as they lie.
class MeteredBytes : public Bytes {
 public:
  MeteredBytes(Bytes& bytes, IngestProgress& progress) : bytes_(bytes), progress_(progress) {}
  std::size_t read(std::span<char> into) override {
    const std::size_t got = bytes_.read(into);
    progress_.bytes_done += got;
    return got;
  }
  bool pauses() override { return bytes_.pauses(); }

 private:
  Bytes& bytes_;
  IngestProgress& progress_;
};

// Hashes the bytes of a compressed source as they lie.
class HashedBytes : public Bytes {
 public:
  HashedBytes(Bytes& bytes, const PrefixHasher& hasher) : bytes_(bytes), hasher_(hasher) {}
  std::size_t read(std::span<char> into) override {
    const std::size_t got = bytes_.read(into);
    hasher_.update({into.data(), got});
    return got;
  }
  const PrefixHasher& hasher() const { return hasher_; }

 private:
  Bytes& bytes_;
  PrefixHasher hasher_;
};

// A source of which nothing is to be read.
SourceResult known_source(const std::string& label, bool already_known);

// A source that is being read.
class SourceReader {
 public:
  // `text` goes on where `start` ends; `compressed` are the bytes behind it when it is compressed, else null.
  SourceReader(IngestJob& job, const Layout& layout, const Recognition& start, Bytes& text,
               const HashedBytes* compressed);

  BlockReader& reader() { return reader_; }
  RejectLog& rejects() { return rejects_; }
  void pump() { job_.pipeline.pump(reader_, layout_, rejects_); }

  // Sets the position after what has been read, when that is anything, and hands the rejects to the disk.
  void finish(BatchWriter& writer);
  SourceResult result(const std::string& label) const;

 private:
  std::uint64_t offset() const;

  IngestJob& job_;
  const Layout& layout_;
  SourcePosition start_;
  const HashedBytes* compressed_;
  BlockReader reader_;
  RejectLog rejects_;
};

}  // namespace ringscope
