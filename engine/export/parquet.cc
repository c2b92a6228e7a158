// Accounts, rings and evidence as Parquet: tables for DuckDB, Spark, pandas. Row groups of kRows rows, zstd, so that
// memory does not grow with the run.
#include "base/error.h"
#include "engine/export/export.h"
#include "engine/export/shares.h"

#ifdef RINGSCOPE_HAS_PARQUET

#include <parquet/arrow/writer.h>

#include "engine/export/arrow_internal.h"

namespace ringscope {
namespace {

constexpr std::size_t kRows = std::size_t{1} << 16;

// A table that is written row by row: a call for each column, in their order, then end_row().
class Table {
 public:
  Table(const ExportSink& sink, const std::vector<std::pair<const char*, std::shared_ptr<arrow::DataType>>>& columns)
      : stream_(std::make_shared<ArrowSink>(sink)) {
    arrow::FieldVector fields;
    for (const auto& [name, type] : columns) {
      fields.push_back(arrow::field(name, type));
      builders_.push_back(must(arrow::MakeBuilder(type)));
    }
    schema_ = arrow::schema(fields);
    writer_ =
        must(parquet::arrow::FileWriter::Open(*schema_, arrow::default_memory_pool(), stream_, parquet_properties()));
  }

  Table& text(std::string_view value) {
    check(next<arrow::StringBuilder>().Append(value));
    return *this;
  }
  Table& real(double value) {
    check(next<arrow::DoubleBuilder>().Append(value));
    return *this;
  }
  Table& number(std::uint64_t value) {
    check(next<arrow::Int64Builder>().Append(static_cast<std::int64_t>(value)));
    return *this;
  }
  Table& truth(bool value) {
    check(next<arrow::BooleanBuilder>().Append(value));
    return *this;
  }
  Table& time(Seconds value) {
    auto& builder = next<arrow::TimestampBuilder>();
    check(value == kNoTime ? builder.AppendNull() : builder.Append(1000 * value));
    return *this;
  }
  Table& texts(const std::vector<std::string>& values) {
    auto& list = next<arrow::ListBuilder>();
    check(list.Append());
    auto& builder = static_cast<arrow::StringBuilder&>(*list.value_builder());
    for (const std::string& value : values) check(builder.Append(value));
    return *this;
  }
  void end_row() {
    column_ = 0;
    ++rows_;
    if (++pending_ == kRows) flush();
  }
  std::uint64_t finish() {
    if (pending_ > 0) flush();
    check(writer_->Close());
    return rows_;
  }

 private:
  template <class Builder>
  Builder& next() {
    return static_cast<Builder&>(*builders_[column_++]);
  }
  void flush() {
    arrow::ArrayVector arrays;
    for (const auto& builder : builders_) arrays.push_back(must(builder->Finish()));
    check(writer_->WriteTable(*arrow::Table::Make(schema_, arrays), static_cast<std::int64_t>(kRows)));
    pending_ = 0;
  }

  std::shared_ptr<ArrowSink> stream_;
  std::vector<std::unique_ptr<arrow::ArrayBuilder>> builders_;
  std::shared_ptr<arrow::Schema> schema_;
  std::unique_ptr<parquet::arrow::FileWriter> writer_;
  std::size_t column_ = 0, pending_ = 0;
  std::uint64_t rows_ = 0;
};

std::shared_ptr<arrow::DataType> moment() { return arrow::timestamp(arrow::TimeUnit::MILLI, "UTC"); }
std::shared_ptr<arrow::DataType> texts() { return arrow::list(arrow::utf8()); }

}  // namespace

std::uint64_t write_accounts_parquet(const RingSource& rings, const ExportFilter& filter, const ExportSink& sink) {
  Table table(sink, {{"account", arrow::utf8()},
                     {"ring", arrow::utf8()},
                     {"score", arrow::float64()},
                     {"tier", arrow::utf8()},
                     {"membership", arrow::float64()},
                     {"campaign", arrow::utf8()},
                     {"reasons", texts()}});
  rings.visit([&](const Ring& ring) {
    for (const Member& member : ring.members) {
      if (!filter.keeps(member.tier)) continue;
      table.text(member.name)
          .text(ring.id)
          .real(member.score)
          .text(to_string(member.tier))
          .real(member.membership)
          .text(member.campaign)
          .texts(member.reasons)
          .end_row();
    }
  });
  return table.finish();
}

std::uint64_t write_rings_parquet(const RingSource& rings, const ExportFilter& filter, const ExportSink& sink) {
  Table table(sink, {{"ring", arrow::utf8()},
                     {"version", arrow::int64()},
                     {"run", arrow::int64()},
                     {"tier", arrow::utf8()},
                     {"score", arrow::float64()},
                     {"size", arrow::int64()},
                     {"campaign", arrow::utf8()},
                     {"confidence", arrow::float64()},
                     {"summary", arrow::utf8()},
                     {"kinds", texts()},
                     {"reasons", texts()},
                     {"parents", texts()},
                     {"evidence", arrow::int64()},
                     {"requests", arrow::int64()},
                     {"tokens_in", arrow::int64()},
                     {"tokens_out", arrow::int64()},
                     {"first_seen", moment()},
                     {"last_seen", moment()}});
  rings.visit([&](const Ring& ring) {
    if (!filter.keeps(ring.tier)) return;
    table.text(ring.id).number(ring.version).number(ring.run).text(to_string(ring.tier)).real(ring.score);
    table.number(ring.members.size()).text(ring.campaign).real(ring.confidence).text(ring.summary);
    table.texts(ring.kinds).texts(ring.reasons).texts(ring.parents).number(ring.evidence_count);
    table.number(ring.behavior.requests).number(ring.behavior.tokens_in).number(ring.behavior.tokens_out);
    table.time(ring.first_seen).time(ring.last_seen).end_row();
  });
  return table.finish();
}

std::uint64_t write_evidence_parquet(const RingSource& rings, const ExportFilter& filter, const ExportSink& sink) {
  Table table(sink, {{"ring", arrow::utf8()},
                     {"kind", arrow::utf8()},
                     {"value", arrow::utf8()},
                     {"accounts", arrow::int64()},
                     {"population", arrow::int64()},
                     {"bits", arrow::float64()},
                     {"first_seen", moment()},
                     {"last_seen", moment()}});
  rings.visit([&](const Ring& ring) {
    if (!filter.keeps(ring.tier)) return;
    for (const Evidence& one : ring.evidence) {
      table.text(ring.id).text(one.kind).text(one.value).number(one.accounts).number(one.population).real(one.bits);
      table.time(one.first).time(one.last).end_row();
    }
  });
  return table.finish();
}

std::uint64_t write_shares_parquet(const Store& store, const ExportFilter& filter, const ExportSink& sink) {
  Table table(sink, {{"account", arrow::utf8()},
                     {"ring", arrow::utf8()},
                     {"member", arrow::boolean()},
                     {"share", arrow::float64()},
                     {"bits", arrow::float64()}});
  visit_shares(store, filter, [&](const ShareRow& row) {
    table.text(row.account).text(row.ring).truth(row.member).real(row.share).real(row.bits).end_row();
  });
  return table.finish();
}

bool has_parquet() { return true; }

}  // namespace ringscope

#else

namespace ringscope {
namespace {

[[noreturn]] std::uint64_t refuse() {
  throw Error(ErrorCode::usage, "this program was built without Parquet: build it where Arrow C++ is (scripts/setup)");
}

}  // namespace

std::uint64_t write_accounts_parquet(const RingSource&, const ExportFilter&, const ExportSink&) { refuse(); }
std::uint64_t write_rings_parquet(const RingSource&, const ExportFilter&, const ExportSink&) { refuse(); }
std::uint64_t write_evidence_parquet(const RingSource&, const ExportFilter&, const ExportSink&) { refuse(); }
std::uint64_t write_shares_parquet(const Store&, const ExportFilter&, const ExportSink&) { refuse(); }
bool has_parquet() { return false; }

}  // namespace ringscope

#endif
