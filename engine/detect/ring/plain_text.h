// JSON whose layout is known because this program wrote it, without a tree: runs have a million members.
#pragma once

#include <charconv>
#include <cstddef>
#include <string>
#include <string_view>
#include <system_error>

namespace ringscope {

// Appends a text as JSON, the bytes that dump() of engine/detect/ring/json_parts.h gives.
void append_json_text(std::string& out, std::string_view text);

// Appends a number as dump() gives it; what is no number, as null.
void append_json_number(std::string& out, double number);

// Walks over such a text. Whatever stands elsewhere than where it is written, and a text with a backslash, is not read
// (false): it is for a whole reader of JSON. O(bytes).
class PlainReader {
 public:
  explicit PlainReader(std::string_view text) : rest_(text) {}

  // Whether `literal` stands here; then it is passed.
  bool skip(std::string_view literal) {
    if (!rest_.starts_with(literal)) return false;
    rest_.remove_prefix(literal.size());
    return true;
  }

  // A text in quotes.
  bool text(std::string& out) {
    if (!rest_.starts_with('"')) return false;
    const std::size_t end = rest_.find('"', 1);
    if (end == std::string_view::npos) return false;
    const std::string_view inner = rest_.substr(1, end - 1);
    if (inner.find('\\') != std::string_view::npos) return false;
    out = inner;
    rest_.remove_prefix(end + 1);
    return true;
  }

  // A whole number that fits, or a double. What follows one that ends too early (a fraction) is the caller's to miss.
  template <class Number>
  bool number(Number& out) {
    if (rest_.empty() || (rest_.front() != '-' && (rest_.front() < '0' || rest_.front() > '9'))) return false;
    const auto [end, error] = std::from_chars(rest_.data(), rest_.data() + rest_.size(), out);
    if (error != std::errc()) return false;
    rest_.remove_prefix(static_cast<std::size_t>(end - rest_.data()));
    return true;
  }

  std::string_view rest() const { return rest_; }

 private:
  std::string_view rest_;
};

}  // namespace ringscope
