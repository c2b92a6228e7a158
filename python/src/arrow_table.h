// A table in Arrow's columnar format, given to others by the Arrow C stream interface: two structures of C that are an
// ABI, so nothing is linked. https://arrow.apache.org/docs/format/CStreamInterface.html
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/time.h"

extern "C" {
struct ArrowSchema;
struct ArrowArray;
struct ArrowArrayStream;
}

namespace ringscope::python {

// Memory and who holds it.
struct Buffer {
  std::shared_ptr<const void> owner;
  const void* data = nullptr;
};

template <class T>
Buffer buffer_of(std::vector<T>&& values) {
  auto kept = std::make_shared<std::vector<T>>(std::move(values));
  const void* data = kept->data();
  return {std::move(kept), data};
}

struct Column {
  std::string name;
  std::string format;  // of the C data interface: "l", "g", "U", "tss:UTC", "+L", …
  std::int64_t length = 0;
  std::int64_t null_count = 0;
  std::vector<Buffer> buffers;                 // validity (may be null) first
  std::vector<Column> children{};              // of a list its values
  std::shared_ptr<const Column> dictionary{};  // of codes what they stand for
};

struct Table {
  std::vector<Column> columns;
  std::int64_t rows = 0;
};

template <class T>
inline constexpr const char* kFormat = nullptr;
template <>
inline constexpr const char* kFormat<std::uint32_t> = "I";
template <>
inline constexpr const char* kFormat<std::uint64_t> = "L";
template <>
inline constexpr const char* kFormat<std::int32_t> = "i";
template <>
inline constexpr const char* kFormat<std::int64_t> = "l";
template <>
inline constexpr const char* kFormat<float> = "f";
template <>
inline constexpr const char* kFormat<double> = "g";

template <class T>
Column numbers(std::string name, std::vector<T>&& values) {
  const auto length = static_cast<std::int64_t>(values.size());
  return {std::move(name), kFormat<T>, length, 0, {{}, buffer_of(std::move(values))}};
}

// Null where there is none.
Column optional_numbers(std::string name, const std::vector<std::optional<double>>& values);
// Seconds since 1970 in UTC; null for kNoTime.
Column times(std::string name, std::vector<Seconds>&& values);
// Days since 1970; null for kNoDay.
Column days(std::string name, std::vector<Day>&& values);

// Texts one after the other.
class TextColumn {
 public:
  void add(std::string_view text) {
    bytes_.insert(bytes_.end(), text.begin(), text.end());
    offsets_.push_back(static_cast<std::int64_t>(bytes_.size()));
  }
  std::size_t size() const { return offsets_.size() - 1; }
  Column finish(std::string name) &&;

 private:
  std::vector<std::int64_t> offsets_ = {0};
  std::vector<char> bytes_;
};

// Lists of texts.
class TextListColumn {
 public:
  template <class Texts>
  void add(const Texts& texts) {
    for (const auto& text : texts) texts_.add(text);
    offsets_.push_back(static_cast<std::int64_t>(texts_.size()));
  }
  Column finish(std::string name) &&;

 private:
  std::vector<std::int64_t> offsets_ = {0};
  TextColumn texts_;
};

// Numbers that stand for the texts of a dictionary.
Column coded(std::string name, std::vector<std::int32_t>&& codes, std::shared_ptr<const Column> dictionary);

// All columns have as many rows.
Table table_of(std::vector<Column> columns);

// The caller frees what these give with their release().
void export_schema(const Table& table, ArrowSchema* out);
void export_stream(std::shared_ptr<const Table> table, ArrowArrayStream* out);

}  // namespace ringscope::python
