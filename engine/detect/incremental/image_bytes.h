// Arrays as bytes and back: what an image is made of. Little-endian, for the machine that wrote them. Each part ends
// with a hash of its number and its bytes, for what is read is worked with as it stands.
#pragma once

#include <algorithm>
#include <bit>
#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include "base/error.h"
#include "storage/rows.h"

namespace ringscope {

static_assert(std::endian::native == std::endian::little);

inline std::string part_check(std::uint64_t number, std::string_view bytes) {
  const std::uint64_t hash = hash_value(bytes) + number * 0x9E3779B97F4A7C15;
  return {reinterpret_cast<const char*>(&hash), sizeof hash};
}

// Gives the bytes in parts of about a mebibyte, in order.
class ImageWriter {
 public:
  explicit ImageWriter(std::function<void(std::string_view)> put) : put_(std::move(put)) {}

  template <class Value>
  void list(std::span<const Value> values) {
    static_assert(std::is_trivially_copyable_v<Value>);
    number(values.size());
    bytes(reinterpret_cast<const char*>(values.data()), values.size_bytes());
  }
  template <class Value>
  void list(const std::vector<Value>& values) {
    list(std::span<const Value>(values));
  }
  void number(std::uint64_t value) { bytes(reinterpret_cast<const char*>(&value), sizeof value); }
  void real(double value) { number(std::bit_cast<std::uint64_t>(value)); }
  void text(std::string_view value) { list(std::span<const char>(value.data(), value.size())); }
  void finish() {
    if (buffer_.empty()) return;
    buffer_ += part_check(parts_++, buffer_);
    put_(buffer_);
    buffer_.clear();
  }

 private:
  static constexpr std::size_t kPart = std::size_t{1} << 20;
  void bytes(const char* data, std::size_t size) {
    while (size > 0) {
      const std::size_t taken = std::min(size, kPart - buffer_.size());
      buffer_.append(data, taken);
      data += taken;
      size -= taken;
      if (buffer_.size() == kPart) finish();
    }
  }

  std::function<void(std::string_view)> put_;
  std::string buffer_;
  std::uint64_t parts_ = 0;
};

// Reads what ImageWriter wrote, in the same order; parts that are read are let go. Throws Error corrupt where bytes are
// missing, and at once where some are other ones.
class ImageReader {
 public:
  explicit ImageReader(std::vector<std::string> parts) : parts_(std::move(parts)) {
    for (std::uint64_t number = 0; std::string & part : parts_) {
      const std::size_t size = part.size() - std::min(part.size(), sizeof(std::uint64_t));
      if (part.substr(size) != part_check(number++, {part.data(), size}))
        throw Error(ErrorCode::corrupt,
                    "the image of the last full run is damaged; 'ringscope detect --full' makes another");
      part.resize(size);
      left_ += size;
    }
  }

  template <class Value>
  std::vector<Value> list() {
    static_assert(std::is_trivially_copyable_v<Value>);
    const std::uint64_t count = number();
    if (count > left_ / sizeof(Value)) fail();
    std::vector<Value> values(count);
    take(reinterpret_cast<char*>(values.data()), count * sizeof(Value));
    return values;
  }
  std::uint64_t number() {
    std::uint64_t value = 0;
    take(reinterpret_cast<char*>(&value), sizeof value);
    return value;
  }
  double real() { return std::bit_cast<double>(number()); }
  std::string text() {
    const std::vector<char> letters = list<char>();
    return {letters.begin(), letters.end()};
  }

 private:
  void take(char* to, std::size_t size) {
    if (size > left_) fail();
    left_ -= size;
    while (size > 0) {
      std::string& part = parts_[part_];
      const std::size_t taken = std::min(size, part.size() - at_);
      std::copy_n(part.data() + at_, taken, to);
      to += taken;
      size -= taken;
      at_ += taken;
      if (at_ < part.size()) continue;
      part = {};
      ++part_;
      at_ = 0;
    }
  }
  [[noreturn]] static void fail() {
    throw Error(ErrorCode::corrupt,
                "the image of the last full run ends early; 'ringscope detect --full' makes another");
  }

  std::vector<std::string> parts_;
  std::size_t part_ = 0, at_ = 0;  // the next byte
  std::size_t left_ = 0;
};

}  // namespace ringscope
