#include "engine/ingest/part.h"

#include <algorithm>
#include <cstring>

#include "base/error.h"
#include "engine/ingest/block_reader.h"
#include "engine/ingest/identity.h"
#include "engine/ingest/parquet_source.h"
#include "storage/codec.h"

namespace ringscope {
namespace {

constexpr std::size_t kBlockBytes = std::size_t{4} << 20;

// Keeps rows and names in memory.
class PartWriter final : public BatchWriter {
 public:
  explicit PartWriter(FoldedPart& part) : part_(part) {}
  void add_row(const AccountRow& row) override { part_.rows.push_back(row); }
  void add_name(const Name& name) override { part_.names.push_back(name); }
  void set_position(const SourcePosition&) override {}
  void add_reject(const Reject&) override {}
  CommitInfo commit() override { return {}; }

 private:
  FoldedPart& part_;
};

class ViewBytes final : public Bytes {
 public:
  explicit ViewBytes(std::string_view text) : rest_(text) {}
  std::size_t read(std::span<char> into) override {
    const std::size_t count = std::min(into.size(), rest_.size());
    if (count > 0) std::memcpy(into.data(), rest_.data(), count);
    rest_.remove_prefix(count);
    return count;
  }

 private:
  std::string_view rest_;
};

KindId number_in(std::vector<std::string>& kinds, std::string_view name) {
  const auto at = std::ranges::find(kinds, name);
  if (at == kinds.end()) {
    kinds.emplace_back(name);
    return static_cast<KindId>(kinds.size() - 1);
  }
  return static_cast<KindId>(at - kinds.begin());
}

}  // namespace

PartFold::PartFold(std::size_t memory_bytes, std::size_t max_line_bytes)
    : max_line_bytes_(max_line_bytes), fold_(1, memory_bytes), lines_(fold_.shard(0), max_line_bytes, nullptr) {}

void PartFold::keep(BlockOutcome outcome) {
  events_ += outcome.events;
  std::ranges::move(outcome.rejects, std::back_inserter(rejects_));
}

void PartFold::read_lines(std::string_view lines, std::uint64_t first_line, bool long_form) {
  Layout layout;
  layout.notation = Notation::json_lines;
  layout.long_form = long_form;
  keep(lines_.read({.kind = BlockKind::records, .number = 0, .first_line = first_line, .text = lines}, layout));
}

std::uint64_t PartFold::read_text(std::string_view text, const std::string& label, BlockKind last) {
  const Layout layout = detect_layout(text.substr(0, kHeadBytes), label);
  if (layout.notation == Notation::nothing) return 0;
  ViewBytes bytes(text);
  BlockReader reader(bytes, layout.notation,
                     {.block_bytes = kBlockBytes, .max_line_bytes = max_line_bytes_, .last = last}, Progress{}, '\n');
  reader.skip(layout.body_begin, layout.body_lines);
  BlockBuffer buffer;
  for (Block block; reader.next(buffer, block);) keep(lines_.read(block, layout));
  return reader.progress().lines;
}

void PartFold::read_batch(ArrowSchema* schema, ArrowArray* array, std::uint64_t first_line, const std::string& label) {
  read_arrow_batch(schema, array, first_line, label, [&](const Layout& layout) -> LineSink& {
    lines_.intake().begin({.kind = BlockKind::records, .number = 0, .text = {}}, layout);
    return lines_.intake();
  });
  keep(lines_.intake().finish());
}

FoldedPart PartFold::take() {
  FoldedPart part;
  part.kinds = {"", "capability", "model"};
  PartWriter writer(part);
  fold_.flush([&](std::string_view kind) { return number_in(part.kinds, kind); }, writer);
  part.events = std::exchange(events_, 0);
  part.rejects = std::exchange(rejects_, {});
  const auto& counts = lines_.intake().ignored().counts();
  told_.resize(counts.size(), 0);
  for (std::size_t i = 0; i < counts.size(); ++i) {
    if (counts[i].second > told_[i]) part.ignored.emplace_back(counts[i].first, counts[i].second - told_[i]);
    told_[i] = counts[i].second;
  }
  return part;
}

std::string merge_packed_activity(const std::vector<std::string_view>& parts) {
  std::vector<ActivityDay> merged;
  for (const std::string_view part : parts) {
    std::vector<ActivityDay> activity;
    decode_activity(part, DayWindow{}, activity);
    merge_activity(merged, activity);
  }
  return encode_activity(merged);
}

std::string merge_packed_facts(const std::vector<std::string_view>& parts) {
  AccountFacts merged;
  for (const std::string_view part : parts) merge_facts(merged, decode_facts(part));
  return encode_facts(merged);
}

}  // namespace ringscope
