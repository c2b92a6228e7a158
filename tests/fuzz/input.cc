// Logs: text of any notation, compressed or not, up to what a line becomes. Bombs are bounded by reading no more than a
// megabyte of what comes out.
#include <algorithm>
#include <cstring>
#include <string>

#include "base/error.h"
#include "engine/ingest/admission.h"
#include "engine/ingest/block_reader.h"
#include "engine/ingest/bytes.h"
#include "engine/ingest/csv_reader.h"
#include "engine/ingest/csv_record.h"
#include "engine/ingest/json_reader.h"
#include "engine/ingest/layout.h"
#include "storage/value_keys.h"
#include "tests/fuzz/targets.h"

namespace ringscope::fuzz {
namespace {

constexpr std::size_t kMost = std::size_t{1} << 20;
constexpr std::size_t kMostLine = std::size_t{16} << 10;

// Gives at most seven bytes at once, so that every border is met.
class MemoryBytes final : public Bytes {
 public:
  explicit MemoryBytes(std::string_view bytes, std::size_t piece = SIZE_MAX) : bytes_(bytes), piece_(piece) {}
  std::size_t read(std::span<char> into) override {
    const std::size_t got = std::min({into.size(), bytes_.size(), piece_});
    std::memcpy(into.data(), bytes_.data(), got);
    bytes_.remove_prefix(got);
    return got;
  }

 private:
  std::string_view bytes_;
  std::size_t piece_;
};

class Sink final : public LineSink {
 public:
  void take(std::uint64_t line, const Event& event, std::string_view raw) override {
    check_line(line, raw);
    CleanEvent clean;
    const auto fault =
        is_long_line(event, false) ? admission_.admit_long(event, clean) : admission_.admit_wide(event, clean);
    if (fault) return require(!fault->reason.empty(), "a fault says what it is");
    require(!clean.account.empty() && clean.account.size() <= kMaxAccountBytes, "an account has 1 to 512 bytes");
    require(clean.entity_count <= clean.entities.size(), "entities fit their array");
    for (std::size_t i = 0; i < clean.entity_count; ++i) {
      const EntityValue& entity = clean.entities[i];
      require(!entity.kind.empty() && !entity.value.empty() && entity.value.size() <= kMaxValueBytes,
              "an entity has a kind and a value of at most 4096 bytes");
      require(entity.kind != "payment" || !is_card_number(entity.value), "no card number is taken in");
    }
    require(clean.count >= 1, "a count is at least 1");
  }
  void malformed(std::uint64_t line, std::string_view reason, std::string_view raw) override {
    check_line(line, raw);
    require(!reason.empty(), "a bad line says why");
  }
  bool refuse_long_line(std::uint64_t, std::string_view raw) override { return raw.size() > kMostLine; }

 private:
  static void check_line(std::uint64_t line, std::string_view raw) {
    require(line >= 1, "lines are counted from 1");
    require(raw.size() <= kMost, "a line is no longer than its text");
  }
  Admission admission_;
};

void read_text(std::string_view text, std::size_t piece) {
  const Layout layout = detect_layout(text.substr(0, kHeadBytes), "fuzz");
  if (layout.notation == Notation::nothing) return;
  MemoryBytes bytes(text, piece);
  BlockReader reader(bytes, layout.notation, {4096, kMostLine, BlockKind::tail}, {}, '\n');
  reader.skip(layout.body_begin, layout.body_lines);
  JsonReader json;
  CsvReader csv;
  Sink sink;
  BlockBuffer buffer;
  Block block;
  std::uint64_t number = 0;
  while (reader.next(buffer, block)) {
    require(block.number == number++, "blocks are numbered in order");
    if (block.kind == BlockKind::overlong || block.kind == BlockKind::continuation) continue;
    if (layout.notation == Notation::csv) {
      csv.read(block, layout, sink);
    } else {
      json.read(block, sink);
    }
  }
  require(reader.at_end(), "a source is read to its end");
}

std::string unpacked(std::string_view bytes) {
  const Compression compression = detect_compression(bytes.substr(0, 4));
  MemoryBytes raw(bytes);
  const auto text = decompressor(compression, raw, "fuzz");
  if (!text) return std::string(bytes.substr(0, kMost));
  const std::string out = read_up_to(*text, kMost);
  require(out.size() <= kMost, "no more comes out than was asked for");
  return out;
}

}  // namespace

void run_log(std::string_view bytes) {
  try {
    const std::string text = unpacked(bytes);
    read_text(text, SIZE_MAX);
    if (text.size() < 4096) read_text(text, 7);
  } catch (const Error&) {
  }
}

void run_csv(std::string_view bytes) {
  const std::string text = "account,ts,ip,payment,kind,value,count\n" + std::string(bytes);
  try {
    read_text(text, SIZE_MAX);
  } catch (const Error&) {
  }
}

void run_decompress(std::string_view bytes) {
  for (const Compression compression : {Compression::gzip, Compression::zstd}) {
    try {
      MemoryBytes raw(bytes, 5);
      (void)read_up_to(*decompressor(compression, raw, "fuzz"), kMost);
    } catch (const Error&) {
    }
  }
}

}  // namespace ringscope::fuzz
