// A piece of a source's text that one thread reads by itself.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

namespace ringscope {

inline constexpr std::size_t kPadding = 64;  // bytes that may be read behind a block's text

enum class BlockKind : std::uint8_t {
  records,       // whole records
  tail,          // the last record, without a newline: perhaps cut short
  overlong,      // the beginning of a line that is too long to be kept
  continuation,  // the rest of a line whose beginning an earlier ingest has taken for whole
};

struct Block {
  BlockKind kind = BlockKind::records;
  std::uint64_t number = 0;      // 0, 1, 2, … in a source
  std::uint64_t first_line = 1;  // physical, from 1
  std::string_view text;         // kPadding readable bytes follow
};

// The memory of a block, used again and again by one thread.
class BlockBuffer {
 public:
  char* data() { return bytes_.data(); }
  std::size_t size() const { return size_; }
  std::string_view view() const { return {bytes_.data(), size_}; }
  void set_size(std::size_t size) { size_ = size; }
  void reserve(std::size_t size) {
    if (bytes_.size() < size + kPadding) bytes_.resize(size + kPadding);
  }

 private:
  std::vector<char> bytes_;
  std::size_t size_ = 0;
};

}  // namespace ringscope
