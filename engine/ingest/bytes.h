// Where the bytes of a source come from: a file or stream as it lies, or what a decompressor makes of one.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>

namespace ringscope {

class Bytes {
 public:
  virtual ~Bytes() = default;
  // Fills the front of `into`, waiting for at least one byte; 0 at the end. Throws Error io or input, naming the
  // source.
  virtual std::size_t read(std::span<char> into) = 0;
  // Whether nothing can be read within a second although the end has not come (a stream that pauses).
  virtual bool pauses() { return false; }
};

// An open descriptor, closed with the object unless it is standard input.
class FileBytes : public Bytes {
 public:
  // Opens a path; "-" is standard input. Throws Error input when it is missing, unreadable or a directory.
  explicit FileBytes(const std::string& label, std::uint64_t offset = 0);
  ~FileBytes() override;
  FileBytes(const FileBytes&) = delete;
  FileBytes& operator=(const FileBytes&) = delete;

  std::size_t read(std::span<char> into) override;
  bool pauses() override;
  bool is_regular() const { return regular_; }
  std::uint64_t size() const { return size_; }  // of a regular file when it was opened

 private:
  std::string label_;
  int descriptor_ = -1;
  bool regular_ = false;
  std::uint64_t size_ = 0;
};

// Text in memory, then the rest of another source.
class PrefixedBytes : public Bytes {
 public:
  PrefixedBytes(std::string prefix, Bytes& rest) : prefix_(std::move(prefix)), rest_(rest) {}
  std::size_t read(std::span<char> into) override;
  bool pauses() override { return at_ == prefix_.size() && rest_.pauses(); }

 private:
  std::string prefix_;
  std::size_t at_ = 0;
  Bytes& rest_;
};

enum class Compression : std::uint8_t { none, gzip, zstd };
// By the first bytes of the source.
Compression detect_compression(std::string_view head);

// Decompressors of several members (frames) one after the other. `raw` must begin at a member and outlive the result.
// They throw Error input on damaged bytes and when the source ends inside a member.
std::unique_ptr<Bytes> gzip_bytes(Bytes& raw, const std::string& label);
std::unique_ptr<Bytes> zstd_bytes(Bytes& raw, const std::string& label);
// Nothing for Compression::none.
std::unique_ptr<Bytes> decompressor(Compression compression, Bytes& raw, const std::string& label);

// Reads until `bytes` are there or the source ends.
std::string read_up_to(Bytes& source, std::size_t bytes);
// All of a file, decompressed; "-" is standard input. Throws as FileBytes and the decompressors do.
std::string read_file(const std::string& label);

}  // namespace ringscope
