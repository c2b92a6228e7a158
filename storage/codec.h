// Values as bytes: variable-length integers and what is built of them. Decoding checks every length: damaged bytes give
// Error corrupt or another value, never a read out of bounds.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "storage/rows.h"
#include "storage/store.h"

namespace ringscope {

// Appends to a string. LEB128 for unsigned numbers, zigzag for signed ones, a length before a string.
class Encoder {
 public:
  explicit Encoder(std::string& out) : out_(out) {}
  void number(std::uint64_t value) {
    while (value >= 0x80) {
      out_.push_back(static_cast<char>(value | 0x80));
      value >>= 7;
    }
    out_.push_back(static_cast<char>(value));
  }
  void signed_number(std::int64_t value) {
    number(static_cast<std::uint64_t>(value) << 1 ^ static_cast<std::uint64_t>(value >> 63));
  }
  void fixed64(std::uint64_t value);
  void byte(std::uint8_t value) { out_.push_back(static_cast<char>(value)); }
  void real(float value);
  void string(std::string_view value) {
    number(value.size());
    out_.append(value);
  }

 private:
  std::string& out_;
};

// Reads what Encoder wrote. Every reader throws Error corrupt, naming `what`, when the bytes end early or make no
// sense.
class Decoder {
 public:
  Decoder(std::string_view bytes, const char* what) : at_(bytes.data()), end_(at_ + bytes.size()), what_(what) {}
  bool done() const { return at_ == end_; }
  std::uint64_t number();
  std::int64_t signed_number() {
    const std::uint64_t value = number();
    return static_cast<std::int64_t>(value >> 1 ^ (~(value & 1) + 1));
  }
  Seconds time();  // kNoTime, or a signed number within years 1..9999
  std::uint64_t fixed64();
  std::uint8_t byte();
  float real();
  std::string string() { return std::string(view()); }
  std::string_view view();  // a string, in the bytes given
  // A count of things that take at least one byte each, so that damage cannot ask for more memory than there is data.
  std::size_t count();
  void expect_end() const;
  [[noreturn]] void fail() const;

 private:
  const char* at_;
  const char* end_;
  const char* what_;
};

// Cells ascending by (entity, day). Packed: first day, last day, kind groups, entities by hash, days by difference.
std::string encode_cells(const std::vector<Cell>& cells);
// Appends the cells of the window; skips a row outside it by its header.
void decode_cells(std::string_view bytes, const DayWindow& window, std::vector<Cell>& cells);

std::string encode_activity(const std::vector<ActivityDay>& activity);
void decode_activity(std::string_view bytes, const DayWindow& window, std::vector<ActivityDay>& activity);

std::string encode_facts(const AccountFacts& facts);
AccountFacts decode_facts(std::string_view bytes);

std::string encode_position(const SourcePosition& position);
SourcePosition decode_position(std::string_view bytes);

std::string encode_reject(const Reject& reject);
Reject decode_reject(std::string_view bytes);

std::string encode_links(std::span<const StoredLink> links);
std::vector<StoredLink> decode_links(std::string_view bytes);

}  // namespace ringscope
