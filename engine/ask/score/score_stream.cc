#include "engine/ask/score/score_stream.h"

#include <algorithm>

#include "engine/ingest/block_reader.h"
#include "engine/ingest/csv_reader.h"
#include "engine/ingest/csv_record.h"
#include "engine/ingest/json_reader.h"
#include "engine/ingest/layout.h"
#include "engine/ingest/normalize.h"
#include "engine/ingest/value_policy.h"

namespace ringscope {
namespace {

constexpr std::size_t kBlockBytes = std::size_t{256} << 10;

// Answers the lines of blocks.
class AnswerSink final : public LineSink {
 public:
  AnswerSink(Scorer& scorer, const ScoreStreamOptions& options, const ScoreOutput& output)
      : scorer_(scorer), options_(options), output_(output) {
    take_index();
  }

  void set_form(bool long_form) { long_form_ = long_form; }
  const ScoreReport& report() const { return report_; }

  void take(std::uint64_t line, const Event& event, std::string_view) override {
    output_.before_line();
    if (scorer_.index() != index_) take_index();
    const auto fault =
        is_long_line(event, long_form_) ? admission_->admit_long(event, clean_) : admission_->admit_wide(event, clean_);
    if (fault) return reject(line, *fault);
    const ScoreAnswer answer = scorer_.answer(clean_);
    ++report_.answered;
    if (answer.tier)
      ++(*answer.tier == Tier::ban ? report_.ban : *answer.tier == Tier::review ? report_.review : report_.watch);
    output_.answer(answer_to_json(answer, line));
    if (options_.follow) output_.flush();
  }
  void malformed(std::uint64_t line, std::string_view reason, std::string_view) override { reject(line, {"", reason}); }
  bool refuse_long_line(std::uint64_t line, std::string_view raw) override {
    if (raw.size() <= options_.max_line_bytes) return false;
    reject(line, {"", kLongLine});
    return true;
  }
  void reject(std::uint64_t line, const Fault& fault) {
    ++report_.rejected;
    output_.answer(fault_to_json(fault, line));
    if (options_.follow) output_.flush();
  }

 private:
  Scorer& scorer_;
  const ScoreStreamOptions& options_;
  const ScoreOutput& output_;
  // Values are looked for as the store of the scorer's index keeps them.
  void take_index() {
    index_ = scorer_.index();
    policy_ = std::make_unique<ValuePolicy>(index_->store(), PolicyFor::lookup);
    admission_ = std::make_unique<Admission>(RequestTime::optional, policy_.get());
  }

  std::shared_ptr<const RingIndex> index_;
  std::unique_ptr<ValuePolicy> policy_;
  std::unique_ptr<Admission> admission_;
  CleanEvent clean_;
  ScoreReport report_;
  bool long_form_ = false;
};

// The beginning of a source, as much as tells its layout: a line that is not blank, for what follows may be long in
// coming.
std::string read_head(Bytes& bytes) {
  std::string head, piece(kHeadBytes, '\0');
  for (;;) {
    const std::size_t got = bytes.read(piece);
    head.append(piece, 0, got);
    const std::size_t newline = head.rfind('\n');
    const bool has_line = newline != std::string::npos && !trim(std::string_view(head).substr(0, newline)).empty();
    if (got == 0 || has_line) return head;
  }
}

void read_blocks(BlockReader& reader, const Layout& layout, AnswerSink& sink) {
  JsonReader json;
  CsvReader csv;
  BlockBuffer buffer;
  Block block;
  while (reader.next(buffer, block)) {
    if (block.kind == BlockKind::overlong) {
      sink.reject(block.first_line, {"", kLongLine});
    } else if (layout.notation == Notation::csv) {
      csv.read(block, layout, sink);
    } else {
      json.read(block, sink);
    }
  }
}

}  // namespace

ScoreReport score_stream(const std::string& label, Scorer& scorer, const ScoreStreamOptions& options,
                         const ScoreOutput& output) {
  FileBytes file(label);
  return score_stream(file, label, scorer, options, output);
}

ScoreReport score_stream(Bytes& raw, const std::string& label, Scorer& scorer, const ScoreStreamOptions& options,
                         const ScoreOutput& output) {
  std::string first = read_head(raw);
  const Compression compression = detect_compression(first);
  PrefixedBytes lying(std::move(first), raw);
  const std::unique_ptr<Bytes> unpacked = decompressor(compression, lying, label);
  Bytes& text = unpacked ? *unpacked : static_cast<Bytes&>(lying);
  std::string head = read_head(text);
  const Layout layout = detect_layout(head, label);
  AnswerSink sink(scorer, options, output);
  if (layout.notation == Notation::nothing) return sink.report();
  sink.set_form(layout.long_form);
  PrefixedBytes whole(std::move(head), text);
  BlockReaderOptions reading{kBlockBytes, options.max_line_bytes, BlockKind::records};
  reading.eager = true;
  BlockReader reader(whole, layout.notation, reading, {}, '\n');
  reader.skip(layout.body_begin, layout.body_lines);
  read_blocks(reader, layout, sink);
  ScoreReport report = sink.report();
  for (const auto& [name, lines] : sink.ignored().counts()) {
    if (lines > 0) report.unknown_fields.emplace_back(name, lines);
  }
  std::ranges::sort(report.unknown_fields);
  return report;
}

}  // namespace ringscope
