// Parquet, wide and long, gives the rows that the same events as text give.
#include <doctest/doctest.h>

#include "tests/engine/ingest/ingest_for_tests.h"

#ifdef RINGSCOPE_HAS_PARQUET

#include <arrow/api.h>
#include <arrow/io/file.h>
#include <parquet/arrow/writer.h>

using namespace ringscope;
using namespace ringscope::test;

namespace {

constexpr std::int64_t kStart = 1767225600;
constexpr int kRows = 5000;

template <class Builder, class Type, class Value>
std::shared_ptr<arrow::Array> column(const std::shared_ptr<Type>& type, const Value& value, int rows = kRows) {
  std::unique_ptr<arrow::ArrayBuilder> builder = arrow::MakeBuilder(type).ValueOrDie();
  for (int i = 0; i < rows; ++i) {
    const auto one = value(i);
    const arrow::Status status =
        one ? static_cast<Builder&>(*builder).Append(*one) : static_cast<Builder&>(*builder).AppendNull();
    REQUIRE(status.ok());
  }
  return builder->Finish().ValueOrDie();
}

std::shared_ptr<arrow::Array> texts(const std::function<std::optional<std::string>(int)>& value, int rows = kRows) {
  return column<arrow::StringBuilder>(arrow::utf8(), value, rows);
}

void write(const std::string& path, const std::vector<std::pair<std::string, std::shared_ptr<arrow::Array>>>& columns) {
  arrow::FieldVector fields;
  arrow::ArrayVector arrays;
  for (const auto& [name, array] : columns) {
    fields.push_back(arrow::field(name, array->type()));
    arrays.push_back(array);
  }
  const auto out = arrow::io::FileOutputStream::Open(path).ValueOrDie();
  const auto properties = parquet::ArrowWriterProperties::Builder().store_schema()->build();
  REQUIRE(parquet::arrow::WriteTable(*arrow::Table::Make(arrow::schema(fields), arrays), arrow::default_memory_pool(),
                                     out, 700, parquet::default_writer_properties(), properties)
              .ok());
  REQUIRE(out->Close().ok());
}

std::string account(int i) { return fmt::format("user \"{}\", é", i % 40); }
std::optional<std::string> payment(int i) {
  return i % 3 == 0 ? std::nullopt : std::optional(fmt::format("card,{}", i % 15));
}

std::string wide_lines() {
  std::string lines;
  for (int i = 0; i < kRows; ++i) {
    nlohmann::json line = {{"account", account(i)}, {"ts", kStart + 60 * i},  {"ip", fmt::format("10.1.0.{}", i % 9)},
                           {"tokens", i % 1000},    {"capability", "coding"}, {"created", kStart - 100}};
    if (payment(i)) line["payment"] = *payment(i);
    lines += line.dump() + "\n";
  }
  return lines;
}

std::vector<std::pair<std::string, std::shared_ptr<arrow::Array>>> wide_columns() {
  const auto capability =
      arrow::DictionaryArray::FromArrays(
          arrow::dictionary(arrow::int8(), arrow::utf8()),
          column<arrow::Int8Builder>(arrow::int8(), [](int) { return std::optional<std::int8_t>(1); }),
          texts([](int i) { return i == 0 ? "chat" : "coding"; }, 2))
          .ValueOrDie();
  return {
      {"account", texts(account)},
      {"shoe", texts([](int) { return "42"; })},
      {"ts", column<arrow::TimestampBuilder>(arrow::timestamp(arrow::TimeUnit::MICRO, "UTC"),
                                             [](int i) { return std::optional(1'000'000 * (kStart + 60 * i) + 7); })},
      {"ip", texts([](int i) { return fmt::format("10.1.0.{}", i % 9); })},
      {"payment", texts(payment)},
      {"tokens", column<arrow::Int32Builder>(arrow::int32(), [](int i) { return std::optional(i % 1000); })},
      {"capability", capability},
      {"created", column<arrow::DoubleBuilder>(arrow::float64(), [](int) { return std::optional(kStart - 100.0); })}};
}

}  // namespace

TEST_CASE("parquet: a wide table gives the rows of its lines, at any number of threads and bound of memory") {
  const std::string wanted = dump_of(wide_lines());
  for (const IngestOptions& options : {IngestOptions{.threads = 1}, IngestOptions{.threads = 4},
                                       IngestOptions{.threads = 2, .memory_bytes = std::size_t{1} << 20}}) {
    Bench bench;
    const std::string path = bench.write("wide.parquet", "");
    write(path, wide_columns());
    const IngestReport report = bench.read({path}, options);
    CHECK(report.events == kRows);
    CHECK(report.rejected == 0);
    CHECK(dump(bench.store()) == wanted);
    REQUIRE(report.unknown_fields.size() == 1);
    CHECK(report.unknown_fields[0].first == "shoe");
    CHECK(report.unknown_fields[0].second == kRows);
    CHECK(bench.read({path}).sources[0].already_known);  // again: nothing is counted twice
    CHECK(dump(bench.store()) == wanted);
  }
}

TEST_CASE("parquet: a long table gives the rows of its lines, and what is wrong with a row is told by its number") {
  std::string lines = "account,kind,value,ts\n";
  for (int i = 0; i < 200; ++i)
    lines += fmt::format("a{},device,d{},{}\n", i % 20, i % 7, i % 5 == 0 ? "" : "1767225600");
  Bench bench;
  const std::string path = bench.write("long.parquet", "");
  write(path,
        {{"account", texts([](int i) { return fmt::format("a{}", i % 20); }, 202)},
         {"kind", texts([](int i) { return i == 200 ? "" : "device"; }, 202)},
         {"value", texts([](int i) { return i == 201 ? std::string("x\0y", 3) : fmt::format("d{}", i % 7); }, 202)},
         {"ts", column<arrow::Int64Builder>(
                    arrow::int64(),
                    [](int i) { return i % 5 == 0 ? std::nullopt : std::optional<std::int64_t>(kStart); }, 202)}});
  const IngestReport report = bench.read({path});
  CHECK(report.events == 200);
  CHECK(dump(bench.store()) == dump_of(lines));
  const auto rejects = reject_entries(bench.store());
  REQUIRE(rejects.size() == 2);
  CHECK(rejects[0].starts_with("201:kind:"));
  CHECK(rejects[1] == "202::contains a NUL byte");
}

TEST_CASE("parquet: what is no table of events is refused, naming the file") {
  Bench bench;
  const auto refused = [&](const std::string& path, const char* why) {
    CHECK_THROWS_WITH_AS(bench.read({path}), doctest::Contains(why), Error);
  };
  const std::string path = bench.write("bad.parquet", "");
  write(path, {{"user", texts([](int) { return "x"; })}});
  refused(path, "is Parquet without a column account");
  refused(bench.write("cut.parquet", "PAR1 and no more"), "damaged Parquet");
  const std::string whole = bench.write("whole.parquet", "");
  write(whole, wide_columns());
  std::filesystem::resize_file(whole, std::filesystem::file_size(whole) / 2);
  refused(whole, "damaged Parquet");
  // Rows that name entries which their dictionary does not have: the reader would look beyond its end.
  const std::filesystem::path damaged = std::string(RINGSCOPE_SOURCE_DIR) + "/tests/fuzz/corpus/parquet";
  refused(damaged / "dictionary-entry-beyond-end", "damaged Parquet or Arrow file: column ip: ");
  refused(damaged / "dictionary-entry-beyond-start", "damaged Parquet or Arrow file: column ip: ");
  CHECK(dump(bench.store()).empty());
}

#else

TEST_CASE("parquet: a program that was built without it says so") {
  using namespace ringscope;
  test::Bench bench;
  CHECK_THROWS_WITH_AS(bench.read({bench.write("x.parquet", "PAR1")}), doctest::Contains("built without"), Error);
}

#endif
