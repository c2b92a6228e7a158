// Columns of Arrow as the texts that a log would have. Of programs that are built with Arrow C++ only.
#pragma once

#include <array>
#include <charconv>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

#include <arrow/api.h>
#include <fmt/format.h>

#include "base/error.h"
#include "engine/ingest/text_damage.h"

namespace ringscope {

template <class Value>
Value must(arrow::Result<Value> result, const std::string& label) {
  if (!result.ok())
    throw Error(ErrorCode::input, "damaged Parquet or Arrow file: " + result.status().ToString(), label);
  return std::move(result).ValueOrDie();
}
inline void check(const arrow::Status& status, const std::string& label) {
  if (!status.ok()) throw Error(ErrorCode::input, "damaged Parquet or Arrow file: " + status.ToString(), label);
}

// -- what a damaged file may say

// Lengths, offsets and numbers of dictionary entries are within what is there; nothing is said about characters.
// Arrow's readers do not look: what a file says of them is read as it is.
inline arrow::Status sound_column(const arrow::Array& array) {
  switch (array.type_id()) {
    case arrow::Type::DICTIONARY: {
      const auto& keys = static_cast<const arrow::DictionaryArray&>(array);
      ARROW_RETURN_NOT_OK(keys.indices()->ValidateFull());
      ARROW_RETURN_NOT_OK(sound_column(*keys.dictionary()));
      return arrow::DictionaryArray::FromArrays(keys.type(), keys.indices(), keys.dictionary()).status();
    }
    case arrow::Type::STRING: {
      ARROW_ASSIGN_OR_RAISE(const auto bytes, array.View(arrow::binary()));
      return bytes->ValidateFull();
    }
    case arrow::Type::LARGE_STRING: {
      ARROW_ASSIGN_OR_RAISE(const auto bytes, array.View(arrow::large_binary()));
      return bytes->ValidateFull();
    }
    default:
      return array.ValidateFull();
  }
}

// Throws ErrorCode::input with the column that is not sound. O(rows).
inline void require_sound(const arrow::RecordBatch& batch, const std::string& label) {
  for (int c = 0; c < batch.num_columns(); ++c)
    if (const arrow::Status status = sound_column(*batch.column(c)); !status.ok())
      throw Error(ErrorCode::input,
                  "damaged Parquet or Arrow file: column " + batch.column_name(c) + ": " + status.ToString(), label);
}

// -- a value of a column as the text that a log would have

struct ColumnValue {
  std::string_view text;
  bool other = false;            // neither a text nor a number
  const char* damage = nullptr;  // what no log may have
};

// Whole seconds, towards the past.
inline std::int64_t seconds_of(std::int64_t value, arrow::TimeUnit::type unit) {
  constexpr std::array<std::int64_t, 4> kASecond = {1, 1000, 1'000'000, 1'000'000'000};
  const std::int64_t second = kASecond[static_cast<std::size_t>(unit)];
  return value / second - (value % second < 0 ? 1 : 0);
}

// All texts of a column, one behind the other. They are looked at together: where the whole is sound, so is each that
// begins and ends between two characters.
class Texts {
 public:
  Texts() = default;
  explicit Texts(std::string_view all) : all_(all), sound_(damage_of(all) == nullptr) {}

  ColumnValue cell(std::string_view text) const {
    const bool whole = sound_ && is_border(text.data()) && is_border(text.data() + text.size());
    return {text, false, whole ? nullptr : damage_of(text)};
  }

 private:
  bool is_border(const char* at) const {
    return at == all_.data() + all_.size() || (static_cast<unsigned char>(*at) & 0xC0U) != 0x80U;
  }

  std::string_view all_;
  bool sound_ = false;
};

template <class Array>
Texts texts_of(const arrow::Array& array) {
  const auto& texts = static_cast<const Array&>(array);
  if (texts.length() == 0 || texts.value_data() == nullptr) return {};
  const auto begin = texts.value_offset(0), end = texts.value_offset(texts.length());
  return Texts({reinterpret_cast<const char*>(texts.raw_data()) + begin, static_cast<std::size_t>(end - begin)});
}

// One column of a batch. A number is written into memory of its own, which lasts until the next value.
class ColumnView {
 public:
  explicit ColumnView(const arrow::Array& array) : array_(&array) {
    if (array.type_id() == arrow::Type::DICTIONARY) {
      keys_ = static_cast<const arrow::DictionaryArray*>(&array);
      array_ = keys_->dictionary().get();
    }
    const arrow::Type::type type = array_->type_id();
    if (type == arrow::Type::STRING || type == arrow::Type::BINARY) texts_ = texts_of<arrow::BinaryArray>(*array_);
    if (type == arrow::Type::LARGE_STRING || type == arrow::Type::LARGE_BINARY)
      texts_ = texts_of<arrow::LargeBinaryArray>(*array_);
  }

  ColumnValue value(std::int64_t row) {
    if (keys_ != nullptr) {
      if (keys_->IsNull(row)) return {};
      row = keys_->GetValueIndex(row);
    }
    if (array_->IsNull(row)) return {};
    switch (array_->type_id()) {
      case arrow::Type::STRING:
      case arrow::Type::BINARY:
        return texts_.cell(static_cast<const arrow::BinaryArray&>(*array_).GetView(row));
      case arrow::Type::LARGE_STRING:
      case arrow::Type::LARGE_BINARY:
        return texts_.cell(static_cast<const arrow::LargeBinaryArray&>(*array_).GetView(row));
      case arrow::Type::TIMESTAMP: {
        const auto& type = static_cast<const arrow::TimestampType&>(*array_->type());
        return whole(seconds_of(static_cast<const arrow::TimestampArray&>(*array_).Value(row), type.unit()));
      }
      case arrow::Type::DATE32:
        return whole(std::int64_t{86400} * static_cast<const arrow::Date32Array&>(*array_).Value(row));
      default:
        return number(row);
    }
  }

 private:
  template <class Number>
  ColumnValue whole(Number value) {
    const auto end = std::to_chars(digits_.data(), digits_.data() + digits_.size(), value).ptr;
    return {{digits_.data(), static_cast<std::size_t>(end - digits_.data())}};
  }
  template <class Array>
  ColumnValue whole_of(std::int64_t row) {
    return whole(static_cast<const Array&>(*array_).Value(row));
  }
  template <class Array>
  ColumnValue real_of(std::int64_t row) {
    const auto written =
        fmt::format_to_n(digits_.data(), digits_.size(), "{}", static_cast<const Array&>(*array_).Value(row));
    return {{digits_.data(), written.size}};
  }
  ColumnValue number(std::int64_t row) {
    switch (array_->type_id()) {
      case arrow::Type::INT8:
        return whole_of<arrow::Int8Array>(row);
      case arrow::Type::UINT8:
        return whole_of<arrow::UInt8Array>(row);
      case arrow::Type::INT16:
        return whole_of<arrow::Int16Array>(row);
      case arrow::Type::UINT16:
        return whole_of<arrow::UInt16Array>(row);
      case arrow::Type::INT32:
        return whole_of<arrow::Int32Array>(row);
      case arrow::Type::UINT32:
        return whole_of<arrow::UInt32Array>(row);
      case arrow::Type::INT64:
        return whole_of<arrow::Int64Array>(row);
      case arrow::Type::UINT64:
        return whole_of<arrow::UInt64Array>(row);
      case arrow::Type::FLOAT:
        return real_of<arrow::FloatArray>(row);
      case arrow::Type::DOUBLE:
        return real_of<arrow::DoubleArray>(row);
      default:
        return {{}, true};
    }
  }

  const arrow::Array* array_;
  const arrow::DictionaryArray* keys_ = nullptr;
  Texts texts_;
  std::array<char, 32> digits_{};
};

}  // namespace ringscope
