// What the writers of Parquet and Arrow files have in common. Of programs that are built with Arrow C++ only.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include <arrow/api.h>
#include <arrow/io/interfaces.h>
#include <parquet/properties.h>

#include "base/error.h"
#include "engine/export/export.h"

namespace ringscope {

inline void check(const arrow::Status& status) {
  if (!status.ok()) throw Error(ErrorCode::io, "cannot write a table: " + status.ToString());
}
template <class Value>
Value must(arrow::Result<Value> result) {
  check(result.status());
  return std::move(result).ValueOrDie();
}

inline std::shared_ptr<parquet::WriterProperties> parquet_properties() {
  return parquet::WriterProperties::Builder().compression(parquet::Compression::ZSTD)->created_by("ringscope")->build();
}

// Bytes into a sink, which throws; what it throws goes through Arrow as it is.
class ArrowSink final : public arrow::io::OutputStream {
 public:
  explicit ArrowSink(const ExportSink& sink) : sink_(sink) {}
  arrow::Status Close() override {
    closed_ = true;
    return arrow::Status::OK();
  }
  arrow::Result<std::int64_t> Tell() const override { return written_; }
  bool closed() const override { return closed_; }
  arrow::Status Write(const void* bytes, std::int64_t size) override {
    sink_(std::string_view(static_cast<const char*>(bytes), static_cast<std::size_t>(size)));
    written_ += size;
    return arrow::Status::OK();
  }

 private:
  const ExportSink& sink_;
  std::int64_t written_ = 0;
  bool closed_ = false;
};

}  // namespace ringscope
